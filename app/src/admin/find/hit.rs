//! A search result.

/// A search result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The kind of page.
    pub kind: HitKind,
    /// The page's address.
    pub to: String,
    /// The title: a name or an outcome.
    pub title: String,
    /// Tells hits with equal titles apart.
    pub note: String,
    /// Further words by which the hit is found.
    pub words: &'static str,
}

impl Hit {
    pub(super) fn new(kind: HitKind, to: String, title: String, note: String) -> Self {
        Self { kind, to, title, note, words: "" }
    }
}

/// The kind of a search result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HitKind {
    /// A license.
    License,
    /// A device.
    Device,
    /// A decision, or a list of them.
    Decision,
    /// A product.
    Product,
    /// A policy.
    Policy,
    /// A page, an act or a ready filter.
    Page,
}
