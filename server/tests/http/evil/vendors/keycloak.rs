//! Keycloak: <https://www.keycloak.org/securing-apps/oidc-layers> and, for the type of its logout tokens,
//! `DefaultTokenManager.java` in its source.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "keycloak",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256", "x5c": ["MIICmzCCAYMCBgF"], "x5t": "8Gd", "x5t#S256": "t0Y" }),
        discovery: json!({
            "grant_types_supported": ["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"],
            "id_token_signing_alg_values_supported": ["PS384", "ES384", "RS384", "HS256", "ES512", "EdDSA", "RS256"],
            "id_token_encryption_alg_values_supported": ["ECDH-ES+A256KW", "RSA-OAEP", "RSA1_5"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth"],
            "claim_types_supported": ["normal"], "acr_values_supported": ["0", "1"],
            "mtls_endpoint_aliases": { "token_endpoint": "https://id.example.com/realms/acme/protocol/openid-connect/token" },
            "backchannel_logout_supported": true, "check_session_iframe": "https://id.example.com/login-status-iframe.html",
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "jti": "6b7fa7a0-5a0d-4b7e-a4f5-8e8e7c3c7c36", "aud": [CLIENT, "account"], "azp": CLIENT, "typ": "ID",
            "sub": "f5d1c3a2-7b11-4b5c-8c2e-0f6f8f1b4e55", "auth_time": 0, "sid": "a2c0c6f8", "at_hash": "", "acr": "1",
            "email_verified": true, "realm_access": { "roles": ["offline_access", "license-admins", "default-roles-acme"] },
            "resource_access": { "account": { "roles": ["manage-account"] } }, "name": "Ingrid Lund",
            "preferred_username": "ingrid", "given_name": "Ingrid", "family_name": "Lund", "email": "ingrid@keycloak.example",
            "address": {},
        }),
        tokens: json!({ "refresh_expires_in": 1800, "not-before-policy": 0, "session_state": "a2c0c6f8", "scope": "openid email profile" }),
        userinfo: json!({ "sub": "f5d1c3a2-7b11-4b5c-8c2e-0f6f8f1b4e55", "email_verified": true }),
        refreshed: Some(json!({ "refresh_expires_in": 1800, "not-before-policy": 0, "scope": "openid email profile" })),
        logout: Some((json!({ "typ": "JWT" }), json!({ "sid": "a2c0c6f8", "typ": "Logout" }))),
        becomes: Becomes {
            name: "Ingrid Lund",
            email: Some("ingrid@keycloak.example"),
            role: Role::Admin,
            by: By::Role,
        },
    }
}
