//! Terms in words.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Span, Terms,
    terms::{EmailTerm, Reactivation, Release, Seats, Validity, Versions},
};

/// A sentence whose weighty words are marked, so that a page can set them in bold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence(pub Vec<Piece>);

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The words, with the spaces around them.
    pub text: String,
    /// Whether they carry a number or a choice.
    pub strong: bool,
}

impl Sentence {
    fn plain(mut self, text: &str) -> Self {
        self.0.push(Piece { text: text.to_owned(), strong: false });
        self
    }
    fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece { text: text.into(), strong: true });
        self
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

impl Terms {
    /// The terms as one sentence: "3 devices at a time, each confirmed for 30 days and 7 days longer offline; ends 1 year
    /// after the first activation."
    pub fn sentence(&self) -> Sentence {
        let mut said = Sentence::default().strong(self.seats.words()).plain(match self.seats {
            Seats::Limited(1) => ", confirmed for ",
            _ => " at a time, each confirmed for ",
        });
        said = said.strong(self.lease.default.to_string());
        said = if self.grace == Span::ZERO {
            said.plain(" and not a moment longer offline; ")
        } else {
            said.plain(" and ").strong(self.grace.to_string()).plain(" longer offline; ")
        };
        said = match self.validity {
            Validity::Perpetual => said.strong("never ends"),
            Validity::Until(end) => said.plain("ends on ").strong(day(end)),
            Validity::FromIssue(period) => said.plain("ends ").strong(period.in_years()).plain(" after it was issued"),
            Validity::FromFirstActivation(period) => {
                said.plain("ends ").strong(period.in_years()).plain(" after the first activation")
            }
        };
        said = match &self.versions {
            Versions::Any => said,
            Versions::Range(range) => said.plain("; covers versions ").strong(range.to_string()),
        };
        said = match self.email {
            EmailTerm::NotAsked => said,
            EmailTerm::Required => said.plain("; asks for ").strong("an e-mail address"),
            EmailTerm::MustMatch => said.plain("; asks for ").strong("the license's e-mail address"),
        };
        said = match self.reactivation {
            Reactivation::SameSeat => said,
            Reactivation::Refuse => said.plain("; a device may activate ").strong("only once"),
        };
        match self.release {
            Release::ByDevice => said.plain("."),
            Release::BySupport => said.plain("; only ").strong("support").plain(" frees seats."),
        }
    }
}

impl Seats {
    /// `3 devices`, `1 device`, `Any number of devices`.
    pub fn words(self) -> String {
        match self {
            Self::Limited(1) => "1 device".to_owned(),
            Self::Limited(n) => format!("{} devices", thousands(n.into())),
            Self::Unlimited => "Any number of devices".to_owned(),
        }
    }
}

impl Validity {
    /// As a fact in a list: `never`, `12 March 2027`, `1 year after issue`.
    pub fn words(self) -> String {
        match self {
            Self::Perpetual => "never".to_owned(),
            Self::Until(end) => day(end),
            Self::FromIssue(period) => format!("{} after issue", period.in_years()),
            Self::FromFirstActivation(period) => format!("{} after the first activation", period.in_years()),
        }
    }
}

impl Span {
    /// As people speak of validity: `1 year` for 365 days, `2 years` for 730, else as [`Display`](fmt::Display) has it.
    pub fn in_years(self) -> String {
        match self.unit() {
            (365, "days") => "1 year".to_owned(),
            (days, "days") if days.is_multiple_of(365) && days > 0 => format!("{} years", days / 365),
            _ => self.to_string(),
        }
    }
}

/// A date in words: `12 March 2027`.
pub fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

/// A moment in words, to the minute: `12 March 2027, 14:05 UTC`.
pub fn moment(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}

/// A number with its thousands apart: `12,345`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}
