//! Terms in a form: a policy's, those that a license sets for itself, and what they say as one types.

mod live;
mod overrides;
mod policy;
mod validity;

pub use live::LiveTerms;
pub use overrides::OverrideFields;
pub use policy::PolicyFields;

use super::Choice;

/// What may be asked about e-mail.
const EMAIL: &[Choice] = &[
    Choice { value: "not-asked", title: "Nothing", text: "Anyone with the code may activate." },
    Choice {
        value: "required",
        title: "Some address",
        text: "Software must send one; support sees whose device it is.",
    },
    Choice { value: "must-match", title: "The license’s address", text: "A stolen code alone opens nothing." },
];

/// What activating again does.
const REACTIVATION: [(&str, &str); 2] = [("same-seat", "It gets the same seat"), ("refuse", "It is refused")];

/// Who frees a seat.
const RELEASE: [(&str, &str); 2] = [("by-device", "The device itself, or support"), ("by-support", "Only support")];

fn owned<const N: usize>(choices: [(&str, &str); N]) -> Vec<(String, String)> {
    choices.into_iter().map(|(value, words)| (value.to_owned(), words.to_owned())).collect()
}
