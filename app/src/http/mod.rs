//! The HTTP side of a page: its address, its status and headers, and what is known about the visitor.

pub mod address;
pub mod context;
pub(crate) mod csp;
pub mod done;
pub mod load;
pub(crate) mod status;
