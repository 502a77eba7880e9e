//! Output of `latchkey keys list`: one line per key.

use std::io;

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::{ListedKey, Standing};

use crate::table;

/// A key, as printed in JSON.
#[derive(Serialize)]
struct Line<'a> {
    kid: &'a str,
    algorithm: &'static str,
    product: Option<&'a str>,
    state: &'static str,
    /// Time at which the state began, begins or ends, depending on `state`.
    at: DateTime<Utc>,
    devices: u64,
}

/// Prints the keys as a table, or as one JSON object per line.
pub(super) fn print(keys: &[ListedKey], json: bool) -> io::Result<()> {
    if json {
        return table::json(keys.iter().map(|key| {
            let (state, at) = state(key.standing);
            let (kid, product) = (key.kid.as_str(), key.product.as_deref());
            Line { kid, algorithm: key.algorithm.name(), product, state, at, devices: key.devices }
        }));
    }
    let rows = keys.iter().map(|key| {
        let product = key.product.clone().unwrap_or_else(|| "all".to_owned());
        [key.kid.clone(), key.algorithm.name().to_owned(), product, words(key.standing), key.devices.to_string()]
    });
    table::print(["KEY", "ALGORITHM", "PRODUCT", "STATE", "DEVICES"], rows)
}

/// Formats a time to the minute.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn state(standing: Standing) -> (&'static str, DateTime<Utc>) {
    match standing {
        Standing::Next(at) => ("next", at),
        Standing::Ahead(at) => ("ahead", at),
        Standing::Signs(at) => ("signs", at),
        Standing::Stopped(at) => ("stopped", at),
        Standing::Gone(at) => ("gone", at),
        Standing::Revoked(at) => ("revoked", at),
    }
}

fn words(standing: Standing) -> String {
    match standing {
        Standing::Next(at) => format!("next, signs from {}", moment(at)),
        Standing::Ahead(at) => format!("ahead since {}, can be pinned", moment(at)),
        Standing::Signs(at) => format!("signs since {}", moment(at)),
        Standing::Stopped(at) => format!("no longer signs, published until {}", moment(at)),
        Standing::Gone(at) => format!("gone since {}", moment(at)),
        Standing::Revoked(at) => format!("revoked on {}", moment(at)),
    }
}
