//! Output of `latchkey keys list`: one line per key.

use std::io;

use chrono::{DateTime, Utc};
use serde::Serialize;
use service::{KeyState, ListedKey};

use crate::cli::output;

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
        return output::json(keys.iter().map(|key| {
            let (state, at) = state(key.state);
            let (kid, product) = (key.kid.as_str(), key.product.as_deref());
            Line { kid, algorithm: key.algorithm.name(), product, state, at, devices: key.devices }
        }));
    }
    let rows = keys.iter().map(|key| {
        let product = key.product.clone().unwrap_or_else(|| "all".to_owned());
        [key.kid.clone(), key.algorithm.name().to_owned(), product, describe(key.state), key.devices.to_string()]
    });
    output::print(["KEY", "ALGORITHM", "PRODUCT", "STATE", "DEVICES"], rows)
}

/// Formats a time to the minute.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn state(state: KeyState) -> (&'static str, DateTime<Utc>) {
    match state {
        KeyState::Next(at) => ("next", at),
        KeyState::Ahead(at) => ("ahead", at),
        KeyState::Signs(at) => ("signs", at),
        KeyState::Stopped(at) => ("stopped", at),
        KeyState::Gone(at) => ("gone", at),
        KeyState::Revoked(at) => ("revoked", at),
    }
}

fn describe(state: KeyState) -> String {
    match state {
        KeyState::Next(at) => format!("next, signs from {}", moment(at)),
        KeyState::Ahead(at) => format!("ahead since {}, can be pinned", moment(at)),
        KeyState::Signs(at) => format!("signs since {}", moment(at)),
        KeyState::Stopped(at) => format!("no longer signs, published until {}", moment(at)),
        KeyState::Gone(at) => format!("gone since {}", moment(at)),
        KeyState::Revoked(at) => format!("revoked on {}", moment(at)),
    }
}
