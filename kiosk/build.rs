//! Compiles the pages of `ui/` with their translations and the font into the program.
//!
//! A language is a file `lang/CODE/LC_MESSAGES/kiosk.po`; its header says the language's own name
//! (`X-Language-Name`). What it does not translate, or leaves empty, is said in Indonesian, not in the English of the
//! source.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=lang");
    println!("cargo:rerun-if-changed=tests/lang");
    let release = env::var("PROFILE").as_deref() == Ok("release");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut folders = vec![Path::new("lang")];
    // The tests' made-up language is no part of what an office gets.
    folders.extend((!release).then_some(Path::new("tests/lang")));
    languages(&folders, &out)?;
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent-light".into())
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations(out.join("lang"))
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        // The tests find what they touch by its accessible label.
        .with_debug_info(!release);
    let source = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("ui/kiosk.slint");
    let pages = out.join("kiosk.rs");
    // What this script wrote is newer than its own start: watched, as `compile_with_config` does, it would make cargo run
    // the script again at every call. The completed translations come from `lang` and `tests/lang` above.
    let read = slint_build::compile_with_output_path(source, &pages, config)?;
    for file in read.iter().filter(|file| !file.starts_with(&out)) {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    println!("cargo:rustc-env=SLINT_INCLUDE_GENERATED={}", pages.display());
    Ok(())
}

/// Writes every language completed from Indonesian to `out/lang`, and their list to `out/languages.rs`: Indonesian,
/// English, then the others by code.
fn languages(folders: &[&Path], out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let indonesian = fs::read_to_string("lang/id/LC_MESSAGES/kiosk.po")?;
    let mut files: Vec<PathBuf> = vec![];
    for folder in folders {
        files.extend(fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?.into_iter().map(|entry| entry.path()));
    }
    files.sort_by_key(|folder| (!folder.ends_with("id"), folder.file_name().map(|name| name.to_owned())));
    let mut list = String::from("/// Every language of `lang/`, Indonesian and English first.\n");
    list += "pub(crate) const LANGUAGES: &[Language] = &[\n";
    for (at, folder) in files.iter().enumerate() {
        let code = folder.file_name().and_then(|name| name.to_str()).ok_or("a folder of lang/ has a strange name")?;
        let po = folder.join("LC_MESSAGES/kiosk.po");
        let text = fs::read_to_string(&po).map_err(|error| format!("{}: {error}", po.display()))?;
        let name = text.split_once("X-Language-Name: ").and_then(|(_, rest)| rest.split_once("\\n"));
        let name = name.ok_or_else(|| format!("{}: the header needs X-Language-Name", po.display()))?.0;
        writeln!(list, "    Language {{ code: {code:?}, name: {name:?} }},")?;
        if at == 0 {
            list += "    Language { code: \"en\", name: \"English\" },\n";
        }
        let to = out.join("lang").join(code).join("LC_MESSAGES");
        fs::create_dir_all(&to)?;
        fs::write(to.join(format!("{}.po", env::var("CARGO_PKG_NAME")?)), completed(&text, &indonesian))?;
    }
    fs::write(out.join("languages.rs"), list + "];\n")?;
    Ok(())
}

/// The entries that `po` translates, and behind them those that only `fallback` does.
fn completed(po: &str, fallback: &str) -> String {
    let mut entries: Vec<&str> = po.split("\n\n").filter(|entry| is_said(entry)).collect();
    let own: Vec<&str> = entries.iter().filter_map(|entry| id(entry)).collect();
    entries.extend(fallback.split("\n\n").filter(|entry| id(entry).is_some_and(|id| !own.contains(&id))));
    entries.join("\n\n") + "\n"
}

/// The line that names an entry.
fn id(entry: &str) -> Option<&str> {
    entry.lines().find(|line| line.starts_with("msgid "))
}

/// Whether an entry says anything: an editor writes `msgstr ""` for what is still to be translated. A long text, as the
/// header, begins with it too and goes on in the next lines.
fn is_said(entry: &str) -> bool {
    let mut text = entry.lines().skip_while(|line| !line.starts_with("msgstr"));
    text.any(|line| line.split_once('"').is_some_and(|(_, said)| !said.starts_with('"')))
}
