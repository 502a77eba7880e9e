//! Keys of the query that belong to every page.

/// The dialog that is open.
pub const DIALOG: &str = "dialog";
/// The act that has just succeeded, named for the toast.
pub const DONE: &str = "done";
