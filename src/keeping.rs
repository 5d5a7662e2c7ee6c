//! Backup and restore at a terminal: a copy elsewhere, and the office going on from it.

use crate::verbs::Common;
use anyhow::{Context, bail};
use queue::Lang;
use queue::doors::Administrator;
use queue::journal::Actor;
use queue::store::{Copied, DATABASE, NUMBERS_LEFT_OUT, RECEIPTS_LEFT_OUT, Restoring};
use queue::time::{Moment, clock, date_in_words};
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(clap::Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    common: Common,
    /// Where the copy goes: a new file, best on another disk
    #[arg(required_unless_present = "into")]
    file: Option<PathBuf>,
    /// A folder on another disk: the copy is named by the time, and old ones go. Kept are all of two days, the last of each
    /// of 31 days and the last of each month
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    into: Option<PathBuf>,
    /// Copy again and again: every hour, and when the day is closed. For a service
    #[arg(long, requires = "into")]
    keep: bool,
}

pub(crate) fn backup(args: &Backup) -> anyhow::Result<()> {
    let mut store = args.common.store()?;
    let into = match (&args.file, &args.into) {
        (Some(file), _) => {
            let copied = store.backup(file)?;
            return told(&args.common, file, copied);
        }
        (None, Some(into)) => into,
        (None, None) => bail!("say where the copy goes"),
    };
    if args.keep {
        return keep(&mut store, into);
    }
    let (file, copied) = store.backup_into(into, queue::clock::now())?;
    told(&args.common, &file, copied)
}

fn told(common: &Common, file: &Path, copied: Copied) -> anyhow::Result<()> {
    let name = file.display();
    let open = if copied.readable_by_all {
        "\nDiska ini tidak mengenal hak akses (biasanya FAT): siapa pun yang memegangnya dapat membacanya. Simpan di tempat terkunci."
    } else {
        ""
    };
    common.tell(
        &json!({"backup": file, "events": copied.events, "readable_by_all": copied.readable_by_all}),
        &format!("{name}: salinan utuh, {} peristiwa. Memulihkannya: antrean restore {name}{open}", copied.events),
    );
    Ok(())
}

/// Between two copies.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// After one that failed: a stick may be back soon.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// Copies at the start, every hour and when a day has been closed, until the process is ended.
fn keep(store: &mut Administrator, into: &Path) -> anyhow::Result<()> {
    let interrupt = crate::supervise::Interrupt::listen()?;
    let mut bell = store.doorbell();
    let mut due = std::time::Instant::now();
    let mut open = store.open_day_now()?.is_some();
    while !interrupt.came() {
        let was_open = std::mem::replace(&mut open, store.open_day_now()?.is_some());
        if (was_open && !open) || std::time::Instant::now() >= due {
            due = std::time::Instant::now()
                + match store.backup_into(into, queue::clock::now()) {
                    Ok((file, copied)) => {
                        tracing::info!(file = %file.display(), events = copied.events, "a verified copy was made");
                        EVERY
                    }
                    Err(fault) => {
                        tracing::error!(%fault, "no copy was made; it is tried again in 5 minutes");
                        AGAIN
                    }
                };
        }
        bell.wait(Duration::from_secs(1))?;
    }
    Ok(())
}

#[derive(clap::Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    common: Common,
    /// The backup
    file: PathBuf,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(crate) fn restore(args: &Restore) -> anyhow::Result<()> {
    let dir = args.common.data();
    let restoring = Restoring::stage(&args.file, dir)?;
    let words = in_words(&restoring);
    if !args.yes {
        println!("{words}");
        if !agreed()? {
            restoring.abandon();
            bail!("nothing was restored; the office is as it was");
        }
    }
    let events = restoring.checked.events;
    let aside = restoring.finish(&queue::Command::new(Actor::Terminal))?;
    let kept = match &aside {
        Some(aside) => format!("\nBerkas sebelumnya disimpan di {}", aside.display()),
        None => String::new(),
    };
    let plain = format!(
        "{}{} dipulihkan.{kept}\n\
         Nomor hari ini dilanjutkan dengan jarak {NUMBERS_LEFT_OUT}, tanda terima dengan jarak {RECEIPTS_LEFT_OUT}: tidak ada yang terpakai dua kali.\n\
         Kertas yang belum tercetak kini \"belum pasti\": jawab di konsol.\n\
         Semua kata sandi, PIN, token dan peramban tidak berlaku lagi: saat dijalankan, konsol mencetak kode pendaftaran untuk akun pertama.",
        if args.yes { format!("{words}\n") } else { String::new() },
        dir.join(DATABASE).display()
    );
    args.common.tell(&json!({"restored": events, "kept_aside": aside}), &plain);
    Ok(())
}

/// What the backup holds, and what would be lost.
fn in_words(restoring: &Restoring) -> String {
    let (store, checked) = (restoring.store(), &restoring.checked);
    let zone = store.office().identity.zone;
    let moment = |at: Moment| {
        let local = at.local(zone);
        format!("{} {}", date_in_words(local.date(), Lang::Id), clock(local.time()))
    };
    let last = restoring.last.map_or("belum ada peristiwa".into(), moment);
    let holds = format!(
        "Cadangan   : {}, {} peristiwa, {} tiket, {} permohonan\nTerakhir   : {last}",
        store.office().identity.name,
        checked.events,
        checked.tickets,
        checked.cases
    );
    let lost = match restoring.present() {
        None => "Sekarang   : belum ada basis data".into(),
        Some(present) => match (present.events, present.lost) {
            (Some(events), Some(lost)) => {
                format!("Sekarang   : {events} peristiwa; {lost} di antaranya TIDAK ada dalam cadangan dan akan hilang")
            }
            _ => "Sekarang   : basis data yang tidak terbaca; yang terjadi setelah cadangan akan hilang".into(),
        },
    };
    format!("{holds}\n{lost}")
}

fn agreed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Pulihkan? Ketik \"ya\": ");
    std::io::stdout().flush().context("cannot ask")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("ya"))
}
