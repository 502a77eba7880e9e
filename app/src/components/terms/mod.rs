//! Terms in a form: a policy's, those that a license sets for itself, and what they say as one types.

mod ask;
mod end;
mod fields;
mod lease;
mod live;
mod moves;
mod seats;
mod what;
mod who;

pub use self::live::LiveTerms;
pub use ask::Whose;
pub use fields::TermsFormFields;

use super::Choice;
