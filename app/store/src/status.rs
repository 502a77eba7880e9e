//! Status lists: which tokens are good no more although they have not expired.

mod entries;
mod lists;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

pub use entries::{Said, StatusEntry};
pub use lists::StatusList;

/// The place of a session in a status list. Each is given out once, and never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FromRow, Serialize, Deserialize)]
pub struct StatusIndex {
    /// The list.
    #[sqlx(rename = "status_list")]
    pub list: Uuid,
    /// From 0 up to the list's size.
    #[sqlx(rename = "status_index")]
    pub index: i64,
}

/// What a list says of a token. Of one that is good it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenStatus {
    /// Good again, maybe.
    Suspended,
    /// Over for good.
    Invalid,
}

impl TokenStatus {
    /// The name it is stored under.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Invalid => "invalid",
        }
    }
}

impl TryFrom<String> for TokenStatus {
    type Error = licensing::named::UnknownName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        [Self::Suspended, Self::Invalid]
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or(licensing::named::UnknownName(name))
    }
}
