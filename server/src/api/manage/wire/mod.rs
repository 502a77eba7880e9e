//! The JSON of the management API. Its types are apart from the stored ones, which may change.

pub(in crate::api::manage) mod decision;
pub(in crate::api::manage) mod device;
pub(in crate::api::manage) mod event;
pub(in crate::api::manage) mod job;
pub(in crate::api::manage) mod license;
pub(in crate::api::manage) mod policy;
pub(in crate::api::manage) mod product;
