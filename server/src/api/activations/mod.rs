//! The two activation calls: their common request and response parts.

mod dry_run;
mod jwt;
mod license;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderName, HeaderValue, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use licensing::{ActivationCode, Email, Fingerprint, Invalid, Span, Version, activation, code};
use service::{Activated, Activation, Origin, rate_limit::Limit};
use uuid::Uuid;

use super::{
    bearer::Caller,
    body::Members,
    key::Key,
    limits,
    problem::{Code, Problem},
};
use crate::AppState;

pub(super) use jwt::jwt;
pub(super) use license::{answer, license};

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
/// With `?dryRun=true` no seat is taken: see [`dry_run`].
pub(super) struct Asked {
    activation: Activation,
    dry: bool,
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
pub(super) fn read_request(members: &mut Members) -> activation::Request {
    activation::Request {
        lease: members.text_or_number("requestedLeaseDuration", Span::read),
        version: members.optional("targetSoftwareVersion", Version::read),
        ..activation::Request::default()
    }
}

/// Activates, rate-limits wrong codes, and returns the grant and its token.
async fn activate(state: &AppState, Key(key): Key, activation: Activation) -> Result<(Activated, String), Problem> {
    let (origin, code) = (activation.origin.clone(), activation.code.clone());
    // Only a caller with an e-mail address or an access token may be shown the devices of a full license.
    let request = &activation.request;
    let customer = (request.email.is_some() || request.person.is_some()).then(|| request.clone());
    let act = state.service.activations().activate_once(activation, key.as_ref());
    match (counting(state, &origin, &code, act).await, customer) {
        (Err(problem), Some(customer)) if problem.code() == Code::SeatLimit => {
            Err(Box::pin(with_choice(state, problem, &code, &customer)).await)
        }
        (result, _) => result,
    }
}

/// Runs an act that takes an activation code, and counts `code_not_found` against the caller's network.
///
/// Returns `rate_limited` once the network has used up its failures. A code with the right check symbol is tried even
/// then.
pub(super) async fn counting<T>(
    state: &AppState,
    origin: &Origin,
    code: &ActivationCode,
    act: impl Future<Output = service::Result<T>>,
) -> Result<T, Problem> {
    let generated = code.origin() == code::Origin::Generated;
    if !generated && let Some(seconds) = limits::wait(state, Limit::WrongCode, origin) {
        return Err(Problem::rate_limited(seconds));
    }
    match act.await.map_err(Problem::from) {
        Err(problem) if problem.code() == Code::CodeNotFound => {
            Err(limits::count(state, Limit::WrongCode, origin).map_or(problem, Problem::rate_limited))
        }
        result => result,
    }
}

/// Adds the devices in use and a release ticket, if the caller may have them.
async fn with_choice(
    state: &AppState,
    problem: Problem,
    code: &ActivationCode,
    customer: &activation::Request,
) -> Problem {
    match state.service.devices().in_use(code, customer).await {
        Ok(Some(in_use)) => problem.with_choice(in_use.into()),
        Ok(None) => problem,
        Err(error) => {
            tracing::warn!(%error, "the devices in use cannot be listed; the refusal is sent without them");
            problem
        }
    }
}

/// Marks a response that contains a token as not cacheable.
pub(super) fn not_stored(answer: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], answer).into_response()
}

/// Header with the id of the decision behind a response; support can look the decision up by it.
pub(super) const DECISION: HeaderName = HeaderName::from_static("latchkey-decision");

/// Like [`not_stored`], with the [`DECISION`] header of a grant.
pub(super) fn granted(decision: Uuid, answer: impl IntoResponse) -> Response {
    let mut answer = not_stored(answer);
    if let Ok(id) = HeaderValue::try_from(decision.to_string()) {
        answer.headers_mut().insert(DECISION, id);
    }
    answer
}
