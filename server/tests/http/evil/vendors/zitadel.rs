//! Zitadel: <https://zitadel.com/docs/apis/openidoauth/claims>. The userinfo has the roles as an object: for each role,
//! the organizations in which the user has it.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "zitadel",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "introspection_endpoint": "https://acme.zitadel.cloud/oauth/v2/introspect", "ui_locales_supported": ["bg", "de", "en", "pt"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"],
            "grant_types_supported": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
            "claims_supported": ["sub", "aud", "exp", "iat", "iss", "auth_time", "nonce", "acr", "amr", "c_hash", "at_hash", "act"],
            "request_parameter_supported": true, "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "aud": [CLIENT, "162840776699609090@acme", "69234237810729019"], "azp": CLIENT, "client_id": CLIENT,
            "sub": "77776025198584418", "amr": ["password", "mfa", "otp"], "auth_time": 0, "at_hash": "", "sid": "V1_263",
        }),
        tokens: json!({ "expires_in": 43199, "scope": "openid profile email offline_access" }),
        userinfo: json!({
            "sub": "77776025198584418", "name": "Ingrid Lund", "given_name": "Ingrid", "family_name": "Lund", "locale": "und",
            "preferred_username": "ingrid@acme.zitadel.cloud", "email": "ingrid@zitadel.example", "email_verified": true,
            "gender": "diverse", "updated_at": 1617722208, "urn:zitadel:iam:user:resourceowner:id": "69234237810729019",
            "urn:zitadel:iam:org:project:roles": { "license-admin": { "69234237810729019": "acme.zitadel.cloud" } },
            "urn:zitadel:iam:org:project:162840776699609090:roles": { "license-admin": { "69234237810729019": "acme.zitadel.cloud" } },
        }),
        refreshed: Some(json!({ "expires_in": 43199 })),
        logout: Some((json!({ "typ": "logout+jwt" }), json!({ "sid": "V1_263" }))),
        becomes: Becomes {
            name: "Ingrid Lund",
            email: Some("ingrid@zitadel.example"),
            role: Role::Admin,
            by: By::Role,
        },
    }
}
