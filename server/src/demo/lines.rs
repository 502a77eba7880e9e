//! What the demo prints: a line a license.

use std::io;

use serde::Serialize;
use uuid::Uuid;

use crate::table;

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
    if json {
        return table::json(lines);
    }
    table::print(["CODE", "PRODUCT", "POLICY", "SEATS", "STATE", "LICENSE"], lines.iter().map(cells))
}

fn cells(line: &Line) -> [String; 6] {
    let seats = line.seats.map_or_else(|| "any".to_owned(), |seats| seats.to_string());
    [line.code.clone(), line.product.clone(), line.policy.clone(), seats, line.state.to_owned(), line.id.to_string()]
}
