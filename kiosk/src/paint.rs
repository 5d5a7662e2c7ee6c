//! Puts what the screen has come to into the properties of `ui/`. It decides nothing but words.

use crate::language::Language;
use crate::page::{Bench, Done};
use crate::qr;
use crate::screen::{Closed, Given, Page, Paper, Screen, Sheet};
use crate::ui::{Advice, Icon, Kiosk, ListKind, Need, PageKind, PaperKind, Refusal, Shown, Step, Theme, Tile};
use jiff::ToSpan;
use jiff::civil::Date;
use queue::board::DayStatus;
use queue::case::{Case, CaseState, Place, Receipt};
use queue::office::{Requirement, Service, Stage};
use queue::ticket::State;
use queue::time::{clock, date_in_words};
use queue::{Lang, Office, Refused, visit};
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

/// The page's kind: what the window shows and what headless mode names.
pub(crate) fn kind(screen: &Screen) -> PageKind {
    match (screen.closed(), &screen.page) {
        (Some(Closed::Starting), _) => PageKind::Starting,
        (Some(Closed::Fault), _) => PageKind::Fault,
        (Some(Closed::Slow), _) => PageKind::Slow,
        (Some(Closed::NotOpened), _) => PageKind::NotOpened,
        (Some(Closed::DayOver { .. }), _) => PageKind::DayClosed,
        (None, Page::Home) => PageKind::Home,
        (None, Page::Standard) => PageKind::Standard,
        (None, Page::Requirements { .. }) => PageKind::Requirements,
        (None, Page::Incomplete { .. }) => PageKind::Incomplete,
        (None, Page::Late(_)) => PageKind::Late,
        (None, Page::Code { .. }) => PageKind::Code,
        (None, Page::Technician(_)) => PageKind::Technician,
        (None, Page::ReceiptEntry { .. }) => PageKind::ReceiptEntry,
        (None, Page::Status { .. }) => PageKind::Status,
        (None, Page::YourNumber(_)) => PageKind::YourNumber,
        (None, Page::Refused(_)) => PageKind::Refused,
        (None, Page::Failed) => PageKind::Fault,
    }
}

/// Shows `screen` in `kiosk`.
pub(crate) fn paint(kiosk: &Kiosk, screen: &Screen) {
    let shown = kiosk.global::<Shown>();
    let language = screen.language.code;
    if let Err(error) = slint::select_bundled_translation(language) {
        tracing::error!(%error, language, "this translation is not in the program; it was built without lang/");
    }
    let theme = kiosk.global::<Theme>();
    theme.set_high_contrast(screen.contrast);
    theme.set_large(screen.large);
    shown.set_speaks(screen.speaks);
    shown.set_heard(screen.heard.as_ref().map(|key| key.0.as_str()).unwrap_or_default().into());
    shown.set_more(screen.more);
    shown.set_called(screen.called());
    shown.set_calling(screen.calling.is_some());
    shown.set_may_call(screen.may_call());
    let others = screen.languages().into_iter().filter(|other| *other != screen.language);
    shown.set_other_languages(others.map(|other| other.name).collect::<Vec<_>>().join(" / ").into());
    shown.set_page(kind(screen));
    shown.set_priority(screen.priority);
    shown.set_busy(screen.busy.is_some());
    shown.set_slow(screen.is_slow());
    shown.set_busy_long(screen.busy.as_ref().is_some_and(|busy| busy.seconds >= 1));
    shown.set_asks(screen.asks());
    shown
        .set_may_leave(matches!(screen.page, Page::Refused(_) | Page::Failed) || screen.closed() == Some(Closed::Slow));
    match &screen.page {
        Page::Code { digits, length } => {
            shown.set_typed(format!("{:_<length$}", "*".repeat(digits.len())).into());
            shown.set_typed_wrong(screen.wrong_codes > 0 && digits.is_empty());
        }
        Page::Technician(bench) => paint_technician(&shown, &theme, screen, bench),
        _ => {}
    }
    let Some(office) = &screen.office else {
        // The pages' previews name an office; which one this is, only office.toml knows.
        shown.set_office(SharedString::default());
        shown.set_government(SharedString::default());
        return;
    };
    paint_office(&shown, screen, office);
    match &screen.page {
        Page::Home | Page::Failed | Page::Code { .. } | Page::Technician(_) => {}
        Page::Incomplete { service, list } => {
            if let Some(service) = office.service(service) {
                paint_requirements(&shown, screen.language, office, service);
            }
            shown.set_without_receipt(false);
            shown.set_list(sheet(screen, list.as_ref()));
        }
        Page::Standard => paint_standard(&shown, screen.language, office),
        Page::Requirements { service, without_receipt } => {
            if let Some(service) = office.service(service) {
                paint_requirements(&shown, screen.language, office, service);
            }
            shown.set_without_receipt(*without_receipt);
        }
        Page::ReceiptEntry { service, digits, wrong } => {
            shown.set_status_only(service.is_none());
            shown.set_typed(typed(digits).into());
            shown.set_typed_wrong(*wrong);
        }
        Page::Status { service, receipt, case } => {
            shown.set_status_only(service.is_none());
            paint_status(&shown, screen.language, office, *receipt, case.as_deref());
        }
        Page::YourNumber(given) | Page::Late(given) => paint_number(&shown, screen, office, given),
        Page::Refused(refused) => {
            shown.set_refusal(match refused {
                Refused::QuotaReached { .. } => Refusal::Quota,
                Refused::LastNumberPassed { .. } => Refusal::LastNumber,
                Refused::CaseHasTicket { .. } => Refusal::HasNumber,
                _ => Refusal::Other,
            });
            shown.set_refusal_text(refused.say(screen.language.of_papers()).into());
        }
    }
}

fn paint_office(shown: &Shown, screen: &Screen, office: &Office) {
    let language = screen.language;
    let lang = language.of_papers();
    shown.set_government(office.identity.government.as_str().into());
    shown.set_office(office.identity.name.as_str().into());
    shown.set_fee(language.of(&office.standard.fee).into());
    shown.set_decree(office.standard.decree.as_str().into());
    shown.set_service_time(language.of(&office.standard.time).into());
    let Some(view) = &screen.view else { return };
    let (date, pause) = match view.board.day {
        DayStatus::NotOpened | DayStatus::LeftOpen { .. } => (view.today, None),
        DayStatus::Open { date } | DayStatus::Closed { date } => (date, None),
        DayStatus::Break { date, until } => (date, Some(until)),
    };
    let hours = office.hours.of(date.weekday());
    shown.set_date(date_in_words(date, lang).into());
    shown.set_open_until(hours.map(|h| clock(h.close)).unwrap_or_default().into());
    shown.set_numbers_until(hours.and_then(|h| h.last_number).map(clock).unwrap_or_default().into());
    shown.set_break_until(pause.map(clock).unwrap_or_default().into());
    shown.set_network_down(view.board.network_down.is_some());
    shown.set_no_paper(!screen.prints());
    let last_passed = office.services.iter().find_map(|service| match screen.used_up(service) {
        Some(Refused::LastNumberPassed { at }) => Some(at),
        _ => None,
    });
    // A day that is still to be opened may be today's; one that is over is followed by the next working day.
    let again = match (screen.closed(), &screen.page) {
        (Some(Closed::NotOpened), _) => opens(office, date),
        (Some(Closed::DayOver { .. }), _)
        | (None, Page::Refused(Refused::QuotaReached { .. } | Refused::LastNumberPassed { .. })) => {
            opens(office, date.saturating_add(1.day()))
        }
        (None, Page::Home) if last_passed.is_some() => opens(office, date.saturating_add(1.day())),
        _ => None,
    };
    shown.set_last_passed(last_passed.unwrap_or_default().into());
    shown.set_opens_on(again.as_ref().map(|(date, _)| date_in_words(*date, lang)).unwrap_or_default().into());
    shown.set_opens_at(again.map(|(_, at)| at).unwrap_or_default().into());
    let tiles = office.services.iter().map(|service| Tile {
        key: service.key.0.as_str().into(),
        letter: service.prefix.to_string().into(),
        name: language.of(&service.name).into(),
        waiting: view.board.waiting.iter().find(|w| w.service == service.key).map_or(0, |w| int(w.count)),
        used_up: screen.used_up(service).is_some(),
        icon: if service.first_stage() == Stage::Collection {
            Icon::Collection
        } else if service.print_directly {
            Icon::Lost
        } else {
            Icon::New
        },
    });
    change(shown.get_tiles(), tiles.collect(), |tiles| shown.set_tiles(tiles));
}

/// The first working day from `from` on, and its opening time, as far as the calendar of a year knows.
fn opens(office: &Office, from: Date) -> Option<(Date, String)> {
    let date = from.series(1.day()).take(366).find(|date| office.is_working_day(*date))?;
    Some((date, clock(office.hours.of(date.weekday())?.open)))
}

/// The six components of a published standard (Permenpan RB 15/2014).
fn paint_standard(shown: &Shown, language: Language, office: &Office) {
    let standard = &office.standard;
    shown.set_title(standard.title.as_str().into());
    shown.set_section(format!("{} - {}", standard.section, standard.activity).into());
    shown.set_product(language.of(&standard.product).into());
    shown.set_ready(language.of(&standard.ready).into());
    shown.set_complaint_phone(office.complaints.phone.as_str().into());
    // S29: the codes carry the address alone. They are drawn anew only when the page says something else.
    if shown.get_complaint_email() != office.complaints.email || shown.get_mail_code().size().width == 0 {
        shown.set_whatsapp_code(qr::image(&format!("https://wa.me/{}", office.complaints.whatsapp)));
        shown.set_mail_code(qr::image(&format!("mailto:{}", office.complaints.email)));
    }
    shown.set_complaint_email(office.complaints.email.as_str().into());
    // C2: the printing stage counts working days, the others minutes; C1: they are never added up.
    let stages = Stage::ALL.into_iter().filter(|stage| office.has_stage(*stage));
    let steps = stages.map(|stage| Step {
        name: language.of(office.stage_name(stage)).into(),
        minutes: int(office.standard_minutes(stage)),
        days: if stage == Stage::Printing { int(office.stages.printing.working_days) } else { 0 },
    });
    change(shown.get_steps(), steps.collect(), |steps| shown.set_steps(steps));
    let needed = office.requirements.iter().filter(|r| {
        let verifies = |key| office.service(key).is_some_and(|s| s.first_stage() == Stage::Verification);
        r.blocking && (r.services.is_empty() || r.services.iter().any(verifies))
    });
    change(shown.get_bring(), needed.map(|r| need(r, language)).collect(), |list| shown.set_bring(list));
}

fn paint_requirements(shown: &Shown, language: Language, office: &Office, service: &Service) {
    shown.set_service(language.of(&service.name).into());
    shown.set_may_have_receipt(service.opens_case());
    let (bring, advice): (Vec<_>, Vec<_>) = office.requirements_of(service).into_iter().partition(|r| r.blocking);
    change(shown.get_bring(), bring.into_iter().map(|r| need(r, language)).collect(), |list| shown.set_bring(list));
    let advice = advice.into_iter().map(|r| language.of(&r.text).into());
    change(shown.get_advice(), advice.collect(), |list| shown.set_advice(list));
}

fn need(requirement: &Requirement, language: Language) -> Need {
    Need { key: requirement.key.as_str().into(), text: language.of(&requirement.text).into() }
}

fn paint_technician(shown: &Shown, theme: &Theme, screen: &Screen, bench: &Bench) {
    let (width, height) = (theme.get_panel_width(), theme.get_panel_height());
    let mm = theme.get_mm();
    let size = format!(
        "{width:.0} x {height:.0}, {:.1}\", {:.0} x {:.0} mm, 20 mm = {:.0} px",
        theme.get_inches(),
        width / mm,
        height / mm,
        20.0 * mm
    );
    shown.set_panel(size.into());
    let printer = screen.view.as_ref().and_then(|view| view.printer.as_ref());
    shown.set_printer(printer.map_or("-", |printer| printer.state.word()).into());
    shown.set_printer_detail(printer.map(|printer| printer.detail.as_str()).unwrap_or_default().into());
    shown.set_version(bench.facts.version.as_str().into());
    shown.set_folder(bench.facts.folder.as_str().into());
    shown.set_volume(screen.view.as_ref().map_or(0, |view| view.board.volume.into()));
    shown.set_list(sheet(screen, bench.test.as_ref()));
    let english = screen.language.of_papers() == Lang::En;
    shown.set_done(
        match &bench.done {
            None => String::new(),
            Some(Done::Restarting(process)) if english => format!("{}: starts again in a second", process.word()),
            Some(Done::Restarting(process)) => format!("{}: mulai ulang dalam sedetik", process.word()),
            Some(Done::Volume(percent)) => format!("{percent} %"),
            Some(Done::Refused(refused)) => refused.say(screen.language.of_papers()),
            Some(Done::Failed) if english => "The database cannot be written: antrean check says why".into(),
            Some(Done::Failed) => "Basis data tidak dapat ditulis: periksa dengan antrean check".into(),
        }
        .into(),
    );
    // On its side, a panel has room for the tools and the last lines.
    let lines = if theme.get_portrait() { bench.facts.log.len() } else { 4 };
    let log = bench.facts.log.iter().skip(bench.facts.log.len().saturating_sub(lines)).map(SharedString::from);
    change(shown.get_log(), log.collect(), |log| shown.set_log(log));
}

/// How a paper without a number stands.
fn sheet(screen: &Screen, sheet: Option<&Sheet>) -> ListKind {
    match sheet.map(|sheet| screen.paper(sheet)) {
        None if screen.prints() => ListKind::Offered,
        None => ListKind::None,
        Some(Paper::Printing) => ListKind::Printing,
        Some(Paper::Printed) => ListKind::Printed,
        Some(Paper::Unknown | Paper::Failed) => ListKind::Failed,
    }
}

/// "26-0000__-_".
pub(crate) fn typed(digits: &str) -> String {
    let mut text = format!("{digits:_<9}");
    text.insert(8, '-');
    text.insert(2, '-');
    text
}

/// What an applicant should do about the case of a receipt.
pub(crate) fn advice(case: Option<&Case>) -> Advice {
    let Some(case) = case else { return Advice::Unknown };
    match (visit::admit(case), &case.state) {
        (Ok(Stage::Recording), _) => Advice::Record,
        (Ok(_), _) => Advice::Ready,
        (Err(_), CaseState::Collected { .. }) => Advice::Collected,
        (Err(_), CaseState::SentToVillage { .. }) => Advice::Village,
        (Err(_), CaseState::Cancelled { .. }) => Advice::Cancelled,
        (Err(_), CaseState::Referred) => Advice::Referred,
        (Err(_), _) => Advice::Wait,
    }
}

fn paint_status(shown: &Shown, language: Language, office: &Office, receipt: Receipt, case: Option<&Case>) {
    let advice = advice(case);
    let word = |(id, en): (&'static str, &'static str)| if language.of_papers() == Lang::Id { id } else { en };
    let mut status = case.map(|case| word(case.state.text()).to_string()).unwrap_or_default();
    if let Some(CaseState::OnHold { reason }) = case.map(|case| &case.state) {
        status = format!("{status}: {}", word(reason.text()));
    }
    let place = match case.map(|case| (&case.state, &case.place)) {
        Some((CaseState::SentToVillage { village }, _)) | Some((_, Place::Village(village))) => village.as_str(),
        Some((_, Place::Office)) => office.identity.name.as_str(),
        None => "",
    };
    shown.set_receipt(receipt.to_string().into());
    shown.set_case_status(status.into());
    shown.set_case_advice(advice);
    shown.set_case_place(place.into());
    let expected = if advice == Advice::Wait { language.of(&office.standard.ready) } else { "" };
    shown.set_case_expected(expected.into());
}

fn paint_number(shown: &Shown, screen: &Screen, office: &Office, given: &Given) {
    let ticket = &given.issued.ticket;
    let stage = ticket.state.stage().or(screen.service(&ticket.service).map(Service::first_stage));
    let counters: Vec<String> =
        stage.map(|stage| office.counters_for(stage).map(|c| c.number.to_string()).collect()).unwrap_or_default();
    shown.set_number(ticket.number.to_string().into());
    let service = screen.service(&ticket.service).map(|service| screen.language.of(&service.name));
    shown.set_service(service.unwrap_or_default().into());
    shown.set_number_priority(ticket.priority);
    shown.set_counter_count(i32::try_from(counters.len()).unwrap_or(i32::MAX));
    shown.set_counters(counters.join(", ").into());
    shown.set_stage(stage.map(|stage| screen.language.of(office.stage_name(stage))).unwrap_or_default().into());
    shown.set_ahead(int(given.issued.ahead));
    shown.set_wait(given.issued.wait.say(screen.language.of_papers()).into());
    shown.set_held(matches!(ticket.state, State::Held { .. }));
    shown.set_paper(match screen.paper(&given.sheet) {
        Paper::Printing => PaperKind::Printing,
        Paper::Printed => PaperKind::Printed,
        Paper::Unknown => PaperKind::Unknown,
        Paper::Failed => PaperKind::Failed,
    });
    shown.set_may_reprint(screen.may_reprint(given));
    shown.set_may_leave(screen.may_leave(&given.sheet));
    shown.set_remaining(screen.ends_in().map_or(0.0, |(left, all)| left as f32 / all as f32));
    shown.set_copy(given.sheet.print.as_ref().map_or(0, |job| job.copy.into()));
}

/// Sets a list only when it differs: setting it draws every row anew.
fn change<T: Clone + PartialEq + 'static>(shown: ModelRc<T>, wanted: Vec<T>, set: impl FnOnce(ModelRc<T>)) {
    if !shown.iter().eq(wanted.iter().cloned()) {
        set(ModelRc::new(VecModel::from(wanted)));
    }
}

fn int(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
