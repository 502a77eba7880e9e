//! Schemas that several calls share, and the bodies of requests.

#![expect(dead_code, reason = "types that only describe: request bodies are read member by member")]

use std::borrow::Cow;

use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType},
};
use uuid::Uuid;

/// A compact JWS (RFC 7515): three parts separated by dots.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Token(String);

/// The id of the decision, which support can look up.
#[derive(ToSchema)]
pub(in crate::api) struct Decision(Uuid);

/// Body of an activation.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api) struct ActivationRequest {
    /// The code as the customer typed or pasted it. Case, spaces and hyphens do not matter, and a generated code is also
    /// found inside other text, such as a label or quotes. An imported code must match as a whole; it has at most 128
    /// characters.
    activation_code: String,
    /// Text that identifies the device: at most 512 bytes, compared exactly. Placeholders that many machines report,
    /// such as Default string or all zeros, are refused unless the server is configured to accept them.
    #[schema(min_length = 1, max_length = 512)]
    fingerprint: String,
    /// The customer's address, if the policy requires it. If the license is full and this is its address, the problem
    /// lists its devices.
    #[schema(max_length = 254)]
    email: Option<String>,
    #[schema(required = false)]
    requested_lease_duration: Span,
    #[schema(required = false)]
    target_software_version: SoftwareVersion,
    #[schema(required = false)]
    device_name: Line,
    #[schema(required = false)]
    platform: Line,
}

/// Body of a renewal or check-in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api) struct RenewalRequest {
    #[schema(required = false)]
    requested_lease_duration: Span,
    #[schema(required = false)]
    target_software_version: SoftwareVersion,
    #[schema(required = false)]
    device_name: Line,
    #[schema(required = false)]
    platform: Line,
}

/// Body of a release with a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(in crate::api) struct ReleaseRequest {
    /// The releaseTicket of a seat_limit problem.
    #[schema(max_length = 2048)]
    ticket: String,
    /// The sessionId of one of the devices in that problem.
    session_id: Uuid,
}

/// File of a device, in JSON.
#[derive(ToSchema)]
pub(in crate::api) struct OfflineBody {
    request: String,
}

/// Member that is a string or absent, and may also be `null`.
fn optional_text(description: &'static str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).description(Some(description))
}

/// Requested lease.
pub(in crate::api) struct Span;

impl ToSchema for Span {
    fn name() -> Cow<'static, str> {
        "Span".into()
    }
}

impl PartialSchema for Span {
    fn schema() -> RefOr<Schema> {
        let text = "The requested lease, limited to what the policy allows: [d.]hh:mm[:ss], ISO 8601 (P14D, PT8H), or a \
                    number of days.";
        optional_text(text)
            .schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Null]))
            .max_length(Some(64))
            .examples([serde_json::json!("14.00:00"), "P14D".into(), 14.into()])
            .into()
    }
}

/// Version of the software.
pub(in crate::api) struct SoftwareVersion;

impl ToSchema for SoftwareVersion {
    fn name() -> Cow<'static, str> {
        "SoftwareVersion".into()
    }
}

impl PartialSchema for SoftwareVersion {
    fn schema() -> RefOr<Schema> {
        let text = "The version of the software to run: one to four numbers, optionally with a pre-release and build as \
                    in SemVer. A leading v and leading zeros are ignored.";
        optional_text(text).max_length(Some(64)).examples(["2.4.1", "2.4.1.7"]).into()
    }
}

/// One line of text.
pub(in crate::api) struct Line;

impl ToSchema for Line {
    fn name() -> Cow<'static, str> {
        "Line".into()
    }
}

impl PartialSchema for Line {
    fn schema() -> RefOr<Schema> {
        let text = "One line, shown to support. Control characters are removed, and it is cut at 80 characters. Never \
                    refused.";
        optional_text(text).into()
    }
}

/// Value of a feature.
pub(in crate::api) struct FeatureValue;

impl ToSchema for FeatureValue {
    fn name() -> Cow<'static, str> {
        "FeatureValue".into()
    }
}

impl PartialSchema for FeatureValue {
    fn schema() -> RefOr<Schema> {
        let types = SchemaType::from_iter([Type::Boolean, Type::Number, Type::String]);
        ObjectBuilder::new().schema_type(types).into()
    }
}
