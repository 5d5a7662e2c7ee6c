//! A whole office day in real browsers: three clerks at once and the head of office, sixty applicants. Every page is kept
//! as a picture in both languages (target/tmp/console), audited by axe, and searched for what has no key.
//!
//! Four of the pictures are the manual's, one of them README's too:
//!
//! ```sh
//! for s in counter-verification:counter cases:cases office:office report:report; do
//!   convert "target/tmp/console/${s%:*}.id.png" -crop 1024x900+0+0 +repage +dither -colors 48 "docs/manual/screens/${s#*:}.png"
//! done
//! convert docs/manual/screens/counter.png -crop 1024x768+0+0 +repage -resize 640 +dither -colors 48 docs/console.png
//! ```

use crate::accounts::{PASSWORD, enrol, invite, make_token, sign_in_again};
use crate::browser::{Browser, Kind};
use crate::office::{Office, PATIENCE, press, until_within};
use crate::traces;
use queue::case::CaseState;
use queue::journal::{Happened, World};
use queue::ticket::Ticket;
use queue::visit::Action;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a stranger types where it does not belong.
const NAME: &str = "Siti Rahmawati";
const NIK: &str = "6101024403900001";

/// How far the day has come, for clerks who work at the same time.
#[derive(Default)]
struct Progress {
    /// Sent on to recording.
    complete: AtomicUsize,
    /// Recorded.
    recorded: AtomicUsize,
    /// Nobody is sent on any more.
    verified: AtomicBool,
}

#[test]
#[ignore = "needs chromium"]
fn three_clerks_serve_sixty_applicants_through_a_whole_day() {
    let mut office = Office::closed();
    office.start_virtual_printer();
    office.start_printer();
    office.start_display();
    office.start_console();
    let url = office.console().url;
    let [mut head, mut sari, mut budi, mut rini] = [(); 4].map(|()| Browser::start(Kind::Chromium, &url));

    let code = office.code();
    head.go("/");
    head.look("enrol");
    enrol(&head, &code, "Camat");
    head.look("day-not-open");
    for (browser, name, roles) in
        [(&sari, "Sari", &["officer"][..]), (&budi, "Budi", &["recording"]), (&rini, "Rini", &["officer", "printing"])]
    {
        let code = invite(&mut head, name, roles);
        browser.go("/enrol");
        enrol(browser, &code, name);
    }
    let token = make_token(&mut head);
    office.use_token(&token);
    head.go("/");
    head.key("b");
    head.see("form[action='/day/close']");

    sign_in_again(&mut budi);
    for n in 0..46 {
        let service = if n % 6 == 5 { "lost" } else { "new" };
        let priority = if n % 8 == 3 { "yes" } else { "no" };
        office.press("issue", &[("service", service), ("priority", priority)]).unwrap();
    }
    sari.go("/counter/1");
    for service in ["new", "lost"] {
        issue_at_counter(&mut sari, service);
    }
    office.store.ask_help(&queue::Command::new(queue::journal::Actor::Device(queue::devices::KIOSK))).unwrap();
    sari.see("form[action='/help/answered']");
    sari.look("counter-with-help-asked");
    sari.click("form[action='/help/answered'] button");
    sari.wait("!document.querySelector(\"form[action='/help/answered']\")");

    let console = office.console();
    let progress = Progress::default();
    let calls = std::thread::scope(|together| {
        let verifier = together.spawn(|| verify(&mut sari, &progress));
        let recorder = together.spawn(|| record(&mut budi, &progress));
        let collector = together.spawn(|| {
            let receipts = back_office(&mut rini, &progress);
            for receipt in &receipts {
                press(&console, "issue", &[("service", "collection"), ("receipt", receipt)]).unwrap();
            }
            collect(&mut rini, receipts.len())
        });
        [verifier, recorder, collector].map(|clerk| clerk.join().unwrap()).iter().sum::<usize>()
    });

    // Two who come too late to be served.
    for _ in 0..2 {
        office.press("issue", &[("service", "new")]).unwrap();
    }
    stranger(&url);
    head.go("/");
    head.look("home");
    for page in ["cases", "report", "notices", "office", "people", "account"] {
        head.go(&format!("/{page}"));
        head.look(page);
    }
    close(&mut head);

    let browsers = [&head, &sari, &budi, &rini];
    println!("{} pictures", browsers.iter().map(|b| b.pictures).sum::<usize>());
    let found: Vec<&String> = browsers.iter().flat_map(|b| &b.found).collect();
    assert!(found.is_empty(), "{} findings:\n{found:#?}", found.len());

    let world = World::fold(office.store.events().unwrap()).unwrap();
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for ticket in world.tickets.values() {
        *ends.entry(ticket.state.word()).or_default() += 1;
    }
    assert_eq!(world.tickets.len(), 60);
    assert_eq!(ends, BTreeMap::from([("cancelled", 1), ("expired", 2), ("finished", 56), ("referred", 1)]));
    let is_call = |action: &Action| matches!(action, Action::Call { .. } | Action::CallChosen { .. });
    let events = office.store.events().unwrap();
    let called = events.iter().filter(|e| matches!(&e.happened, Happened::Acted { action, .. } if is_call(action)));
    assert_eq!(called.count(), calls, "every press called once");
    let collected = world.cases.values().filter(|case| matches!(case.state, CaseState::Collected { .. })).count();
    assert_eq!(collected, 10);
    let numbers: Vec<_> = world.tickets.values().map(|t: &Ticket| t.number).collect();
    assert_eq!(numbers.iter().collect::<std::collections::BTreeSet<_>>().len(), 60);
    office.assert_sound();
    traces::assert_none(&office, &[NAME, NIK, PASSWORD]);
}

/// A number for somebody who cannot use the kiosk (C9).
fn issue_at_counter(sari: &mut Browser, service: &str) {
    sari.key("n");
    sari.click(&format!("form[action='/issue'] option[value={service}]"));
    if service == "new" {
        sari.look_once("counter-issue.id");
    }
    sari.after(|sari| sari.click("form[action='/issue'] button"));
    sari.see("#notice p");
}

const FREE: &str = "document.querySelector(\"#held form[action$='/call']\")";

/// One act at the counter, by mouse or by key, and what the page shows then.
fn act(browser: &Browser, by_key: bool, key: &str, selector: &str, then: &str) {
    // A key pressed on the page before would be lost.
    browser.see(selector);
    match by_key {
        true => browser.key(key),
        false => browser.click(selector),
    }
    browser.wait(then);
}

/// Waits until the call in hand has had its time on the board; a day this fast makes many calls wait for it.
fn offered(browser: &Browser, selector: &str) {
    let look = || (browser.value(&format!("!!document.querySelector({selector:?})")) == true).then_some(());
    until_within(5 * PATIENCE, selector, look);
}

/// Calls and lets the applicant come; the number.
fn serve(browser: &Browser, by_key: bool) -> String {
    let start = "#held form[action$='/start'] button";
    act(browser, by_key, "p", "#held form[action$='/call'] button", &format!("document.querySelector({start:?})"));
    let number = browser.text("#held p.number");
    act(
        browser,
        by_key,
        "h",
        start,
        "document.querySelector('#held p.number') && !document.querySelector(\"#held form[action$='/start']\")",
    );
    number
}

fn nobody_waits(browser: &Browser) -> bool {
    browser.value("!document.querySelector('#waiting table')") == true
}

/// Counter 1: verification, with returns, no-shows and direct prints; then those who come back. How often it called.
fn verify(sari: &mut Browser, progress: &Progress) -> usize {
    let mut calls = 0;
    for n in 0..48 {
        let by_key = n % 2 == 0;
        calls += 1;
        if n == 3 || n == 8 {
            // Called three times and not there; early, before so fast a day has filled the board with calls.
            sari.click("#held form[action$='/call'] button");
            for times in ["2×", "3×"] {
                let then = format!("document.querySelector('#held').innerText.includes({times:?})");
                offered(sari, "#held form[action$='/recall'] button");
                act(sari, by_key, "u", "#held form[action$='/recall'] button", &then);
            }
            if n == 3 {
                sari.look("counter-called");
            }
            offered(sari, "#held form[action$='/skip'] button");
            act(sari, by_key, "w", "#held form[action$='/skip'] button", FREE);
            continue;
        }
        let number = serve(sari, by_key);
        if n == 0 {
            sari.look("counter-verification");
        }
        if n == 1 {
            cancel(sari);
        } else if number.starts_with('L') && n % 3 != 0 {
            sari.click("#held [name=place] option[value=Kaliau]");
            sari.click("#held button[formaction$='/print-directly']");
        } else if n % 6 == 4 {
            sari.click("#held input[value=family-card]");
            act(sari, by_key, "k", "#held button[formaction$='/return']", FREE);
        } else {
            act(sari, by_key, "l", "#held form[action$='/complete'] button.primary", FREE);
            progress.complete.fetch_add(1, Ordering::SeqCst);
        }
        sari.wait(FREE);
    }
    sari.look("counter-apart");
    for word in ["reenter", "report-back"] {
        let button = format!("form[action$='/{word}'] button");
        let count = |browser: &Browser| browser.value(&format!("document.querySelectorAll({button:?}).length"));
        while let Some(left @ 1..) = count(sari).as_u64() {
            sari.click(&button);
            sari.wait(&format!("document.querySelectorAll({button:?}).length < {left}"));
        }
    }
    while !nobody_waits(sari) {
        calls += 1;
        serve(sari, true);
        act(sari, true, "l", "#held form[action$='/complete'] button.primary", FREE);
        progress.complete.fetch_add(1, Ordering::SeqCst);
    }
    sari.look("counter-nobody-waits");
    progress.verified.store(true, Ordering::SeqCst);
    calls
}

/// The clerk writes a NIK into the reason, is told not to, and gives a proper one.
fn cancel(sari: &mut Browser) {
    for reason in [NIK, "salah layanan"] {
        sari.key("b");
        sari.fill("#held form[action$='/cancel'] input[name=reason]", reason);
        sari.click("#held form[action$='/cancel'] button");
        if reason == NIK {
            sari.see("p.notice.no");
            sari.look_once("counter-no-nik.id");
        }
    }
}

/// Counter 2: recording, with the network lost in between. How often it called.
fn record(budi: &mut Browser, progress: &Progress) -> usize {
    budi.go("/counter/2");
    let (mut calls, mut done) = (0, 0);
    let mut moved = std::time::Instant::now();
    loop {
        assert!(moved.elapsed() < 10 * PATIENCE, "nobody sends anybody on any more");
        let sent = progress.complete.load(Ordering::SeqCst);
        if progress.verified.load(Ordering::SeqCst) && done == sent {
            return calls;
        }
        if nobody_waits(budi) {
            std::thread::sleep(std::time::Duration::from_millis(20));
            continue;
        }
        calls += 1;
        let by_key = calls % 2 == 0;
        serve(budi, by_key);
        if calls == 6 {
            done += outage(budi);
            continue;
        }
        if calls == 1 {
            budi.look("counter-recording");
        }
        budi.key("c");
        budi.wait("document.querySelectorAll('#held input[name=done]:checked').length === 5");
        act(budi, by_key, "s", "#held form[action$='/finish-recording'] button.primary", FREE);
        done += 1;
        moved = std::time::Instant::now();
        progress.recorded.fetch_add(1, Ordering::SeqCst);
    }
}

/// The network is lost (S26): one waits, one goes to the Dinas Dukcapil, one takes the slip. How many are gone.
fn outage(budi: &mut Browser) -> usize {
    budi.wait("document.querySelectorAll('#waiting tr').length >= 3");
    budi.key("j");
    budi.click("form[action='/network/down'] button");
    // Whoever sits here for recording is held with the others.
    budi.wait(FREE);
    budi.wait("document.querySelectorAll('#network tr').length >= 4");
    budi.look("counter-network-down");
    budi.click("#network tr:nth-child(1) form[action$='/choose-wait'] button");
    budi.see("#network tr:nth-child(1) .tag");
    let second = budi.text("#network tr:nth-child(2) th");
    budi.click("#network tr:nth-child(2) details:has(form[action$='/refer']) summary");
    budi.click("#network tr:nth-child(2) form[action$='/refer'] button");
    budi.wait(&format!("!document.querySelector('#network').innerText.includes({second:?})"));
    budi.after(|budi| budi.click("#network tr:nth-child(2) form[action$='/papers/network'] button"));
    budi.key("j");
    budi.see("form[action='/network/down']");
    1
}

/// Printed and made ready in bulk, one held in between, in English; the receipts of ten cards that are ready.
fn back_office(rini: &mut Browser, progress: &Progress) -> Vec<String> {
    until_within(10 * PATIENCE, "eight recorded", || (progress.recorded.load(Ordering::SeqCst) >= 8).then_some(()));
    rini.go("/cases");
    rini.click("#recorded tr:nth-child(1) th a");
    rini.see("#case");
    rini.look("case");
    rini.language("en");
    rini.key("h");
    rini.click("form[action$='/hold-case'] option[value=no-blanks]");
    rini.click("form[action$='/hold-case'] button");
    rini.see("form[action$='/release']");
    rini.look("case-on-hold");
    rini.language("en");
    rini.key("l");
    rini.wait("!document.querySelector(\"form[action$='/release']\")");
    rini.go("/cases");
    for (section, act) in [("recorded", "print"), ("printed", "make-ready")] {
        rini.see(&format!("#{section} table"));
        for n in 1..=10 {
            rini.click(&format!("#{section} tr:nth-child({n}) input"));
        }
        if act == "print" {
            rini.look_once("cases-ticked.en");
        }
        rini.after(|rini| rini.click(&format!("#{section} form[action='/cases/{act}'] > button.primary")));
        rini.see("#notice p");
    }
    rini.look("cases-ready");
    rini.language("en");
    let receipts = rini.value("Array.from(document.querySelectorAll('#ready th a')).map((a) => a.innerText)");
    receipts.as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_string()).collect()
}

/// Counter 3: cards are handed over against their receipts. How often it called.
fn collect(rini: &mut Browser, cards: usize) -> usize {
    rini.go("/counter/3");
    for n in 0..cards {
        let by_key = n % 2 == 0;
        serve(rini, by_key);
        let receipt = "#held input[name=receipt]";
        let right = rini.text("#held .compare strong");
        if n == 0 {
            rini.look("counter-collection");
            rini.language("en");
            // S13: nobody compared the receipt; then another one.
            for wrong in ["", "26-000001-0"] {
                rini.fill(receipt, wrong);
                rini.after(|rini| rini.click("#held button.primary"));
                rini.see("p.notice.no");
            }
            rini.look_once("counter-refused.en");
        }
        rini.fill(receipt, &right);
        if n % 3 == 1 {
            rini.click("#held input[value=proxy]");
        }
        rini.click("#held form[action$='/hand-over'] button");
        rini.wait(FREE);
    }
    cards
}

/// Somebody who types a name and a NIK wherever there is a field.
fn stranger(url: &str) {
    let mut stranger = Browser::start(Kind::Chromium, url);
    stranger.go("/report");
    stranger.fill("input[name=name]", &format!("{NAME} {NIK}"));
    stranger.fill("input[name=password]", NIK);
    stranger.click("button.primary");
    stranger.see("p.notice.no");
    stranger.look_once("sign-in-refused.id");
    assert!(stranger.found.is_empty(), "{:?}", stranger.found);
}

fn close(head: &mut Browser) {
    head.go("/");
    head.key("t");
    head.click("input[name=sure]");
    head.click("form[action='/day/close'] button.danger");
    head.see("table.summary");
    head.look_once("day-closed.id");
    assert!(head.text("table.summary").contains("60"));
}
