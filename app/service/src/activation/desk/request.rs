//! Requests as devices send them and as the desk receives them.

use licensing::{ActivationCode, Email, Fingerprint, Span, activation::Request};
use serde::Serialize;
use uuid::Uuid;

use crate::{Origin, activation::idempotency::Once, offline::Presented};

/// A device's activation request.
#[derive(Clone, Debug)]
pub struct Activation {
    /// Activation code that the customer typed.
    pub code: ActivationCode,
    /// Fingerprint of the device.
    pub fingerprint: Fingerprint,
    /// Input for the rules.
    pub request: Request,
    /// Device name, at most 80 characters; only helps support.
    pub device_name: Option<String>,
    /// Platform, at most 80 characters; only helps support.
    pub platform: Option<String>,
    /// Source of the request.
    pub origin: Origin,
}

/// A request to the activation desk.
#[derive(Clone, Debug)]
pub(crate) struct DeskRequest {
    pub(crate) credential: Credential,
    /// `None` for a request of a session, whose fingerprint is on record.
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) fingerprint_hash: [u8; 32],
    pub(crate) input: Request,
    /// The end of the code, if one was typed.
    pub(crate) code_tail: Option<String>,
    pub(crate) device_name: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) origin: Origin,
    /// The offline request, for a device without a network.
    pub(crate) file: Option<Box<Presented>>,
    /// Present if the call has an idempotency key.
    pub(crate) once: Option<Once>,
}

/// The credential of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Credential {
    /// The HMAC of a code.
    Code([u8; 32]),
    /// A license that staff chose.
    License(Uuid),
    /// A session that has authenticated with its token.
    Session { license: Uuid, session: Uuid },
}

impl Credential {
    /// Returns `true` if both are certain to lead to the same license.
    pub(crate) fn is_of_same_license(&self, other: &Self) -> bool {
        let license = |credential: &Self| match credential {
            Self::License(license) | Self::Session { license, .. } => Some(*license),
            Self::Code(_) => None,
        };
        match (self, other) {
            (Self::Code(one), Self::Code(another)) => one == another,
            _ => license(self).is_some() && license(self) == license(other),
        }
    }
}

/// A request's content in canonical form, which an idempotency key is bound to.
#[derive(Debug, Serialize)]
pub(crate) struct Body<'a> {
    fingerprint_hash: &'a [u8; 32],
    email: Option<&'a str>,
    person: Option<(&'a str, &'a str)>,
    lease: Option<Span>,
    version: Option<String>,
    device_name: Option<&'a str>,
    platform: Option<&'a str>,
}

impl DeskRequest {
    pub(crate) fn body(&self) -> Body<'_> {
        let Request { purpose: _, email, person, lease, version } = &self.input;
        Body {
            fingerprint_hash: &self.fingerprint_hash,
            email: email.as_ref().map(Email::as_str),
            person: person.as_ref().map(|person| (person.issuer.as_str(), person.subject.as_str())),
            lease: *lease,
            version: version.as_ref().map(ToString::to_string),
            device_name: self.device_name.as_deref(),
            platform: self.platform.as_deref(),
        }
    }
}
