//! Schema of a database, and the traces of it in a database that is not open yet.

use sqlx::migrate::Migrator;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Number of prepared statements that a connection keeps. The desk alone has some 250: nine sizes of each read, and 28
/// of each write.
pub(super) const STATEMENTS: usize = 512;

/// Contents of a database before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is empty or does not exist.
    Nothing,
    /// It has our tables but no signing keys, so it contains nothing sealed.
    Begun,
    /// It has signing keys, which only their sealing key opens.
    InUse,
}
