//! From one part of a long list to the next.

/// Where the parts before and after the one in sight begin, as the address names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turns {
    /// The part before, if there is one.
    pub previous: Option<String>,
    /// The part after, if there is one.
    pub next: Option<String>,
    /// Whether the search stopped before the part was full, and goes on with the next one.
    pub partial: bool,
}

impl Turns {
    /// The turns of a page that was read.
    pub fn of<T>(page: &store::page::Page<T>) -> Self {
        let place = |cursor: Option<store::Cursor>| cursor.map(|at| at.to_string());
        Self { previous: place(page.previous), next: place(page.next), partial: page.partial }
    }
}

/// Which part the address asks for by `before` or `after`; the first, where it asks for none or in a way not understood.
pub fn paging(before: &str, after: &str) -> store::page::Paging {
    use store::page::Paging;
    match (after.parse(), before.parse()) {
        (Ok(cursor), _) => Paging::After(cursor),
        (Err(()), Ok(cursor)) => Paging::Before(cursor),
        (Err(()), Err(())) => Paging::First,
    }
}
