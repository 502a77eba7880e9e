//! The parts of the admin app that also run in the browser: the islands, and the code that they need.
//!
//! The server draws every page. An island is a part of a page that changes while the user types. Everything here adds
//! to the size of the first visit; `scripts/web` enforces the limit.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

pub mod day;
mod facts;
pub mod feature_values;
pub mod features;
mod license;
pub mod number;
mod panel;
pub mod query;
mod sentence;
mod terms;
pub mod terms_form;
pub mod token;
mod typed;

pub use facts::{Fact, Facts};
pub use license::{LicenseInWords, PolicyChoice, Typed};
pub use panel::Panel;
pub use sentence::Sentence;
pub use terms::{TermsInWords, longest_offline};
