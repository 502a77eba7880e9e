//! The JSON of the management API, of exports and of messages, where it differs from the stored JSON, and the reader of
//! requests. The stored JSON may change; this must not.

mod changes;
mod fields;
mod kind;
mod nul;
pub mod terms;
mod value;

pub use changes::{member_name, write_changes};
pub use fields::{Fields, read_time};
pub use kind::kind_of;
pub use nul::{HAS_NUL, without_nul};
pub use value::Wire;
