//! The values that a form sends for choices from a list.

use licensing::terms::{AfterEnd, Devices, EmailTerm, Holding, Identity, Reactivation, Strictness, WhenFull};

/// Each value with its meaning.
pub(super) type Words<T> = [(&'static str, T)];

pub(super) const HOLDING: &Words<Holding> = &[("fixed", Holding::Fixed), ("floating", Holding::Floating)];
pub(super) const WHEN_FULL: &Words<WhenFull> = &[("refuse", WhenFull::Refuse), ("take-over", WhenFull::TakeOver)];
pub(super) const AFTER_END: &Words<AfterEnd> = &[("stop", AfterEnd::Stop), ("keep-running", AfterEnd::KeepRunning)];
pub(super) const EMAIL: &Words<EmailTerm> =
    &[("not-asked", EmailTerm::NotAsked), ("required", EmailTerm::Required), ("must-match", EmailTerm::MustMatch)];
pub(super) const DEVICES: &Words<Devices> = &[("any", Devices::Any), ("authorized", Devices::Authorized)];
pub(super) const IDENTITY: &Words<Identity> =
    &[("license", Identity::License), ("policy", Identity::Policy), ("product", Identity::Product)];
pub(super) const REACTIVATION: &Words<Reactivation> =
    &[("same-seat", Reactivation::SameSeat), ("refuse", Reactivation::Refuse)];
pub(super) const STRICTNESS: &Words<Strictness> = &[("lenient", Strictness::Lenient), ("strict", Strictness::Strict)];

/// The error for a value that is not on the list.
pub(super) const NOT_ON_THE_LIST: &str = "is not on the list: choose one from it";

/// Parses a value; `None` if it is empty.
pub(super) fn read<T: Copy>(words: &Words<T>, text: &str) -> Result<Option<T>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => words.iter().find(|(word, _)| *word == text).map(|(_, it)| Some(*it)).ok_or(NOT_ON_THE_LIST),
    }
}

/// Formats a value; empty if it is not set.
pub(super) fn say<T: PartialEq>(words: &Words<T>, of: Option<T>) -> String {
    words.iter().find(|(_, it)| of.as_ref() == Some(it)).map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}
