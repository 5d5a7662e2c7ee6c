//! What cannot work in `office.toml`, although it parses.

use super::{Invalid, Office, Service, Stage, Text};
use std::collections::BTreeSet;
use std::fmt;

impl Office {
    /// Refuses what cannot work, naming the key and what is allowed.
    pub(super) fn validate(&self) -> Result<(), Invalid> {
        let fail = |message: String| Err(Invalid(message));
        let code = &self.identity.code;
        if code.is_empty() || !code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return fail(format!("office.code = \"{code}\": use lower-case letters, digits and hyphens"));
        }
        let whatsapp = &self.complaints.whatsapp;
        if whatsapp.is_empty() || !whatsapp.chars().all(|c| c.is_ascii_digit()) {
            return fail(format!(
                "complaints.whatsapp = \"{whatsapp}\": use digits only, beginning with the country code, as 6281319141787"
            ));
        }
        let languages = &self.identity.languages;
        if !["id", "en"].iter().all(|usual| languages.iter().any(|code| code == usual)) {
            return fail("office.languages: name \"id\" and \"en\", and further languages behind them".into());
        }
        once("office.languages", languages.iter())?;
        for text in self.texts() {
            if let Some(code) = text.others.keys().find(|code| !languages.contains(code)) {
                return fail(format!(
                    "\"{}\" has a text \"{code}\": use one of {}, or add it to office.languages",
                    text.id,
                    languages.join(", ")
                ));
            }
        }
        once("requirement.key", self.requirements.iter().map(|r| &r.key))?;
        once("service.key", self.services.iter().map(|s| &s.key))?;
        once("service.prefix", self.services.iter().map(|s| s.prefix))?;
        once("counter.number", self.counters.iter().map(|c| c.number))?;
        if self.services.is_empty() {
            return fail("service: at least one [[service]] is needed".into());
        }
        for service in &self.services {
            let key = &service.key;
            if !service.prefix.is_ascii_uppercase() || "BIOQSZ".contains(service.prefix) {
                return fail(format!(
                    "service \"{key}\": prefix = \"{}\": use one of A C D E F G H J K L M N P R T U V W X Y (others read as digits from afar)",
                    service.prefix
                ));
            }
            if !Service::PROCEDURES.contains(&service.stages.as_slice()) {
                let allowed = Service::PROCEDURES.map(listed).join(", ");
                return fail(format!("service \"{key}\": stages = {}: allowed are {allowed}", listed(&service.stages)));
            }
            if service.first_stage() == Stage::Verification && !self.requirements_of(service).iter().any(|r| r.blocking)
            {
                return fail(format!(
                    "service \"{key}\": no [[requirement]] for it can be missing; at least one must be blocking"
                ));
            }
            if service.print_directly && !service.opens_case() {
                return fail(format!(
                    "service \"{key}\": print_directly needs the stages \"verification\" and \"printing\""
                ));
            }
            if service.quota == Some(0) {
                return fail(format!("service \"{key}\": quota = 0: leave it out for no limit, or use 1 to 999"));
            }
            let mut called = service.stages.iter().filter(|stage| **stage != Stage::Printing);
            if let Some(stage) = called.find(|stage| self.counters_for(**stage).next().is_none()) {
                return fail(format!(
                    "counter: no [[counter]] serves the stage \"{}\" of service \"{key}\"",
                    stage.word()
                ));
            }
        }
        let collects = self.services.iter().any(|s| s.first_stage() == Stage::Collection);
        if collects && !self.has_stage(Stage::Printing) {
            return fail(
                "service: stages = [\"collection\"] hands over what another service prints, and none has \"printing\"; a paper of the same visit has [\"verification\", \"collection\"]"
                    .into(),
            );
        }
        if self.has_stage(Stage::Printing) && !collects {
            return fail("service: none with stages = [\"collection\"]: printed cards could not be handed over".into());
        }
        for requirement in &self.requirements {
            if let Some(unknown) = requirement.services.iter().find(|key| self.service(key).is_none()) {
                return fail(format!(
                    "requirement \"{}\": services: there is no service \"{unknown}\"",
                    requirement.key
                ));
            }
        }
        if self.hours.named().iter().all(|(_, hours)| hours.is_none()) {
            return fail(
                "hours: give at least one weekday its hours, as monday = { open = \"08.00\", close = \"15.00\" }"
                    .into(),
            );
        }
        for counter in &self.counters {
            let n = counter.number;
            if !(1..=99).contains(&n) {
                return fail(format!("counter.number = {n}: use 1 to 99"));
            }
            if counter.stages.is_empty() || counter.stages.contains(&Stage::Printing) {
                return fail(format!(
                    "counter {n}: stages: use one or more of \"verification\", \"recording\", \"collection\" (printing is never called)"
                ));
            }
        }
        for (key, value, max) in [
            ("queue.priority_run", self.queue.priority_run, 9),
            ("queue.ageing_minutes", self.queue.ageing_minutes, 480),
            ("queue.calls_before_skip", self.queue.calls_before_skip.into(), 9),
            ("queue.recalls_max", self.queue.recalls_max.into(), 20),
            ("queue.places_back", self.queue.places_back, 50),
            ("queue.reprints_max", self.queue.reprints_max.into(), 20),
            ("queue.slip_expires_minutes", self.queue.slip_expires_minutes, 1440),
        ] {
            within(key, value, max)?;
        }
        for (key, value, max) in self.limits.named() {
            within(&format!("limits.{key}"), value, max)?;
        }
        let (stages, printing) = (&self.stages, Stage::Printing);
        for (stage, key, value, max) in [
            (Stage::Verification, "stages.verification.minutes", stages.verification.minutes, 480),
            (Stage::Recording, "stages.recording.minutes", stages.recording.minutes, 480),
            (Stage::Collection, "stages.collection.minutes", stages.collection.minutes, 480),
            (printing, "stages.printing.working_days", stages.printing.working_days, 100),
            (printing, "stages.printing.overdue_days", stages.printing.overdue_days, 365),
        ] {
            if self.has_stage(stage) {
                if self.stage_name(stage).id.is_empty() {
                    let word = stage.word();
                    return fail(format!("[stages.{word}]: a service has this stage: give it a name and its standard"));
                }
                within(key, value, max)?;
            }
        }
        if self.queue.calls_before_skip > self.queue.recalls_max.saturating_add(1) {
            return fail(format!(
                "queue.calls_before_skip = {}: with recalls_max = {} a number is called at most {} times",
                self.queue.calls_before_skip,
                self.queue.recalls_max,
                self.queue.recalls_max.saturating_add(1)
            ));
        }
        self.voice.validate()?;
        self.board.validate()?;
        for (name, hours) in self.hours.named() {
            let Some(h) = hours else { continue };
            if !h.in_order() {
                return fail(format!(
                    "hours.{name}: open, break_from, break_to, close must follow one another, and last_number must lie between open and close"
                ));
            }
        }
        Ok(())
    }
}

impl Office {
    /// Every text a citizen or an operator reads.
    fn texts(&self) -> impl Iterator<Item = &Text> {
        let (standard, stages) = (&self.standard, &self.stages);
        let referral = &self.referral;
        let single = [&standard.product, &standard.fee, &standard.time, &standard.ready];
        let own = [&referral.name, &referral.short, &referral.address];
        let names = Stage::ALL.map(|stage| self.stage_name(stage));
        let ticks = [&stages.verification, &stages.recording, &stages.collection].map(|stage| &stage.ticks);
        single
            .into_iter()
            .chain(own)
            .chain(names)
            .chain(self.services.iter().map(|service| &service.name))
            .chain(self.services.iter().flat_map(|service| service.standard.texts()))
            .chain(self.requirements.iter().map(|requirement| &requirement.text))
            .chain(ticks.into_iter().flatten().map(|tick| &tick.text))
    }
}

fn within(key: &str, value: u32, max: u32) -> Result<(), Invalid> {
    match (1..=max).contains(&value) {
        true => Ok(()),
        false => Err(Invalid(format!("{key} = {value}: use 1 to {max}"))),
    }
}

fn listed(stages: &[Stage]) -> String {
    format!("[{}]", stages.iter().map(|stage| format!("\"{}\"", stage.word())).collect::<Vec<_>>().join(", "))
}

fn once<T: Ord + fmt::Display>(key: &str, values: impl Iterator<Item = T>) -> Result<(), Invalid> {
    let mut seen = BTreeSet::new();
    for value in values {
        if !seen.insert(value.to_string()) {
            return Err(Invalid(format!("{key} = \"{value}\" stands twice: each must be used once")));
        }
    }
    Ok(())
}
