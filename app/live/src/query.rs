//! Query keys that every page has.

/// The open dialog.
pub const DIALOG: &str = "dialog";
/// The act that has just succeeded, for the toast.
pub const DONE: &str = "done";
