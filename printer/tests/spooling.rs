//! The spooler, the store and the virtual printer over a real pty.

use jiff::civil::date;
use printer::port::{Address, Port, Settings};
use printer::profile::{Flow, Parity, Profile, Status};
use printer::spooler::Spooler;
use printer::virtual_printer::{self, Machine, VirtualPrinter};
use printer::{Kind, PaperWidth};
use queue::office::{Lang, ServiceKey};
use queue::printing::{JobId, JobState, PrinterState};
use queue::store::Issue;
use queue::time::Moment;
use queue::{Command, Store, clock};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const BAUD: u32 = 38400;
const DEADLINE: Duration = Duration::from_secs(60);

fn kind() -> Kind {
    Kind::paper(PaperWidth::Mm58, BAUD)
}

const SETTINGS: Settings = Settings { baud: BAUD, parity: Parity::None, flow: Flow::None };

/// An office with a printer in one folder.
struct Bench {
    dir: tempfile::TempDir,
    store: Store,
    orders: Sender<virtual_printer::Order>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Monday morning, measured by this boot's clock.
fn now() -> Moment {
    Moment { wall_ms: 1_795_396_440_000, ..clock::now() }
}

fn command() -> Command {
    Command { now: now(), ..Command::new(queue::journal::Actor::Device(queue::devices::KIOSK)) }
}

impl Bench {
    /// The day is open and the printer is plugged in; the spooler does not run yet.
    fn new() -> Bench {
        Bench::with(&[])
    }

    /// The same with a printer to which something has happened before anybody asked it.
    fn with(before: &[&str]) -> Bench {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("office.toml"), include_str!("../../office.toml")).expect("written");
        let mut store = Store::create(dir.path()).expect("created");
        store.open_day(&command(), date(2026, 11, 23), true).expect("opened");
        let (orders, inbox) = channel();
        for line in before {
            orders.send(line.parse().expect("a known command")).expect("the inbox is open");
        }
        let stop = Arc::new(AtomicBool::new(false));
        let args = virtual_printer::Args {
            link: dir.path().join("port"),
            papers: dir.path().join("papers"),
            kind: kind(),
            accidents: None,
        };
        let mut printer = VirtualPrinter::new(&args).expect("plugged in");
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            printer.serve(&inbox, || stopped.load(Ordering::Relaxed)).expect("prints");
        });
        Bench { dir, store, orders, stop, threads: vec![thread] }
    }

    fn start_spooler(&mut self) {
        self.start_spooler_at(&Address::Device(self.port()), kind().load().expect("built in"));
    }

    fn start_spooler_at(&mut self, port: &Address, profile: Profile) {
        let mut spooler = Spooler::new(self.dir.path(), port, profile).expect("a store");
        let stopped = self.stop.clone();
        self.threads.push(std::thread::spawn(move || spooler.run(|| stopped.load(Ordering::Relaxed))));
    }

    fn port(&self) -> PathBuf {
        self.dir.path().join("port")
    }

    fn issue(&mut self) -> JobId {
        let wish = Issue { service: ServiceKey("new".into()), priority: false, lang: Lang::Id, receipt: None };
        self.store.issue(&command(), &wish).expect("a number").slip
    }

    fn order(&self, line: &str) {
        self.orders.send(line.parse().expect("a known command")).expect("the printer runs");
    }

    fn state(&self, job: JobId) -> JobState {
        self.store.print_job(job).expect("readable").expect("there").state
    }

    fn printer(&self) -> Option<PrinterState> {
        self.store.printer_status().map(|s| s.state)
    }

    fn wait_for_printer(&self, state: PrinterState) {
        wait(&format!("printer {state:?}"), || self.printer() == Some(state));
    }

    fn wait_for(&self, job: JobId, word: &str) {
        wait(&format!("job {word}"), || self.state(job).word() == word);
    }

    /// The texts of the papers that were cut.
    fn papers(&self) -> Vec<String> {
        (1..)
            .map(|n| std::fs::read_to_string(self.dir.path().join(format!("papers/sheet-{n:04}.txt"))))
            .map_while(Result::ok)
            .collect()
    }

    fn papers_of(&self, job: JobId) -> usize {
        self.papers().iter().filter(|text| text.contains(&format!("#{}\n", job.0))).count()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn wait(what: &str, done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < DEADLINE, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_number_becomes_a_paper_and_the_paper_is_confirmed() {
    let mut bench = Bench::new();
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Ready);
    let jobs = [bench.issue(), bench.issue()];
    for job in jobs {
        bench.wait_for(job, "confirmed");
        assert_eq!(bench.papers_of(job), 1);
    }
    let paper = &bench.papers()[0];
    assert!(paper.contains("NOMOR ANTREAN") && paper.contains(&format!("A-001 #{}", jobs[0].0)), "{paper}");
    let png = std::fs::read(bench.dir.path().join("papers/sheet-0001.png")).expect("a picture");
    assert_eq!(&png[1..4], b"PNG");
}

#[test]
fn without_paper_the_slip_waits_and_comes_out_once_after_the_refill() {
    let mut bench = Bench::with(&["paper out"]);
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Out);
    let job = bench.issue();
    bench.order("cover open");
    bench.wait_for_printer(PrinterState::Cover);
    assert_eq!(bench.state(job).word(), "queued");
    bench.order("paper in");
    bench.order("paper low");
    bench.order("cover closed");
    bench.wait_for(job, "confirmed");
    bench.wait_for_printer(PrinterState::Low);
    assert_eq!((bench.papers().len(), bench.papers_of(job)), (1, 1));
}

#[test]
fn paper_end_in_the_middle_is_unknown_and_only_a_marked_copy_follows() {
    let mut bench = Bench::new();
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Ready);
    bench.order("paper out after 300");
    let job = bench.issue();
    bench.wait_for(job, "unknown");
    bench.wait_for_printer(PrinterState::Out);
    bench.store.answer_print(&command(), job, false).expect("a person saw no paper");
    let copy = bench.store.reprint(&command(), job).expect("one more");
    bench.order("paper in");
    bench.wait_for(copy, "confirmed");
    assert_eq!((bench.papers_of(job), bench.papers_of(copy)), (0, 1));
    assert!(bench.papers().iter().filter(|p| p.contains("NOMOR ANTREAN")).all(|p| p.contains("CETAK ULANG 1")));
}

#[test]
fn a_printer_without_answers_prints_each_slip_once_and_a_person_is_asked() {
    let mut bench = Bench::with(&["mute"]);
    let profile = Profile { status: Status::None, ..kind().load().expect("built in") };
    bench.start_spooler_at(&Address::Device(bench.port()), profile);
    bench.wait_for_printer(PrinterState::Unknown);
    let jobs = [bench.issue(), bench.issue()];
    for job in jobs {
        bench.wait_for(job, "unknown");
    }
    wait("two papers", || bench.papers().len() == 2);
    assert!(jobs.iter().all(|job| bench.papers_of(*job) == 1));
}

#[test]
fn a_printer_that_is_still_off_in_the_morning_is_away_and_its_slips_wait() {
    let mut bench = Bench::with(&["mute"]);
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Offline);
    let job = bench.issue();
    // It is asked again, and still nothing is sent into the void.
    let detail = || bench.store.printer_status().expect("there").detail;
    wait("silence", || detail().contains("tidak menjawab"));
    assert_eq!(bench.state(job).word(), "queued");
    bench.order("answer");
    bench.wait_for(job, "confirmed");
    assert_eq!((bench.papers().len(), bench.papers_of(job)), (1, 1));
}

#[test]
fn an_unplugged_printer_is_reported_and_prints_by_itself_after_the_replug() {
    let mut bench = Bench::new();
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Ready);
    bench.order("unplug");
    let start = Instant::now();
    bench.wait_for_printer(PrinterState::Offline);
    println!("reported after {:.1?}", start.elapsed());
    let job = bench.issue();
    bench.order("plug");
    let start = Instant::now();
    bench.wait_for(job, "confirmed");
    println!("printed {:.1?} after the replug", start.elapsed());
    assert_eq!(bench.papers_of(job), 1);
}

#[test]
fn a_port_of_somebody_else_is_reported_and_taken_when_it_is_free() {
    let mut bench = Bench::new();
    let other = Port::open(&Address::Device(bench.port()), SETTINGS).expect("free");
    bench.start_spooler();
    bench.wait_for_printer(PrinterState::Offline);
    let detail = bench.store.printer_status().expect("there").detail;
    assert!(detail.contains("sedang dipakai program lain"), "{detail}");
    drop(other);
    bench.wait_for_printer(PrinterState::Ready);
}

/// The printer role as a process of its own, ended with the test.
struct Role(Child);

impl Role {
    fn start(bench: &Bench) -> Role {
        let mut role = std::process::Command::new(env!("CARGO_BIN_EXE_printer"));
        role.arg("--data").arg(bench.dir.path()).arg("--port").arg(bench.port());
        role.args(["--baud", &BAUD.to_string(), "--paper", "58"]).stderr(Stdio::null()).stdout(Stdio::null());
        Role(role.spawn().expect("starts"))
    }

    fn kill(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_killed_spooler_leaves_unknown_behind_and_never_prints_the_slip_again() {
    let mut bench = Bench::new();
    let mut role = Role::start(&bench);
    bench.wait_for_printer(PrinterState::Ready);
    let job = bench.issue();
    bench.wait_for(job, "sending");
    role.kill();
    assert_eq!(bench.state(job).word(), "sending");
    let next = bench.issue();
    let _role = Role::start(&bench);
    bench.wait_for(next, "confirmed");
    assert_eq!(bench.state(job).word(), "unknown");
    assert!(bench.papers_of(job) <= 1, "{:?}", bench.papers());
    assert_eq!(bench.papers_of(next), 1);
    let of_next = bench.papers().into_iter().find(|p| p.contains(&format!("#{}\n", next.0))).unwrap_or_default();
    assert_eq!(of_next.matches("NOMOR ANTREAN").count(), 1, "what was interrupted is not on the next paper");
}

#[test]
fn a_second_printer_role_for_the_same_folder_says_so_and_ends() {
    let bench = Bench::new();
    let _first = printer::lock(bench.dir.path()).expect("free");
    let mut second = Role::start(&bench);
    let status = second.0.wait().expect("ends");
    assert!(!status.success());
    let said = printer::lock(bench.dir.path()).expect_err("taken").to_string();
    assert!(said.contains("another printer role"), "{said}");
}

#[test]
fn what_is_no_printer_is_refused_in_words() {
    let dir = tempfile::tempdir().expect("a folder");
    let open = |path: PathBuf| Port::open(&Address::Device(path), SETTINGS).expect_err("no port").0;
    assert!(open(dir.path().join("ttyUSB9")).contains("tidak terhubung"));
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("written");
    assert!(open(file.clone()).contains("bukan port printer"));
    assert_eq!(std::fs::read(&file).expect("there"), b"x", "and left as it was");
}

/// A printer in the network, on the loopback address: the same machine behind a socket.
fn network_printer(stop: Arc<AtomicBool>) -> (String, JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("tcp://{}", listener.local_addr().expect("bound"));
    listener.set_nonblocking(true).expect("set");
    let thread = std::thread::spawn(move || {
        // A printer in the network stops reading when its buffer is full; here it never is.
        let mut machine = Machine::new(&Profile { buffer: 1 << 16, ..kind().load().expect("built in") });
        let (mut papers, mut peer, mut last) = (Vec::new(), None, Instant::now());
        while !stop.load(Ordering::Relaxed) {
            if let Ok((stream, _)) = listener.accept() {
                stream.set_read_timeout(Some(Duration::from_millis(5))).expect("set");
                peer = Some(stream);
            }
            let mut buffer = [0; 256];
            match &mut peer {
                Some(stream) => {
                    if let Ok(n) = stream.read(&mut buffer) {
                        machine.receive(&buffer[..n]);
                    }
                    let _ = stream.write_all(&machine.take_replies());
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
            machine.advance(last.elapsed());
            last = Instant::now();
            papers.extend(machine.take_papers().into_iter().map(|sheet| sheet.text));
        }
        papers
    });
    (address, thread)
}

#[test]
fn a_printer_in_the_network_prints_and_confirms() {
    let mut bench = Bench::new();
    let (address, printer) = network_printer(bench.stop.clone());
    bench.start_spooler_at(&address.parse().expect("an address"), kind().load().expect("built in"));
    bench.wait_for_printer(PrinterState::Ready);
    let job = bench.issue();
    bench.wait_for(job, "confirmed");
    bench.stop.store(true, Ordering::Relaxed);
    let papers = printer.join().expect("ends");
    assert_eq!(papers.iter().filter(|p| p.ends_with(&format!("#{}\n", job.0))).count(), 1, "{papers:?}");
}

#[test]
fn a_printer_in_the_network_that_is_away_is_reported() {
    let mut bench = Bench::new();
    // Nobody listens on a port that was just given back.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = Address::Tcp(listener.local_addr().expect("bound").to_string());
    drop(listener);
    bench.start_spooler_at(&address, kind().load().expect("built in"));
    bench.wait_for_printer(PrinterState::Offline);
    assert!(bench.store.printer_status().expect("there").detail.contains("kabel jaringan"));
}

#[test]
fn a_device_file_without_a_back_channel_takes_papers_and_a_person_is_asked() {
    let mut bench = Bench::new();
    // As a one-way USB printer: it takes everything and says nothing.
    let address = Address::Device("/dev/null".into());
    bench.start_spooler_at(&address, kind().load().expect("built in"));
    bench.wait_for_printer(PrinterState::Unknown);
    let job = bench.issue();
    bench.wait_for(job, "unknown");
}

#[test]
fn a_technician_prints_a_test_page_without_a_database() {
    let bench = Bench::new();
    let mut page = std::process::Command::new(env!("CARGO_BIN_EXE_printer"));
    page.arg("--test-page").arg("--port").arg(bench.port()).args(["--baud", &BAUD.to_string(), "--paper", "58"]);
    let output = page.output().expect("runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("printer memastikannya"), "{said}");
    assert!(said.contains("identitas : ANTREAN"), "{said}");
    wait("the page", || bench.papers().len() == 1);
    assert!(bench.papers()[0].starts_with("HALAMAN UJI"));
}
