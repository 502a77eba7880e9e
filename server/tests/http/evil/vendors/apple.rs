//! Apple: <https://developer.apple.com/documentation/signinwithapplerestapi>. Without `form_post` only the scope
//! `openid` is possible, with which the ID token contains no details of the user.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "apple",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "userinfo_endpoint": null, "end_session_endpoint": null, "response_modes_supported": ["query", "fragment", "form_post"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"], "scopes_supported": ["openid", "email", "name"],
            "subject_types_supported": ["pairwise"], "revocation_endpoint": "https://appleid.apple.com/auth/revoke",
            "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": null }),
        claims: json!({
            "aud": CLIENT, "sub": "000544.5e201aec537347aeb79d23cbc345170a.1321", "at_hash": "", "auth_time": 0,
            "nonce_supported": true, "email_verified": "true", "is_private_email": "true", "real_user_status": 2,
        }),
        tokens: json!({ "expires_in": 3600 }),
        userinfo: json!({}),
        refreshed: Some(json!({ "expires_in": 3600, "refresh_token": null, "id_token": null })),
        logout: None,
        becomes: Becomes {
            name: "Olga Owner",
            email: Some("owner@example.com"),
            role: Role::Owner,
            by: By::Connecting,
        },
    }
}
