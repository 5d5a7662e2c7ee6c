//! The way in, and everybody who must stay outside.
#![allow(clippy::unwrap_used, clippy::panic)]

mod enrolment;
mod guesses;
mod login;
mod rights;
mod tabs;
mod tokens;

use crate::office::{Answer, LOOPBACK, Office, form, fresh};
use axum::body::Body;
use axum::http::Request;
use queue::Store;
use queue::time::Moment;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A browser with its cookies.
pub(crate) struct Browser<'a> {
    office: &'a Office,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(office: &'a Office) -> Browser<'a> {
        Browser { office, cookies: RefCell::default() }
    }

    pub(crate) fn holding(office: &'a Office, cookies: &[(&str, &str)]) -> Browser<'a> {
        let cookies = cookies.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        Browser { office, cookies: RefCell::new(cookies) }
    }

    pub(crate) fn office(&self) -> &'a Office {
        self.office
    }

    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies.borrow().get(name).cloned().unwrap_or_default()
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let all: Vec<String> = self.cookies.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if !all.is_empty() {
            request = request.header("cookie", all.join("; "));
        }
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.office.send(request.body(Body::from(body)).unwrap()).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let (pair, flags) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if flags.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.into(), value.into());
            }
        }
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let command = fresh();
        let mut all = vec![("command", command.as_str())];
        all.extend_from_slice(fields);
        self.send("POST", path, &[("origin", "http://127.0.0.1:8080")], form(&all)).await
    }

    pub(crate) async fn enrol(&self, code: &str, name: &str) -> Answer {
        let fields = [("code", code), ("name", name), ("password", "rawa gambut"), ("pin", "2580")];
        self.post("/enrol", &fields).await
    }

    async fn is_in(&self) -> bool {
        self.get("/").await.status == 200
    }
}

/// An office before its first account, and the code for it.
pub(crate) fn new_office(clock: fn() -> Moment) -> (Office, String) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("office.toml"), include_str!("../../../office.toml")).unwrap();
    drop(Store::create(dir.path()).unwrap());
    let console = staff::console(dir.path(), clock, LOOPBACK, false).unwrap();
    (Office { dir, app: console.app, clock }, console.code.unwrap())
}

/// A new person with these roles, enrolled at a browser of her own.
async fn person<'a>(office: &'a Office, name: &str, roles: &[&str]) -> Browser<'a> {
    let mut fields = vec![("name", name)];
    fields.extend(roles.iter().map(|role| ("role", *role)));
    let made = office.done("/people", &fields).await;
    let browser = Browser::new(office);
    assert_eq!(browser.enrol(made["code"].as_str().unwrap(), name).await.status, 303);
    browser
}
