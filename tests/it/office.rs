//! An office in a temporary folder, and its roles as processes that end with the test.

use queue::Store;
use queue::store::OFFICE;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `look` finds something.
pub(crate) fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

/// The same for what takes longer by its nature.
pub(crate) fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The real office, open at any hour, with a day that is open.
pub(crate) struct Office {
    dir: TempDir,
    /// For looking: what the processes wrote.
    pub(crate) store: Store,
    console: String,
    /// Shown to the console with every act; from its first start on.
    token: String,
    agent: ureq::Agent,
    /// Ends before the folder goes.
    roles: Vec<Role>,
}

/// A role's process.
pub(crate) struct Role {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Role {
    /// Whether it has ended by itself.
    pub(crate) fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn antrean(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_antrean")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

impl Office {
    /// Created and opened by the program's own verbs.
    pub(crate) fn open() -> Office {
        Office::open_with(|toml| toml)
    }

    /// The same with a change of the office's settings.
    pub(crate) fn open_with(change: impl Fn(String) -> String) -> Office {
        let office = Office::closed_with(change);
        let today = queue::clock::now().local(office.store.office().identity.zone).date().to_string();
        let opened = antrean(&["day", "open", "--data", &office.data(), "--date", &today]);
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        office
    }

    /// Before its first day.
    pub(crate) fn closed() -> Office {
        Office::closed_with(|toml| toml)
    }

    fn closed_with(change: impl Fn(String) -> String) -> Office {
        let dir = TempDir::new().unwrap();
        let office = change(include_str!("../../office.toml").replace(", last_number = \"14.30\"", ""));
        std::fs::write(dir.path().join(OFFICE), office).unwrap();
        let data = dir.path().to_str().unwrap();
        let init = antrean(&["init", "--data", data]);
        assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
        let store = Store::open(dir.path()).unwrap();
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        Office { dir, store, console: String::new(), token: String::new(), agent: agent.into(), roles: Vec::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn data(&self) -> String {
        self.dir.path().display().to_string()
    }

    /// Starts a role; `index` of it is returned for [`Office::role`].
    fn start(&mut self, arguments: &[&str]) -> usize {
        let log = self.path(&format!("{}.log", arguments[0]));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_antrean"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (say, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| say.send(line)));
        let input = child.stdin.take();
        self.roles.push(Role { name: arguments[0].into(), child, input, lines });
        self.roles.len() - 1
    }

    pub(crate) fn role(&mut self, name: &str) -> &mut Role {
        self.roles.iter_mut().rfind(|role| role.name == name).unwrap()
    }

    /// `kill -9`, and gone.
    pub(crate) fn kill(&mut self, name: &str) {
        let at = self.roles.iter().rposition(|role| role.name == name).unwrap();
        drop(self.roles.remove(at));
    }

    pub(crate) fn start_kiosk(&mut self) {
        let (data, png) = (self.data(), self.path("kiosk.png").display().to_string());
        self.start(&["kiosk", "--data", &data, "--headless", "--png", &png]);
        self.page("home", |page| page["page"] == "home");
    }

    pub(crate) fn start_display(&mut self) {
        let (data, png) = (self.data(), self.path("board.png").display().to_string());
        self.start(&["display", "--data", &data, "--png", &png]);
    }

    pub(crate) fn start_virtual_printer(&mut self) {
        let (link, papers) = (self.path("tty").display().to_string(), self.path("papers").display().to_string());
        self.start(&["virtual-printer", "--link", &link, "--papers", &papers]);
        until("the virtual printer's port", || Path::new(&link).exists().then_some(()));
    }

    pub(crate) fn start_printer(&mut self) {
        let (data, link) = (self.data(), self.path("tty").display().to_string());
        self.start(&["printer", "--data", &data, "--port", &link]);
    }

    pub(crate) fn start_staff(&mut self) {
        self.start_console();
        if self.token.is_empty() {
            self.enrol();
        }
    }

    /// The console's process alone; nobody has an account yet.
    pub(crate) fn start_console(&mut self) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        self.console = format!("http://127.0.0.1:{port}");
        self.start_again();
    }

    /// The console again, at the address it had before.
    pub(crate) fn start_again(&mut self) {
        let (data, listen) = (self.data(), self.console.trim_start_matches("http://").to_string());
        self.start(&["staff", "--data", &data, "--listen", &listen]);
        until("the console", || self.agent.get(&self.console).call().ok());
    }

    /// The one-time code that the console told on its standard output.
    pub(crate) fn code(&mut self) -> String {
        let lines = &self.role("staff").lines;
        until("the code", || lines.try_recv().ok()?.strip_prefix(staff::CODE_LINE).map(str::to_string))
    }

    /// Acts with this token from now on.
    pub(crate) fn use_token(&mut self, token: &str) {
        self.token = token.into();
    }

    /// Makes the first account, with the code that the console tells on its standard output.
    fn enrol(&mut self) {
        let code = self.code();
        let fields = [("code", code.as_str()), ("name", "Uji"), ("password", "rawa gambut"), ("pin", "2580")];
        let entered = self.agent.post(format!("{}/enrol", self.console)).header("Accept", "application/json");
        let entered = entered.send_form(fields).unwrap();
        let mut cookies = entered.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let login = cookies.find(|cookie| cookie.starts_with("antrean-login=")).unwrap().split(';').next().unwrap();
        let command = queue::Command::new(queue::journal::Actor::Terminal).id;
        let mut fields = vec![("command", command.as_str()), ("label", "skrip uji")];
        fields.extend(queue::people::Role::ALL.map(|role| ("role", role.word())));
        let made = self.agent.post(format!("{}/tokens", self.console)).header("Accept", "application/json");
        let made = made.header("Cookie", login).send_form(fields).unwrap().body_mut().read_to_string().unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        self.token = made["token"].as_str().unwrap().into();
    }

    pub(crate) fn console(&self) -> Console {
        Console { url: self.console.clone(), agent: self.agent.clone(), token: self.token.clone() }
    }

    /// Presses a button of the console; the answer and whether it was done.
    pub(crate) fn press(&self, path: &str, fields: &[(&str, &str)]) -> Result<Value, Value> {
        press(&self.console(), path, fields)
    }

    /// Calls the next one to a counter and starts.
    pub(crate) fn serve(&self, counter: u8) -> Value {
        let called = self.press(&format!("counters/{counter}/call"), &[]).unwrap();
        self.act(&called, "start", &[])
    }

    pub(crate) fn act(&self, ticket: &Value, word: &str, fields: &[(&str, &str)]) -> Value {
        self.press(&format!("tickets/{}/{word}", ticket["ticket"]), fields).unwrap()
    }

    /// Sends touches to the kiosk.
    pub(crate) fn touch(&mut self, touch: &str) {
        let kiosk = self.role("kiosk");
        writeln!(kiosk.input.as_mut().unwrap(), "{touch}").unwrap();
    }

    /// The first page the kiosk shows from now on that is `wanted`.
    pub(crate) fn page(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let kiosk = self.role("kiosk");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = kiosk.lines.recv_timeout(left) else { panic!("the kiosk never showed: {what}") };
            let page: Value = serde_json::from_str(&line).unwrap();
            if wanted(&page) {
                return page;
            }
        }
    }

    /// Two taps to a number (S17), and whatever became of the paper.
    pub(crate) fn take(&mut self, service: &str, paper: &str) -> Value {
        self.touch(&format!("service {service}"));
        self.page("requirements", |page| page["page"] == "requirements");
        self.touch("print");
        let shown = self.page(paper, |page| page["page"] == "your-number" && page["paper"] == paper);
        self.touch("home");
        self.page("home", |page| page["page"] == "home");
        shown
    }

    /// An order to the virtual printer, as `paper out`.
    pub(crate) fn order(&mut self, order: &str) {
        writeln!(self.role("virtual-printer").input.as_mut().unwrap(), "{order}").unwrap();
    }

    /// The text of every sheet that came out, in order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        let mut names: Vec<PathBuf> = std::fs::read_dir(self.path("papers"))
            .map(|dir| dir.flatten().map(|f| f.path()).filter(|p| p.extension().is_some_and(|e| e == "txt")).collect())
            .unwrap_or_default();
        names.sort();
        names.iter().map(|name| std::fs::read_to_string(name).unwrap()).collect()
    }

    /// No lost acknowledged act, no ghost: the tables are the fold of a journal that nobody altered.
    pub(crate) fn assert_sound(&self) {
        assert_eq!(self.store.check().unwrap().problems, Vec::<String>::new());
    }
}

/// The console as a script reaches it.
#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) url: String,
    agent: ureq::Agent,
    pub(crate) token: String,
}

/// Presses a button of the console from any thread.
pub(crate) fn press(console: &Console, path: &str, fields: &[(&str, &str)]) -> Result<Value, Value> {
    let command = queue::Command::new(queue::journal::Actor::Terminal).id;
    let mut form = fields.to_vec();
    if !fields.iter().any(|(name, _)| *name == "command") {
        form.push(("command", &command));
    }
    press_once(console, path, &form).unwrap()
}

/// The same once, with fields that hold the command already; `None` when no whole answer came.
pub(crate) fn press_once(console: &Console, path: &str, form: &[(&str, &str)]) -> Option<Result<Value, Value>> {
    let post = console.agent.post(format!("{}/{path}", console.url)).header("Accept", "application/json");
    let post = post.header("Authorization", format!("Bearer {}", console.token));
    let mut response = post.send_form(form.to_vec()).ok()?;
    let answer = serde_json::from_str(&response.body_mut().read_to_string().ok()?).ok()?;
    Some(if response.status().is_success() { Ok(answer) } else { Err(answer) })
}
