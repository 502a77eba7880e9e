//! Status lists: tokens that are no longer valid although they have not expired.

mod entries;
mod lists;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use strum::{EnumString, IntoStaticStr};
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum TokenStatus {
    /// Invalid for now; may become valid again.
    Suspended,
    /// Permanently invalid.
    Invalid,
}

licensing::stored_names!(TokenStatus);
