//! Parts of the OpenAPI document that belong to no single call.

use serde_json::{Value, json};

/// General description.
pub(super) fn info() -> Value {
    json!({
        "title": "Latchkey",
        "summary": "Activates licenses on devices, and returns signed tokens that any JWT library can verify.",
        "description": "Every response that is not a success is a problem document (RFC 9457) with the schema \
                        Problem. `code` identifies the problem and never changes its meaning, `type` is the URL of a \
                        page on this server that explains it, and `retryable` is true if the same request may \
                        succeed a little later. The content type is `application/problem+json`, or \
                        `application/json` for clients that accept only that. Other methods of a path are answered \
                        with 405 and an Allow header, other paths with 404. JSON bodies may be sent as \
                        application/json, application/json-patch+json, text/json or application/*+json, and have at \
                        most 16 KiB. Calls below `/api/v1/admin` refuse members that are not documented here, and the \
                        others ignore them.",
        "license": { "name": "Apache 2.0", "identifier": "Apache-2.0" },
        "version": env!("CARGO_PKG_VERSION"),
    })
}

/// Groups of calls.
pub(super) fn tags() -> Value {
    json!([
        { "name": "activations", "description": "Calls with an activation code." },
        { "name": "sessions", "description": "Calls with the activation's own token, or with an access token of the person who \
                           activated the device." },
        { "name": "machines", "description": "Calls for programs that verify tokens, monitor the server or belong to the vendor." },
        { "name": "licenses", "description": "Licenses, for the vendor's own systems." },
        { "name": "jobs", "description": "Acts on many licenses, done in the background." },
        { "name": "exports", "description": "Licenses and records as files, for the vendor's own systems." },
        { "name": "devices", "description": "Activations, blocks and pre-registered devices, for the vendor's own systems." },
        { "name": "products", "description": "Products, features and releases, for the vendor's own systems." },
        { "name": "policies", "description": "Policies, for the vendor's own systems." },
        { "name": "decisions", "description": "Decisions, for the vendor's own systems." },
        { "name": "events", "description": "The audit log, for the vendor's own systems." },
        { "name": "webhooks", "description": "Messages about events to the vendor's own systems." },
        { "name": "keys", "description": "Signing keys, for the vendor's own systems." },
        { "name": "Provisioning", "description": "The provision paths of the published contract, for systems that were \
                           written for it." },
    ])
}

/// Ways to authenticate.
pub(super) fn security_schemes() -> Value {
    json!({
        "apiToken": { "type": "http", "scheme": "bearer", "description": "An API token of the vendor: lk_…" },
        "accessToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token (RFC 9068) of an identity provider. Required for activations if the \
                            policy requires sign-in; also accepted on a session from the person who activated it.",
        },
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The activation's own token; accepted after it has expired too, while the seat is held.",
        },
    })
}

/// Headers of responses.
pub(super) fn headers() -> Value {
    json!({
        "Decision": {
            "description": "The id of the decision, which support can look up. A repeat that changes nothing names \
                            the decision of the grant that it repeats. A dry run has none.",
            "schema": { "type": "string", "format": "uuid" },
        },
        "RetryAfter": {
            "description": "Seconds until the same request may be sent again.",
            "schema": { "type": "integer", "minimum": 1 },
        },
        "RateLimitPolicy": {
            "description": "The limit (draft-ietf-httpapi-ratelimit-headers): the number (q) of failures of a \
                            network, of changes by a license's devices, or of calls with an API token, within a number of \
                            seconds (w).",
            "schema": { "type": "string" },
            "example": "\"failures\";q=30;w=60",
        },
        "RateLimit": {
            "description": "The remaining quota (r), and the seconds until there is more (t).",
            "schema": { "type": "string" },
            "example": "\"failures\";r=0;t=2",
        },
    })
}
