//! Remedies: how to make a refused request succeed.

use super::Refusal;
use crate::sentence::{count, day, moment};

impl Refusal {
    /// Returns how to make the request succeed, as a sentence for the vendor's staff. Names facts that callers must not see.
    pub fn remedy(&self) -> String {
        match self {
            Self::CodeNotFound { ended: false } => {
                "Compare the code with the one that was issued, letter by letter: no license has it.".to_owned()
            }
            Self::CodeNotFound { ended: true } => {
                "Extend the license, or let it keep running after its end.".to_owned()
            }
            Self::TrialOver { ended_at } => format!(
                "Extend the license's trial, or turn it into a full license. The trial of this device ended on {}.",
                moment(*ended_at)
            ),
            Self::ProductUnavailable => "Reinstate the product: it is withdrawn.".to_owned(),
            Self::LicenseRevoked => "Issue another license: this one is permanently revoked.".to_owned(),
            Self::LicenseSuspended => "Reinstate the license: it is suspended.".to_owned(),
            Self::SessionEnded => "Activate the device again with its code: its session has ended.".to_owned(),
            Self::AuthenticationRequired => {
                "Have the software send the access token of a signed-in user, or change the terms to require none.".to_owned()
            }
            Self::RoleMissing { role } => {
                format!("Give the user the role “{role}” at the identity provider, or change the terms.")
            }
            Self::PersonMismatch => {
                "Make the license's e-mail address and the user's match. The identity provider must have verified the user's."
                    .to_owned()
            }
            Self::DomainMismatch { domain } => format!(
                "Have the user sign in with an e-mail address at {domain} that the identity provider has verified, or change the domain in the terms."
            ),
            Self::EmailRequired => "Have the software send an e-mail address, or change the terms to require none.".to_owned(),
            Self::EmailMismatch => "Make the e-mail address in the request and the license's match.".to_owned(),
            Self::DeviceBlocked { scope } => {
                format!("Unblock the device: it is blocked for the whole {}.", scope.name())
            }
            Self::DeviceNotAuthorized => "Pre-register the fingerprint of the device.".to_owned(),
            Self::VersionNotCovered { range, .. } => {
                format!("Use a version in {range}, or change the range in the terms to cover the requested version.")
            }
            Self::VersionTooNew { newest: Some(newest), until, .. } => {
                format!("Use a version up to {newest}, or extend the maintenance past {}.", day(*until))
            }
            Self::VersionTooNew { newest: None, until, .. } => {
                format!("Use a version released by {}, or extend the maintenance past that day.", day(*until))
            }
            Self::AlreadyActivated => {
                "Free the seat of the device, or change the terms to let devices activate again.".to_owned()
            }
            Self::ActivatedElsewhere { within } => format!(
                "Free the device's seat on another license of {}, or change the terms to let devices run under several licenses.",
                within.words()
            ),
            Self::SeatLimit { used, allowed, next_at } => {
                let lacking = used.saturating_add(1).saturating_sub(*allowed).into();
                let wait = next_at.map_or_else(String::new, |at| format!(", or wait until {}", moment(at)));
                format!("Free or add {}{wait}.", count(lacking, "seat"))
            }
            Self::ReleaseNotAllowed => {
                "Free the seat yourself, or change the terms to let devices release their seats.".to_owned()
            }
            Self::TransferLimit { moves, per, next_at } => format!(
                "Free the seat yourself, raise the limit of {} in {per}, or wait until {}.",
                count((*moves).into(), "transfer"),
                moment(*next_at)
            ),
        }
    }
}
