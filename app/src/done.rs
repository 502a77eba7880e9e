//! What an act says once it is done.

/// An act that is done. Its key goes into the address, its words onto the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The owner's account was made.
    OwnerCreated,
}

impl Done {
    /// The key in the query.
    pub const KEY: &str = "done";

    const ALL: &[Self] = &[Self::OwnerCreated];

    /// The word in the address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnerCreated => "owner_created",
        }
    }

    /// The sentence on the page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OwnerCreated => "Your account is ready. Welcome to Latchkey.",
        }
    }

    /// The act of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.key() == key)
    }

    /// Ends a server function that did it: the browser goes on to `path`, which has no query, and is told there.
    #[cfg(feature = "ssr")]
    pub fn at(self, path: &str) {
        crate::address::go(&format!("{path}?{}={}", Self::KEY, self.key()));
    }
}
