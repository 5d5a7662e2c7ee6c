//! The interface for other programs against the real program: what its document promises, and what its manual page shows.

mod busy;

use crate::office::Office;
use busy::Requests;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Every operation that the document describes, with thousands of right and wrong requests, in an office where each of
/// them finds something to do. The day and the network last: they change what all others find.
#[test]
#[ignore = "needs schemathesis"]
fn no_request_makes_the_console_fail_and_every_answer_is_as_described() {
    const NETWORK: &str = "/(hold|choose-wait|refer|defer|network)$";
    // Streams never end, and this ends the token that asks.
    const NEVER: &str = "/events$|/sign-out$";
    const LAST: &str = "^/(day|network)/";
    let mut office = Office::open_with(busy::many_counters);
    office.start_staff();
    let requests = busy::requests(&mut office);
    ask(&office, &requests, &["--exclude-path-regex", &format!("{NEVER}|{LAST}|{NETWORK}")]);
    let requests = busy::requests_without_network(&office);
    ask(&office, &requests, &["--include-path-regex", NETWORK, "--exclude-path-regex", LAST]);
    ask(&office, &busy::requests_of_the_day(&office), &["--include-path-regex", LAST]);
    office.assert_sound();

    let answered = std::fs::read_to_string(office.path("answered")).unwrap();
    let mut answers: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
    for (operation, status) in answered.lines().filter_map(|line| line.rsplit_once(' ')) {
        *answers.entry(operation).or_default().entry(status).or_default() += 1;
    }
    for (operation, statuses) in &answers {
        println!("{operation}: {statuses:?}");
    }
    let with = |status: &str| answers.values().filter(|statuses| statuses.contains_key(status)).count();
    println!(
        "{} operations, {} requests; {} did it at least once",
        answers.len(),
        answered.lines().count(),
        with("200")
    );
    let described: serde_json::Value = serde_json::from_str(include_str!("../../staff/assets/openapi.json")).unwrap();
    let described = described["paths"].as_object().unwrap().iter().flat_map(|(path, of)| {
        of.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    // The document itself was read to begin with.
    let never = |operation: &str| ["/events", "/sign-out", "/openapi.json"].iter().any(|end| operation.ends_with(end));
    let described = described.filter(|operation| !never(operation));
    // Done, or refused by the rules for what it is about.
    let found = |operation: &String| {
        answers.get(&**operation).is_some_and(|statuses| statuses.contains_key("200") || statuses.contains_key("409"))
    };
    let nowhere: BTreeSet<String> = described.filter(|operation| !found(operation)).collect();
    assert!(nowhere.is_empty(), "these found nothing to do: {nowhere:?}");
}

/// Lets schemathesis ask what `which` selects.
fn ask(office: &Office, requests: &Requests, which: &[&str]) {
    std::fs::write(office.path("real.json"), requests.text()).unwrap();
    let console = office.console();
    let outcome = Command::new("schemathesis")
        .current_dir(office.data())
        .env("SCHEMATHESIS_HOOKS", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/interface/real_ids.py"))
        .env("REAL", office.path("real.json"))
        .env("ANSWERED", office.path("answered"))
        .args(["--no-color", "run", &format!("{}/api/openapi.json", console.url), "--url", &console.url])
        .args(["-H", &format!("Authorization: Bearer {}", console.token), "-H", "Accept: application/json"])
        .args(["--phases", "coverage,fuzzing,stateful", "--max-examples", "30", "--seed", "5", "--continue-on-failure"])
        .args(which)
        // Pages for people share addresses with acts; a receipt's check digit and the office's keys are in no schema.
        .args(["--exclude-checks", "unsupported_method,allow_header_conformance,positive_data_acceptance"])
        .output()
        .expect("schemathesis is started");
    println!("{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(outcome.status.success(), "schemathesis found something: {}", String::from_utf8_lossy(&outcome.stderr));
}

/// The examples of docs/manual/api.md, as they stand there.
#[test]
#[ignore = "needs curl"]
fn the_manuals_examples_work_as_they_stand() {
    let mut office = Office::open();
    office.start_staff();
    let console = office.console();
    let manual = include_str!("../../docs/manual/api.md");
    let examples: String = manual.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let script = format!("set -euo pipefail\n{}", examples.replace("curl -s ", "curl -s --fail-with-body "));
    let outcome = Command::new("bash")
        .args(["-c", &script])
        .env("KONSOL", &console.url)
        .env("TOKEN", &console.token)
        .output()
        .expect("bash is started");
    let told = String::from_utf8_lossy(&outcome.stdout);
    println!("{told}");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    assert_eq!(told.matches("\"ahead\":0").count(), 2, "the same command is answered alike");
    assert!(told.contains("event: board") && told.contains("\"missing\":[\"family-card\"]"));
    assert_eq!(office.store.tickets().unwrap().len(), 1);
    office.assert_sound();
}
