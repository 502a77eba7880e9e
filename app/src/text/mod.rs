//! Values as text for people, and text fields with one value per line.

pub mod device_lines;
pub(crate) mod roles;
pub mod versions;
pub mod words;
