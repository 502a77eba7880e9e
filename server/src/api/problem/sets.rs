//! Codes that several calls have in common.

use super::Code;

/// Refusals of a device that has a seat by the rules of its license.
pub(crate) const RENEWAL_REFUSALS: &[Code] = &[
    Code::AuthenticationRequired,
    Code::EmailMismatch,
    Code::VersionNotCovered,
    Code::LicenseSuspended,
    Code::LicenseRevoked,
    Code::ProductUnavailable,
    Code::DeviceBlocked,
    Code::DeviceNotAuthorized,
    Code::CodeNotFound,
    Code::AlreadyActivated,
    Code::SeatLimit,
];

/// Problems of every call on a session, which its token or its person authorizes.
pub(crate) const OF_SESSIONS: &[Code] = &[
    Code::InvalidRequest,
    Code::InvalidToken,
    Code::NotYourSession,
    Code::SessionNotFound,
    Code::NotFound,
    Code::Unavailable,
];

/// Problems of every call with an API token.
pub(crate) const OF_API_TOKENS: &[Code] =
    &[Code::InvalidToken, Code::NotPermitted, Code::RateLimited, Code::Unavailable];

/// Problems of every call under an `Idempotency-Key`.
pub(crate) const OF_KEYS: &[Code] = &[Code::InvalidRequest, Code::IdempotencyConflict, Code::IdempotencyMismatch];

/// Problems of every call that writes with an API token.
pub(crate) const OF_WRITES: &[Code] =
    &[Code::InvalidRequest, Code::NotFound, Code::Conflict, Code::UnsupportedMediaType];

/// Problems of every call that patches.
pub(crate) const OF_PATCHES: &[Code] = &[Code::PatchConflict, Code::PreconditionFailed];

/// Problems of every call with a body.
pub(crate) const OF_BODIES: &[Code] = &[Code::InvalidRequest, Code::UnsupportedMediaType];

/// Problems of every call.
pub(crate) const OF_ALL: &[Code] = &[Code::TooLarge, Code::Internal];
