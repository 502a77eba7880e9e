//! The document: a problem as it leaves the server.

use axum::{
    Json,
    extract::{Request, State},
    http::{
        HeaderValue,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use licensing::FieldError;
use serde::Serialize;
use service::{Origin, Service};
use uuid::Uuid;

use super::{Code, Parts, Problem, accept};
use crate::api::{limits, tickets::Choice};

/// The members, in the order in which people read them (RFC 9457 §3.1 and §3.2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    code: &'static str,
    retryable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Uuid>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    seats: Option<Seats>,
    #[serde(flatten)]
    choice: Option<&'a Choice>,
    /// The policies that were broken (draft-ietf-httpapi-ratelimit-headers §5.1).
    #[serde(rename = "violated-policies", skip_serializing_if = "<[_]>::is_empty")]
    violated_policies: &'a [&'static str],
}

/// What a full license says of itself.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seats {
    pub(super) seats_used: u32,
    pub(super) seats_allowed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_seat_at: Option<DateTime<Utc>>,
}

/// Makes a document of every answer that is not a success, whoever gave it: a handler, the router or a caught panic. The
/// header `Allow` stays; the rest of such an answer goes.
pub(crate) async fn write(State(service): State<Service>, request: Request, next: Next) -> Response {
    let content_type = accept::content_type(request.headers());
    let request_id = request.extensions().get::<Origin>().and_then(|origin| origin.request_id.clone());
    let mut answer = next.run(request).await;
    if !answer.status().is_client_error() && !answer.status().is_server_error() {
        return answer;
    }
    let problem: Problem = answer.extensions_mut().remove().unwrap_or_else(|| Problem::of_status(answer.status()));
    if let Some(cause) = &problem.0.cause {
        tracing::error!(request_id, cause, "an API request met a defect");
    }
    let mut written = problem.write(service.issuer(), request_id.as_deref(), content_type);
    if let Some(methods) = answer.headers_mut().remove(ALLOW) {
        written.headers_mut().insert(ALLOW, methods);
    }
    written
}

impl Problem {
    /// The whole answer, under that content type.
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
