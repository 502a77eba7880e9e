//! What the demo prints: a line a license.

use std::io::{self, Write as _};

use serde::Serialize;
use uuid::Uuid;

/// A license, and the code that unlocks it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) code: String,
    /// The product's code.
    pub(super) product: String,
    /// The policy's name.
    pub(super) policy: String,
    /// `None` for any number.
    pub(super) seats: Option<u32>,
    pub(super) state: &'static str,
}

/// Prints the lines: a table for people, or a JSON object a line.
pub(super) fn print(lines: &[Line], json: bool) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if json {
        for line in lines {
            serde_json::to_writer(&mut out, line)?;
            writeln!(out)?;
        }
        return out.flush();
    }
    let rows: Vec<[String; 6]> = lines.iter().map(cells).collect();
    let head = ["CODE", "PRODUCT", "POLICY", "SEATS", "STATE", "LICENSE"].map(str::to_owned);
    let mut widths = [0; 6];
    for row in std::iter::once(&head).chain(&rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in std::iter::once(&head).chain(&rows) {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    out.flush()
}

fn cells(line: &Line) -> [String; 6] {
    let seats = line.seats.map_or_else(|| "any".to_owned(), |seats| seats.to_string());
    [line.code.clone(), line.product.clone(), line.policy.clone(), seats, line.state.to_owned(), line.id.to_string()]
}
