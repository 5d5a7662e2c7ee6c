//! What the head of office changes in `office.toml` from the console: hours, holidays, the sentence on the receipt, the
//! limits of the head's pages.
//!
//! The file stays the only truth and a person's own: comments, order and everything else are kept. Pure.

use super::{Holiday, Hours, Invalid, Limits, Office, Text, Week};
use crate::time::clock;
use jiff::civil::Date;
use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// Longest sentence, characters: two lines of the narrow receipt, three with its margins.
const SENTENCE_MAX: usize = 120;

/// One change.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The hours of every weekday.
    Hours(Box<Week>),
    /// One more closed day; a day that is closed already gets the new name.
    AddHoliday(Holiday),
    /// That day is an ordinary one again.
    RemoveHoliday(Date),
    /// When the card is expected (C2).
    Ready(Text),
    /// What the head of office wants kept.
    Limits(Limits),
}

impl Edit {
    /// The key of `office.toml` that changes, for the journal.
    pub fn key(&self) -> &'static str {
        match self {
            Edit::Hours(_) => "hours",
            Edit::AddHoliday(_) | Edit::RemoveHoliday(_) => "holiday",
            Edit::Ready(_) => "standard.ready",
            Edit::Limits(_) => "limits",
        }
    }

    /// What it changes to, for the journal.
    pub fn says(&self) -> String {
        match self {
            Edit::Hours(week) => {
                let days =
                    week.named().map(|(name, hours)| format!("{name} {}", hours.map_or("closed".into(), inline)));
                days.join(", ")
            }
            Edit::AddHoliday(holiday) => format!("{} {}", holiday.date, one_space(&holiday.name)),
            Edit::RemoveHoliday(date) => format!("{date} removed"),
            Edit::Ready(text) => format!("{} / {}", one_space(&text.id), one_space(&text.en)),
            Edit::Limits(limits) => limits.named().map(|(key, value, _)| format!("{key} {value}")).join(", "),
        }
    }

    /// What stands in `office` where this edit would write, in the words of [`Edit::says`]. A holiday is a line of its own and
    /// writes over nobody's: `None`.
    pub fn stands(&self, office: &Office) -> Option<String> {
        match self {
            Edit::Hours(_) => Some(Edit::Hours(Box::new(office.hours.clone())).says()),
            Edit::Ready(_) => Some(Edit::Ready(office.standard.ready.clone()).says()),
            Edit::Limits(_) => Some(Edit::Limits(office.limits).says()),
            Edit::AddHoliday(_) | Edit::RemoveHoliday(_) => None,
        }
    }

    /// The new text of the file whose text is `old`.
    ///
    /// # Errors
    /// When the old text is no TOML, or the office would not be valid any more; as [`Office::parse`] says.
    pub fn apply(&self, old: &str) -> Result<String, Invalid> {
        let mut document: DocumentMut = old.parse().map_err(|e: toml_edit::TomlError| Invalid(e.to_string()))?;
        match self {
            Edit::Hours(week) => hours(&mut document, week)?,
            Edit::AddHoliday(holiday) => {
                let name = one_line(&holiday.name)?;
                let holidays = holidays(&mut document)?;
                let known = holidays.iter().position(|table| is_on(table, holiday.date));
                match known.and_then(|at| holidays.get_mut(at)) {
                    Some(table) => put(table, "name", name.into()),
                    None => {
                        let mut table = Table::new();
                        table.insert("date", holiday.date.to_string().into());
                        table.insert("name", name.into());
                        table.decor_mut().set_prefix("\n");
                        holidays.push(table);
                    }
                }
            }
            Edit::RemoveHoliday(date) => remove_holiday(&mut document, *date)?,
            Edit::Limits(limits) => {
                let table = document.entry("limits").or_insert_with(toml_edit::table).as_table_like_mut();
                let table = table.ok_or_else(|| Invalid("[limits] must be a table".into()))?;
                for (key, value, _) in limits.named() {
                    match table.get_mut(key) {
                        Some(item) => replace(item, i64::from(value).into()),
                        None => drop(table.insert(key, toml_edit::value(i64::from(value)))),
                    }
                }
            }
            Edit::Ready(text) => {
                let standard = document.get_mut("standard").and_then(Item::as_table_like_mut);
                let ready = standard.and_then(|s| s.get_mut("ready")).and_then(Item::as_table_like_mut);
                let ready = ready.ok_or_else(|| Invalid("standard.ready is missing".into()))?;
                for (lang, text) in [("id", &text.id), ("en", &text.en)] {
                    let text = one_line(text)?;
                    match ready.get_mut(lang) {
                        Some(item) => replace(item, text.into()),
                        None => drop(ready.insert(lang, text.into())),
                    }
                }
            }
        }
        let new = document.to_string();
        let office = Office::parse(&new)?;
        match self {
            Edit::Hours(week) if office.hours != **week => Err(Invalid("hours: the file would say other hours".into())),
            _ => Ok(new),
        }
    }
}

fn one_space(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> Result<String, Invalid> {
    let line = one_space(text);
    match line.chars().count() {
        1..=SENTENCE_MAX => Ok(line),
        _ => Err(Invalid(format!("a text must have 1 to {SENTENCE_MAX} characters"))),
    }
}

/// A new value where an old one stands, with the old one's spaces and comment.
fn replace(item: &mut Item, mut value: Value) {
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

fn put(table: &mut Table, key: &str, value: Value) {
    match table.get_mut(key) {
        Some(item) => replace(item, value),
        None => drop(table.insert(key, Item::Value(value))),
    }
}

fn hours(document: &mut DocumentMut, week: &Week) -> Result<(), Invalid> {
    /// However the file spells them: a weekday may be a table of its own.
    #[derive(Deserialize)]
    struct Before {
        hours: Week,
    }
    let before = toml::from_str(&document.to_string()).map_or_else(|_| Week::default(), |before: Before| before.hours);
    let table = document.entry("hours").or_insert_with(toml_edit::table).as_table_mut();
    let table = table.ok_or_else(|| Invalid("[hours] must be a table".into()))?;
    for ((name, hours), (_, old)) in week.named().into_iter().zip(before.named()) {
        // What stays as it was keeps its spelling too.
        match hours {
            None => drop(table.remove(name)),
            _ if hours == old => {}
            Some(hours) => put(table, name, Value::InlineTable(value(hours))),
        }
    }
    // The days in their order, wherever a new one was put.
    let place = |key: &str| week.named().iter().position(|(name, _)| *name == key);
    table.sort_values_by(|a, _, b, _| place(a.get()).cmp(&place(b.get())));
    Ok(())
}

fn value(hours: Hours) -> InlineTable {
    let mut table = InlineTable::new();
    let mut set = |key: &str, time: Option<jiff::civil::Time>| {
        if let Some(time) = time {
            table.insert(key, clock(time).into());
        }
    };
    set("open", Some(hours.open));
    set("close", Some(hours.close));
    set("break_from", hours.break_from);
    set("break_to", hours.break_to);
    set("last_number", hours.last_number);
    table
}

fn inline(hours: Hours) -> String {
    value(hours).to_string().trim().to_string()
}

fn holidays(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, Invalid> {
    let item = document.entry("holiday").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut().ok_or_else(|| Invalid("holiday: use [[holiday]]".into()))
}

fn is_on(table: &Table, date: Date) -> bool {
    table.get("date").and_then(Item::as_str) == Some(&date.to_string())
}

/// The comment above the first one is about all of them, and stays.
fn remove_holiday(document: &mut DocumentMut, date: Date) -> Result<(), Invalid> {
    let holidays = holidays(document)?;
    let Some(at) = holidays.iter().position(|table| is_on(table, date)) else {
        return Err(Invalid(format!("{date} is no holiday")));
    };
    let above = holidays.get(at).and_then(|table| table.decor().prefix()).cloned();
    holidays.remove(at);
    if let (0, Some(above)) = (at, above) {
        match holidays.get_mut(0) {
            Some(next) => next.decor_mut().set_prefix(above),
            None => {
                document.remove("holiday");
                let rest = document.trailing().as_str().unwrap_or_default().to_string();
                document.set_trailing(format!("{}{rest}", above.as_str().unwrap_or_default()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    const REAL: &str = include_str!("../../../office.toml");

    /// The lines that an edit takes away and adds.
    fn difference(new: &str) -> (Vec<&str>, Vec<&str>) {
        let gone = REAL.lines().filter(|line| !new.lines().any(|other| other == *line)).collect();
        (gone, new.lines().filter(|line| !REAL.lines().any(|other| other == *line)).collect())
    }

    #[test]
    fn hours_are_edited_in_place_and_every_comment_stays() {
        let mut week = Office::parse(REAL).unwrap().hours;
        week.friday = week.friday.map(|h| Hours {
            close: time(11, 0, 0, 0),
            break_from: None,
            break_to: None,
            last_number: None,
            ..h
        });
        week.wednesday = None;
        week.sunday = week.monday;
        let new = Edit::Hours(Box::new(week.clone())).apply(REAL).unwrap();
        let (gone, come) = difference(&new);
        assert_eq!(gone.len(), 2, "{gone:?}");
        assert_eq!(come[0], "friday = { open = \"08.00\", close = \"11.00\" }");
        assert!(come[1].starts_with("sunday = { open = \"08.00\", close = \"15.00\", break_from"), "{come:?}");
        let office = Office::parse(&new).unwrap();
        assert!(office.hours.wednesday.is_none() && office.hours.sunday == office.hours.monday);
        week.monday = week.monday.map(|h| Hours { close: time(7, 0, 0, 0), ..h });
        assert!(Edit::Hours(Box::new(week)).apply(REAL).unwrap_err().0.contains("hours.monday"));
        let closed = Edit::Hours(Box::default()).apply(REAL);
        assert!(closed.unwrap_err().0.contains("at least one weekday"));
    }

    #[test]
    fn a_weekday_that_is_a_table_of_its_own_is_edited_too_and_a_comment_behind_a_value_stays() {
        let (head, rest) = REAL.split_once("[hours]\n").unwrap();
        let rest = &rest[rest.find("\n[").unwrap()..];
        let week = "[hours]\nfriday = { open = \"08.00\", close = \"11.00\" } # salat Jumat\n\n\
                    [hours.monday]\nopen = \"08.00\"\nclose = \"15.00\"\n\n\
                    [hours.tuesday]\nopen = \"08.00\"\nclose = \"15.00\"\n";
        let old = format!("{head}{week}{rest}");
        let before = Office::parse(&old).unwrap().hours;
        let mut week = before.clone();
        week.monday = None;
        week.tuesday = week.tuesday.map(|h| Hours { close: time(14, 0, 0, 0), ..h });
        week.friday = week.friday.map(|h| Hours { close: time(11, 30, 0, 0), ..h });
        let new = Edit::Hours(Box::new(week.clone())).apply(&old).unwrap();
        assert_eq!(Office::parse(&new).unwrap().hours, week, "{new}");
        assert!(new.contains("close = \"11.30\" } # salat Jumat"), "{new}");
        assert_eq!(Edit::Hours(Box::new(before)).apply(&old).unwrap(), old, "the same week is the same text");
    }

    #[test]
    fn holidays_come_and_go_and_the_comment_above_them_stays() {
        let holiday = |date, name: &str| Holiday { date, name: name.into() };
        let new_year = date(2027, 1, 1);
        let new = Edit::AddHoliday(holiday(new_year, " Tahun\nBaru ")).apply(REAL).unwrap();
        assert!(
            new.starts_with(REAL) && new.ends_with("\n[[holiday]]\ndate = \"2027-01-01\"\nname = \"Tahun Baru\"\n")
        );
        let renamed = Edit::AddHoliday(holiday(new_year, "Tahun Baru Masehi")).apply(&new).unwrap();
        assert_eq!(Office::parse(&renamed).unwrap().holidays.len(), 3, "a day is named once");
        let back = Edit::RemoveHoliday(new_year).apply(&new).unwrap();
        assert_eq!(back, REAL);
        assert!(Edit::RemoveHoliday(new_year).apply(REAL).is_err());
        let mut text = REAL.to_string();
        for day in [date(2026, 12, 24), date(2026, 12, 25)] {
            text = Edit::RemoveHoliday(day).apply(&text).unwrap();
            assert!(text.contains("# Source: SKB 3 Menteri"), "{text}");
        }
        assert!(Office::parse(&text).unwrap().holidays.is_empty());
        assert!(Edit::AddHoliday(holiday(new_year, " ")).apply(REAL).is_err());
    }

    #[test]
    fn limits_are_edited_where_they_stand_and_added_where_there_are_none() {
        let limits = Limits { wait_minutes: 30, ..Limits::default() };
        let new = Edit::Limits(limits).apply(REAL).unwrap();
        let (gone, come) = difference(&new);
        assert_eq!((gone.len(), come.len()), (1, 1), "{come:?}");
        assert!(come[0].starts_with("wait_minutes = 30 ") && come[0].contains('#'), "{come:?}");
        let (before, after) = REAL.split_once("[limits]").unwrap();
        let without = format!("{before}{}", &after[after.find("\n# --- ").unwrap()..]);
        assert_eq!(Office::parse(&without).unwrap().limits, Limits::default());
        assert_eq!(Office::parse(&Edit::Limits(limits).apply(&without).unwrap()).unwrap().limits, limits);
        let none = Edit::Limits(Limits { returned_percent: 0, ..limits }).apply(REAL);
        assert!(none.unwrap_err().0.contains("limits.returned_percent"));
    }

    #[test]
    fn c2_the_head_of_office_edits_the_sentence_and_nothing_else() {
        let text = Text::new("Perkiraan selesai: \"3\" hari kerja", "Expected: 3 working days");
        let new = Edit::Ready(text).apply(REAL).unwrap();
        let (gone, come) = difference(&new);
        assert_eq!((gone.len(), come.len()), (1, 1));
        assert!(come[0].contains("# S22, S23"), "the comment behind it stays: {}", come[0]);
        assert_eq!(Office::parse(&new).unwrap().standard.ready.id, "Perkiraan selesai: \"3\" hari kerja");
        assert!(Edit::Ready(Text::new("", "x")).apply(REAL).is_err());
        assert!(Edit::Ready(Text::new(&"x".repeat(121), "x")).apply(REAL).is_err());
    }
}
