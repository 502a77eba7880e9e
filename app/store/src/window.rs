//! Searches without an index: a page examines a fixed number of rows, so that a search without results among millions
//! is as fast as any other. It reports how far it came, and the next page continues from there.

use licensing::fold;
use uuid::Uuid;

use crate::{Cursor, Page, Paging};

/// Number of rows examined for one page.
pub(crate) const LOOKED_THROUGH: i64 = 2_000;

/// A row of the window: its id, and the texts that are searched.
pub(crate) type Texts<const N: usize> = (Uuid, [Option<String>; N]);

/// Returns the ids of at most `most` rows with a text that contains `wanted`, both folded. With `without_email`, texts
/// with an `@` never match. Folded here, since the databases fold by their locale, or ASCII only.
pub(crate) fn holding<const N: usize>(
    rows: Vec<Texts<N>>,
    (wanted, without_email): (&str, bool),
    most: usize,
) -> Vec<Uuid> {
    let wanted = fold(wanted);
    let holds = |text: &String| !(without_email && text.contains('@')) && fold(text).contains(&wanted);
    rows.into_iter().filter(|(_, texts)| texts.iter().flatten().any(holds)).map(|(id, _)| id).take(most).collect()
}

/// Returns the order of ids on a page, and the condition that it begins after the last row of the page before.
pub(crate) const fn order(paging: Paging) -> (Option<(Cursor, &'static str)>, &'static str) {
    match paging {
        Paging::First => (None, " DESC"),
        Paging::After(place) => (Some((place, " < ")), " DESC"),
        Paging::Before(place) => (Some((place, " > ")), ""),
    }
}

impl<T> Page<T> {
    /// Marks the page of a search that stopped at `horizon`, the last row it examined, before the page was full.
    pub(crate) fn stopped_at(mut self, horizon: Option<Cursor>, paging: Paging) -> Self {
        if let Some(horizon) = horizon {
            self.partial = true;
            match paging {
                Paging::First | Paging::After(_) => self.next = Some(horizon),
                Paging::Before(_) => self.previous = Some(horizon),
            }
        }
        self
    }
}
