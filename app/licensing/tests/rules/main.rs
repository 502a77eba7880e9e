//! The rules: one file for each noun, one binary for all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod access;
mod activation;
mod code;
mod email;
mod extension;
mod feature;
mod fingerprint;
mod fold;
mod invalid;
mod license;
mod network;
mod notices;
mod offline;
mod period;
mod product;
mod reader;
mod refusal;
mod release;
mod sentence;
mod span;
mod terms;
mod text;
mod ticket;
mod undo;
mod version;
mod webhook;

use chrono::{DateTime, Utc};
use licensing::{Email, Span, Version, VersionRange};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn email(text: &str) -> Email {
    Email::read(text).unwrap()
}

fn version(text: &str) -> Version {
    Version::read(text).unwrap()
}

fn range(text: &str) -> VersionRange {
    VersionRange::read(text).unwrap()
}

const MINUTE: Span = Span::minutes(1);
const DAY: Span = Span::days(1);
