//! Amazon Cognito: <https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html>
//! and <https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html>.

use licensing::Role;
use serde_json::json;

use super::{Becomes, By, CLIENT, Key, Vendor};

pub(super) fn vendor() -> Vendor {
    Vendor {
        page: "cognito",
        key: Key::rsa,
        jwk: json!({ "alg": "RS256" }),
        discovery: json!({
            "response_types_supported": ["code", "token"], "scopes_supported": ["openid", "email", "phone", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "revocation_endpoint": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/revoke",
            "authorization_response_iss_parameter_supported": null,
        }),
        header: json!({ "typ": null }),
        claims: json!({
            "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "cognito:groups": ["license-admins", "testers"], "email_verified": true,
            "cognito:preferred_role": "arn:aws:iam::111122223333:role/my-test-role", "cognito:username": "ingrid", "middle_name": "Jane",
            "origin_jti": "aaaaaaaa-bbbb", "cognito:roles": ["arn:aws:iam::111122223333:role/my-test-role"], "aud": CLIENT,
            "identities": [{ "userId": "amzn1.account.EXAMPLE", "providerName": "LoginWithAmazon", "issuer": null, "primary": "true", "dateCreated": "1642699117273" }],
            "event_id": "64f513be", "token_use": "id", "auth_time": 0, "at_hash": "", "jti": "cccc", "email": "ingrid@cognito.example", "name": "Ingrid Lund",
        }),
        tokens: json!({ "expires_in": 3600 }),
        // Texts, where the ID token has typed values.
        userinfo: json!({ "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "username": "ingrid", "email_verified": "true", "phone_number_verified": "false" }),
        refreshed: Some(json!({ "expires_in": 3600, "refresh_token": null })),
        logout: None,
        becomes: Becomes {
            name: "Ingrid Lund",
            email: Some("ingrid@cognito.example"),
            role: Role::Admin,
            by: By::Role,
        },
    }
}
