//! Output of commands: a table for people, or one JSON object per line for scripts.

use std::io::{self, Write as _};

use comfy_table::{Table, presets::NOTHING};
use serde::Serialize;

/// Prints rows under their headings, each column as wide as its widest cell.
pub(crate) fn print<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(head).add_rows(rows);
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
    writeln!(io::stdout().lock(), "{}", table.trim_fmt())
}

/// Prints each item as JSON on its own line.
pub(crate) fn json(lines: impl IntoIterator<Item = impl Serialize>) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in lines {
        serde_json::to_writer(&mut out, &line)?;
        writeln!(out)?;
    }
    out.flush()
}
