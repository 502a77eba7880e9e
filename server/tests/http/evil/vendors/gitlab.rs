//! GitLab: <https://docs.gitlab.com/integration/openid_connect_provider/>. The ID token has direct groups only, the
//! userinfo all groups.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "gitlab",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "claim_types_supported": ["normal"], "scopes_supported": ["api", "read_user", "openid", "profile", "email"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"], "end_session_endpoint": null,
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "sub_legacy", "name", "groups_direct", "https://gitlab.org/claims/groups/owner"],
            "code_challenge_methods_supported": ["plain", "S256"], "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "sub": "4711", "aud": CLIENT, "auth_time": 0, "sub_legacy": "8c4a9e1f", "name": "Ingrid Lund", "nickname": "ingrid",
            "preferred_username": "ingrid", "email": "ingrid@gitlab.example", "email_verified": true,
            "profile": "https://gitlab.com/ingrid", "picture": "https://gitlab.com/uploads/-/system/user/avatar/4711/avatar.png",
            "groups_direct": ["acme/license-admins", "acme/web"],
        }),
        tokens: json!({ "expires_in": 7200, "scope": "openid profile email", "created_at": 1607635748 }),
        userinfo: json!({
            "sub": "4711", "groups": ["acme", "acme/license-admins"], "website": "", "https://gitlab.org/claims/groups/owner": ["acme"],
        }),
        refreshed: Some(json!({ "expires_in": 7200, "created_at": 1607635748 })),
        logout: None,
        becomes: Becomes { name: "Ingrid Lund", email: Some("ingrid@gitlab.example"), role: Role::Admin, by: By::Role },
    }
}
