//! Microsoft Entra ID: <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference> and
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "entra-id",
        key: Key::rsa,
        jwk: json!({ "x5t": "nOo3ZDrODXEK1jKWhXslHR_KXEg", "x5c": ["MIIDBTCCAe2gAwIBAgIQN33ROaIJ6bJBWDCxtmJEbjANBgkq"], "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0" }),
        discovery: json!({
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "response_modes_supported": ["query", "fragment", "form_post"], "subject_types_supported": ["pairwise"],
            "request_uri_parameter_supported": false, "kerberos_endpoint": "https://login.microsoftonline.com/TENANT/kerberos",
            "tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com", "http_logout_supported": true,
            "frontchannel_logout_supported": true, "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": "JWT" }),
        claims: json!({
            "aud": CLIENT, "nbf": 0, "aio": "AVQAq/8TAAAA7v", "name": "Ingrid Lund", "oid": "0c5a3d2e-7f0b-4f2e-9d6a-4b8c1a2e3f44",
            "preferred_username": "ingrid@entra.example", "rh": "0.AXkA", "roles": ["license-admin"], "auth_time": 0,
            "sid": "001a2b3c-0000", "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "email": "ingrid@entra.example",
            "tid": "9122040d-6c67-4c5b-b112-36a304b66dad", "uti": "fqiBqXLPj0eQa82S", "ver": "2.0", "xms_edov": true,
        }),
        tokens: json!({ "scope": "openid profile email", "ext_expires_in": 4227, "expires_in": "3599" }),
        userinfo: json!({ "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "picture": "https://graph.microsoft.com/v1.0/me/photo/$value" }),
        refreshed: Some(json!({ "scope": "openid profile email", "ext_expires_in": 4227, "expires_in": "3599" })),
        logout: None,
        // Entra ID does not state that its addresses are verified.
        becomes: Becomes { name: "Ingrid Lund", email: None, role: Role::Admin, by: By::Role },
    }
}
