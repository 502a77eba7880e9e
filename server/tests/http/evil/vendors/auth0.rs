//! Auth0: <https://auth0.com/docs/secure/tokens/id-tokens/id-token-structure>,
//! <https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims> and
//! <https://auth0.com/docs/authenticate/login/logout/back-channel-logout>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "auth0",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256", "x5t": "9K1fW", "x5c": ["MIIDHTCCAgWgAwIBAgIJ"] }),
        discovery: json!({
            "device_authorization_endpoint": "https://acme.eu.auth0.com/oauth/device/code", "mfa_challenge_endpoint": "https://acme.eu.auth0.com/mfa/challenge",
            "id_token_signing_alg_values_supported": ["HS256", "RS256", "PS256"], "code_challenge_methods_supported": ["S256", "plain"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
            "global_token_revocation_endpoint": "https://acme.eu.auth0.com/oauth/global-token-revocation/connection/{connectionName}",
            "dpop_signing_alg_values_supported": ["ES256"], "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "https://licenses.example.com/roles": ["License Admin"], "nickname": "ingrid", "name": "Ingrid Lund",
            "picture": "https://s.gravatar.com/avatar/0?s=480", "updated_at": "2026-11-23T10:59:07.841Z",
            "email": "ingrid@auth0.example", "email_verified": true, "aud": CLIENT, "sub": "auth0|65f1c0ffee",
            "auth_time": 0, "sid": "xYt0", "gender": "female", "birthdate": "0000-10-31",
        }),
        tokens: json!({ "scope": "openid profile email offline_access", "expires_in": 86400 }),
        userinfo: json!({ "sub": "auth0|65f1c0ffee", "updated_at": "2026-11-23T10:59:07.841Z" }),
        refreshed: Some(
            json!({ "scope": "openid profile email offline_access", "expires_in": 86400, "refresh_token": null }),
        ),
        logout: Some((json!({ "typ": "logout+jwt" }), json!({ "sid": "xYt0", "trace_id": "f3e9" }))),
        becomes: Becomes { name: "Ingrid Lund", email: Some("ingrid@auth0.example"), role: Role::Admin, by: By::Role },
    }
}
