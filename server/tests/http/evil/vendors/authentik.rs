//! authentik: <https://docs.goauthentik.io/add-secure-apps/providers/oauth2/>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "authentik",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256", "x5c": ["MIIFUzCCAzugAwIBAgIRAN"], "x5t": "m1x", "x5t#S256": "wQz" }),
        discovery: json!({
            "response_types_supported": ["code", "id_token", "id_token token", "code token", "code id_token", "code id_token token"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"], "acr_values_supported": ["goauthentik.io/providers/oauth2/default"],
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "email", "groups"],
            "request_parameter_supported": false, "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "sub": "a3f8c2d1e0b94756", "aud": CLIENT, "auth_time": 0, "acr": "goauthentik.io/providers/oauth2/default",
            "amr": ["pwd"], "sid": "9b8c", "jti": "q1", "at_hash": "", "azp": CLIENT, "uid": "wKf", "email": "ingrid@authentik.example",
            "email_verified": false, "name": "Ingrid Lund", "given_name": "Ingrid Lund", "preferred_username": "ingrid",
            "nickname": "ingrid", "groups": ["authentik Admins", "license-admins"],
        }),
        tokens: json!({ "scope": "email openid profile offline_access", "expires_in": 300 }),
        userinfo: json!({ "sub": "a3f8c2d1e0b94756", "groups": ["authentik Admins", "license-admins"] }),
        refreshed: Some(json!({ "expires_in": 300 })),
        logout: Some((json!({ "typ": "logout+jwt" }), json!({ "sid": "9b8c" }))),
        becomes: Becomes { name: "Ingrid Lund", email: None, role: Role::Admin, by: By::Role },
    }
}
