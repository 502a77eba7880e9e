//! Callers with an API token. The declaration of a route says which act a token must permit; the check is a layer around
//! the handler, so no handler can forget it.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::MethodRouter,
};
use licensing::{Act, Permission, Scope};
use service::{ApiCaller, Origin, rate_limit::Limit};

use super::{
    bearer::bearer,
    limits,
    problem::{Code, Problem},
};
use crate::{AppState, routes::Opens, web::mask_emails};

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
        Opens::Everybody | Opens::Session | Opens::Account(_) => return handlers,
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
    if let Some(act) = act {
        let origin = head.extensions.get::<Origin>().cloned().unwrap_or_default();
        let actor = caller.authorize(act, origin).ok_or_else(|| Problem::scope_lacking(act))?;
        head.extensions.insert(actor);
    }
    let room = limits::take_call(&state, caller.id, head.uri.path())
        .map_err(|(policy, seconds)| Problem::too_many_calls(policy, seconds))?;
    let views = views(&caller);
    head.extensions.insert(Admitted(caller));
    let mut response = next.run(Request::from_parts(head, body)).await;
    if views && state.config.hide_emails_from_viewers {
        response = mask_emails::masked_body(response, None).await;
    }
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    limits::tell_room(response.headers_mut(), &room);
    Ok(response)
}

/// Returns `true` if the token may only look: the setting that hides e-mail addresses from viewers applies to it.
pub(super) fn views(caller: &ApiCaller) -> bool {
    caller.scopes.iter().all(|scope| match scope {
        Scope::Permission(permission) => *permission == Permission::See,
        Scope::Act(act) => act.permission() == Permission::See,
    })
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
