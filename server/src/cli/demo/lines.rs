//! Output of the demo: one line per license.

use std::io::{self, Write as _};

use serde::Serialize;
use uuid::Uuid;

use crate::cli::output;

/// A license and its activation code.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) code: String,
    /// Code of the product.
    pub(super) product: String,
    /// Name of the policy.
    pub(super) policy: String,
    /// Number of seats; `None` for any number.
    pub(super) seats: Option<u32>,
    pub(super) state: &'static str,
}

const HEAD: [&str; 6] = ["CODE", "PRODUCT", "POLICY", "SEATS", "STATE", "LICENSE"];

/// Prints the lines as a table, or as one JSON object per line.
pub(super) fn print(lines: &[Line], json: bool) -> io::Result<()> {
    if json {
        return output::json(lines);
    }
    output::print(HEAD, lines.iter().map(cells))
}

/// Prints lines of one kind as they arrive, without keeping them.
pub(super) struct Printer {
    json: bool,
    /// Widths of the columns, once the first line is known.
    widths: Option<[usize; 6]>,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        Self { json, widths: None }
    }

    /// Prints further lines. A table has the widths of its first line; later ones are as wide.
    pub(super) fn print(&mut self, lines: &[Line]) -> io::Result<()> {
        if self.json {
            return output::json(lines);
        }
        let Some(first) = lines.first() else { return Ok(()) };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let head = HEAD.map(str::to_owned);
        let widths = match self.widths {
            Some(widths) => widths,
            None => {
                let mut cells = cells(first).into_iter().zip(HEAD);
                let widths = HEAD.map(|_| cells.next().map_or(0, |(cell, head)| cell.chars().count().max(head.len())));
                self.widths = Some(widths);
                writeln!(out, "{}", row(&head, widths))?;
                widths
            }
        };
        for line in lines {
            writeln!(out, "{}", row(&cells(line), widths))?;
        }
        out.flush()
    }
}

fn row(cells: &[String; 6], widths: [usize; 6]) -> String {
    let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}  "));
    cells.collect::<String>().trim_end().to_owned()
}

fn cells(line: &Line) -> [String; 6] {
    let seats = line.seats.map_or_else(|| "any".to_owned(), |seats| seats.to_string());
    [line.code.clone(), line.product.clone(), line.policy.clone(), seats, line.state.to_owned(), line.id.to_string()]
}
