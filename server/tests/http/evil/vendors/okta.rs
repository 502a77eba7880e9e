//! Okta: <https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/> and
//! <https://developer.okta.com/docs/guides/customize-tokens-groups-claim/main/>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "okta",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "registration_endpoint": "https://acme.okta.com/oauth2/v1/clients", "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
            "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "password", "urn:okta:params:oauth:grant-type:otp"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone", "offline_access", "groups"],
            "request_object_signing_alg_values_supported": ["HS256", "RS256", "ES512"], "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": null }),
        claims: json!({
            "sub": "00uid4BxXw6I6TV4m0g3", "ver": 1, "aud": CLIENT, "jti": "ID.ZFsF", "amr": ["pwd", "mfa", "otp"], "idp": "00oi1",
            "preferred_username": "ingrid@okta.example", "auth_time": 0, "at_hash": "", "name": "Ingrid Lund", "locale": "en_US",
            "email": "ingrid@okta.example", "email_verified": true, "zoneinfo": "America/Los_Angeles", "updated_at": 1311280970,
            "groups": ["license-desk", "license-readers"],
        }),
        tokens: json!({ "scope": "openid profile email groups offline_access", "expires_in": 3600 }),
        userinfo: json!({ "sub": "00uid4BxXw6I6TV4m0g3" }),
        refreshed: Some(json!({ "scope": "openid profile email groups offline_access", "expires_in": 3600 })),
        logout: None,
        becomes: Becomes { name: "Ingrid Lund", email: Some("ingrid@okta.example"), role: Role::Support, by: By::Role },
    }
}
