//! What pages load besides themselves: style, script and icon. Their addresses carry a digest of what they are, so that a
//! browser asks for each of them once per version of the program.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

/// One program in files of one matter each; they share their names.
const SCRIPT: &str = concat!(
    "// Keeps the page current, sends its forms, and gives buttons their keys. Everything works without it.\n\"use strict\";\n(() => {\n",
    include_str!("../assets/console/page.js"),
    include_str!("../assets/console/live.js"),
    include_str!("../assets/console/send.js"),
    include_str!("../assets/console/keys.js"),
    include_str!("../assets/console/scan.js"),
    include_str!("../assets/console/begin.js"),
    "})();\n"
);

/// Name, content type and text of each.
const ASSETS: [(&str, &str, &str); 3] = [
    (
        "console.css",
        "text/css; charset=utf-8",
        concat!(include_str!("../assets/console.css"), include_str!("../assets/head.css")),
    ),
    ("console.js", "text/javascript; charset=utf-8", SCRIPT),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    ASSETS.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
});

/// Content type and text.
pub(crate) fn find(name: &str) -> Option<(&'static str, &'static str)> {
    ASSETS.into_iter().find(|(known, ..)| *known == name).map(|(_, kind, text)| (kind, text))
}

/// Where a page finds it.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{name}?{}", *DIGEST)
}

/// Whether the query is of this very version, which never changes.
pub(crate) fn is_current(query: Option<&str>) -> bool {
    query == Some(DIGEST.as_str())
}
