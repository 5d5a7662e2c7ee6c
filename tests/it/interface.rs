//! The interface for other programs against the real program: what its document promises, and what its manual page shows.

use crate::office::Office;
use std::process::Command;

/// Every operation that the document describes, with thousands of right and wrong requests.
#[test]
#[ignore = "needs schemathesis"]
fn no_request_makes_the_console_fail_and_every_answer_is_as_described() {
    let mut office = Office::open();
    office.start_staff();
    for _ in 0..12 {
        office.press("issue", &[("service", "new")]).unwrap();
    }
    let ticket = office.serve(1);
    office.act(&ticket, "complete", &[]);
    let console = office.console();
    let outcome = Command::new("schemathesis")
        .current_dir(office.data())
        .args(["--no-color", "run", &format!("{}/api/openapi.json", console.url), "--url", &console.url])
        .args(["-H", &format!("Authorization: Bearer {}", console.token), "-H", "Accept: application/json"])
        .args(["--phases", "coverage,fuzzing,stateful", "--max-examples", "30", "--seed", "5", "--continue-on-failure"])
        // Streams never end, and these end the token that asks.
        .args(["--exclude-path-regex", "/events$|/sign-out$|/end$"])
        // Pages for people share addresses with acts; a receipt's check digit and the office's keys are in no schema.
        .args(["--exclude-checks", "unsupported_method,allow_header_conformance,positive_data_acceptance"])
        .output()
        .expect("schemathesis is started");
    let report = String::from_utf8_lossy(&outcome.stdout);
    println!("{report}");
    assert!(outcome.status.success(), "schemathesis found something: {}", String::from_utf8_lossy(&outcome.stderr));
    office.assert_sound();
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
