//! A real Chromium, driven over the WebDriver protocol: what a clerk sees, clicks and types.

use crate::office::{PATIENCE, until};
use base64::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How a found element is named on the wire.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// `chromedriver`, ended with the test together with its browsers.
pub(crate) struct Driver {
    child: Child,
    url: String,
    agent: ureq::Agent,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Driver {
    pub(crate) fn start() -> Driver {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("chromedriver")
            .args([format!("--port={port}"), "--log-level=SEVERE".into()])
            .stdout(Stdio::null())
            .spawn()
            .expect("chromedriver is started");
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        let driver = Driver { child, url: format!("http://127.0.0.1:{port}"), agent: agent.into() };
        until("chromedriver", || driver.agent.get(format!("{}/status", driver.url)).call().ok());
        driver
    }

    /// A browser of its own, with its own cookies, at the narrowest screen that the console promises to fit.
    pub(crate) fn browser(&self, console: &str) -> Browser {
        // A test machine's root has no sandbox; nothing but the console is ever opened.
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--lang=id",
        ];
        let wish = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": { "args": args } } } });
        let made = post(&self.agent, &format!("{}/session", self.url), &wish).unwrap();
        let session = format!("{}/session/{}", self.url, made["sessionId"].as_str().unwrap());
        let browser =
            Browser { agent: self.agent.clone(), session, console: console.into(), found: Vec::new(), pictures: 0 };
        browser.ask(
            "goog/cdp/execute",
            &json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params":
            { "width": 1024, "height": 768, "deviceScaleFactor": 1, "mobile": false } }),
        );
        browser
    }
}

/// The answer's value, or the driver's error.
fn post(agent: &ureq::Agent, url: &str, body: &Value) -> Result<Value, String> {
    let sent = agent.post(url).header("Content-Type", "application/json").send(body.to_string());
    let text = sent.and_then(|mut answer| answer.body_mut().read_to_string()).map_err(|e| e.to_string())?;
    let value = serde_json::from_str::<Value>(&text).map_err(|e| e.to_string())?["value"].take();
    match value["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
        None => Ok(value),
    }
}

/// One clerk's browser.
pub(crate) struct Browser {
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
    }
}

impl Browser {
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
        self.see(selector);
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
        let shot = self.ask(
            "goog/cdp/execute",
            &json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } }),
        );
        let png = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
        self.pictures += 1;
        let wide = self.value("document.documentElement.scrollWidth > document.documentElement.clientWidth");
        if wide == true {
            self.found.push(format!("{name}: wider than the screen"));
        }
        self.audit(name);
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
