//! What the forms carry, read into the office's actions. Pure; nothing a browser sends is trusted.

use crate::answer::No;
use jiff::civil::{Date, Time};
use queue::Command;
use queue::case::{CaseAction, CollectedBy, HoldReason, Place, Receipt};
use queue::journal::Actor;
use queue::office::{Office, ServiceKey};
use queue::privacy::has_personal_number;
use queue::store::Issue;
use queue::ticket::CounterNumber;
use queue::time::Moment;
use queue::visit::Action;
use queue::{Lang, Refused};
use std::ops::RangeInclusive;

/// Longest text a clerk may give as a reason, characters.
const REASON_MAX: usize = 200;

/// The fields of a form or of a query, in their order; a name may occur several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, String)>);

impl Fields {
    /// The query that an act leaves: plain words and figures.
    pub(crate) fn of_query(query: &str) -> Fields {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Fields(pairs.map(|(name, value)| (name.into(), value.replace('+', " "))).collect())
    }

    /// The first field with this name, trimmed; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// Every field with this name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect()
    }

    /// A tick.
    pub(crate) fn yes(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }

    /// The form's command, given by `by`, at the counter where the form stands.
    pub(crate) fn command(&self, by: &Actor, now: Moment) -> Result<Command, No> {
        let id = self.get("command");
        if !(8..=64).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(No::bad("Formulir tidak lengkap. Muat ulang halaman.", "Incomplete form. Reload the page."));
        }
        Ok(Command { id: id.into(), by: by.clone(), counter: self.counter()?, now })
    }

    /// The counter whose page the form stands on.
    pub(crate) fn counter(&self) -> Result<Option<CounterNumber>, No> {
        match self.get("counter") {
            "" => Ok(None),
            text => match text.parse() {
                Ok(n @ 1..=99) => Ok(Some(n)),
                _ => Err(Refused::UnknownCounter.into()),
            },
        }
    }

    /// A text that is kept for good or shown to everybody: whoever types a NIK into it is told not to.
    pub(crate) fn open_text(&self, name: &str) -> Result<String, No> {
        let text = self.get(name);
        if has_personal_number(text) {
            return Err(No::from(Refused::PersonalNumber).at(&[name]));
        }
        Ok(text.into())
    }

    /// A time of day as people write it, 8.00 or 08.00 or 08:00; `None` when the field is empty. `id` and `en` say what
    /// the field is.
    pub(crate) fn time(&self, name: &str, id: &str, en: &str) -> Result<Option<Time>, No> {
        let text = self.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let two = |digits: &str, len: RangeInclusive<usize>| {
            let plain = len.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten()
        };
        let (hour, minute) = text.split_once(['.', ':']).unwrap_or_default();
        let time = two(hour, 1..=2).zip(two(minute, 2..=2)).and_then(|(h, m)| Time::new(h, m, 0, 0).ok());
        let no = || {
            let (id, en) = (format!("{id}: isi jam seperti 08.00."), format!("{en}: enter a time as 08.00."));
            No::bad(&id, &en).at(&[name])
        };
        time.map(Some).ok_or_else(no)
    }

    /// A date as people here write it, 27/11/2026, or as scripts do, 2026-11-27; `None` when the field is empty.
    pub(crate) fn date(&self, name: &str) -> Result<Option<Date>, No> {
        let text = self.get(name);
        let number = |part: &str| part.parse::<i16>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
        let parts: Vec<_> = text.split(['/', '.', '-', ' ']).map(number).collect();
        let (year, month, day) = match parts[..] {
            _ if text.is_empty() => return Ok(None),
            [Some(day), Some(month), Some(year)] if year > 999 => (year, month, day),
            [Some(year), Some(month), Some(day)] if year > 999 => (year, month, day),
            _ => (0, 0, 0),
        };
        let small = |n: i16| i8::try_from(n).unwrap_or_default();
        let no = |_| {
            No::bad("Tulis tanggal seperti 27/11/2026.", "Write the date as 27/11/2026 (day, month, year).").at(&[name])
        };
        Date::new(year, small(month), small(day)).map(Some).map_err(no)
    }

    pub(crate) fn reason(&self) -> Result<String, No> {
        let reason = self.open_text("reason")?;
        if reason.chars().count() > REASON_MAX {
            let no = No::bad(
                "Alasan terlalu panjang (paling banyak 200 karakter).",
                "The reason is too long (at most 200 characters).",
            );
            return Err(no.at(&["reason"]));
        }
        Ok(reason)
    }

    fn place(&self) -> Place {
        match self.get("place") {
            "" | "office" => Place::Office,
            village => Place::Village(village.into()),
        }
    }

    /// The receipt typed or scanned; `None` when the field is empty.
    pub(crate) fn receipt(&self) -> Result<Option<Receipt>, No> {
        match self.get("receipt") {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|()| {
                No::bad(
                    "Nomor tanda terima salah ketik. Periksa kesembilan angkanya, misalnya 26-000123-3.",
                    "The receipt number is mistyped. Check its nine digits, for example 26-000123-3.",
                )
                .at(&["receipt"])
            }),
        }
    }

    /// The wish for a number.
    pub(crate) fn issue(&self) -> Result<Issue, No> {
        let lang = match self.get("lang") {
            "" | "id" => Lang::Id,
            "en" => Lang::En,
            _ => return Err(No::bad("Bahasa itu tidak ada.", "There is no such language.")),
        };
        let service = ServiceKey(self.get("service").into());
        Ok(Issue { service, priority: self.yes("priority"), lang, receipt: self.receipt()? })
    }
}

/// The action of `POST /tickets/{id}/{word}`; no page for a word that is no button.
pub(crate) fn action(word: &str, fields: &Fields, office: &Office) -> Result<Action, No> {
    Ok(match word {
        "call-chosen" => {
            let counter = fields.counter()?.ok_or(Refused::UnknownCounter)?;
            Action::CallChosen { counter, reason: fields.reason()? }
        }
        "recall" => Action::Recall,
        "start" => Action::Start,
        "complete" | "finish" | "print-directly" if !fields.all("missing").is_empty() => {
            return Err(No::bad(
                "Masih ada berkas yang dicentang kurang. Hapus centangnya, atau kembalikan berkas.",
                "Something is still ticked as missing. Untick it, or return the file.",
            )
            .at(&["missing"]));
        }
        "complete" => Action::Complete,
        "finish" => Action::Finish,
        "print-directly" => Action::PrintDirectly { place: fields.place() },
        "return" => Action::Return { missing: fields.all("missing") },
        "reenter" => Action::Reenter,
        "finish-recording" if !office.stages.recording.ticks.is_empty() && fields.all("done").is_empty() => {
            return Err(No::bad(
                "Belum ada yang dicentang sebagai sudah direkam. Centang yang sudah dikerjakan, lalu tekan lagi.",
                "Nothing is ticked as recorded. Tick what is done, then press again.",
            )
            .at(&["done"]));
        }
        "finish-recording" => Action::FinishRecording { done: fields.all("done"), place: fields.place() },
        "hand-over"
            if !fields.get("compare").is_empty() && fields.get("receipt").is_empty() && !fields.yes("compared") =>
        {
            return Err(No::bad(
                "Bandingkan dahulu tanda terimanya: pindai nomornya, atau centang bahwa nomornya sama.",
                "Compare the receipt first: scan its number, or tick that it is the same.",
            )
            .at(&["receipt"]));
        }
        "hand-over" => Action::HandOver {
            by: match fields.get("by") {
                "applicant" => CollectedBy::Applicant,
                "proxy" => CollectedBy::Proxy,
                _ => return Err(No::bad("Pilih siapa yang mengambil.", "Choose who collects.").at(&["by"])),
            },
            receipt: fields.receipt()?,
        },
        "hold" => Action::Hold,
        "choose-wait" => Action::ChooseWait,
        "refer" => Action::Refer,
        "defer" => Action::Defer,
        "skip" => Action::Skip,
        "report-back" => Action::ReportBack,
        "transfer" => Action::Transfer { service: ServiceKey(fields.get("service").into()) },
        "cancel" => Action::Cancel { reason: fields.reason()? },
        _ => return Err(No::no_page()),
    })
}

/// The action of `POST /cases/{id}/{word}`; cards are handed over at a counter, not here.
pub(crate) fn case_action(word: &str, fields: &Fields) -> Result<CaseAction, No> {
    Ok(match word {
        "hold-case" => {
            let reason = HoldReason::ALL.into_iter().find(|r| hold_word(*r) == fields.get("reason"));
            CaseAction::Hold { reason: reason.ok_or(Refused::ReasonNeeded)? }
        }
        "release" => CaseAction::Release,
        "record-again" => CaseAction::RecordAgain,
        "print" => CaseAction::Print,
        "print-again" => CaseAction::PrintAgain,
        "make-ready" => CaseAction::MakeReady,
        "send-to-village" => CaseAction::SendToVillage { village: fields.get("village").into() },
        "cancel" => CaseAction::Cancel { reason: fields.reason()? },
        _ => return Err(No::no_page()),
    })
}

/// The hold reason's word in a form.
pub(crate) fn hold_word(reason: HoldReason) -> String {
    serde_json::to_value(reason).ok().and_then(|v| Some(v.as_str()?.to_string())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::people::PersonId;

    fn office() -> Office {
        Office::parse(include_str!("../../office.toml")).unwrap()
    }

    fn fields(list: &[(&str, &str)]) -> Fields {
        Fields(list.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect())
    }

    #[test]
    fn a_form_is_read_into_the_action_of_its_route() {
        let office = office();
        let read = |word: &str, list: &[(&str, &str)]| action(word, &fields(list), &office).unwrap();
        assert_eq!(
            read("call-chosen", &[("counter", "2"), ("reason", " darurat ")]),
            Action::CallChosen { counter: 2, reason: "darurat".into() }
        );
        assert_eq!(
            read("return", &[("missing", "family-card"), ("missing", "form")]),
            Action::Return { missing: vec!["family-card".into(), "form".into()] }
        );
        assert_eq!(
            read("finish-recording", &[("done", "photo"), ("place", "Kaliau")]),
            Action::FinishRecording { done: vec!["photo".into()], place: Place::Village("Kaliau".into()) }
        );
        assert_eq!(
            read("hand-over", &[("by", "proxy"), ("receipt", "26 000123 3")]),
            Action::HandOver { by: CollectedBy::Proxy, receipt: Some(Receipt { year: 26, n: 123 }) }
        );
        let hold = case_action("hold-case", &fields(&[("reason", "no-blanks")])).unwrap();
        assert_eq!(hold, CaseAction::Hold { reason: HoldReason::NoBlanks });
    }

    #[test]
    fn every_button_word_reads_back_as_itself() {
        let office = office();
        let all =
            fields(&[("counter", "1"), ("by", "applicant"), ("reason", "network"), ("receipt", ""), ("done", "photo")]);
        for word in [
            "call-chosen",
            "recall",
            "start",
            "complete",
            "print-directly",
            "return",
            "reenter",
            "finish-recording",
            "hand-over",
            "finish",
            "hold",
            "choose-wait",
            "refer",
            "defer",
            "skip",
            "report-back",
            "transfer",
            "cancel",
        ] {
            assert_eq!(action(word, &all, &office).unwrap().word(), word);
        }
        for word in
            ["hold-case", "release", "record-again", "print", "print-again", "make-ready", "send-to-village", "cancel"]
        {
            assert_eq!(case_action(word, &all).unwrap().word(), word);
        }
    }

    #[test]
    fn a_time_is_read_as_people_write_it_and_in_no_other_way() {
        let read = |text: &str| fields(&[("at", text)]).time("at", "Senin, buka", "Monday, opens");
        for text in ["8.00", "08.00", "08:00", "8:00", " 08.00 "] {
            assert_eq!(read(text).unwrap(), Some(Time::constant(8, 0, 0, 0)), "{text}");
        }
        assert_eq!(read("23.59").unwrap(), Some(Time::constant(23, 59, 0, 0)));
        assert_eq!(read("").unwrap(), None);
        for text in [
            "8",
            "8.0",
            "08.000",
            "008.00",
            "24.00",
            "08.60",
            "+8.00",
            "-8.00",
            "8.+5",
            "8 00",
            "08,00",
            "08.00.00",
            "8 AM",
            "٠٨.٠٠",
            ".",
            ":",
        ] {
            let no = read(text).unwrap_err();
            assert_eq!(no.say(Lang::Id), "Senin, buka: isi jam seperti 08.00.", "{text}");
            assert_eq!(no.say(Lang::En), "Monday, opens: enter a time as 08.00.", "{text}");
        }
    }

    #[test]
    fn a_date_is_read_as_people_and_scripts_write_it_and_in_no_other_way() {
        let read = |text: &str| fields(&[("date", text)]).date("date");
        for text in ["27/11/2026", "27.11.2026", "27-11-2026", "2026-11-27", " 27/11/2026 "] {
            assert_eq!(read(text).unwrap(), Some(Date::constant(2026, 11, 27)), "{text}");
        }
        assert_eq!(read("").unwrap(), None);
        for text in
            ["11/27/2026", "27/11/26", "27/11", "31/02/2026", "0000-11-27", "+27/11/2026", "besok", "1/1/1/2026"]
        {
            assert_eq!(read(text).unwrap_err().fields, ["date"], "{text}");
        }
    }

    #[test]
    fn garbage_is_told_and_never_acted_on() {
        let office = office();
        let status =
            |word: &str, list: &[(&str, &str)]| action(word, &fields(list), &office).unwrap_err().status.as_u16();
        assert_eq!(status("close", &[]), 404, "closing is for the whole day");
        assert_eq!(status("call", &[]), 404, "the next one is the policy's to choose");
        assert_eq!(status("resume", &[]), 404, "the network is back for everybody");
        assert_eq!(status("call-chosen", &[("counter", "900")]), 404);
        for word in ["complete", "finish", "print-directly"] {
            assert_eq!(status(word, &[("missing", "form")]), 422, "{word}: ticked as missing is not complete");
        }
        assert_eq!(status("hand-over", &[("by", "neighbour")]), 422);
        assert_eq!(status("hand-over", &[("by", "applicant"), ("compare", "first")]), 422, "S13: nobody compared");
        assert_eq!(status("finish-recording", &[("place", "office")]), 422, "nothing is recorded");
        assert_eq!(status("hand-over", &[("by", "proxy"), ("receipt", "26-000123-4")]), 422);
        assert_eq!(status("cancel", &[("reason", &"x".repeat(201))]), 422);
        assert_eq!(case_action("hold-case", &fields(&[])).unwrap_err().status.as_u16(), 409);
        let now = queue::clock::now();
        for id in ["", "short", "has space in it", &"x".repeat(65), "<script>alert(1)</script>"] {
            assert!(fields(&[("command", id)]).command(&Actor::Person(PersonId(1)), now).is_err(), "{id}");
        }
        let command =
            fields(&[("command", "12345678"), ("counter", "3")]).command(&Actor::Person(PersonId(1)), now).unwrap();
        assert_eq!((command.by, command.counter), (Actor::Person(PersonId(1)), Some(3)));
    }
}
