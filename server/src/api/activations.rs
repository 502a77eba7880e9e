//! Activations: what both calls ask for, and how it is answered.

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

/// The request of both calls:
///
/// | member | holds |
/// |---|---|
/// | `activationCode` | the code that the customer typed, at most 128 characters |
/// | `fingerprint` | what tells the device from others, 1 to 512 bytes, compared exactly |
/// | `email` | the customer's address, where the policy asks for it |
/// | `requestedLeaseDuration` | the wished lease, as [`Span::read`] takes it; a number means days |
/// | `targetSoftwareVersion` | the version that is to run, as SemVer has it |
/// | `deviceName`, `platform` | a line each, which help support: cleaned, cut at 80 characters, and never refused |
///
/// The first two must be there. Other members are ignored; of these, `null` and an empty text count as absent.
///
/// With `?dryRun=true` nothing is taken: see [`dry_run`].
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
    let request = activation::Request { email: members.optional("email", Email::read), ..wished(&mut members) };
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

/// The members that say what is wished for, of these calls and of renewals.
pub(super) fn wished(members: &mut Members) -> activation::Request {
    activation::Request {
        lease: members.text_or_number("requestedLeaseDuration", Span::read),
        version: members.optional("targetSoftwareVersion", Version::read),
        ..activation::Request::default()
    }
}

/// Activates, and counts the failures of those who try out codes. Gives the grant and its token.
async fn activate(state: &AppState, Key(key): Key, activation: Activation) -> Result<(Activated, String), Problem> {
    let (origin, code) = (activation.origin.clone(), activation.code.clone());
    // Kept only for those who say who they are: where the license is full, its customer may choose.
    let request = &activation.request;
    let customer = (request.email.is_some() || request.person.is_some()).then(|| request.clone());
    let act = state.service.activate_once(activation, key.as_ref());
    match (counting(state, &origin, &code, act).await, customer) {
        (Err(problem), Some(customer)) if problem.code() == Code::SeatLimit => {
            Err(Box::pin(with_choice(state, problem, &code, &customer)).await)
        }
        (result, _) => result,
    }
}

/// Runs an act that takes a code, unless its network has tried too many that were wrong; counts it if this one is.
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

/// The same problem, with the devices in use and a ticket where the caller may have one.
async fn with_choice(
    state: &AppState,
    problem: Problem,
    code: &ActivationCode,
    customer: &activation::Request,
) -> Problem {
    match state.service.in_use(code, customer).await {
        Ok(Some(in_use)) => problem.with_choice(in_use.into()),
        Ok(None) => problem,
        Err(error) => {
            tracing::warn!(%error, "the devices in use cannot be listed: the refusal is answered without them");
            problem
        }
    }
}

/// An answer with a token in it: no cache may keep it.
pub(super) fn not_stored(answer: impl IntoResponse) -> Response {
    ([(CACHE_CONTROL, "no-store")], answer).into_response()
}

/// The header that names the decision behind an answer: under that id it can be explained.
pub(super) const DECISION: HeaderName = HeaderName::from_static("latchkey-decision");

/// The same, of a grant.
pub(super) fn granted(decision: Uuid, answer: impl IntoResponse) -> Response {
    let mut answer = not_stored(answer);
    if let Ok(id) = HeaderValue::try_from(decision.to_string()) {
        answer.headers_mut().insert(DECISION, id);
    }
    answer
}
