//! The staff's ways in, in a browser.

use crate::browser::Browser;

pub(crate) const PASSWORD: &str = "rawa gambut";
pub(crate) const PIN: &str = "2580";

/// A new account, with the code that somebody else was shown.
pub(crate) fn enrol(browser: &Browser, code: &str, name: &str) {
    for (field, text) in [("code", code), ("name", name), ("password", PASSWORD), ("pin", PIN)] {
        browser.fill(&format!("input[name={field}]"), text);
    }
    browser.click("button.primary");
    browser.see("footer");
}

/// The head makes an account; the code that the page tells.
pub(crate) fn invite(head: &mut Browser, name: &str, roles: &[&str]) -> String {
    head.go("/people");
    let form = "form:has(input[name=name][required])";
    head.fill(&format!("{form} input[name=name]"), name);
    for role in roles {
        head.click(&format!("{form} input[value={role}]"));
    }
    head.click(&format!("{form} button"));
    head.see("p.date");
    if name == "Sari" {
        head.look_once("people-code.id");
    }
    head.text("p.date")
}

/// A token for other programs; what the page tells once.
pub(crate) fn make_token(head: &mut Browser) -> String {
    head.go("/people");
    head.click("details:has(form[action='/tokens']) summary");
    head.fill("input[name=label]", "kiosk uji");
    for role in ["officer", "head"] {
        head.click(&format!("form[action='/tokens'] input[value={role}]"));
    }
    head.click("form[action='/tokens'] button");
    head.see("main code");
    head.look_once("people-token.id");
    head.text("main code")
}

/// Signs out, and in again by PIN.
pub(crate) fn sign_in_again(budi: &mut Browser) {
    budi.click("form[action='/sign-out'] button");
    budi.see("input[name=pin]");
    budi.look("sign-in");
    budi.click("select[name=name] option[value=Budi]");
    budi.fill("input[name=pin]", PIN);
    budi.click("button.primary");
    budi.see("footer");
}
