//! Products, policies and licenses.

pub(crate) mod change;
pub(crate) mod codes;
pub(crate) mod issue;
pub(crate) mod policies;
pub(crate) mod products;
