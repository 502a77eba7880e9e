//! Reads and server functions, and the acts that they do.

use licensing::{Act, Permission};

/// The prefix of every act's path.
pub const API: &str = "/admin/api/";

/// The name of a read, in [`TABLE`](super::TABLE) and in the audit log. Each is a constant next to its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadName(pub(in crate::admin) &'static str);

/// A read or an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A read, which has no address.
    Read(ReadName),
    /// The act with this path.
    Act(&'static str),
}

impl Call {
    /// The name in the audit log: `licenses/detail`, `licenses/revoke`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read(ReadName(name)) => name,
            Self::Act(path) => path.trim_start_matches(API),
        }
    }
}

/// A read or server function, and the act that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The read or server function.
    pub call: Call,
    /// The act; `None` if anonymous visitors may do it.
    pub act: Option<Act>,
}

impl Row {
    /// The path of an act; `None` for a read.
    pub fn path(&self) -> Option<&'static str> {
        match self.call {
            Call::Act(path) => Some(path),
            Call::Read(_) => None,
        }
    }

    /// The required permission; `None` if anonymous visitors may do it.
    pub fn permission(&self) -> Option<Permission> {
        self.act.map(Act::permission)
    }

    /// Returns `true` if it requires a fresh proof: one from the last ten minutes. Reads never do, because the proof is
    /// part of a form.
    pub fn needs_fresh_proof(&self) -> bool {
        self.path().is_some() && self.act.is_some_and(Act::needs_fresh_proof)
    }
}

/// Time for which a proof counts as fresh.
pub const FRESH_FOR: licensing::Span = licensing::Span::minutes(10);

/// The rows of all reads and acts, in the context of a request. [`guard()`](super::guard()) looks them up there, since the
/// acts in [`TABLE`](super::TABLE) use it themselves. Without them it refuses everything.
#[derive(Clone, Copy, Debug)]
pub(in crate::admin) struct Rows(pub(in crate::admin) &'static [Row]);
