//! The pages, one a file.

pub mod first_start;
pub mod home;
pub mod sign_in;
