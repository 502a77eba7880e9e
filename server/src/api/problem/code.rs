//! The closed list of problem codes: whatever goes wrong in the public API is one of these.

use axum::http::StatusCode;

/// What went wrong, by its name in the contract. A name is never given another meaning, and never goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::enum_variant_names, reason = "code_not_found is the contract's own word")]
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
    TooLarge,
    UnsupportedMediaType,
    IdempotencyMismatch,
    RateLimited,
    Internal,
    Unavailable,
}

impl Code {
    /// Every code, by status.
    pub(crate) const ALL: [Self; 29] = [
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
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyMismatch,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The name in the contract.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub(crate) const fn status(self) -> StatusCode {
        self.row().1
    }

    /// The same few words whenever it happens.
    pub(crate) const fn title(self) -> &'static str {
        self.row().2
    }

    /// Whether the very same request may succeed a little later without anybody doing anything.
    pub(crate) const fn is_retryable(self) -> bool {
        matches!(self, Self::IdempotencyConflict | Self::RateLimited | Self::Internal | Self::Unavailable)
    }

    /// The code of that [`name`](Self::name).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// The code for an answer of which only the status is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::FORBIDDEN => Self::NotPermitted,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                Self::TooLarge
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
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
            Self::EmailMismatch => ("email_mismatch", StatusCode::FORBIDDEN, "Another e-mail address"),
            Self::VersionNotCovered => ("version_not_covered", StatusCode::FORBIDDEN, "Version not covered"),
            Self::LicenseSuspended => ("license_suspended", StatusCode::FORBIDDEN, "License suspended"),
            Self::LicenseRevoked => ("license_revoked", StatusCode::FORBIDDEN, "License revoked"),
            Self::ProductUnavailable => ("product_unavailable", StatusCode::FORBIDDEN, "Product unavailable"),
            Self::DeviceBlocked => ("device_blocked", StatusCode::FORBIDDEN, "Device blocked"),
            Self::DeviceNotAuthorized => ("device_not_authorized", StatusCode::FORBIDDEN, "Device not entered"),
            Self::NotYourSession => ("not_your_session", StatusCode::FORBIDDEN, "Another session"),
            Self::NotPermitted => ("not_permitted", StatusCode::FORBIDDEN, "Not permitted"),
            Self::ReleaseNotAllowed => ("release_not_allowed", StatusCode::FORBIDDEN, "Release not allowed"),
            Self::TransferLimit => ("transfer_limit", StatusCode::FORBIDDEN, "Seats moved too often"),
            Self::CodeNotFound => ("code_not_found", StatusCode::NOT_FOUND, "Activation code not found"),
            Self::SessionNotFound => ("session_not_found", StatusCode::NOT_FOUND, "Session not found"),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "Not found"),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED, "Method not allowed"),
            Self::AlreadyActivated => ("already_activated", StatusCode::CONFLICT, "Activated already"),
            Self::SeatLimit => ("seat_limit", StatusCode::CONFLICT, "No seat is free"),
            Self::TicketUsed => ("ticket_used", StatusCode::CONFLICT, "Release ticket used already"),
            Self::IdempotencyConflict => ("idempotency_conflict", StatusCode::CONFLICT, "Being answered already"),
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE, "Request too large"),
            Self::UnsupportedMediaType => {
                ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
            }
            Self::IdempotencyMismatch => {
                ("idempotency_mismatch", StatusCode::UNPROCESSABLE_ENTITY, "Another request under this key")
            }
            Self::RateLimited => ("rate_limited", StatusCode::TOO_MANY_REQUESTS, "Too many failures"),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "A defect of the license server"),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "License server unavailable"),
        }
    }
}
