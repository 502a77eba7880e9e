//! Licensing rules of Latchkey.
//!
//! Everything here is pure: no input or output, no clock, no randomness, no async. A rule takes facts and `now`, and
//! returns a result. The crate also compiles to wasm, so that the admin app shows the same sentences and the same field
//! messages in the browser as the server does.

pub mod access;
pub mod activation;
mod block;
pub mod code;
pub mod email;
pub mod event;
pub mod extension;
pub mod feature;
pub mod fingerprint;
pub mod fold;
pub mod hint;
pub mod invalid;
pub mod json;
pub mod license;
pub mod named;
pub mod network;
pub mod offline;
pub mod period;
pub mod product;
pub mod refusal;
pub mod release;
pub mod sentence;
pub mod span;
pub mod tag;
pub mod terms;
pub mod text;
pub mod ticket;
pub mod undo;
pub mod version;
pub mod webhook;
pub mod wire;

pub use access::{Act, Bundle, Permission, Role, Scope};
pub use code::{ActivationCode, CodeShape};
pub use email::Email;
pub use event::{EventKind, SubjectKind};
pub use fingerprint::Fingerprint;
pub use fold::fold;
pub use invalid::{FieldError, Invalid};
pub use network::Network;
pub use period::Period;
pub use refusal::Refusal;
pub use span::Span;
pub use terms::{Overrides, Terms};
pub use version::{Version, VersionRange};
