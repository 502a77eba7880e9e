//! The package: script, module, style sheet and the API's page, in a folder named after their content.

use std::{
    hash::{DefaultHasher, Hasher},
    path::Path,
};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::{docs, files, style};

/// Writes `pkg/HASH/` with these files, and `pkg.txt`, into the folder `out`.
pub(crate) fn pack(out: &Path, wasm: &Path, stylesheet: &Path, name: &str, quick: bool) -> Result<()> {
    let pkg = out.join("pkg");
    let draft = pkg.join("draft");
    files::renew(&draft)?;
    bind(wasm, &draft, name, quick)?;
    files::write(&draft.join(format!("{name}.css")), style::inline(stylesheet)?.as_bytes())?;
    docs::unpack(&draft.join("docs"))?;

    let hash = hash(&draft)?;
    files::rename(&draft, &pkg.join(&hash))?;
    files::write(&out.join("pkg.txt"), hash.as_bytes())
}

fn bind(wasm: &Path, folder: &Path, name: &str, quick: bool) -> Result<()> {
    Bindgen::new()
        .web(true)?
        .typescript(false)
        .remove_name_section(!quick)
        .remove_producers_section(true)
        .input_path(wasm)
        .out_name(name)
        .generate(folder)
        .with_context(|| format!("binding {}", wasm.display()))?;
    // Leptos requests NAME.wasm if LEPTOS_OUTPUT_NAME was set when it was compiled.
    files::rename(&folder.join(format!("{name}_bg.wasm")), &folder.join(format!("{name}.wasm")))
}

/// Identifies the content; not used for security, so any good hash will do.
fn hash(folder: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files::list(folder)? {
        hasher.write(&files::read(&file)?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
