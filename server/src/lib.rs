//! The Latchkey process.

pub mod forms;
pub mod site;
