//! The Latchkey process.

pub mod site;
