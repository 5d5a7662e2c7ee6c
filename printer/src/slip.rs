//! What the papers look like: from a [`Document`] and the [`Office`] to lines. Pure.
//!
//! What each paper says is the end of section 4 of the service standard. No paper carries a name or a NIK.

use crate::raster::Raster;
use crate::text::{ascii, wrap};
use queue::case::{Place, Receipt};
use queue::document::{Body, Document, Summary};
use queue::forecast::Wait;
use queue::journal::Seal;
use queue::office::{Lang, ServiceKey, Stage};
use queue::printing::JobId;
use queue::ticket::{CounterNumber, Number};
use queue::time::{clock, date_in_words};
use queue::{Office, Refused};

/// One piece of a paper, from top to bottom. All text is printable ASCII and fits its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// One line of text.
    Line {
        /// The text; `scale` times its length is at most the paper's columns.
        text: String,
        /// In the middle, else at the left margin.
        centred: bool,
        /// Heavier.
        bold: bool,
        /// How many times larger than font A, both ways, 1 to 8.
        scale: u8,
    },
    /// The number that is called: as large as the paper allows.
    Number(String),
    /// A QR code of this text with its white margin.
    Qr(String),
    /// The same text as the bars of Code 128, for a scanner that reads nothing else.
    Bars(String),
    /// A picture as wide as the paper at most.
    Picture(Raster),
    /// A little white.
    Gap,
}

/// Lays out one paper (of a test paper only its head: what follows is the printer's, `test_page.rs`) on `columns` characters per line (32 on 58 mm, 48 on 80 mm).
///
/// `copy` is 0 for the original and n for CETAK ULANG n; `job` is printed small, so that a paper can be traced.
///
/// # Errors
/// A service that `office.toml` does not know any more.
pub fn page(document: &Document, office: &Office, copy: u8, job: JobId, columns: usize) -> Result<Vec<Block>, Refused> {
    let mut page = Page { office, document, lang: document.lang, columns, blocks: Vec::new() };
    page.header();
    if copy > 0 {
        page.bold(&page.say("** CETAK ULANG {} **", "** CETAK ULANG (REPRINT) {} **").replace("{}", &copy.to_string()));
        page.blocks.push(Block::Gap);
    }
    let label = match &document.body {
        Body::Slip { number, service, stage, counters, ahead, wait, priority } => {
            page.slip(*number, service, *stage, counters, *ahead, *wait, *priority)?;
            number.to_string()
        }
        Body::Return { number, missing, until } => {
            page.return_slip(*number, missing, until.map(clock));
            number.to_string()
        }
        Body::Receipt { receipt, service, place } => {
            page.receipt(*receipt, service, place)?;
            receipt.to_string()
        }
        Body::Network { number, receipt, may_wait } => {
            page.network(*number, *receipt, *may_wait);
            number.to_string()
        }
        Body::Summary { counts, seal } => {
            page.summary(counts, seal.as_ref());
            document.date.to_string()
        }
        Body::List { service } => {
            page.list(service)?;
            document.date.to_string()
        }
        Body::Test => {
            page.bold(page.say("UJI CETAK", "PRINT TEST"));
            page.date_and_time();
            document.date.to_string()
        }
    };
    page.centred(&format!("{label} #{}", job.0));
    Ok(page.blocks)
}

struct Page<'a> {
    office: &'a Office,
    document: &'a Document,
    lang: Lang,
    columns: usize,
    blocks: Vec<Block>,
}

impl Page<'_> {
    fn say(&self, id: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Id => id,
            Lang::En => en,
        }
    }

    fn lines(&mut self, text: &str, centred: bool, bold: bool, scale: u8) {
        for text in wrap(&ascii(text, self.lang), self.columns / usize::from(scale.max(1))) {
            self.blocks.push(Block::Line { text, centred, bold, scale });
        }
    }

    fn left(&mut self, text: &str) {
        self.lines(text, false, false, 1);
    }

    fn centred(&mut self, text: &str) {
        self.lines(text, true, false, 1);
    }

    fn bold(&mut self, text: &str) {
        self.lines(text, true, true, 1);
    }

    fn gap(&mut self) {
        self.blocks.push(Block::Gap);
    }

    /// A line behind a mark; what does not fit continues under the text, not under the mark.
    fn item(&mut self, mark: &str, text: &str) {
        for (n, line) in wrap(&ascii(text, self.lang), self.columns - mark.len()).into_iter().enumerate() {
            let lead = if n == 0 { mark.to_string() } else { " ".repeat(mark.len()) };
            self.blocks.push(Block::Line { text: lead + &line, centred: false, bold: false, scale: 1 });
        }
    }

    /// A text that must be seen whole, as large as fits on one line.
    fn large(&mut self, text: &str, at_most: usize) {
        let scale = (self.columns / text.len().max(1)).clamp(1, at_most) as u8;
        self.lines(text, true, true, scale);
    }

    /// S01: who the office is, with the office's own telephone (C13).
    fn header(&mut self) {
        let who = &self.office.identity;
        self.bold(&who.name);
        self.centred(&who.address);
        let phone = format!("{} {}", self.say("Telp.", "Tel."), who.phone);
        self.centred(&phone);
        self.gap();
    }

    /// S27 and S29: what it costs, and where complaints go, which is never the office's telephone (C13).
    fn footer(&mut self) {
        let standard = &self.office.standard;
        self.gap();
        self.centred(standard.fee.get(self.lang));
        let complaints = format!("{} {}", self.say("Pengaduan WA", "Complaints WA"), self.office.complaints.phone);
        self.centred(&complaints);
    }

    fn date_and_time(&mut self) {
        let mut text = date_in_words(self.document.date, self.lang);
        if let Some(time) = self.document.time {
            text += &format!("  {} {}", clock(time), self.office.identity.zone.name());
        }
        // Two blanks keep date and time apart; wrapping would join them.
        if text.len() <= self.columns {
            self.blocks.push(Block::Line { text, centred: true, bold: false, scale: 1 });
        } else {
            for part in text.split("  ") {
                self.centred(part);
            }
        }
    }

    #[allow(clippy::too_many_arguments)] // They are the fields of Body::Slip.
    fn slip(
        &mut self,
        number: Number,
        service: &ServiceKey,
        stage: Stage,
        counters: &[CounterNumber],
        ahead: u32,
        wait: Wait,
        priority: bool,
    ) -> Result<(), Refused> {
        let office = self.office;
        let service = office.service(service).ok_or(Refused::UnknownService)?;
        self.centred(self.say("NOMOR ANTREAN", "QUEUE NUMBER"));
        self.blocks.push(Block::Number(number.to_string()));
        self.bold(service.name.get(self.lang));
        let stage = office.stage_name(stage).get(self.lang);
        let at: Vec<String> = counters.iter().map(|c| c.to_string()).collect();
        match at.split_last() {
            None => self.centred(stage),
            Some((last, [])) => self.centred(&format!("{} {last} - {stage}", self.say("Loket", "Counter"))),
            Some((last, others)) => {
                let (counters, or) = (self.say("Loket", "Counters"), self.say("atau", "or"));
                self.centred(&format!("{counters} {} {or} {last} - {stage}", others.join(", ")));
            }
        }
        if priority {
            self.bold(self.say("PRIORITAS", "PRIORITY"));
        }
        self.date_and_time();
        self.gap();
        let people = match (self.lang, ahead) {
            (Lang::Id, _) => format!("Di depan Anda: {ahead} orang"),
            (Lang::En, 1) => "Ahead of you: 1 person".into(),
            (Lang::En, _) => format!("Ahead of you: {ahead} people"),
        };
        self.left(&people);
        let expected = self.say("Perkiraan menunggu: ", "Expected wait: ");
        self.left(&format!("{expected}{}", wait.say(self.lang)));
        self.gap();
        self.left(self.say("Siapkan:", "Have ready:"));
        for requirement in office.requirements_of(service) {
            if requirement.blocking && requirement.on_slip() {
                self.item("- ", requirement.text.get(self.lang));
            }
        }
        // S18, S20: what matters at the recording; who collects has been recorded.
        let told = office.requirements_of(service).into_iter().filter(|r| !r.blocking && r.on_slip());
        let advice: Vec<_> = told.map(|r| r.text.get(self.lang)).collect();
        if !advice.is_empty() {
            self.gap();
            for advice in advice {
                self.left(advice);
            }
        }
        self.footer();
        Ok(())
    }

    /// S10.
    fn return_slip(&mut self, number: Number, missing: &[String], until: Option<String>) {
        let office = self.office;
        self.bold(self.say("BERKAS BELUM LENGKAP", "FILE NOT COMPLETE"));
        self.blocks.push(Block::Number(number.to_string()));
        self.date_and_time();
        self.gap();
        self.left(self.say("Mohon dilengkapi:", "Please bring:"));
        for key in missing {
            // A requirement dropped from the file since is named by its key: better than a silent gap.
            self.item("[x] ", office.requirement(key).map_or(key, |r| r.text.get(self.lang)));
        }
        self.gap();
        let valid = self.say("Nomor ini tetap berlaku hari ini", "This number stays valid today");
        let valid = match until {
            Some(time) => format!("{valid} {} {time}.", self.say("sampai", "until")),
            None => format!("{valid}."),
        };
        self.left(&valid);
        self.left(self.say(
            "Setelah lengkap, silakan lapor ke petugas; tidak perlu mengambil nomor baru.",
            "When you have everything, please tell an officer; you need no new number.",
        ));
        self.footer();
    }

    /// S11, S13, S22 to S24, S28, C2, C3, C10.
    fn receipt(&mut self, receipt: Receipt, service: &ServiceKey, place: &Place) -> Result<(), Refused> {
        let office = self.office;
        let service = office.service(service).ok_or(Refused::UnknownService)?;
        let published = office.standard_of(service);
        self.bold(self.say("TANDA TERIMA PENGAMBILAN", "COLLECTION RECEIPT"));
        self.gap();
        self.large(&receipt.to_string(), 8);
        self.blocks.push(Block::Bars(receipt.to_string()));
        self.blocks.push(Block::Qr(receipt.to_string()));
        self.bold(published.product.get(self.lang));
        self.centred(service.name.get(self.lang));
        self.date_and_time();
        self.gap();
        self.left(published.ready.get(self.lang));
        let place = match place {
            Place::Office => office.identity.name.clone(),
            Place::Village(village) => format!("{} {village}", self.say("Desa", "village office of")),
        };
        self.left(&format!("{} {place}", self.say("Diambil di:", "Collect at:")));
        self.left(self.say("Bawa tanda terima ini saat mengambil.", "Bring this receipt when you collect."));
        self.left(self.say(
            "Foto tanda terima ini: tulisannya dapat memudar.",
            "Take a photo of this receipt: its print can fade.",
        ));
        self.footer();
        self.centred(&office.complaints.email);
        // S01 and S02: a printed address needs no scheme.
        let site = &office.identity.website;
        self.centred(site.split_once("://").map_or(site.as_str(), |(_, address)| address));
        self.gap();
        self.centred(&published.title);
        let standard = self.say("Standar Pelayanan No.", "Service standard No.");
        self.centred(&format!("{standard} {}", published.decree));
        Ok(())
    }

    /// Daftar persyaratan: for somebody who comes again, and plainly no number.
    fn list(&mut self, service: &ServiceKey) -> Result<(), Refused> {
        let office = self.office;
        let service = office.service(service).ok_or(Refused::UnknownService)?;
        self.bold(self.say("DAFTAR PERSYARATAN", "WHAT TO BRING"));
        self.bold(service.name.get(self.lang));
        self.gap();
        let (bring, advice): (Vec<_>, Vec<_>) = office.requirements_of(service).into_iter().partition(|r| r.blocking);
        for requirement in bring {
            self.item("[ ] ", requirement.text.get(self.lang));
        }
        if !advice.is_empty() {
            self.gap();
            self.left(self.say("Anjuran (tidak wajib):", "Advice (not required):"));
            for requirement in advice {
                self.item("- ", requirement.text.get(self.lang));
            }
        }
        // The office's own stand at the kiosk; a service's are known only to who comes for it.
        let own = [&service.standard.time, &service.standard.fee];
        if own.iter().any(|text| text.is_some()) {
            self.gap();
            for text in own.into_iter().flatten() {
                self.left(text.get(self.lang));
            }
        }
        self.gap();
        let not_a_number = self.say("INI BUKAN NOMOR ANTREAN", "THIS IS NOT A QUEUE NUMBER");
        self.bold(not_a_number);
        self.left(self.say(
            "Bila sudah lengkap, silakan datang lagi dan ambil nomor di layar antrean.",
            "When you have everything, please come again and take a number at the kiosk.",
        ));
        self.date_and_time();
        self.footer();
        Ok(())
    }

    /// Ringkasan hari: counts for the office's folder, nobody's number.
    fn summary(&mut self, summary: &Summary, seal: Option<&Seal>) {
        self.bold(self.say("RINGKASAN HARI", "SUMMARY OF THE DAY"));
        self.date_and_time();
        self.gap();
        let referred =
            format!("{} {}", self.say("Dirujuk ke", "Referred to"), self.office.referral.short.get(self.lang));
        let lines = [
            (self.say("Nomor diberikan", "Numbers given"), summary.issued),
            (self.say("Selesai", "Finished"), summary.finished),
            (self.say("Berkas dikembalikan", "Files returned"), summary.returned),
            (referred.as_str(), summary.referred),
            (self.say("Ditunda ke hari lain", "Put off to another day"), summary.deferred),
            (self.say("Hangus", "Lapsed"), summary.expired),
            (self.say("Dibatalkan", "Cancelled"), summary.cancelled),
        ];
        for (label, count) in lines {
            let count = count.to_string();
            let dots = self.columns.saturating_sub(label.len() + count.len() + 2);
            self.left(&format!("{label} {} {count}", ".".repeat(dots)));
        }
        self.gap();
        if let Some(seal) = seal {
            self.left(self.say("Segel jurnal (simpan kertas ini):", "Seal of the journal (keep this paper):"));
            self.left(&seal.to_string());
            self.gap();
        }
    }

    /// S26.
    fn network(&mut self, number: Number, receipt: Receipt, may_wait: bool) {
        self.bold(if may_wait {
            self.say("JARINGAN INTERNET SEDANG TERGANGGU", "THE INTERNET IS DISTURBED")
        } else {
            self.say("PEREKAMAN DITUNDA KE HARI LAIN", "RECORDING ON ANOTHER DAY")
        });
        self.blocks.push(Block::Number(number.to_string()));
        self.date_and_time();
        self.gap();
        if may_wait {
            self.left(self.say("Silakan pilih:", "Please choose:"));
            self.item("1) ", self.say("menunggu; nomor Anda tidak hangus", "wait; your number stays valid"));
            let direct = self.say("perekaman langsung di", "be recorded directly at");
            self.item("2) ", &format!("{direct} {}", self.office.referral.address.get(self.lang)));
            self.gap();
        }
        self.left(if may_wait {
            self.say(
                "Datang di hari lain? Masukkan nomor ini di layar antrean; berkas Anda tidak diperiksa ulang.",
                "Coming another day? Enter this number at the kiosk; your file is not checked again.",
            )
        } else {
            self.say(
                "Silakan datang pada hari kerja lain dan masukkan nomor ini di layar antrean; berkas Anda tidak diperiksa ulang.",
                "Please come on another working day and enter this number at the kiosk; your file is not checked again.",
            )
        });
        self.gap();
        self.large(&receipt.to_string(), 3);
        self.gap();
        self.blocks.push(Block::Qr(receipt.to_string()));
        self.footer();
    }
}
