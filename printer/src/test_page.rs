//! The page that a technician prints to see what the printer can do: `antrean printer --test-page`. Needs no database.

use crate::escpos::encode_for_line;
use crate::port::{Address, Port, Settings};
use crate::profile::Profile;
use crate::raster::Raster;
use crate::session::{Health, Session};
use crate::slip::Block;
use crate::text::wrap;
use anyhow::bail;
use queue::printing::Outcome;

/// Prints the page and says on standard output what the printer answered.
///
/// # Errors
/// A port that cannot be opened, a printer that says why it does not print, or a page that did not certainly come out.
pub fn print(address: &Address, profile: &Profile) -> anyhow::Result<()> {
    let settings = Settings { baud: profile.baud, parity: profile.parity, flow: profile.flow };
    let mut port = Port::open(address, settings).map_err(|e| anyhow::anyhow!(e.to_string()))?;
    let mut session = Session::new(profile.clone(), false);
    session.opened(&port);
    let gone = |_| anyhow::anyhow!("printer terputus ({address}): periksa kabel dan listriknya");
    let health = session.look(&mut port).map_err(gone)?;
    let state = match health {
        Health::Says(condition) => condition.advice(),
        Health::Silent | Health::Blocked | Health::Mute => "tidak memberi status",
    };
    println!("status    : {state}");
    if let Health::Says(condition) = health
        && !condition.prints()
    {
        bail!("{}", condition.advice());
    }
    let model = session.model(&mut port).map_err(gone)?.unwrap_or_else(|| "tidak disebutkan".into());
    println!("identitas : {model}\nprofil    : {}", profile.name);
    let facts = [format!("Port: {address}"), format!("Identitas: {model}"), format!("Status: {state}")];
    match session.print(&mut port, &encode_for_line(&page(profile, &facts), profile)) {
        Outcome::Confirmed => println!("hasil     : keluar, dan printer memastikannya"),
        Outcome::Unknown { cause } => println!("hasil     : terkirim, tidak dipastikan ({cause}); periksa kertasnya"),
        Outcome::Postponed | Outcome::Failed { .. } => bail!("printer tidak menerima data"),
    }
    Ok(())
}

/// The page: what is known, the fonts of all papers, the codes, a grid of 5 mm and five greys.
pub fn page(profile: &Profile, facts: &[String]) -> Vec<Block> {
    let line = |text: &str, centred, bold, scale| Block::Line { text: text.into(), centred, bold, scale };
    let mut page = vec![line("HALAMAN UJI", true, true, 2), line(&profile.name, true, false, 1)];
    let size = format!("{} titik, {} dpi, {} kolom, {} baud", profile.dots, profile.dpi, profile.columns, profile.baud);
    for text in [size].iter().chain(facts) {
        let printable: String = text.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        page.extend(wrap(&printable, profile.columns).iter().map(|text| line(text, false, false, 1)));
    }
    page.push(Block::Gap);
    // Every column once: a line that breaks here shows that the profile has too many.
    page.push(line(&"1234567890".repeat(18)[..profile.columns], false, false, 1));
    let letters: String = (' '..='~').collect();
    page.extend(wrap(&letters.replace(' ', ""), profile.columns).iter().map(|text| line(text, false, false, 1)));
    page.push(line("Huruf tebal", false, true, 1));
    page.push(line("Huruf 2x", false, false, 2));
    page.push(line("3x", false, true, 3));
    page.push(Block::Number("A-012".into()));
    page.push(Block::Bars("26-000123-3".into()));
    page.push(Block::Qr("26-000123-3".into()));
    page.push(line("Kisi 5 mm", false, false, 1));
    page.push(Block::Picture(grid(profile)));
    page.push(line("Abu-abu 12, 25, 50, 75, 100 %", false, false, 1));
    page.push(Block::Picture(greys(profile)));
    page.push(Block::Gap);
    page
}

/// A frame around all dots and a line every 5 mm: a dead dot or a cut edge shows at once.
fn grid(profile: &Profile) -> Raster {
    let (step, width) = (profile.dots_of_mm(5.0), profile.dots);
    let height = 3 * step + 1;
    let mut raster = Raster::white(width, height);
    for y in 0..height {
        let on = |x: usize| x.is_multiple_of(step) || x + 1 == width || y.is_multiple_of(step);
        (0..width).filter(|x| on(*x)).for_each(|x| raster.set(x, y));
    }
    raster
}

/// Five fields side by side, each with so many of eight dots black.
fn greys(profile: &Profile) -> Raster {
    let mut raster = Raster::white(profile.dots, 48);
    let field = profile.dots / 5;
    for (n, black) in [1, 2, 4, 6, 8].into_iter().enumerate() {
        for (x, y) in (n * field..(n + 1) * field).flat_map(|x| (0..48).map(move |y| (x, y))) {
            // The dots of a field are spread over two rows of four.
            const ORDER: [[usize; 4]; 2] = [[0, 4, 2, 6], [3, 7, 1, 5]];
            if ORDER[y % 2][x % 4] < black {
                raster.set(x, y);
            }
        }
    }
    raster
}
