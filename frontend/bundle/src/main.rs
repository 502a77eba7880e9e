//! Turns the browser's half of Latchkey into the files that the server embeds.
//!
//! `bundle [--quick] WASM STYLE PUBLIC OUT NAME` writes into the folder OUT:
//!
//! - `pkg/HASH/NAME.js`, `NAME.wasm`: the module WASM, made callable by wasm-bindgen;
//! - `pkg/HASH/NAME.css`: the stylesheet STYLE with its imports inlined;
//! - `pkg/HASH/docs/`: Swagger UI;
//! - every file of the folder PUBLIC;
//! - a `.br` and a `.gz` next to each file that compression makes smaller;
//! - `pkg.txt`, which contains HASH.
//!
//! HASH is derived from the contents of its folder: other contents have another address, so each may be cached forever.
//! `--quick`, for the edit loop, keeps function names in the module and compresses nothing.
//! OUT is replaced as a whole, at the end, so that a server that reads it during a build finds the old contents.

mod compress;
mod docs;
mod files;
mod pack;
mod style;

use std::{env, path::Path};

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let quick = arguments.first().is_some_and(|first| first == "--quick");
    if quick {
        arguments.remove(0);
    }
    let [wasm, style, public, out, name] = arguments.as_slice() else {
        bail!("usage: bundle [--quick] WASM STYLE PUBLIC OUT NAME");
    };

    let out = Path::new(out);
    let draft = out.with_extension("new");
    files::renew(&draft)?;
    pack::pack(&draft, Path::new(wasm), Path::new(style), name, quick)?;
    files::copy(Path::new(public), &draft)?;
    if !quick {
        compress::compress_all(&draft)?;
    }
    files::replace(&draft, out)
}
