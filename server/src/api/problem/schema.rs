//! The schema of problem documents in the OpenAPI document.

#![expect(dead_code, reason = "types that only describe: `Document` has the same members in groups")]

use chrono::{DateTime, Utc};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Code;
use crate::api::openapi::schemas::{Decision, Token};

/// A problem document.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = Problem)]
pub(crate) struct ProblemSchema {
    /// URL of a page on this server that explains the code.
    #[schema(format = "uri")]
    r#type: String,
    title: String,
    #[schema(value_type = u16)]
    status: u16,
    /// Text that may be shown to the user.
    detail: String,
    /// The request's id, as in the server's log.
    #[schema(format = "uri", nullable = false)]
    instance: Option<String>,
    code: Code,
    retryable: bool,
    #[schema(nullable = false, value_type = Decision, required = false)]
    decision: Option<Uuid>,
    /// With invalid_request: every invalid field.
    #[schema(inline, nullable = false)]
    errors: Option<Vec<FieldErrorSchema>>,
    /// With seat_limit.
    #[schema(nullable = false)]
    seats_used: Option<u32>,
    /// With seat_limit.
    #[schema(nullable = false)]
    seats_allowed: Option<u32>,
    /// With seat_limit: when the next seat becomes free by itself.
    #[schema(nullable = false)]
    next_seat_at: Option<DateTime<Utc>>,
    /// With seat_limit, if the policy lets devices release seats and the request had the license's e-mail address: the
    /// devices in use, those seen longest ago first.
    #[schema(max_items = 20, nullable = false)]
    devices: Option<Vec<DeviceInUse>>,
    #[schema(nullable = false, value_type = Token, required = false)]
    release_ticket: Option<String>,
    /// With rate_limited.
    #[schema(rename = "violated-policies", inline, nullable = false)]
    violated_policies: Option<Vec<PolicyName>>,
}

#[derive(ToSchema)]
struct FieldErrorSchema {
    field: String,
    /// JSON pointer to the member, in problems of the management API.
    #[schema(nullable = false)]
    pointer: Option<String>,
    message: String,
}

#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
enum PolicyName {
    Failures,
    Changes,
    Calls,
    Large,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct DeviceInUse {
    /// The id to send with the release ticket. It grants no access by itself.
    session_id: Uuid,
    /// Masked: only the first third of every word is shown.
    #[schema(examples("In…’s Mac…"), nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    platform: Option<String>,
    last_seen_at: DateTime<Utc>,
    activated_at: DateTime<Utc>,
    lease_ends_at: DateTime<Utc>,
}
