//! Google: <https://developers.google.com/identity/openid-connect/openid-connect>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "google",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "response_types_supported": ["code", "token", "id_token", "code token", "code id_token", "none"],
            "scopes_supported": ["openid", "email", "profile"], "end_session_endpoint": null,
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "name", "picture", "sub"],
            "device_authorization_endpoint": "https://oauth2.googleapis.com/device/code",
            "authorization_response_iss_parameter_supported": true,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "aud": CLIENT, "azp": CLIENT, "sub": "10769150350006150715113082367", "hd": "google.example",
            "email": "ingrid@google.example", "email_verified": true, "at_hash": "", "name": "Ingrid Lund",
            "picture": "https://lh3.googleusercontent.com/a/photo=s96-c", "given_name": "Ingrid", "family_name": "Lund", "locale": "en-GB",
        }),
        tokens: json!({
            "expires_in": 3599, "refresh_token": null,
            "scope": "https://www.googleapis.com/auth/userinfo.profile openid https://www.googleapis.com/auth/userinfo.email",
        }),
        userinfo: json!({ "sub": "10769150350006150715113082367" }),
        refreshed: None,
        logout: None,
        becomes: Becomes {
            name: "Invited",
            email: Some("ingrid@google.example"),
            role: Role::Support,
            by: By::Address,
        },
    }
}
