//! What would have let a refused request pass.

use super::Refusal;
use crate::sentence::{count, day, moment};

impl Refusal {
    /// What would have let the request pass, as a sentence for those who run the licenses. Names what callers are not told.
    pub fn remedy(&self) -> String {
        match self {
            Self::CodeNotFound { ended: false } => {
                "A code that belongs to a license: compare it with the one that was given out, letter by letter.".to_owned()
            }
            Self::CodeNotFound { ended: true } => {
                "A license that has not ended: extend it, or let it keep running after its end.".to_owned()
            }
            Self::TrialOver { ended_at } => format!(
                "An open trial: this device's closed on {}. Let the license's trial last longer, or make it none.",
                moment(*ended_at)
            ),
            Self::ProductUnavailable => "A product that is not withdrawn: make it active again.".to_owned(),
            Self::LicenseRevoked => "Another license: this one was revoked, and that is for good.".to_owned(),
            Self::LicenseSuspended => "An active license: reinstate it.".to_owned(),
            Self::SessionEnded => "A session that goes on: the device activates again with its code.".to_owned(),
            Self::AuthenticationRequired => {
                "A person who is signed in: the software sends their access token, or the terms ask for nobody.".to_owned()
            }
            Self::RoleMissing { role } => {
                format!("A person with the role “{role}”: grant it at the identity provider, or change the terms.")
            }
            Self::PersonMismatch => {
                "A person whose e-mail address, verified by the identity provider, is the license's: correct the one or the other."
                    .to_owned()
            }
            Self::DomainMismatch { domain } => format!(
                "A person with an e-mail address at {domain}, verified by the identity provider, or another domain in the terms."
            ),
            Self::EmailRequired => "An e-mail address in the request, or terms that ask for none.".to_owned(),
            Self::EmailMismatch => "The license's e-mail address in the request: correct the one or the other.".to_owned(),
            Self::DeviceBlocked { scope } => {
                format!("A device that is not blocked: this one is, for the whole {}. Lift the block.", scope.name())
            }
            Self::DeviceNotAuthorized => "A device that was entered beforehand: enter its fingerprint.".to_owned(),
            Self::VersionNotCovered { range, .. } => {
                format!("A version in {range}, or a range in the terms that covers the one that was asked for.")
            }
            Self::VersionTooNew { newest: Some(newest), until, .. } => {
                format!("A version up to {newest}, or maintenance past {}.", day(*until))
            }
            Self::VersionTooNew { newest: None, until, .. } => {
                format!("A version released until {}, or maintenance past that day.", day(*until))
            }
            Self::AlreadyActivated => {
                "A device that holds no seat yet: free this one's, or let devices activate again.".to_owned()
            }
            Self::ActivatedElsewhere { within } => format!(
                "A device that holds no other seat in {}: free that one, or let devices run under several licenses.",
                within.words()
            ),
            Self::SeatLimit { used, allowed, next_at } => {
                let lacking = used.saturating_add(1).saturating_sub(*allowed).into();
                let wait = next_at.map_or_else(String::new, |at| format!(", or wait until {}", moment(at)));
                format!("A free seat: free or add {}{wait}.", count(lacking, "seat"))
            }
            Self::ReleaseNotAllowed => {
                "Terms that let devices give their seats up: change them, or free the seat yourself.".to_owned()
            }
            Self::TransferLimit { moves, per, next_at } => format!(
                "Fewer than {} in {per}: free the seat yourself, raise the limit, or wait until {}.",
                count((*moves).into(), "move"),
                moment(*next_at)
            ),
        }
    }
}
