//! The request of both calls.

use axum::extract::{FromRequest, FromRequestParts, Request};
use licensing::{ActivationCode, Email, Fingerprint, Invalid, Span, Version, activation};
use service::{Activation, Origin};

use super::dry_run;
use crate::{
    AppState,
    api::{bearer::Caller, body::Members, problem::Problem},
};

/// Request of both calls:
///
/// | member | holds |
/// |---|---|
/// | `activationCode` | the code that the customer typed, at most 128 characters |
/// | `fingerprint` | identifies the device, 1 to 512 bytes, compared exactly |
/// | `email` | the customer's address, if the policy requires it |
/// | `requestedLeaseDuration` | the requested lease, as accepted by [`Span::read`]; a number means days |
/// | `targetSoftwareVersion` | the version of the software to run, in SemVer syntax |
/// | `deviceName`, `platform` | one line each, for support: cleaned, cut at 80 characters, never refused |
///
/// The first two are required. Other members are ignored; in optional ones, `null` and an empty string count as absent.
///
/// With `?dryRun=true` no seat is taken: see [`dry_run`](super::dry_run).
pub(in crate::api) struct Asked {
    pub(super) activation: Activation,
    pub(super) dry: bool,
}

impl FromRequest<AppState> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let origin = request.extensions().get::<Origin>().cloned().unwrap_or_default();
        let (mut head, body) = request.into_parts();
        let Caller(person) = Caller::from_request_parts(&mut head, state).await?;
        let dry = dry_run::wanted(head.uri.query())?;
        let members = Members::from_request(Request::from_parts(head, body), state).await?;
        let mut activation = read(members, origin)?;
        activation.request.person = person;
        Ok(Self { activation, dry })
    }
}

fn read(mut members: Members, origin: Origin) -> Result<Activation, Invalid> {
    let code = members.required("activationCode", ActivationCode::read);
    let fingerprint = members.required("fingerprint", Fingerprint::read);
    let request = activation::Request { email: members.optional("email", Email::read), ..read_request(&mut members) };
    let [device_name, platform] = members.hints();
    members.finish(code.zip(fingerprint).map(|(code, fingerprint)| Activation {
        code,
        fingerprint,
        request,
        device_name,
        platform,
        origin,
    }))
}

/// Reads the members that activations and renewals have in common: the requested lease and the software version.
pub(in crate::api) fn read_request(members: &mut Members) -> activation::Request {
    activation::Request {
        lease: members.text_or_number("requestedLeaseDuration", Span::read),
        version: members.optional("targetSoftwareVersion", Version::read),
        ..activation::Request::default()
    }
}
