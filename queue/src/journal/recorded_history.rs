//! One history in which everything happens that can happen: every event, every act on a ticket and on a case, every actor.
//! Clocks, commands and salts are fixed, so that the same program always writes the same journal.

use super::{Actor, Chain, Digest, Event, FORMAT, Happened, Held, LoginRow, Record, Words, World, first_link, written};
use crate::case::{CaseAction, CaseId, CollectedBy, HoldReason, Place, Receipt};
use crate::devices::{KIOSK, Process};
use crate::document::Paper;
use crate::ids::{BrowserId, LoginId, PersonId};
use crate::notice::{Notice, NoticeId};
use crate::office::{Lang, ServiceKey, Stage};
use crate::printing::JobId;
use crate::ticket::{DayId, Number, Seq, TicketId};
use crate::time::Moment;
use crate::visit::Action;
use jiff::civil::{date, datetime};

/// A row with its free text and its link, as the journal keeps it.
pub(crate) struct Line {
    pub(crate) record: Record,
    pub(crate) words: Option<Words>,
    pub(crate) chain: Chain,
}

/// A journal that is being written.
struct Book {
    lines: Vec<Line>,
    world: World,
    chain: Chain,
    day: Option<DayId>,
    by: Actor,
    counter: Option<u8>,
}

fn digest(n: u8) -> Option<Digest> {
    Some(Digest([n; 32]))
}

impl Book {
    fn tell(&mut self, ticket: Option<i64>, case: Option<i64>, happened: Happened) -> Seq {
        let seq = self.lines.len() as i64 + 1;
        let before = ticket.and_then(|id| self.world.tickets.get(&TicketId(id)));
        let (detail, json) = written(&happened).unwrap();
        let words = json.map(|json| Words { salt: [seq as u8; 16], json });
        let acted = matches!(happened, Happened::Acted { .. });
        let record = Record {
            seq: Seq(seq),
            format: FORMAT,
            generation: 1,
            day: self.day,
            at: Moment { wall_ms: 1_795_395_600_000 + seq * 60_000, boot: 7, uptime_ms: seq * 60_000 },
            actor: self.by.clone(),
            counter: self.counter,
            command: format!("{seq:032x}"),
            part: 0,
            action: happened.word().into(),
            ticket: ticket.map(TicketId),
            case: case.map(CaseId),
            stage: before.and_then(|ticket| ticket.state.stage()).map(|stage| stage.word().into()),
            priority: before.map(|ticket| ticket.priority),
            waited_ms: None,
            served_ms: (acted && before.is_some_and(|ticket| ticket.state.word() == "serving")).then_some(60_000),
            detail,
            words: words.as_ref().map(Words::digest),
        };
        self.chain = record.link(&self.chain);
        self.world.hear(&Event::read(&record, words.as_ref()).unwrap()).unwrap();
        self.lines.push(Line { record, words, chain: self.chain });
        Seq(seq)
    }

    fn office(&mut self, happened: Happened) -> Seq {
        self.tell(None, None, happened)
    }

    fn issue(&mut self, id: i64, prefix: char, n: u32, case: Option<i64>, overruled: Option<&str>) {
        let (service, stage) = match prefix {
            'A' => ("new", Stage::Verification),
            'L' => ("lost", Stage::Verification),
            _ => ("collection", Stage::Collection),
        };
        let issued = Happened::Issued {
            number: Number { prefix, n },
            service: ServiceKey(service.into()),
            priority: id % 3 == 0,
            lang: if id % 2 == 0 { Lang::En } else { Lang::Id },
            stage,
            case: case.map(CaseId),
            overruled: overruled.map(Into::into),
        };
        self.tell(Some(id), case, issued);
    }

    fn act(&mut self, ticket: i64, action: Action) -> Seq {
        let to = matches!(action, Action::Transfer { .. }).then_some(Stage::Verification);
        self.tell(Some(ticket), None, Happened::Acted { action, to })
    }

    fn acts(&mut self, ticket: i64, actions: impl IntoIterator<Item = Action>) {
        for action in actions {
            self.act(ticket, action);
        }
    }

    fn open_case(&mut self, ticket: i64, case: i64) {
        let receipt = Receipt { year: 26, n: case as u32 };
        self.tell(Some(ticket), Some(case), Happened::CaseOpened { receipt });
    }

    fn on_case(&mut self, case: i64, actions: impl IntoIterator<Item = CaseAction>) {
        for action in actions {
            self.tell(None, Some(case), Happened::CaseActed { action });
        }
    }
}

/// The history.
pub(super) fn history() -> Vec<Line> {
    let (lines, world, chain) = (Vec::new(), World::default(), first_link("sajingan-besar"));
    let mut book = Book { lines, world, chain, day: None, by: Actor::Terminal, counter: None };
    accounts(&mut book);
    book.day = Some(DayId(1));
    book.by = Actor::Person(PersonId(1));
    book.office(Happened::DayOpened { date: date(2026, 11, 23), clock_is_wrong: false });
    to_the_card(&mut book);
    hand_over(&mut book);
    back_and_forth(&mut book);
    outage(&mut book);
    besides(&mut book);
    book.act(7, Action::Close);
    book.office(Happened::DayClosed);
    (book.by, book.day) = (Actor::Terminal, None);
    book.office(Happened::Restored);
    let sari = PersonId(1);
    book.office(Happened::PersonInvited { person: sari, code: digest(13) });
    book.office(Happened::PersonEnrolled { person: sari, secret: digest(14), keep: None });
    book.office(Happened::SignedIn { person: sari, browser: None, key: digest(15), browser_key: digest(16) });
    let (label, scopes) = ("layar".into(), "head".into());
    book.office(Happened::TokenMade { person: sari, label, scopes, until: None, key: digest(18) });
    (book.by, book.day) = (Actor::Person(sari), Some(DayId(1)));
    in_one_visit(&mut book);
    book.lines
}

/// A paper that is handed over in the same visit: no application.
fn in_one_visit(book: &mut Book) {
    book.office(Happened::DayOpened { date: date(2026, 11, 23), clock_is_wrong: false });
    book.issue(8, 'A', 6, None, None);
    book.acts(8, [Action::Call { counter: 1 }, Action::Start]);
    book.tell(Some(8), None, Happened::Acted { action: Action::Complete, to: Some(Stage::Collection) });
    book.acts(8, [Action::Call { counter: 1 }, Action::Start, Action::Finish]);
    book.office(Happened::DayClosed);
}

fn accounts(book: &mut Book) {
    let (sari, budi) = (PersonId(1), PersonId(2));
    let roles = "officer recording printing head technician";
    book.office(Happened::PersonSet { person: sari, name: "Sari".into(), roles: roles.into() });
    book.office(Happened::PersonSet { person: budi, name: "Budi".into(), roles: "officer".into() });
    // What stood when the file of an older version was upgraded.
    let key = Digest([9; 32]);
    let token = LoginRow { person: budi, label: Some("skrip".into()), roles: "officer".into(), key };
    let accounts = Held {
        people: vec![(sari, digest(1), None), (budi, None, digest(2))],
        logins: vec![(LoginId(2), token)],
        browsers: vec![(BrowserId(1), key)],
    };
    book.office(Happened::Upgraded { from: 1, to: 2, accounts });
    book.office(Happened::BrowsersForgotten);
    book.office(Happened::PersonInvited { person: sari, code: digest(3) });
    book.by = Actor::Console;
    book.office(Happened::SignInFailed { person: None, browser: None });
    book.office(Happened::PersonEnrolled { person: sari, secret: digest(4), keep: None });
    let browser = Some(BrowserId(book.lines.len() as i64 + 1));
    book.office(Happened::SignedIn { person: sari, browser, key: digest(5), browser_key: digest(6) });
    book.by = Actor::Person(sari);
    book.office(Happened::SecretsRehashed { person: sari, secret: Digest([7; 32]) });
    let (label, scopes) = ("layar".into(), "head".into());
    book.office(Happened::TokenMade { person: sari, label, scopes, until: None, key: digest(8) });
    book.office(Happened::SignInFailed { person: Some(budi), browser });
    book.office(Happened::SignedOut { person: budi, login: Some(LoginId(2)), everywhere: true });
}

/// A new card, from the number to the village.
fn to_the_card(book: &mut Book) {
    book.by = Actor::Device(KIOSK);
    book.issue(1, 'A', 1, None, None);
    (book.by, book.counter) = (Actor::Person(PersonId(1)), Some(1));
    book.acts(1, [Action::Call { counter: 1 }, Action::Recall, Action::Start, Action::Complete]);
    book.open_case(1, 1);
    let place = Place::Village("Kaliau".into());
    let finish = Action::FinishRecording { done: vec!["photo".into()], place: place.clone() };
    book.acts(1, [Action::Call { counter: 2 }, Action::Start, finish]);
    book.counter = None;
    let on = date(2026, 11, 23);
    book.on_case(1, [CaseAction::Record { on, place: place.clone() }]);
    book.on_case(1, HoldReason::ALL.map(|reason| CaseAction::Hold { reason }));
    book.on_case(
        1,
        [
            CaseAction::Release,
            CaseAction::RecordAgain,
            CaseAction::Record { on, place },
            CaseAction::Print,
            CaseAction::PrintAgain,
            CaseAction::Print,
            CaseAction::MakeReady,
            CaseAction::SendToVillage { village: "Kaliau".into() },
        ],
    );
}

/// A lost card, printed directly, handed over, taken back, handed over to somebody else.
fn hand_over(book: &mut Book) {
    book.issue(2, 'L', 1, None, Some("datang dari jauh"));
    let direct = Action::PrintDirectly { place: Place::Office };
    book.acts(2, [Action::Call { counter: 1 }, Action::Start, direct]);
    book.open_case(2, 2);
    let record = CaseAction::Record { on: date(2026, 11, 23), place: Place::Office };
    book.on_case(2, [record, CaseAction::Print, CaseAction::MakeReady]);
    book.issue(3, 'C', 1, Some(2), None);
    book.acts(3, [Action::Call { counter: 3 }, Action::Start]);
    for by in [CollectedBy::Proxy, CollectedBy::Applicant] {
        let receipt = (by == CollectedBy::Proxy).then_some(Receipt { year: 26, n: 2 });
        let action = Action::HandOver { by, receipt };
        let act = book.tell(Some(3), Some(2), Happened::Acted { action, to: None });
        book.on_case(2, [CaseAction::Collect { by }]);
        if by == CollectedBy::Proxy {
            book.tell(Some(3), Some(2), Happened::Undone { act });
            book.on_case(2, [CaseAction::TakeBack]);
        }
    }
}

fn back_and_forth(book: &mut Book) {
    book.issue(4, 'A', 2, None, None);
    let missing = vec!["family-card".into()];
    book.acts(4, [Action::Call { counter: 1 }, Action::Start, Action::Return { missing }, Action::Reenter]);
    book.acts(4, [Action::CallChosen { counter: 1, reason: "lansia".into() }, Action::Skip, Action::ReportBack]);
    book.act(4, Action::Transfer { service: ServiceKey("lost".into()) });
    book.by = Actor::Token(LoginId(10));
    let cancelled = book.act(4, Action::Cancel { reason: "pulang ke rumah Bu Ani".into() });
    book.by = Actor::Terminal;
    book.office(Happened::WordsErased { event: cancelled });
    book.lines[cancelled.0 as usize - 1].words = None;
    book.by = Actor::Person(PersonId(1));
}

fn outage(book: &mut Book) {
    for (ticket, case) in [(5, 3), (6, 4)] {
        book.issue(ticket, 'A', ticket as u32 - 2, None, None);
        book.acts(ticket, [Action::Call { counter: 1 }, Action::Start, Action::Complete]);
        book.open_case(ticket, case);
    }
    book.office(Happened::NetworkDown);
    book.acts(5, [Action::Hold, Action::ChooseWait, Action::Resume, Action::Hold, Action::Refer]);
    book.acts(6, [Action::Hold, Action::Defer]);
    book.on_case(3, [CaseAction::Refer]);
    book.on_case(4, [CaseAction::Cancel { reason: "pindah".into() }]);
    book.tell(Some(6), None, Happened::PaperOrdered { paper: Paper::Network });
    book.office(Happened::NetworkUp);
}

fn besides(book: &mut Book) {
    book.by = Actor::Device(KIOSK);
    book.issue(7, 'A', 5, None, None);
    book.office(Happened::HelpAsked);
    book.office(Happened::RestartAsked { process: Process::Printer });
    book.by = Actor::Person(PersonId(1));
    book.office(Happened::HelpAnswered);
    book.office(Happened::VolumeSet { percent: 60 });
    book.office(Happened::PrintAnswered { job: JobId(1), came_out: false });
    book.tell(Some(7), None, Happened::Reprinted { job: JobId(7) });
    book.office(Happened::OfficeChanged { key: "standard.ready".into(), value: "3 hari / 3 days".into() });
    let until = Some(datetime(2026, 11, 24, 12, 0, 0, 0));
    let says = Notice { text: "Blangko habis".into(), english: Some("No blank cards".into()), until };
    book.office(Happened::NoticePosted { notice: NoticeId(1), says });
    let says = Notice { text: "Besok libur".into(), english: None, until: None };
    book.office(Happened::NoticePosted { notice: NoticeId(2), says });
    book.office(Happened::NoticeEnded { notice: NoticeId(1) });
}
