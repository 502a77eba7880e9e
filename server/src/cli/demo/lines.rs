//! Output of the demo: one line per license.

use std::io;

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

/// Prints the lines as a table, or as one JSON object per line.
pub(super) fn print(lines: &[Line], json: bool) -> io::Result<()> {
    if json {
        return output::json(lines);
    }
    output::print(["CODE", "PRODUCT", "POLICY", "SEATS", "STATE", "LICENSE"], lines.iter().map(cells))
}

fn cells(line: &Line) -> [String; 6] {
    let seats = line.seats.map_or_else(|| "any".to_owned(), |seats| seats.to_string());
    [line.code.clone(), line.product.clone(), line.policy.clone(), seats, line.state.to_owned(), line.id.to_string()]
}
