//! One attempt at a delivery.

use std::time::Instant;

use chrono::DateTime;
use http::{HeaderMap, Method, Request, header::CONTENT_TYPE};
use licensing::{Span, webhook::Answer};
use service::{Outgoing, Report};

use crate::outbound::{PublicClient, SendError};

/// Length of the stored beginning of a response, in characters.
const STORED: usize = 2_048;
/// Header that names this server to the receiver (CloudEvents, HTTP 1.1 Web Hooks for Event Delivery).
const ORIGIN: &str = "webhook-request-origin";
/// Header with which a receiver accepts a server.
const ALLOWED: &str = "webhook-allowed-origin";

/// Sends a message, and reports the answer.
pub(super) async fn attempt(client: &PublicClient, source: &str, message: Outgoing) -> Report {
    let (began, host) = (Instant::now(), host_of(source));
    let report = Report {
        delivery: message.delivery,
        subscription: message.subscription,
        url: message.url.clone(),
        at: message.at,
        milliseconds: 0,
        answer: Answer::None,
        error: None,
        response: None,
        is_verified: false,
    };
    let mut report = match post(client, host, &message).await {
        Ok(response) => {
            let text = text_of(response.body());
            let answer = Answer::Status(response.status().as_u16(), retry_after(response.headers(), &message));
            let is_verified = response.status().is_success() && message.is_answered_by(&text);
            Report { answer, is_verified, response: Some(text.chars().take(STORED).collect()), ..report }
        }
        Err(SendError::NotAllowed(why)) => Report { answer: Answer::NotAllowed, error: Some(why), ..report },
        Err(SendError::Failed(why)) => Report { error: Some(why), ..report },
    };
    if message.is_challenge() && !report.is_verified && report.answer != Answer::NotAllowed {
        report.is_verified = is_welcome(client, host, &message.url).await;
        if !report.is_verified && report.error.is_none() {
            report.error = Some("The response does not sign the challenge.".to_owned());
        }
    }
    report.milliseconds = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    report
}

async fn post(client: &PublicClient, host: &str, message: &Outgoing) -> Result<http::Response<Vec<u8>>, SendError> {
    let mut request = Request::post(&message.url)
        .header(CONTENT_TYPE, "application/cloudevents+json; charset=utf-8")
        .header(ORIGIN, host);
    for (name, value) in &message.headers {
        request = request.header(*name, value);
    }
    let request = request.body(message.body.clone().into_bytes()).map_err(unusable)?;
    client.send(request).await
}

/// Asks the receiver by the handshake of CloudEvents whether it wants messages of this server.
async fn is_welcome(client: &PublicClient, host: &str, url: &str) -> bool {
    let request = Request::builder().method(Method::OPTIONS).uri(url).header(ORIGIN, host).body(vec![]);
    let Ok(request) = request else { return false };
    let Ok(response) = client.send(request).await else { return false };
    let allowed = response.headers().get(ALLOWED).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    response.status().is_success() && (allowed == "*" || allowed.eq_ignore_ascii_case(host))
}

fn unusable(error: http::Error) -> SendError {
    SendError::Failed(format!("The address is not usable: {error}."))
}

/// The host of this server's URL.
fn host_of(source: &str) -> &str {
    let authority = source.split_once("://").map_or(source, |(_, rest)| rest).split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The body as text, without characters that a database cannot store.
fn text_of(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// The wait that the receiver asks for: seconds, or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, message: &Outgoing) -> Option<Span> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Span::seconds(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    let seconds = at.signed_duration_since(message.at).num_seconds();
    Some(Span::seconds(u64::try_from(seconds).unwrap_or_default()))
}
