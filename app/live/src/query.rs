//! Keys of the query that belong to every page.

/// The dialog that is open.
pub const DIALOG: &str = "dialog";
/// What an act has just done.
pub const DONE: &str = "done";
