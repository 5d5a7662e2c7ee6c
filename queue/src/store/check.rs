//! What `antrean check` proves: the file is sound, nobody altered the journal, the tables are its fold.
//!
//! The journal passes by event by event. A day that is over is compared with its rows and forgotten, with the applications
//! that have ended: what remains in memory is one day and what is open, however many years the office has worked.

use super::accounts::ACCOUNTS;
use super::people::changed;
use super::upgrade::schema;
use super::{Fault, FaultKind, Store};
use crate::case::{Case, CaseId};
use crate::journal::{AccountBook, Digest, Event, Happened, Seal, World, first_link};
use crate::ticket::{DayId, Seq};
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What `antrean check` found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// SQLite's version.
    pub sqlite: String,
    /// Events in the journal.
    pub events: u64,
    /// Tickets ever issued.
    pub tickets: u64,
    /// Cases ever opened.
    pub cases: u64,
    /// What is wrong, in words for a technician; empty when all is well.
    pub problems: Vec<String>,
    /// No password, PIN or token holds any more, as where a copy was put in the place of the file.
    pub secrets_void: bool,
}

impl Store {
    /// Everything `antrean check` proves.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn check(&self) -> Result<Checked, Fault> {
        let mut checked = {
            let _one_instant = self.db.unchecked_transaction()?;
            self.check_in_transaction()?
        };
        let (altered, void) = self.altered_secrets()?;
        checked.problems.extend(altered);
        checked.secrets_void = void;
        checked.problems.extend(self.lost_in_words()?);
        Ok(checked)
    }

    /// The secrets that hold and are not in their file as they were written, in words; and whether all are void.
    ///
    /// Nothing is altered where that file may not be read: only the console's user can prove it. Void they are where it is
    /// empty or missing. A copy never has secrets, so that nobody altered anything then, and everybody enrols anew.
    pub(super) fn altered_secrets(&self) -> Result<(Vec<String>, bool), Fault> {
        let held = named(&self.account_book()?);
        match std::fs::File::open(self.dir.join(ACCOUNTS)) {
            _ if held.is_empty() => return Ok((Vec::new(), false)),
            Ok(_) => {}
            Err(e) => return Ok((Vec::new(), e.kind() == std::io::ErrorKind::NotFound)),
        }
        let accounts = match self.accounts() {
            Ok(accounts) => accounts,
            Err(fault) => return Ok((vec![fault.message], false)),
        };
        if accounts.is_empty()? {
            return Ok((Vec::new(), true));
        }
        let mut altered = Vec::new();
        for (row, whose) in held {
            // A secret replaced just now is gone as well, but the journal does not name it any more.
            if !accounts.is_whole(&row)? && self.account_book()?.held().contains(&row) {
                altered.push(format!("{ACCOUNTS}: {whose} is missing or not the one that the journal names"));
            }
        }
        Ok((altered, false))
    }

    /// The same in the transaction that is under way.
    pub(super) fn check_in_transaction(&self) -> Result<Checked, Fault> {
        let read = &self.db;
        let mut problems: Vec<String> = Vec::new();
        {
            let mut statement = read.prepare("PRAGMA integrity_check")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            problems.extend(lines.into_iter().filter(|line| line != "ok"));
        }
        {
            let mut statement = read.prepare("PRAGMA foreign_key_check")?;
            let broken = statement.query_map([], |_| Ok(()))?.count();
            if broken > 0 {
                problems.push(format!("{broken} rows point to rows that do not exist"));
            }
        }
        problems.extend(self.foreign_schema()?);
        if let Some(seq) = self.first_broken_link()? {
            problems.push(format!("event {}: the journal was altered here", seq.0));
        }
        let count = |sql: &str| read.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| n as u64);
        let cases = count("SELECT count(*) FROM application")?;
        let mut replay = Replay { store: self, world: World::default(), day: None, ended: 0, ticket: None, case: None };
        match self.each_event(|event| replay.hear(&event)) {
            Ok(()) => problems.extend(replay.differences(cases)?),
            Err(fault) => problems.push(fault.message),
        }
        Ok(Checked {
            sqlite: rusqlite::version().into(),
            events: count("SELECT count(*) FROM event")?,
            tickets: count("SELECT count(*) FROM ticket")?,
            cases,
            problems,
            secrets_void: false,
        })
    }

    /// Whether the journal still begins with the events of which `seal` tells.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn keeps(&self, seal: &Seal) -> Result<bool, Fault> {
        let chain: Option<[u8; 32]> = self.value("SELECT chain FROM event WHERE seq = ?1", [seal.count.0])?;
        Ok(chain.is_some_and(|chain| Seal::of(seal.count, &Digest(chain)) == *seal))
    }

    /// Whether the journal of the copy at `path` is the beginning of this one. The copy is only read.
    ///
    /// # Errors
    /// When the copy is no database of an office, or a file cannot be read.
    pub fn begins_with(&self, path: &Path) -> Result<Option<Seal>, Fault> {
        let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut statement = copy.prepare("SELECT seq, chain FROM event ORDER BY seq")?;
        let mut rows = statement.query([])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let (seq, chain): (i64, [u8; 32]) = (row.get(0)?, row.get(1)?);
            let own: Option<[u8; 32]> = self.value("SELECT chain FROM event WHERE seq = ?1", [seq])?;
            if own != Some(chain) {
                return Ok(None);
            }
            last = Some(Seal::of(Seq(seq), &Digest(chain)));
        }
        Ok(last)
    }

    /// Where the tables are not those of this program.
    fn foreign_schema(&self) -> Result<Vec<String>, Fault> {
        let fresh = Connection::open_in_memory()?;
        fresh.execute_batch(include_str!("schema.sql"))?;
        let (here, own): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (schema(&self.db)?.into_iter().collect(), schema(&fresh)?.into_iter().collect());
        let names: BTreeSet<&String> = here.keys().chain(own.keys()).collect();
        let differs = |name: &&String| here.get(*name) != own.get(*name);
        Ok(names.into_iter().filter(differs).map(|name| format!("{name}: not as this program made it")).collect())
    }

    /// The first event whose link does not follow from the chain before it.
    pub(super) fn first_broken_link(&self) -> Result<Option<Seq>, Fault> {
        let (mut chain, mut expected, mut broken) = (first_link(&self.office.identity.code), 1, None);
        self.each_record(|record, words, link| {
            let whole = words.is_none_or(|words| Some(words.digest()) == record.words);
            if record.seq.0 != expected || !whole || record.link(&chain) != link {
                broken = broken.or(Some(record.seq));
            }
            (chain, expected) = (link, record.seq.0 + 1);
            Ok(())
        })?;
        Ok(broken)
    }
}

/// The journal replayed beside the tables.
struct Replay<'a> {
    store: &'a Store,
    /// The tickets of `day`, and the applications that had not ended before it.
    world: World,
    /// The day that passes by.
    day: Option<DayId>,
    /// How many applications ended on earlier days.
    ended: u64,
    /// The first ticket that is not what its row says, in words.
    ticket: Option<String>,
    /// The first application.
    case: Option<String>,
}

impl Replay<'_> {
    fn hear(&mut self, event: &Event) -> Result<(), Fault> {
        if matches!(event.happened, Happened::DayOpened { .. }) && self.day != Some(event.day) {
            self.end_day()?;
            self.day = Some(event.day);
        }
        self.world.hear(event).map_err(|why| Fault::new(FaultKind::Damaged, why))
    }

    /// The rules change nothing of an earlier day's tickets, nor of an application that ended on one.
    fn end_day(&mut self) -> Result<(), Fault> {
        let told = std::mem::take(&mut self.world.tickets);
        if let Some(day) = self.day {
            let rows = self.store.select_tickets("WHERE ticket.day = ?1 ORDER BY ticket.id", [day.0])?;
            if !rows.iter().eq(told.values()) {
                let first = rows.iter().find(|row| told.get(&row.id) != Some(row));
                self.ticket.get_or_insert_with(|| match first {
                    Some(row) => format!("ticket {} ({}) is not what the journal says", row.id.0, row.number),
                    None => "a ticket of the journal has no row".into(),
                });
            }
        }
        let (ended, open) =
            std::mem::take(&mut self.world.cases).into_iter().partition(|(_, case)| case.state.is_final());
        self.world.cases = open;
        self.ended += ended.len() as u64;
        self.compare(ended)
    }

    fn compare(&mut self, cases: BTreeMap<CaseId, Case>) -> Result<(), Fault> {
        for (id, case) in cases {
            if self.store.case(id)?.as_ref() != Some(&case) {
                self.case.get_or_insert_with(|| format!("case {} is not what the journal says", case.receipt));
            }
        }
        Ok(())
    }

    /// Where the tables, with so many applications, differ from the fold of the journal, in words.
    fn differences(mut self, cases: u64) -> Result<Vec<String>, Fault> {
        self.end_day()?;
        let open = std::mem::take(&mut self.world.cases);
        if self.ended + open.len() as u64 != cases {
            self.case = Some("the cases are not those of the journal".into());
        }
        self.compare(open)?;
        let (store, world) = (self.store, &self.world);
        let mut found: Vec<String> = self.ticket.into_iter().chain(self.case).collect();
        if store.days()? != world.days {
            found.push("the dates of the days are not what the journal says".into());
        }
        if store.open_day_now()?.map(|day| day.id) != world.open_day {
            found.push("the open day is not what the journal says".into());
        }
        if store.network_down()?.is_some() != world.network_down {
            found.push("the network switch is not what the journal says".into());
        }
        if store.help_asked()?.is_some() != world.help {
            found.push("the call for help is not what the journal says".into());
        }
        found.extend(differ(&store.account_book()?, &world.accounts));
        if store.volume()? != world.volume.unwrap_or(100) {
            found.push("the volume is not what the journal says".into());
        }
        if !store.notices()?.iter().map(|(id, notice)| (id, notice)).eq(&world.notices) {
            found.push("the notices are not what the journal says".into());
        }
        Ok(found)
    }
}

/// Where the rows of the accounts differ from the journal, in words.
fn differ(rows: &AccountBook, told: &AccountBook) -> Vec<String> {
    let name = |id| rows.people.get(&id).or(told.people.get(&id)).map_or("?", |account| account.name.as_str());
    let login = |id| rows.logins.get(&id).or(told.logins.get(&id)).map_or("?", |login| name(login.person));
    let people =
        changed(&told.people, &rows.people).into_iter().map(|(id, _)| format!("person {} ({})", id.0, name(id)));
    let logins =
        changed(&told.logins, &rows.logins).into_iter().map(|(id, _)| format!("login {} ({})", id.0, login(id)));
    let browsers = changed(&told.browsers, &rows.browsers).into_iter().map(|(id, _)| format!("browser {}", id.0));
    people.chain(logins).chain(browsers).map(|what| format!("{what} is not what the journal says")).collect()
}

/// The rows of the secrets that hold, and what each is.
fn named(book: &AccountBook) -> Vec<(Digest, String)> {
    let name = |id| book.people.get(id).map_or("?", |account| account.name.as_str());
    let mut held = Vec::new();
    for account in book.people.values() {
        held.extend(account.secret.map(|row| (row, format!("password and PIN of {}", account.name))));
        held.extend(account.code.map(|row| (row, format!("the one-time code of {}", account.name))));
    }
    for (id, login) in &book.logins {
        let whose = name(&login.person);
        held.push((
            login.key,
            match &login.label {
                Some(label) => format!("the token \"{label}\" of {whose}"),
                None => format!("login {} of {whose}", id.0),
            },
        ));
    }
    held.extend(book.browsers.iter().map(|(id, row)| (*row, format!("the key of browser {}", id.0))));
    held
}
