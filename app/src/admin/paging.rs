//! Paging through lists.

/// The keys of the previous and the next page, as addresses contain them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageLinks {
    /// The key of the previous page, if there is one.
    pub previous: Option<String>,
    /// The key of the next page, if there is one.
    pub next: Option<String>,
    /// `true` if the search stopped before the page was full; the next page continues it.
    pub partial: bool,
}

impl PageLinks {
    /// The keys of the pages around `page`.
    pub fn of<T>(page: &store::page::Page<T>) -> Self {
        let place = |cursor: Option<store::Cursor>| cursor.map(|at| at.to_string());
        Self { previous: place(page.previous), next: place(page.next), partial: page.partial }
    }
}

/// Parses the page that the address asks for with `before` or `after`; the first page if neither is valid.
pub fn paging(before: &str, after: &str) -> store::page::Paging {
    use store::page::Paging;
    match (after.parse(), before.parse()) {
        (Ok(cursor), _) => Paging::After(cursor),
        (Err(()), Ok(cursor)) => Paging::Before(cursor),
        (Err(()), Err(())) => Paging::First,
    }
}
