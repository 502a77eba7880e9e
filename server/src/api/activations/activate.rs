//! The act behind both calls, and the rate limit on wrong codes.

use licensing::{ActivationCode, activation, code};
use service::{Activated, Activation, Origin, rate_limit::Limit};

use crate::{
    AppState,
    api::{
        key::Key,
        limits,
        problem::{Code, Problem},
    },
};

/// Activates, rate-limits wrong codes, and returns the grant and its token.
pub(super) async fn activate(
    state: &AppState,
    Key(key): Key,
    activation: Activation,
) -> Result<(Activated, String), Problem> {
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
pub(in crate::api) async fn counting<T>(
    state: &AppState,
    origin: &Origin,
    code: &ActivationCode,
    act: impl Future<Output = service::Result<T>>,
) -> Result<T, Problem> {
    let generated = code.origin() == code::CodeOrigin::Generated;
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
