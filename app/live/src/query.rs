//! Query keys that every page has.

/// The open dialog.
pub const DIALOG: &str = "dialog";
/// The act that has just succeeded, for the toast.
pub const DONE: &str = "done";
/// The device whose seat the act has just taken, for the toast's *Undo*.
pub const UNDO: &str = "undo";
