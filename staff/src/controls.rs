//! The forms of the pages and what stands in them, each button with its key.
//!
//! A key is shown in a box on what it presses: one letter or digit, [`ENTER`], or [`MENU`] and a letter for what stands
//! around every page. What has a `data-row` is a row: the arrows choose one, and the keys inside it work while it is
//! chosen, so that thirty rows need no thirty letters. No letter means a button and a row's button on one page.
//! `assets/console/keys.js` does the pressing.

use crate::access::FOR;
use crate::page::Scene;
use crate::texts::t;
use jiff::civil::Time;
use maud::{Markup, html};
use queue::ticket::{CounterNumber, Ticket};
use queue::time::clock;
use queue::{Command, Lang};

/// In a field it sends the form; on a chosen row it does what the row is for.
pub(crate) const ENTER: &str = "Enter";

/// Comes before the letters of the head and the foot.
pub(crate) const MENU: &str = "M";

impl Scene<'_> {
    /// A form that acts: it carries a command of its own, so that pressing twice does nothing twice, and for whom it was
    /// drawn. Nothing for somebody without the role for it: a button that is always refused teaches people to ignore
    /// refusals.
    pub(crate) fn post(&self, action: &str, counter: Option<CounterNumber>, inner: Markup) -> Markup {
        html! {
            @if self.may(action) {
                form method="post" action=(action) {
                    input type="hidden" name="command" value=(Command::new(queue::journal::Actor::Console).id);
                    (self.drawn_for())
                    @if let Some(n) = counter { input type="hidden" name="counter" value=(n); }
                    (inner)
                }
            }
        }
    }

    /// For whom the form was drawn; [`crate::access::same_person`] compares it.
    pub(crate) fn drawn_for(&self) -> Markup {
        html! { input type="hidden" name=(FOR) value=(self.person.0); }
    }

    /// A form that acts on a ticket, and says which state of it the reader saw.
    pub(crate) fn on_ticket(&self, word: &str, counter: CounterNumber, ticket: &Ticket, inner: Markup) -> Markup {
        let inner = html! {
            input type="hidden" name="seen" value=(ticket.state.seen());
            (inner)
        };
        self.post(&ticket_route(ticket, word), Some(counter), inner)
    }
}

/// `POST /tickets/{id}/{word}`.
pub(crate) fn ticket_route(ticket: &Ticket, word: &str) -> String {
    format!("/tickets/{}/{word}", ticket.id.0)
}

/// A submitting button.
pub(crate) fn button(label: &str, key: &str, class: &str) -> Markup {
    html! {
        button type="submit" class=[(!class.is_empty()).then_some(class)] data-key=(key) { (label) " " kbd { (key) } }
    }
}

/// A submitting button that does something more with the same press, as `then` of the form says.
pub(crate) fn button_then(label: &str, key: &str, class: &str, then: &str) -> Markup {
    html! {
        button type="submit" name="then" value=(then) class=[(!class.is_empty()).then_some(class)] data-key=(key) { (label) " " kbd { (key) } }
    }
}

/// A link that looks like a button.
pub(crate) fn link(label: &str, key: &str, to: &str) -> Markup {
    html! { a.button href=(to) data-key=(key) { (label) " " kbd { (key) } } }
}

/// Prints the page; shown by the script, without which it could not.
pub(crate) fn print(label: &str) -> Markup {
    html! { button type="button" data-print="" data-key="P" hidden { (label) " " kbd { "P" } } }
}

/// A form behind a summary, for acts that need a word first; nothing where there is no form.
pub(crate) fn folded(label: &str, key: &str, inner: Markup) -> Markup {
    html! {
        @if !inner.0.is_empty() {
            details {
                summary data-key=(key) { (label) " … " kbd { (key) } }
                (inner)
            }
        }
    }
}

/// A time of day as people here write it. A browser's own time field would follow the language of the computer and ask
/// for AM and PM.
pub(crate) fn time_field(scene: &Scene, name: &str, time: Option<Time>, label: &str, key: Option<&str>) -> Markup {
    html! {
        input.time name=(name) value=[time.map(clock)] aria-label=(label) data-key=[key] size="5" maxlength="5"
            inputmode="decimal" autocomplete="off" pattern="([01]?[0-9]|2[0-3])[.:][0-5][0-9]"
            title=(scene.t("Jam seperti 08.00", "A time as 08.00"));
    }
}

/// A date as people here write it. A browser's own date field would follow the language of the computer.
pub(crate) fn date_field(scene: &Scene, name: &str, required: bool, key: Option<&str>) -> Markup {
    html! {
        input.when name=(name) required[required] data-key=[key] size="10" maxlength="10" inputmode="numeric" autocomplete="off"
            placeholder="27/11/2026" title=(scene.t("Hari/bulan/tahun, seperti 27/11/2026", "Day/month/year, as 27/11/2026"));
    }
}

/// One of several ticks, `i` from 0: the first nine have a digit.
pub(crate) fn tick(name: &str, value: &str, checked: bool, i: usize, text: &str) -> Markup {
    choice("checkbox", name, value, checked, i, text)
}

/// One of several of which one is chosen, as [`tick`].
pub(crate) fn radio(name: &str, value: &str, checked: bool, i: usize, text: &str) -> Markup {
    choice("radio", name, value, checked, i, text)
}

fn choice(kind: &str, name: &str, value: &str, checked: bool, i: usize, text: &str) -> Markup {
    let key = digit(i);
    html! {
        label {
            input type=(kind) name=(name) value=(value) checked[checked] data-key=[key.as_deref()];
            " " (text) @if let Some(key) = &key { " " kbd { (key) } }
        }
    }
}

/// The key of the `i`th of several, from 0; none after nine.
pub(crate) fn digit(i: usize) -> Option<String> {
    (i < 9).then(|| (i + 1).to_string())
}

/// The way to the same page in the other language.
pub(crate) fn other_language(lang: Lang, here: &str) -> Markup {
    let (other, and) = (t(lang, "en", "id"), if here.contains('?') { '&' } else { '?' });
    html! {
        a.lang href={ (here) (and) "lang=" (other) } lang=(other) data-key={ (MENU) " B" } {
            (t(lang, "English", "Bahasa Indonesia")) " " kbd { (MENU) " B" }
        }
    }
}

/// Beside the heading of a list whose rows have keys.
pub(crate) fn arrows() -> Markup {
    html! { " " kbd { "↑ ↓" } }
}

/// What the keys are, at the foot of every page.
pub(crate) fn about_keys(lang: Lang) -> &'static str {
    t(
        lang,
        "Huruf dalam kotak menekan tombolnya. ↑ ↓ memilih baris; huruf di dalam baris berlaku untuk baris yang dipilih. \
         M lalu huruf: menu. Esc: keluar dari isian.",
        "The boxed letter presses its button. ↑ ↓ choose a row; letters inside a row work on the chosen one. \
         M and a letter: menu. Esc leaves a field.",
    )
}
