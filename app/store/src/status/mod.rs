//! Status lists: tokens that are no longer valid although they have not expired.

mod entries;
mod lists;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

pub use entries::{PublishedStatus, StatusEntry};
pub use lists::StatusList;

/// Index of a session in a status list. Each is assigned once, and never again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, FromRow, Serialize, Deserialize)]
pub struct StatusIndex {
    /// Status list.
    #[sqlx(rename = "status_list")]
    pub list: Uuid,
    /// Number from 0 up to, but not including, the list's size.
    #[sqlx(rename = "status_index")]
    pub index: i64,
}

/// Status of a token in a list. Valid tokens have no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenStatus {
    /// Invalid for now; may become valid again.
    Suspended,
    /// Permanently invalid.
    Invalid,
}

impl TokenStatus {
    /// Stored name.
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
