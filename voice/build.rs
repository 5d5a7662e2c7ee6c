//! Embeds the clip packs. A clip that is listed in `packs/` but not yet made is embedded empty, so that the maker of the
//! packs, which uses this crate, can be built; the tests do not pass with it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=packs");
    let root = std::env::var("CARGO_MANIFEST_DIR")?;
    let mut code = String::new();
    for lang in ["id", "en"] {
        let list = std::fs::read_to_string(Path::new(&root).join(format!("packs/{lang}.tsv")))?;
        writeln!(code, "static {}: &[Clip] = &[", lang.to_uppercase())?;
        for line in list.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(name), Some(text)) = (columns.next(), columns.next()) else {
                return Err(format!("packs/{lang}.tsv: \"{line}\" is no name and text").into());
            };
            let file = Path::new(&root).join(format!("packs/{lang}/{name}.wav"));
            let name = format!("{lang}/{name}");
            let bytes = if file.exists() { format!("include_bytes!({file:?})") } else { "&[]".into() };
            writeln!(code, "    Clip {{ name: {name:?}, text: {text:?}, file: {bytes} }},")?;
        }
        writeln!(code, "];")?;
    }
    std::fs::write(PathBuf::from(std::env::var("OUT_DIR")?).join("packs.rs"), code)?;
    Ok(())
}
