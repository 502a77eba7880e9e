//! Decisions: the list, one decision rule by rule, and the dry run "Try it".

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod customer_text;
mod detail;
mod labels;
mod list;
mod trace;
mod try_out;
mod ways;

pub use detail::DecisionPage;
pub(crate) use labels::outcome;
pub(super) use labels::{purpose, reason as refusal_reason};
pub use list::DecisionsPage;
pub(super) use list::groups as refusal_groups;
pub use try_out::TryOutPage;
