//! Swagger UI, which shows the API's OpenAPI document, with the script that starts it.
//!
//! Its files come from a crate, so that a build needs no npm. It is the only such page that runs under a content security
//! policy without `unsafe-inline`.

use std::{
    io::{Cursor, Read},
    path::Path,
};

use anyhow::{Context, Result};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use crate::files;

/// Files of the archive, without the folder that the release's version names.
const FILES: [&str; 2] = ["dist/swagger-ui-bundle.js", "dist/swagger-ui.css"];
const START: &str = include_str!("start.js");
const STYLE: &str = include_str!("latchkey.css");

/// Writes the files into the folder `out`.
pub(crate) fn unpack(out: &Path) -> Result<()> {
    files::renew(out)?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).context("reading Swagger UI's archive")?;
    let names: Vec<String> = archive
        .file_names()
        .map(|name| Ok(name?.into_owned()))
        .collect::<Result<_>>()
        .context("listing the archive")?;
    for file in FILES {
        let is_it = |name: &&String| name.split_once('/').is_some_and(|(_, path)| path == file);
        let name = names.iter().find(is_it).with_context(|| format!("Swagger UI's archive has no {file}"))?;
        let mut content = Vec::new();
        archive.by_name(name)?.read_to_end(&mut content).with_context(|| format!("unpacking {name}"))?;
        files::write(&out.join(file.trim_start_matches("dist/")), &content)?;
    }
    files::write(&out.join("start.js"), START.as_bytes())?;
    files::write(&out.join("latchkey.css"), STYLE.as_bytes())
}
