//! Keyset paging through long lists.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A position in a list ordered by age: right after (or before) this row. As text, `MICROSECONDS-UUID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Time at which the row was created.
    pub at: DateTime<Utc>,
    /// Id of the row, which orders rows with the same time.
    pub id: Uuid,
}

/// The requested page of a list, newest rows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paging {
    /// The newest rows.
    #[default]
    First,
    /// The rows older than this one.
    After(Cursor),
    /// The rows directly newer than this one.
    Before(Cursor),
}

/// A page of a list, newest rows first, and whether there are more on either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Rows.
    pub rows: Vec<T>,
    /// Cursor for the page before; `None` if there is none.
    pub previous: Option<Cursor>,
    /// Cursor for the page after; `None` if there is none.
    pub next: Option<Cursor>,
    /// `true` if the search stopped before the page was full, and continues with the next page.
    pub partial: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: vec![], previous: None, next: None, partial: false }
    }
}

impl<T> Page<T> {
    /// Builds a page from the rows that were read for `paging`: up to `size + 1`, in the order in which they were read
    /// (newest first, except for [`Paging::Before`]).
    pub fn of(mut rows: Vec<T>, size: usize, paging: Paging, place: impl Fn(&T) -> Cursor) -> Self {
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

    /// Converts each row of the page.
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
