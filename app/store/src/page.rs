//! Keyset paging: where a page of a long list begins.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A place in a list that is ordered by age: right after (or before) this row. As text, `MICROSECONDS-UUID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// When the row was made.
    pub at: DateTime<Utc>,
    /// Its id, which tells rows of one moment apart.
    pub id: Uuid,
}

/// Which page of a list is wanted, youngest rows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paging {
    /// The youngest rows.
    #[default]
    First,
    /// The rows older than this one.
    After(Cursor),
    /// The rows younger than this one, the nearest of them.
    Before(Cursor),
}

/// A page of a list, youngest first, and whether there is more on either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the page before begins, if there is one.
    pub previous: Option<Cursor>,
    /// Where the page after begins, if there is one.
    pub next: Option<Cursor>,
    /// Whether the search stopped before the page was full, and goes on with the next one.
    pub partial: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: vec![], previous: None, next: None, partial: false }
    }
}

impl<T> Page<T> {
    /// Makes a page of what was read for `paging`: up to `size + 1` rows, in the order they were read (youngest first,
    /// except for [`Paging::Before`]).
    pub(crate) fn of(mut rows: Vec<T>, size: usize, paging: Paging, place: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let backwards = matches!(paging, Paging::Before(_));
        if backwards {
            rows.reverse();
        }
        let (first, last) = (rows.first().map(&place), rows.last().map(&place));
        let (younger, older) = match paging {
            Paging::First => (false, more),
            Paging::After(_) => (true, more),
            Paging::Before(_) => (more, true),
        };
        Self { previous: first.filter(|_| younger), next: last.filter(|_| older), rows, partial: false }
    }

    /// The same page with each row made into something else.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Page<U> {
        let Self { rows, previous, next, partial } = self;
        Page { rows: rows.into_iter().map(make).collect(), previous, next, partial }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.timestamp_micros(), self.id.simple())
    }
}

impl FromStr for Cursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.rsplit_once('-').ok_or(())?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(())?;
        Ok(Self { at, id: Uuid::parse_str(id).map_err(drop)? })
    }
}
