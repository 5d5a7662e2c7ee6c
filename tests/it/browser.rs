//! A real browser, driven over the WebDriver protocol: what a clerk sees, clicks and types.

use crate::office::{PATIENCE, until};
use base64::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How a found element is named on the wire.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys without a letter, as [`Browser::key`] takes them.
pub(crate) const ENTER: &str = "\u{E007}";
pub(crate) const ESCAPE: &str = "\u{E00C}";
pub(crate) const TAB: &str = "\u{E004}";
pub(crate) const UP: &str = "\u{E013}";
pub(crate) const DOWN: &str = "\u{E015}";

/// The narrowest screen that the console promises to fit.
const SCREEN: (u64, u64) = (1024, 768);

/// Which one; each has a driver of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Chromium,
    Firefox,
}

impl Kind {
    fn driver(self) -> &'static str {
        match self {
            Kind::Chromium => "chromedriver",
            Kind::Firefox => "geckodriver",
        }
    }

    /// The wish for a browser without a window, in Indonesian.
    fn wish(self) -> Value {
        let options = match self {
            // A test machine's root has no sandbox; nothing but the console is ever opened.
            Kind::Chromium => json!({ "goog:chromeOptions": { "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=id"
            ] } }),
            Kind::Firefox => json!({ "moz:firefoxOptions": {
                "args": ["-headless"], "prefs": { "intl.accept_languages": "id" }
            } }),
        };
        json!({ "capabilities": { "alwaysMatch": options } })
    }
}

/// What can be pressed on the page without being reached by its own key, which it shows: nothing. A key means one thing in
/// a row, one thing outside the rows, and never both. In a fold the fields follow one another by Tab.
const KEYLESS: &str = r#"(() => {
    const visible = (e) => {
        const fold = e.closest("details:not([open])");
        const summary = e.closest("summary");
        return e.offsetParent !== null && (!fold || (summary && summary.parentElement === fold));
    };
    const found = [], keys = new Map(), inRows = new Set();
    for (const e of document.querySelectorAll("a[href], button, summary, [type=checkbox], [type=radio], [data-key]")) {
        if (!visible(e)) continue;
        const key = e.dataset.key, row = e.closest("[data-row]"), tell = (what) => found.push(`${what}: ${e.outerHTML}`);
        if (!key) {
            if (!e.matches("a[href^='#']") && (!e.closest("details") || !e.matches("input"))) tell("no key");
            continue;
        }
        const shows = (part) => part && Array.from(part.querySelectorAll("kbd"))
            .some((kbd) => visible(kbd) && (kbd.innerText === key || `M ${kbd.innerText}` === key));
        const label = e.labels && e.labels[0];
        if (!shows(e) && !shows(label) && (e.matches("button, summary") || !shows(e.closest("section")))) tell("its key is not shown");
        if (key === "Enter") {
            const first = e.form && Array.from(e.form.elements).find((one) => one.matches("button[type=submit]"));
            if (e.matches("button") ? first !== e : !row) tell("Enter does not reach it");
            continue;
        }
        const before = keys.get(row) || new Map();
        const other = before.get(key);
        if (other && !(e.href && other.href === e.href)) tell(`also ${other.outerHTML}`);
        keys.set(row, before.set(key, e));
        if (row) inRows.add(key);
    }
    for (const [key, e] of keys.get(null) || []) if (inRows.has(key)) found.push(`${key} is a row's key too: ${e.outerHTML}`);
    return found;
})()"#;

/// Keeps what a driver took, in target/tmp/console.
fn keep(name: &str, taken: &Value) {
    let bytes = base64::engine::general_purpose::STANDARD.decode(taken.as_str().unwrap()).unwrap();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn post(agent: &ureq::Agent, url: &str, body: &Value) -> Result<Value, String> {
    answer(agent.post(url).header("Content-Type", "application/json").send(body.to_string()))
}

/// The answer's value, or the driver's error.
fn answer(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
    let text = sent.and_then(|mut answer| answer.body_mut().read_to_string()).map_err(|e| e.to_string())?;
    let value = serde_json::from_str::<Value>(&text).map_err(|e| e.to_string())?["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}

/// One clerk's browser, with its own cookies; ended with the test together with its driver.
pub(crate) struct Browser {
    kind: Kind,
    driver: Child,
    agent: ureq::Agent,
    session: String,
    console: String,
    /// What the audits found, to be told together at the end.
    pub(crate) found: Vec<String>,
    pub(crate) pictures: usize,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    pub(crate) fn start(kind: Kind, console: &str) -> Browser {
        let port = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = port();
        let mut driver = Command::new(kind.driver());
        driver.arg(format!("--port={at}"));
        if kind == Kind::Firefox {
            driver.arg(format!("--websocket-port={}", port()));
        }
        let driver = driver.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let driver = driver.unwrap_or_else(|e| panic!("{} is started: {e}", kind.driver()));
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        let agent: ureq::Agent = agent.into();
        let url = format!("http://127.0.0.1:{at}");
        until(kind.driver(), || agent.get(format!("{url}/status")).call().ok());
        let made = post(&agent, &format!("{url}/session"), &kind.wish()).unwrap();
        let session = format!("{url}/session/{}", made["sessionId"].as_str().unwrap());
        let browser = Browser { kind, driver, agent, session, console: console.into(), found: Vec::new(), pictures: 0 };
        browser.fit();
        browser
    }

    /// Makes the page as large as the screen.
    fn fit(&self) {
        let (width, height) = SCREEN;
        match self.kind {
            Kind::Chromium => {
                let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
                let order = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
                self.ask("goog/cdp/execute", &order);
            }
            Kind::Firefox => {
                let frame = |of: &str| self.value(&format!("outer{of} - inner{of}")).as_u64().unwrap();
                let outer = json!({ "width": width + frame("Width"), "height": height + frame("Height") });
                self.ask("window/rect", &outer);
                self.wait(&format!("innerWidth === {width} && innerHeight === {height}"));
            }
        }
    }

    fn ask(&self, what: &str, body: &Value) -> Value {
        post(&self.agent, &format!("{}/{what}", self.session), body).unwrap_or_else(|e| panic!("{what} {body}: {e}"))
    }

    pub(crate) fn go(&self, path: &str) {
        self.ask("url", &json!({ "url": format!("{}{path}", self.console) }));
    }

    /// The value of a JavaScript expression on the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.try_value(expression).unwrap_or_else(|e| panic!("{expression}: {e}"))
    }

    fn try_value(&self, expression: &str) -> Result<Value, String> {
        let body = json!({ "script": format!("return ({expression})"), "args": [] });
        post(&self.agent, &format!("{}/execute/sync", self.session), &body)
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        self.value(&format!("(document.querySelector({selector:?}) || {{}}).innerText || ''")).as_str().unwrap().into()
    }

    /// Waits until the expression is true on a page that has loaded.
    pub(crate) fn wait(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let ready = format!("document.readyState === 'complete' && !!({expression})");
        while self.try_value(&ready) != Ok(Value::Bool(true)) {
            if Instant::now() > deadline {
                let page = self.try_value("document.body.innerText").unwrap_or_default();
                panic!("waited in vain for {expression}; the page says: {page}");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits for an element to be there.
    pub(crate) fn see(&self, selector: &str) {
        self.wait(&format!("document.querySelector({selector:?})"));
    }

    /// Clicks as a mouse does: what is hidden or covered cannot be clicked. The page's script may have replaced the
    /// element since it was found, so it is found anew until it was clicked.
    pub(crate) fn click(&self, selector: &str) {
        let find = json!({ "using": "css selector", "value": selector });
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = post(&self.agent, &format!("{}/element", self.session), &find);
            let clicked = found.and_then(|element| {
                let id = element[ELEMENT].as_str().unwrap_or_default().to_string();
                post(&self.agent, &format!("{}/element/{id}/click", self.session), &json!({}))
            });
            match clicked {
                Ok(_) => return,
                Err(why) => assert!(Instant::now() < deadline, "{selector} could not be clicked: {why}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types into a field.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        // A fold opens a moment after its key.
        self.wait(&format!("document.querySelector({selector:?})?.checkVisibility()"));
        let element = self.ask("element", &json!({ "using": "css selector", "value": selector }));
        let id = element[ELEMENT].as_str().unwrap().to_string();
        self.ask(&format!("element/{id}/clear"), &json!({}));
        self.ask(&format!("element/{id}/value"), &json!({ "text": text }));
    }

    /// Presses one key on the page.
    pub(crate) fn key(&self, key: &str) {
        let stroke = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.ask("actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": stroke }] }));
    }

    /// Presses one key after the other, wherever the focus is.
    pub(crate) fn types(&self, text: &str) {
        for key in text.chars() {
            self.key(&key.to_string());
        }
    }

    /// Sends an act, and waits until the page shows what came of it: the page stays, but not the place of what was just said.
    pub(crate) fn after(&self, act: impl FnOnce(&Browser)) {
        self.value("(document.getElementById('notice') ?? document.body).dataset.before = 'yes'");
        act(self);
        self.wait("!document.querySelector('[data-before]')");
    }

    /// As a scanner types: five milliseconds between its keys, and `end` behind them. No driver is as fast on a busy machine, so
    /// the page is told the times, and what a browser does by itself with a key that nobody took is done here.
    pub(crate) fn scans(&self, code: &str, end: &str) {
        let keys: Vec<String> = code.chars().map(String::from).chain((!end.is_empty()).then(|| end.into())).collect();
        self.value(&format!(
            r#"((keys) => {{
                // Long after what was typed before.
                const begun = performance.now() + 100;
                keys.forEach((key, i) => {{
                    const at = document.activeElement ?? document.body;
                    const event = new KeyboardEvent("keydown", {{ key, bubbles: true, cancelable: true }});
                    Object.defineProperty(event, "timeStamp", {{ value: begun + 5 * i }});
                    if (!at.dispatchEvent(event)) return;
                    if (key.length === 1 && at.matches("input:not([type=checkbox], [type=radio])")) at.value += key;
                    else if (key === "Enter" && at.form) at.form.requestSubmit();
                    else if (key === "Enter") at.click();
                }});
            }})({})"#,
            json!(keys)
        ));
    }

    pub(crate) fn language(&self, lang: &str) {
        self.ask("cookie", &json!({ "cookie": { "name": "lang", "value": lang, "path": "/" } }));
        self.ask("refresh", &json!({}));
    }

    /// Keeps the page as a picture in both languages, and audits it in both.
    pub(crate) fn look(&mut self, name: &str) {
        for lang in ["en", "id"] {
            self.language(lang);
            self.see("main");
            self.look_once(&format!("{name}.{lang}"));
        }
    }

    /// The page as it stands: what was just said on it would be gone after reading it again.
    pub(crate) fn look_once(&mut self, name: &str) {
        let shot = match self.kind {
            Kind::Chromium => {
                let whole = json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } });
                self.ask("goog/cdp/execute", &whole)["data"].take()
            }
            Kind::Firefox => {
                let shot = self.agent.get(format!("{}/moz/screenshot/full", self.session)).call();
                answer(shot).unwrap_or_else(|e| panic!("{name}: {e}"))
            }
        };
        keep(&format!("{name}.png"), &shot);
        self.pictures += 1;
        let wide = self.value("document.documentElement.scrollWidth > document.documentElement.clientWidth");
        if wide == true {
            self.found.push(format!("{name}: wider than the screen"));
        }
        let keyless = self.value(KEYLESS);
        self.found.extend(keyless.as_array().unwrap().iter().map(|v| format!("{name}: {}", v.as_str().unwrap())));
        self.audit(name);
    }

    /// The page as the printer on the desk would print it.
    pub(crate) fn print(&self, name: &str) {
        keep(&format!("{name}.pdf"), &self.ask("print", &json!({ "page": { "width": 21.0, "height": 29.7 } })));
    }

    /// Runs axe over the page; what is serious or critical is kept.
    fn audit(&mut self, name: &str) {
        let axe = std::env::var("AXE").expect("AXE names axe.min.js");
        let axe = std::fs::read_to_string(axe).unwrap();
        self.ask("execute/sync", &json!({ "script": axe, "args": [] }));
        let run = "const done = arguments[0];
            axe.run(document).then((result) => done(result.passes.length < 5 ? ['axe looked at nothing'] : result.violations
                .filter((v) => v.impact === 'serious' || v.impact === 'critical')
                .map((v) => v.id + ' (' + v.impact + '): ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' | '))),
                (e) => done(['axe failed: ' + e]));";
        let found = self.ask("execute/async", &json!({ "script": run, "args": [] }));
        self.found.extend(found.as_array().unwrap().iter().map(|v| format!("{name}: {}", v.as_str().unwrap())));
    }
}
