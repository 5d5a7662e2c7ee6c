//! The loop that turns rows of the outbox into papers, and the printer's state into one row.

use crate::escpos::encode_for_line;
use crate::port::{Address, Port, Settings};
use crate::profile::Profile;
use crate::session::{Gone, Health, Session};
use crate::{slip, test_page};
use queue::devices::BEAT;
use queue::document::Body;
use queue::printing::{JobId, Outcome, PrinterState};
use queue::store::{Doorbell, LONG_LOG, Process};
use queue::ticket::Seq;
use queue::{Error, Fault, Lang, Store, clock};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often an idle printer is asked how it is, and a missing one looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Beside the database while the rest of a paper may lie in the printer; its text is the version of its meaning.
const HELD: &str = "printer.held";

/// The printer role at work.
#[derive(Debug)]
pub struct Spooler {
    data: PathBuf,
    address: Address,
    settings: Settings,
    store: Store,
    doorbell: Doorbell,
    session: Session,
    /// The mark that outlives this process while the rest of a paper may lie in the printer.
    held: PathBuf,
    port: Option<Port>,
    reported: Option<(PrinterState, String, Instant)>,
    /// An outcome that is not on disk yet.
    unsettled: Option<(JobId, Outcome)>,
    /// There may be a paper to claim.
    work: bool,
    looked: Option<Instant>,
    /// The last wish of a technician that this role starts again, as it was when it started.
    restart: Option<Seq>,
}

impl Spooler {
    /// Opens the store; whatever was being sent when an earlier process ended is now unknown.
    ///
    /// # Errors
    /// A store that cannot be opened or written.
    pub fn new(data: &Path, address: &Address, profile: Profile) -> Result<Spooler, Fault> {
        let mut store = Store::open(data)?;
        let doorbell = store.doorbell()?;
        let interrupted = store.recover_printing(clock::now())?;
        if interrupted > 0 {
            tracing::warn!(papers = interrupted, "the last run ended while printing: staff must look for the paper");
        }
        let restart = store.restart_asked(Process::Printer)?;
        let held = data.join(HELD);
        // Ids follow the clock, which no printer outruns: a late word about an old paper names no new one.
        let id = clock::now().wall_ms / 1000 % 10_000;
        let settings = Settings { baud: profile.baud, parity: profile.parity, flow: profile.flow };
        let session = Session::new(profile, interrupted > 0 || held.exists()).after_id(id.unsigned_abs() as u32);
        Ok(Spooler {
            data: data.into(),
            address: address.clone(),
            settings,
            held,
            store,
            doorbell,
            session,
            port: None,
            reported: None,
            unsettled: None,
            work: true,
            looked: None,
            restart,
        })
    }

    /// Works until `stop` says so, asked about once a second and between papers, or until a technician wants this role
    /// to start again.
    pub fn run(&mut self, stop: impl Fn() -> bool) {
        while !stop() {
            let turn = self.turn(&stop).and_then(|()| match self.doorbell.wait(LOOK)? {
                true => Ok(()),
                // A second in which nothing happened anywhere: nobody waits for this.
                false => self.store.checkpoint(LONG_LOG),
            });
            let asked = turn.and_then(|()| self.store.restart_asked(Process::Printer));
            if asked.as_ref().is_ok_and(|asked| *asked != self.restart) {
                tracing::info!("a technician wants this role to start again");
                return;
            }
            if let Err(fault) = asked {
                tracing::error!(%fault, "the store failed; it is opened again. If this repeats: antrean check");
                std::thread::sleep(LOOK);
                if let Err(fault) = self.reopen() {
                    tracing::error!(%fault, "the store cannot be opened; papers wait");
                }
            }
        }
    }

    fn reopen(&mut self) -> Result<(), Fault> {
        self.store = Store::open(&self.data)?;
        self.doorbell = self.store.doorbell()?;
        self.work = true;
        self.reported = None;
        self.settle()?;
        // A claim that failed halfway may have left its paper behind; not a byte of it was sent, but nobody knows.
        self.store.recover_printing(clock::now()).map(|_| ())
    }

    /// One turn: hear, look, print what there is.
    fn turn(&mut self, stop: &impl Fn() -> bool) -> Result<(), Fault> {
        self.settle()?;
        self.store.reread_office();
        self.work |= self.store.changed()?;
        let due = self.looked.is_none_or(|at| at.elapsed() >= LOOK);
        while (self.work || due) && !stop() {
            self.looked = Some(Instant::now());
            match self.look() {
                Ok((state, detail)) => {
                    self.report(state, detail.into())?;
                    if !state.prints() || !self.work || !self.print_next()? {
                        return Ok(());
                    }
                }
                Err(detail) => {
                    self.port = None;
                    return self.report(PrinterState::Offline, detail);
                }
            }
        }
        Ok(())
    }

    /// Opens the port if it is not open, asks how the printer is and rids it of what an interrupted paper left; an
    /// error says for staff why there is no printer.
    fn look(&mut self) -> Result<(PrinterState, &'static str), String> {
        let port = match &mut self.port {
            Some(port) => port,
            none => {
                let port = Port::open(&self.address, self.settings).map_err(|e| e.to_string())?;
                self.session.opened(&port);
                none.insert(port)
            }
        };
        let gone = |Gone| format!("printer terputus ({}): periksa kabel dan listriknya", self.address);
        let (state, detail) = describe(self.session.look(port).map_err(gone)?);
        if state.prints() && self.session.holds() {
            let settled = self.session.settle_held(port);
            self.mark();
            if !settled.map_err(gone)? {
                return Ok((PrinterState::Fault, "printer masih menyelesaikan cetakan lama"));
            }
        }
        Ok((state, detail))
    }

    /// Keeps on disk whether the rest of a paper may lie in the printer. Without it the next process would send a paper
    /// behind that rest, and take the old one's end for the new one's.
    fn mark(&self) {
        let result = match (self.session.holds(), self.held.exists()) {
            (true, false) => std::fs::write(&self.held, "1\n"),
            (false, true) => std::fs::remove_file(&self.held),
            _ => Ok(()),
        };
        if let Err(error) = result {
            tracing::error!(%error, path = %self.held.display(), "the state of the printer cannot be kept");
        }
    }

    /// Prints the next paper; `true` when there may be another one.
    fn print_next(&mut self) -> Result<bool, Fault> {
        let Some(port) = &mut self.port else { return Ok(false) };
        let Some(job) = self.store.claim_print_job(clock::now())? else {
            self.work = false;
            return Ok(false);
        };
        let profile = self.session.profile();
        let mut page = slip::page(&job.document, self.store.office(), job.copy, job.id, profile.columns);
        if let (Ok(page), Body::Test) = (&mut page, &job.document.body) {
            page.extend(test_page::page(profile, &[format!("Port: {}", self.address)]));
        }
        let outcome = match page {
            Ok(page) => {
                let paper = encode_for_line(&page, profile);
                self.session.print(port, &paper)
            }
            Err(refused) => Outcome::Failed { cause: refused.say(Lang::Id) },
        };
        tracing::info!(job = job.id.0, copy = job.copy, paper = job.document.body.paper().word(), ?outcome, "printed");
        self.mark();
        let again = outcome != Outcome::Postponed;
        self.unsettled = Some((job.id, outcome));
        self.settle()?;
        Ok(again)
    }

    fn settle(&mut self) -> Result<(), Fault> {
        let Some((job, outcome)) = &self.unsettled else { return Ok(()) };
        match self.store.settle_print_job(*job, outcome, clock::now()) {
            Ok(()) => {}
            Err(Error::Fault(fault)) => return Err(fault),
            // Somebody else ended it; this process's word comes too late.
            Err(Error::Refused(refused)) => tracing::error!(job = job.0, ?refused, "an outcome was not recorded"),
        }
        self.unsettled = None;
        Ok(())
    }

    /// Says how the printer is when something has changed, and often enough that nobody takes this role for dead. What
    /// cannot be said keeps no paper from being printed.
    fn report(&mut self, state: PrinterState, detail: String) -> Result<(), Fault> {
        let same = self.reported.as_ref().is_some_and(|(s, d, _)| *s == state && *d == detail);
        if same && self.reported.as_ref().is_some_and(|(_, _, at)| at.elapsed() < BEAT) {
            return Ok(());
        }
        match state {
            _ if same => {}
            PrinterState::Ready => tracing::info!(%detail, "printer ready"),
            _ => tracing::warn!(state = state.word(), %detail, "printer"),
        }
        if let Err(fault) = self.store.report_printer(state, &detail, clock::now())
            && !same
        {
            tracing::error!(%fault, "the state of the printer cannot be told");
        }
        self.reported = Some((state, detail, Instant::now()));
        Ok(())
    }
}

/// The row's state and what staff read.
fn describe(health: Health) -> (PrinterState, &'static str) {
    match health {
        Health::Says(condition) => (condition.state(), condition.advice()),
        Health::Silent => (PrinterState::Offline, "printer tidak menjawab: periksa listrik dan kabelnya"),
        Health::Blocked => (PrinterState::Offline, "printer tidak menerima data: periksa kertas dan tutupnya"),
        Health::Mute => (PrinterState::Unknown, "printer tidak memberi status: periksa sendiri kertasnya"),
    }
}
