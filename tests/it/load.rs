//! Eight counters press at once, the console is killed again and again, and every client repeats what it got no answer to:
//! no number twice, nobody called twice, nothing acknowledged lost, nothing done that nobody asked for.

use crate::office::{Console, Office, press_once, until};
use queue::journal::{Happened, World};
use queue::ticket::TicketId;
use queue::visit::Action;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Who works at once, each at a counter of its own.
const CLIENTS: u8 = 8;

/// How many acts each client does: `ACTS=20000` for the whole proof, which takes long and wants a release build.
fn acts() -> usize {
    std::env::var("ACTS").ok().map_or(300, |acts| acts.parse().unwrap())
}

/// What a client was told, by command.
type Told = BTreeMap<String, (&'static str, Value)>;

/// Times of one kind of act, from the press to the answer.
#[derive(Default)]
struct Times {
    issue: Vec<Duration>,
    call: Vec<Duration>,
}

/// One kind of a client's times.
type Of = fn(&Times) -> &Vec<Duration>;

#[test]
#[ignore = "takes long: figures are printed"]
fn eight_clients_beside_a_console_that_is_killed_lose_nothing_and_do_nothing_twice() {
    let mut office = Office::open_with(|toml| {
        let counters = |stages: &str| {
            (1..=CLIENTS).map(|n| format!("[[counter]]\nnumber = {n}\nstages = [{stages}]\n\n")).collect::<String>()
        };
        let (before, rest) = toml.split_once("[[counter]]").unwrap();
        let after = &rest[rest.find("# --- Queue").unwrap()..];
        format!("{before}{}{after}", counters("\"verification\", \"recording\", \"collection\""))
    });
    office.start_staff();
    let done = AtomicUsize::new(0);
    let working = AtomicUsize::new(usize::from(CLIENTS));
    let kills = AtomicU64::new(0);
    let begun = Instant::now();
    let clients: Vec<(Told, Times)> = std::thread::scope(|together| {
        let console = office.console();
        let clients: Vec<_> = (1..=CLIENTS)
            .map(|n| {
                let (console, done, working) = (console.clone(), &done, &working);
                together.spawn(move || {
                    let _leaving = Leaving(working);
                    client(&console, n, acts(), done)
                })
            })
            .collect();
        // Killed at moments that no client knows.
        let mut rng = fastrand::Rng::with_seed(7);
        while working.load(Ordering::SeqCst) > 0 {
            let next = Instant::now() + Duration::from_millis(rng.u64(700..3000));
            until("the next moment", || (Instant::now() >= next || working.load(Ordering::SeqCst) == 0).then_some(()));
            office.kill("staff");
            office.start_again();
            kills.fetch_add(1, Ordering::SeqCst);
        }
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let lasted = begun.elapsed();
    check(&office, &clients);
    let times = |of: Of, part: fn(&[Duration]) -> &[Duration]| {
        let mut all: Vec<Duration> = clients.iter().flat_map(|(_, times)| part(of(times))).copied().collect();
        all.sort_unstable();
        all
    };
    let kills = kills.load(Ordering::SeqCst);
    println!("{} acts by {CLIENTS} clients in {lasted:.0?}, {kills} kills", done.load(Ordering::SeqCst));
    let kinds: [(&str, Of); 2] = [("issue", |t| &t.issue), ("call", |t| &t.call)];
    for (what, of) in kinds {
        told(what, &times(of, |all| all));
        // A day that grows must not make its acts slower.
        told(&format!("  {what}, the first tenth"), &times(of, |all| &all[..all.len() / 10]));
        told(&format!("  {what}, the last tenth"), &times(of, |all| &all[all.len() - all.len() / 10..]));
    }
    told("one durable commit", &commits(&office));
    assert!(kills > 0);
}

/// Says that a client has left, also when it left by a panic.
struct Leaving<'a>(&'a AtomicUsize);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One clerk, who issues, calls and serves, and repeats a command until it is answered.
fn client(console: &Console, n: u8, acts: usize, done: &AtomicUsize) -> (Told, Times) {
    let (mut told, mut times) = (Told::new(), Times::default());
    let mut count = 0;
    let mut wish = |what: &'static str, path: &str, fields: &[(&str, &str)]| -> Result<Value, Value> {
        count += 1;
        let command = format!("klien-{n}-{count:06}");
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        let begun = Instant::now();
        let mut asked = 0;
        let answer = until("an answer", || {
            asked += 1;
            press_once(console, path, &all)
        });
        done.fetch_add(1, Ordering::Relaxed);
        // A time that a kill was part of tells of the kill.
        if asked == 1 {
            match what {
                "issue" => times.issue.push(begun.elapsed()),
                "call" => times.call.push(begun.elapsed()),
                _ => {}
            }
        }
        if let Ok(value) = &answer {
            told.insert(command, (what, value.clone()));
        }
        answer
    };
    let mut left = acts;
    while left >= 4 {
        left -= 4;
        wish("issue", "issue", &[("service", "new")]).unwrap();
        let called = wish("call", &format!("counters/{n}/call"), &[]).unwrap();
        assert_ne!(called["number"], Value::Null, "there is always somebody: each issues before it calls");
        let route = |word: &str| format!("tickets/{}/{word}", called["ticket"]);
        wish("start", &route("start"), &[]).unwrap();
        wish("cancel", &route("cancel"), &[("reason", "uji beban")]).unwrap();
    }
    (told, times)
}

/// The journal against what the clients were told.
fn check(office: &Office, clients: &[(Told, Times)]) {
    let events = office.store.events().unwrap();
    let world = World::fold(events.iter().cloned()).unwrap();
    let told: Vec<&(&str, Value)> = clients.iter().flat_map(|(told, _)| told.values()).collect();
    let of = |what: &str| told.iter().filter(|(kind, _)| *kind == what).map(|(_, v)| v).collect::<Vec<_>>();

    let numbers: BTreeSet<_> = world.tickets.values().map(|ticket| ticket.number).collect();
    let issued = of("issue");
    let told_numbers: BTreeSet<&str> = issued.iter().map(|v| v["number"].as_str().unwrap()).collect();
    println!("{} numbers, {} told", numbers.len(), told_numbers.len());
    assert_eq!(numbers.len(), world.tickets.len(), "a number twice in the database");
    assert_eq!(told_numbers.len(), issued.len(), "two clients were told the same number");
    let highest = numbers.iter().map(|number| number.n).max().unwrap_or(0) as usize;
    assert_eq!(highest, numbers.len(), "a gap");
    // Every wish was answered at last: a ticket more would be a ghost, a ticket less a lost one.
    assert_eq!(world.tickets.len(), issued.len(), "ghosts or lost numbers");
    for value in &issued {
        let ticket = &world.tickets[&TicketId(value["ticket"].as_i64().unwrap())];
        assert_eq!(ticket.number.to_string(), value["number"].as_str().unwrap());
    }

    let mut calls: BTreeMap<TicketId, usize> = BTreeMap::new();
    let mut acts = BTreeMap::new();
    for event in &events {
        if let Happened::Acted { action, .. } = &event.happened {
            *acts.entry(action.word()).or_insert(0) += 1;
            if matches!(action, Action::Call { .. }) {
                *calls.entry(event.ticket.unwrap()).or_default() += 1;
            }
        }
    }
    assert!(calls.values().all(|times| *times == 1), "somebody was called twice");
    for word in ["call", "start", "cancel"] {
        let acknowledged: BTreeSet<i64> = of(word).iter().map(|v| v["ticket"].as_i64().unwrap()).collect();
        assert_eq!(acknowledged.len(), of(word).len(), "{word}: two clients were told the same ticket");
        assert_eq!(acts.get(word).copied().unwrap_or(0), acknowledged.len(), "{word}: ghosts or lost acts");
    }
    office.assert_sound();
}

/// What the disk itself takes: one page appended and synced, with nobody else at it.
fn commits(office: &Office) -> Vec<Duration> {
    let mut file = std::fs::File::create(office.path("yardstick")).unwrap();
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn told(what: &str, sorted: &[Duration]) {
    let at = |percent: usize| sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)];
    println!("{what}: p50 {:.2?}, p99 {:.2?} of {}", at(50), at(99), sorted.len());
}
