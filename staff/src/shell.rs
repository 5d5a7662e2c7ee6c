//! What stands around every page: the office's name, the ways to the other pages, the state of the day and the devices, and
//! who is signed in.

use crate::controls::{MENU, about_keys, button, other_language};
use crate::devices;
use crate::form::Fields;
use crate::page::{Page, Scene, document, here};
use crate::texts;
use maud::{Markup, html};
use queue::board::DayStatus;
use queue::people::Role;
use queue::time::clock;

impl Scene<'_> {
    /// The whole document around `body`.
    pub(crate) fn shell(
        &self,
        page: Page,
        query: &Fields,
        title: &str,
        notice: Option<(&str, String)>,
        body: Markup,
    ) -> Markup {
        let here = here(page, query);
        let to = |key: &str, to: Page, name: &str| {
            let current = (page == to).then_some("page");
            html! { a href=(to.path()) aria-current=[current] data-key={ (MENU) " " (key) } { (name) " " kbd { (key) } } }
        };
        let reload = html! { a href=(here) data-key={ (MENU) " R" } { (self.t("Muat ulang", "Reload")) " " kbd { (MENU) " R" } } };
        let local = self.now.local(self.office.identity.zone);
        let content = html! {
            header {
                div {
                    strong { (self.office.identity.name) }
                    nav {
                        kbd { (MENU) }
                        (to("L", Page::Home, self.t("Loket", "Counters")))
                        (to("P", Page::Cases, self.t("Permohonan", "Cases")))
                        @if self.may("/notices") { (to("U", Page::Notices, self.t("Pengumuman", "Notices"))) }
                        @if self.roles.any(&[Role::Head, Role::Officer]) { (to("W", Page::History, self.t("Riwayat", "History"))) }
                        @if self.roles.has(Role::Head) {
                            (to("H", Page::Today, self.t("Hari ini", "Today")))
                            (to("J", Page::Office, self.t("Jam & libur", "Hours")))
                            (to("A", Page::Report, self.t("Laporan", "Report")))
                        }
                        @if self.roles.any(&[Role::Head, Role::Technician]) { (to("O", Page::People, self.t("Petugas", "People"))) }
                    }
                    (other_language(self.lang, &here))
                }
                (self.status(local.time(), page))
            }
            p.bar #changed hidden {
                (self.t("Ada perubahan. Isian Anda tidak diganti.", "Something changed. Your entries were kept."))
                " " (reload)
            }
            p.bar.bad #other hidden {
                (self.t("Orang lain kini masuk di peramban ini; halaman ini tidak diperbarui lagi.",
                    "Somebody else is signed in at this browser now; this page is no longer kept up to date."))
                " " (reload)
            }
            p.bar.bad #offline hidden {
                (self.t("Sambungan ke mesin antrean terputus; halaman ini mungkin tidak terbaru. Isian Anda tetap ada.",
                    "No connection to the queue machine; this page may be out of date. Your entries are kept."))
                " " button #resend type="button" data-key={ (MENU) " I" } hidden { (self.t("Kirim lagi", "Send again")) " " kbd { (MENU) " I" } }
            }
            // What was done is read anew with the page; a refusal stays until the next act.
            @if let Some(("no", text)) = &notice { p.notice.no role="alert" { (text) } }
            div #notice data-part="" {
                @if let Some(("done", text)) = &notice { p.notice role="status" { (text) } }
            }
            main data-for=(self.person.0) { (body) }
            footer {
                div {
                    (reload)
                    " · " (self.t("masuk sebagai", "signed in as")) " "
                    a href="/account" data-key={ (MENU) " S" } { strong { (self.clerk) } " " kbd { (MENU) " S" } }
                    form.out method="post" action="/sign-out" {
                        (self.drawn_for())
                        button type="submit" data-key={ (MENU) " K" } { (self.t("Keluar", "Sign out")) " " kbd { (MENU) " K" } }
                        label {
                            input type="checkbox" name="everywhere" value="yes" data-key={ (MENU) " D" };
                            " " (self.t("di semua peramban", "at every browser")) " " kbd { (MENU) " D" }
                        }
                    }
                }
                p { (about_keys(self.lang)) }
                p {
                    button #keys type="button" data-script="" data-key={ (MENU) " F" } hidden {
                        (self.t("Tombol huruf", "Letter keys")) " " kbd { (MENU) " F" }
                    }
                }
                // What the script says by itself.
                template #words
                    data-unread=(self.t("Pindaian itu bukan nomor tanda terima; tidak ada yang diubah. Silakan pindai lagi.",
                        "That scan is no receipt number; nothing was changed. Please scan again."))
                    data-open=(self.t("Buka permohonan", "Open the case")) {}
            }
        };
        // A mark in the title is seen on another tab too.
        let mark = if self.help.is_some() { "❗ " } else { "" };
        document(self.lang, &format!("{mark}{title} · {}", self.office.identity.name), &here, content)
    }

    fn status(&self, time: jiff::civil::Time, page: Page) -> Markup {
        let open = matches!(self.board.day, DayStatus::Open { .. });
        // Whoever goes to the kiosk comes back to the own counter's page.
        let counter = match page {
            Page::Counter(n) => Some(n),
            _ => None,
        };
        html! {
            ul.status #status data-part="" {
                @if let Some(since) = &self.help {
                    li.bad {
                        (self.t("Pemohon di kiosk meminta bantuan", "An applicant at the kiosk asks for help")) " · " (self.minutes(since)) " "
                        (self.post("/help/answered", counter, button(self.t("Saya ke sana", "I am going"), "O", "")))
                    }
                }
                li.warn[!open] { (texts::day(self.board.day, self.lang)) (if open { " " } else { " · " }) (clock(time)) " " (self.office.identity.zone.name()) }
                @if let Some(since) = self.board.network_down {
                    li.bad { (self.t("Jaringan terganggu", "Network disturbed")) " · " (self.minutes(&since)) }
                } @else {
                    li { (self.t("Jaringan normal", "Network normal")) }
                }
                (devices::printer(self))
                (devices::board(self))
                (devices::kiosk(self))
                (devices::office(self))
            }
        }
    }
}
