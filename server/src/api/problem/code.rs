//! The closed list of problem codes; every error of the public API has one of these.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// Problem code, named as in the API contract. A name never changes its meaning and is never removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names, reason = "`code_not_found` is the name in the contract")]
pub(crate) enum Code {
    InvalidRequest,
    InvalidToken,
    AuthenticationRequired,
    EmailRequired,
    EmailMismatch,
    VersionNotCovered,
    LicenseSuspended,
    LicenseRevoked,
    ProductUnavailable,
    DeviceBlocked,
    DeviceNotAuthorized,
    NotYourSession,
    NotPermitted,
    ReleaseNotAllowed,
    TransferLimit,
    CodeNotFound,
    SessionNotFound,
    NotFound,
    MethodNotAllowed,
    AlreadyActivated,
    SeatLimit,
    TicketUsed,
    IdempotencyConflict,
    Conflict,
    PatchConflict,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    IdempotencyMismatch,
    RateLimited,
    Internal,
    Unavailable,
}

impl Code {
    /// All codes, ordered by status.
    pub(crate) const ALL: [Self; 32] = [
        Self::InvalidRequest,
        Self::InvalidToken,
        Self::AuthenticationRequired,
        Self::EmailRequired,
        Self::EmailMismatch,
        Self::VersionNotCovered,
        Self::LicenseSuspended,
        Self::LicenseRevoked,
        Self::ProductUnavailable,
        Self::DeviceBlocked,
        Self::DeviceNotAuthorized,
        Self::NotYourSession,
        Self::NotPermitted,
        Self::ReleaseNotAllowed,
        Self::TransferLimit,
        Self::CodeNotFound,
        Self::SessionNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::AlreadyActivated,
        Self::SeatLimit,
        Self::TicketUsed,
        Self::IdempotencyConflict,
        Self::Conflict,
        Self::PatchConflict,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyMismatch,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Returns the name in the API contract.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// Returns the HTTP status.
    pub(crate) const fn status(self) -> StatusCode {
        self.row().1
    }

    /// Returns the title, the same for every occurrence.
    pub(crate) const fn title(self) -> &'static str {
        self.row().2
    }

    /// Returns `true` if the identical request may succeed a little later without anyone changing anything.
    pub(crate) const fn is_retryable(self) -> bool {
        matches!(self, Self::IdempotencyConflict | Self::RateLimited | Self::Internal | Self::Unavailable)
    }

    /// Returns the code with that [`name`](Self::name).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Returns the code for a response of which only the status is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::FORBIDDEN => Self::NotPermitted,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                Self::TooLarge
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::PRECONDITION_FAILED => Self::PreconditionFailed,
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Self::Unavailable
            }
            StatusCode::NOT_IMPLEMENTED => Self::InvalidRequest,
            other if other.is_client_error() => Self::InvalidRequest,
            _ => Self::Internal,
        }
    }

    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => ("invalid_request", StatusCode::BAD_REQUEST, "Invalid request"),
            Self::InvalidToken => ("invalid_token", StatusCode::UNAUTHORIZED, "Invalid bearer token"),
            Self::AuthenticationRequired => ("authentication_required", StatusCode::FORBIDDEN, "Sign-in required"),
            Self::EmailRequired => ("email_required", StatusCode::FORBIDDEN, "E-mail address required"),
            Self::EmailMismatch => ("email_mismatch", StatusCode::FORBIDDEN, "E-mail address doesn't match"),
            Self::VersionNotCovered => ("version_not_covered", StatusCode::FORBIDDEN, "Version not covered"),
            Self::LicenseSuspended => ("license_suspended", StatusCode::FORBIDDEN, "License suspended"),
            Self::LicenseRevoked => ("license_revoked", StatusCode::FORBIDDEN, "License revoked"),
            Self::ProductUnavailable => ("product_unavailable", StatusCode::FORBIDDEN, "Product unavailable"),
            Self::DeviceBlocked => ("device_blocked", StatusCode::FORBIDDEN, "Device blocked"),
            Self::DeviceNotAuthorized => ("device_not_authorized", StatusCode::FORBIDDEN, "Device not registered"),
            Self::NotYourSession => ("not_your_session", StatusCode::FORBIDDEN, "Token of another session"),
            Self::NotPermitted => ("not_permitted", StatusCode::FORBIDDEN, "Not permitted"),
            Self::ReleaseNotAllowed => ("release_not_allowed", StatusCode::FORBIDDEN, "Release not allowed"),
            Self::TransferLimit => ("transfer_limit", StatusCode::FORBIDDEN, "Transfer limit reached"),
            Self::CodeNotFound => ("code_not_found", StatusCode::NOT_FOUND, "Activation code not found"),
            Self::SessionNotFound => ("session_not_found", StatusCode::NOT_FOUND, "Session not found"),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::AlreadyActivated => ("already_activated", StatusCode::CONFLICT, "Already activated"),
            Self::SeatLimit => ("seat_limit", StatusCode::CONFLICT, "No seat is free"),
            Self::TicketUsed => ("ticket_used", StatusCode::CONFLICT, "Release ticket already used"),
            Self::IdempotencyConflict => ("idempotency_conflict", StatusCode::CONFLICT, "Request already in progress"),
            Self::Conflict => ("conflict", StatusCode::CONFLICT, "Not possible in this state"),
            Self::PatchConflict => ("patch_conflict", StatusCode::CONFLICT, "Patch doesn't apply"),
            Self::PreconditionFailed => {
                ("precondition_failed", StatusCode::PRECONDITION_FAILED, "Changed in the meantime")
            }
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE, "Request too large"),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
            }
            Self::IdempotencyMismatch => {
                ("idempotency_mismatch", StatusCode::UNPROCESSABLE_ENTITY, "Idempotency key reused")
            }
            Self::RateLimited => ("rate_limited", StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "Internal error"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "License server unavailable"),
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The code of the problem. The list is closed."))
            .enum_values(Some(Self::ALL.map(Self::name)));
        schema.into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ProblemCode".into()
    }
}
