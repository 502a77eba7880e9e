//! Callers with an API token. The declaration of a route says which act a token must permit; the check is a layer around
//! the handler, so no handler can forget it.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::MethodRouter,
};
use licensing::Act;
use service::{ApiCaller, Origin, rate_limit::Limit};

use super::{
    bearer::bearer,
    limits,
    problem::{Code, Problem},
};
use crate::{AppState, access::Opens};

/// Extractor for a caller whose token permits what the route requires.
pub(super) struct Caller(pub(super) ApiCaller);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let admitted = parts.extensions.get::<Admitted>().cloned();
        admitted.map(|Admitted(caller)| Self(caller)).ok_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.into())
    }
}

/// The caller that [`guard`] has admitted.
#[derive(Clone)]
struct Admitted(ApiCaller);

/// Adds the check of the API token to the handlers of a route that requires one.
pub(super) fn guard(state: &AppState, opens: Opens, handlers: MethodRouter<AppState>) -> MethodRouter<AppState> {
    let act = match opens {
        Opens::Act(act) => Some(act),
        Opens::ApiToken => None,
        Opens::Everybody | Opens::Session | Opens::Page(_) => return handlers,
    };
    handlers.route_layer(from_fn_with_state((state.clone(), act), admit))
}

async fn admit(
    State((state, act)): State<(AppState, Option<Act>)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut head, body) = request.into_parts();
    let caller = authenticated(&state, &head).await?;
    if let Some(act) = act.filter(|act| !caller.may(*act)) {
        return Err(Problem::scope_lacking(act));
    }
    head.extensions.insert(Admitted(caller));
    Ok(next.run(Request::from_parts(head, body)).await)
}

/// Returns the caller with a valid API token. Invalid tokens count against their network's limit.
async fn authenticated(state: &AppState, head: &Parts) -> Result<ApiCaller, Problem> {
    let origin = head.extensions.get::<Origin>().cloned().unwrap_or_default();
    if let Some(seconds) = limits::wait(state, Limit::WrongApiToken, &origin) {
        return Err(Problem::too_many_tokens(seconds));
    }
    let token = bearer(&head.headers).map_err(|_| {
        Problem::new(Code::InvalidToken, "Send an API token in the Authorization header, as “Bearer lk_…”.")
    })?;
    match state.service.identity().api_caller(token, origin.address.as_deref()).await {
        Ok(caller) => Ok(caller),
        Err(service::Error::Forbidden(message)) => Err(Problem::new(Code::NotPermitted, message)),
        Err(error) => {
            let problem = Problem::from(error);
            let counts = problem.code() == Code::InvalidToken;
            let wait = counts.then(|| limits::count(state, Limit::WrongApiToken, &origin)).flatten();
            Err(wait.map_or(problem, Problem::too_many_tokens))
        }
    }
}

#[cfg(test)]
mod tests;
