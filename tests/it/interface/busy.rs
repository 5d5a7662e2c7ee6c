//! An office in the middle of everything: for each act of the interface a few tickets, cases and papers that stand right
//! for it.

use crate::office::{Office, PATIENCE};
use queue::case::Receipt;
use queue::printing::Outcome;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};

/// So many of a kind.
const EACH: usize = 3;

/// Requests that mean something, by operation.
#[derive(Default)]
pub(super) struct Requests(Map<String, Value>);

impl Requests {
    fn add(&mut self, operation: &str, request: Value) {
        self.0.entry(operation).or_insert_with(|| json!([])).as_array_mut().unwrap().push(request);
    }

    pub(super) fn text(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

/// The settings of an office with a counter for everybody.
pub(super) fn many_counters(toml: String) -> String {
    // One call is enough before a skip: each call has its seconds on the board, and here are a hundred.
    let mut toml = toml.replace("calls_before_skip = 3", "calls_before_skip = 1");
    for n in 11..=99 {
        toml += &format!("\n[[counter]]\nnumber = {n}\nstages = [\"verification\", \"recording\", \"collection\"]\n");
    }
    toml
}

fn free_counter(office: &Office, but: &[u8]) -> String {
    let is_free = |n: &u8| !but.contains(n) && office.store.at_counter(*n).unwrap().is_none();
    (11..=99).find(is_free).expect("a free counter").to_string()
}

fn issue(office: &Office, service: &str) -> Value {
    office.press("issue", &[("service", service)]).unwrap()
}

fn call(office: &Office, ticket: &Value) {
    let counter = free_counter(office, &[]);
    office.act(ticket, "call-chosen", &[("counter", &counter), ("reason", "darurat")]);
}

/// Skips once the call has had its time on the board.
fn skip(office: &Office, ticket: &Value) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(no) = office.press(&format!("tickets/{}/skip", ticket["ticket"]), &[]) {
        assert!(no["refused"] == "call-still-shown" && Instant::now() < deadline, "{no}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn serve(office: &Office, ticket: &Value) {
    call(office, ticket);
    office.act(ticket, "start", &[]);
}

fn served(office: &Office, service: &str) -> Value {
    let ticket = issue(office, service);
    serve(office, &ticket);
    ticket
}

/// A ticket with a verified file, waiting for the recording.
fn verified(office: &Office) -> Value {
    let ticket = served(office, "new");
    office.act(&ticket, "complete", &[]);
    ticket
}

/// A case that waits to be printed, and its receipt.
fn recorded(office: &Office) -> (i64, String) {
    let ticket = served(office, "lost");
    let done = office.act(&ticket, "print-directly", &[]);
    let receipt = done["receipt"].as_str().unwrap().to_string();
    let number: Receipt = receipt.parse().unwrap();
    (office.store.case_by_receipt(number).unwrap().unwrap().id.0, receipt)
}

fn on_case(office: &Office, case: i64, word: &str, fields: &[(&str, &str)]) {
    office.press(&format!("cases/{case}/{word}"), fields).unwrap();
}

fn ready(office: &Office) -> (i64, String) {
    let (case, receipt) = recorded(office);
    on_case(office, case, "print", &[]);
    on_case(office, case, "make-ready", &[]);
    (case, receipt)
}

/// What can be asked while the network is up.
pub(super) fn requests(office: &mut Office) -> Requests {
    let mut all = Requests::default();
    // First of all, while few calls stand before theirs on the board.
    for _ in 0..EACH {
        let skipped = issue(office, "new");
        call(office, &skipped);
        skip(office, &skipped);
        all.add("POST /tickets/{ticket}/report-back", json!({ "ticket": skipped["ticket"] }));
    }
    for n in 0..EACH {
        tickets(office, &mut all, n);
        cases(office, &mut all);
        others(office, &mut all, n);
    }
    papers(office, &mut all);
    all
}

fn tickets(office: &Office, all: &mut Requests, n: usize) {
    let mut act = |word: &str, ticket: &Value, mut fields: Value| {
        fields["ticket"] = ticket["ticket"].clone();
        all.add(&format!("POST /tickets/{{ticket}}/{word}"), fields);
    };
    let waiting = issue(office, "new");
    act("call-chosen", &waiting, json!({ "counter": 90 + n, "reason": "darurat" }));
    act("cancel", &issue(office, "new"), json!({ "reason": "pulang" }));
    for word in ["recall", "start", "skip"] {
        let ticket = issue(office, "new");
        call(office, &ticket);
        act(word, &ticket, json!({}));
    }
    act("complete", &served(office, "new"), json!({}));
    act("return", &served(office, "new"), json!({ "missing": ["family-card"] }));
    act("transfer", &served(office, "new"), json!({ "service": "lost" }));
    act("print-directly", &served(office, "lost"), json!({ "place": "office" }));
    let returned = served(office, "new");
    office.act(&returned, "return", &[("missing", "family-card")]);
    act("reenter", &returned, json!({}));
    let recording = verified(office);
    serve(office, &recording);
    act("finish-recording", &recording, json!({ "done": ["photo", "iris"], "place": "office" }));
    act("hold", &verified(office), json!({}));
    let (_, receipt) = ready(office);
    let collected = issue(office, "collection");
    serve(office, &collected);
    act("hand-over", &collected, json!({ "by": "applicant", "receipt": receipt }));
    let undone = served(office, "new");
    let seq = office.store.events().unwrap().last().unwrap().seq;
    act("undo", &undone, json!({ "act": seq.0 }));
    all.add("GET /api/tickets/{ticket}", json!({ "ticket": waiting["ticket"] }));
    all.add("GET /api/numbers/{number}", json!({ "number": waiting["number"] }));
    all.add("POST /issue", json!({ "service": "new" }));
}

fn cases(office: &Office, all: &mut Requests) {
    let mut act = |word: &str, case: i64, mut fields: Value| {
        fields["case"] = case.into();
        all.add(&format!("POST /cases/{{case}}/{word}"), fields);
    };
    for (word, fields) in [
        ("print", json!({})),
        ("hold-case", json!({ "reason": "no-blanks" })),
        ("cancel", json!({ "reason": "pindah" })),
    ] {
        act(word, recorded(office).0, fields);
    }
    for word in ["make-ready", "print-again"] {
        let (case, _) = recorded(office);
        on_case(office, case, "print", &[]);
        act(word, case, json!({}));
    }
    for word in ["release", "record-again"] {
        let (case, _) = recorded(office);
        on_case(office, case, "hold-case", &[("reason", "no-blanks")]);
        act(word, case, json!({}));
    }
    act("send-to-village", ready(office).0, json!({ "village": "Kaliau" }));
    all.add("POST /cases/print", json!({ "case": [recorded(office).0] }));
    let (case, receipt) = recorded(office);
    on_case(office, case, "print", &[]);
    all.add("POST /cases/make-ready", json!({ "case": [case] }));
    all.add("POST /cases/send-to-village", json!({ "case": [ready(office).0], "village": "Kaliau" }));
    all.add("GET /api/cases/{receipt}", json!({ "receipt": receipt }));
}

fn others(office: &Office, all: &mut Requests, n: usize) {
    all.add("POST /counters/{counter}/call", json!({ "counter": n + 1 }));
    let notice = office.press("notices", &[("text", "Blangko habis")]).unwrap();
    all.add("POST /notices/{notice}/end", json!({ "notice": notice["notice"] }));
    let date = format!("2030-01-0{}", n + 1);
    office.press("office/holidays", &[("date", &date), ("name", "Libur")]).unwrap();
    all.add("POST /office/holidays/{date}/remove", json!({ "date": date }));
    all.add("POST /office/hours", json!({ "open_monday": "08.00", "close_monday": "15.00" }));
}

/// Papers that came out, and papers of which nobody knows.
fn papers(office: &mut Office, all: &mut Requests) {
    for n in 0..2 * EACH {
        let now = queue::clock::now();
        let job = office.store.claim_print_job(now).unwrap().expect("a paper").id;
        let (word, outcome) = match n % 2 {
            0 => ("answer", Outcome::Unknown { cause: "kabel lepas".into() }),
            _ => ("reprint", Outcome::Confirmed),
        };
        office.store.settle_print_job(job, &outcome, now).unwrap();
        all.add(&format!("POST /papers/{{paper}}/{word}"), json!({ "paper": job.0, "came_out": "yes" }));
    }
}

/// What can be asked while it is down.
pub(super) fn requests_without_network(office: &Office) -> Requests {
    let mut all = Requests::default();
    let words = ["hold", "choose-wait", "refer", "defer", "papers/network"];
    let held: Vec<Value> = (0..EACH * words.len()).map(|_| verified(office)).collect();
    // It may have been down before.
    let _ = office.press("network/down", &[]);
    for (n, ticket) in held.iter().enumerate() {
        let word = words[n % words.len()];
        all.add(&format!("POST /tickets/{{ticket}}/{word}"), json!({ "ticket": ticket["ticket"] }));
    }
    all
}

/// The day and the network, once both can be opened again.
pub(super) fn requests_of_the_day(office: &Office) -> Requests {
    let mut all = Requests::default();
    let today = office.store.open_day_now().unwrap().expect("an open day").date;
    let _ = office.press("network/up", &[]);
    office.press("day/close", &[("sure", "yes")]).unwrap();
    all.add("POST /day/open", json!({ "date": today.to_string(), "clock_is_wrong": "yes", "sure": "yes" }));
    all.add("POST /day/close", json!({ "sure": "yes" }));
    all.add("POST /network/down", json!({}));
    all.add("POST /network/up", json!({}));
    all
}
