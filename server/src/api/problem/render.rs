//! Rendering of a problem as the document that is sent.

use axum::{
    Json,
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use service::{Origin, Service};

use super::{Code, Parts, Problem, accept, document::Document};
use crate::api::limits;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Middleware that turns every unsuccessful response into a problem document, whether a handler, the router or a caught
/// panic produced it. Of the original response's headers, only `Allow` and those of the rate limit are kept.
pub(crate) async fn write(State(service): State<Service>, request: Request, next: Next) -> Response {
    let content_type = accept::content_type(request.headers());
    let request_id = request.extensions().get::<Origin>().and_then(|origin| origin.request_id.clone());
    let mut answer = next.run(request).await;
    if !answer.status().is_client_error() && !answer.status().is_server_error() {
        return answer;
    }
    let problem: Problem = answer.extensions_mut().remove().unwrap_or_else(|| Problem::of_status(answer.status()));
    if let Some(cause) = &problem.0.cause {
        tracing::error!(request_id, cause, "an API request failed with an internal error");
    }
    let mut written = problem.write(service.keys().issuer(), request_id.as_deref(), content_type);
    for kept in [ALLOW, RATE_LIMIT, RATE_LIMIT_POLICY] {
        if let Some(value) = answer.headers_mut().remove(&kept) {
            written.headers_mut().entry(kept).or_insert(value);
        }
    }
    written
}

impl Problem {
    /// Renders the whole response, with the given content type.
    pub(crate) fn write(&self, server: &str, request_id: Option<&str>, content_type: &'static str) -> Response {
        let mut written = (self.0.status, Json(self.0.document(server, request_id))).into_response();
        let headers = written.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
            if self.0.code == Code::RateLimited {
                limits::tell(headers, self.0.policy, seconds);
            }
        }
        if self.0.code == Code::InvalidToken {
            // RFC 6750 §3.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        if let Some(accepted) = self.0.accept_patch {
            headers.insert("accept-patch", HeaderValue::from_static(accepted));
        }
        if let Some(act) = self.0.lacks {
            // RFC 6750 §3.1.
            let lacks = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", act.name());
            headers.extend(HeaderValue::try_from(lacks).map(|lacks| (WWW_AUTHENTICATE, lacks)));
        }
        written
    }
}

impl Parts {
    fn document(&self, server: &str, request_id: Option<&str>) -> Document<'_> {
        Document {
            r#type: format!("{server}/problems/{}", self.code.name()),
            title: self.code.title(),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance: request_id.map(|id| format!("urn:uuid:{id}")),
            code: self.code.name(),
            retryable: self.code.is_retryable(),
            decision: self.decision,
            errors: &self.errors,
            seats: self.seats,
            choice: self.choice.as_ref(),
            violated_policies: if self.code == Code::RateLimited {
                std::slice::from_ref(&self.policy.name)
            } else {
                &[]
            },
        }
    }
}
