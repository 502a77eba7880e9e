//! Remedies for refusals.

use super::Refusal;
use crate::sentence::{count, day, moment};

impl Refusal {
    /// Returns a sentence for staff that says what would let the request pass. Names facts that callers do not see.
    pub fn remedy(&self) -> String {
        match self {
            Self::CodeNotFound { ended: false } => {
                "Compare the code with the one that was issued, letter by letter.".to_owned()
            }
            Self::CodeNotFound { ended: true } => {
                "Extend the license, or let it keep running after its end.".to_owned()
            }
            Self::TrialOver { ended_at } => format!(
                "Make the license’s trial longer, or remove it: this device’s trial ended on {}.",
                moment(*ended_at)
            ),
            Self::ProductUnavailable => "Make the product active again.".to_owned(),
            Self::LicenseRevoked => "Create a new license: this one was revoked permanently.".to_owned(),
            Self::LicenseSuspended => "Reinstate the license.".to_owned(),
            Self::SessionEnded => "Activate the device again with its code.".to_owned(),
            Self::AuthenticationRequired => {
                "Have the user sign in, so that the software sends their access token; or require no sign-in in the terms.".to_owned()
            }
            Self::RoleMissing { role } => {
                format!("Grant the user the role “{role}” at the identity provider, or change the terms.")
            }
            Self::PersonMismatch => {
                "Make the user’s e-mail address, as verified by the identity provider, match the license’s: correct one of them."
                    .to_owned()
            }
            Self::DomainMismatch { domain } => format!(
                "Have the user sign in with an e-mail address at {domain} that the identity provider has verified, or change the domain in the terms."
            ),
            Self::EmailRequired => "Send an e-mail address with the request, or require none in the terms.".to_owned(),
            Self::EmailMismatch => "Make the e-mail address in the request match the license’s: correct one of them.".to_owned(),
            Self::DeviceBlocked { scope } => {
                format!("Lift the block: this device is blocked for the whole {}.", scope.name())
            }
            Self::DeviceNotAuthorized => "Pre-register the device by its fingerprint.".to_owned(),
            Self::VersionNotCovered { range, .. } => {
                format!("Use a version in {range}, or change the range in the terms so that it covers the requested version.")
            }
            Self::VersionTooNew { newest: Some(newest), until, .. } => {
                format!("Use a version up to {newest}, or extend maintenance past {}.", day(*until))
            }
            Self::VersionTooNew { newest: None, until, .. } => {
                format!("Use a version released until {}, or extend maintenance past that day.", day(*until))
            }
            Self::AlreadyActivated => {
                "Free the device’s seat, or let devices activate again.".to_owned()
            }
            Self::ActivatedElsewhere { within } => format!(
                "Free the device’s other seat in {}, or let devices run under several licenses.",
                within.words()
            ),
            Self::SeatLimit { used, allowed, next_at } => {
                let lacking = used.saturating_add(1).saturating_sub(*allowed).into();
                let wait = next_at.map_or_else(String::new, |at| format!(", or wait until {}", moment(at)));
                format!("Free or add {}{wait}.", count(lacking, "seat"))
            }
            Self::ReleaseNotAllowed => {
                "Let devices release their seats in the terms, or free the seat yourself.".to_owned()
            }
            Self::TransferLimit { moves, per, next_at } => format!(
                "Free the seat yourself, raise the limit of {} in {per}, or wait until {}.",
                count((*moves).into(), "transfer"),
                moment(*next_at)
            ),
        }
    }
}
