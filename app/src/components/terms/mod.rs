//! Terms in a form: a policy's, a license's exceptions, and their live description.

mod ask;
mod end;
mod fields;
mod lease;
mod live;
mod seats;
mod transfers;
mod what;
mod who;

pub use self::live::LiveTerms;
pub use ask::TermsOwner;
pub use fields::TermsFormFields;

use super::Choice;
