//! Reads claims: identity, address and roles of a person.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::Email;
use serde_json::{Map, Value};
use service::Claimed;

use crate::config::IdentityProvider;

/// Claims of a token or of the userinfo response.
pub(crate) type Claims = Map<String, Value>;

/// Maximum length of a subject or session id, in bytes (for `sub`: OpenID Connect Core §2).
const LONGEST_ID: usize = 255;

/// Decodes a part of a compact JWS without verifying it: 0 is the header, 1 the claims.
pub(crate) fn part(token: &str, n: usize) -> Option<Claims> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(n)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Returns the claim at `path`: the name of a claim, or names of nested members joined by dots. A name may contain dots
/// itself, such as a URL.
pub(crate) fn at<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(found) = claims.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let (name, rest) = path.split_at_checked(dot)?;
        at(claims.get(name)?.as_object()?, rest.strip_prefix('.')?)
    })
}

/// Returns the values at `path`: a string, a list of strings, or the member names of an object in which each member is
/// a non-empty object (Zitadel writes roles like that, with the organizations of the person). Anything else yields no
/// role, and neither does a name with a control character, since PostgreSQL cannot store U+0000. `None` if the claim is
/// absent.
pub(crate) fn values(claims: &Claims, path: &str) -> Option<Vec<String>> {
    let found = at(claims, path)?;
    let texts = match found {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(list) => list.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        Value::Object(named) => {
            let holds = |value: &Value| value.as_object().is_some_and(|inner| !inner.is_empty());
            named.values().all(holds).then(|| named.keys().cloned().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    };
    if texts.is_none() {
        tracing::warn!(claim = path, "the roles claim is neither a string nor a list of strings, so it gives no role");
    }
    let mut texts = texts.unwrap_or_default();
    texts.retain(|text| !text.contains(char::is_control));
    Some(texts)
}

/// Returns a reason if the provider reports that it left out the claim at `path`: it refers to another source
/// (`_claim_names`, OpenID Connect Core §5.6.2), or reports too many groups (`hasgroups`). Entra ID does so above 200
/// groups.
pub(crate) fn left_out(claims: &Claims, path: &str) -> Option<String> {
    if at(claims, path).is_some() {
        return None;
    }
    let name = path.split('.').next().unwrap_or(path);
    let elsewhere = claims.get("_claim_names").and_then(Value::as_object);
    let elsewhere = elsewhere.is_some_and(|names| names.contains_key(path) || names.contains_key(name));
    let too_many = name == "groups" && matches!(claims.get("hasgroups"), Some(Value::Bool(true) | Value::String(_)));
    (elsewhere || too_many).then(|| {
        format!("the provider left the claim “{path}” out of the token, as it does for people in too many groups")
    })
}

/// Returns a claim that is a string of 1 to 255 bytes without control characters.
pub(crate) fn id<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    let text = claims.get(name)?.as_str()?;
    (!text.is_empty() && text.len() <= LONGEST_ID && !text.chars().any(char::is_control)).then_some(text)
}

/// Returns `true` if the userinfo is needed in addition to these claims.
pub(crate) fn lack(claims: &Claims, settings: &IdentityProvider) -> bool {
    let roles = !settings.roles.is_empty() && at(claims, &settings.roles_claim).is_none();
    roles || (!claims.contains_key("email") && settings.scopes.iter().any(|scope| scope == "email"))
}

/// Merges claims with those of another document. Claims in both keep the first value; `email` and `email_verified`
/// always come from the same document.
pub(crate) fn joined(mut claims: Claims, mut other: Claims) -> Claims {
    if claims.contains_key("email") {
        other.remove("email");
        other.remove("email_verified");
    } else {
        claims.remove("email_verified");
    }
    for (name, value) in other {
        claims.entry(name).or_insert(value);
    }
    claims
}

/// Returns the person described by these verified claims.
pub(crate) fn person(claims: &Claims, subject: &str, settings: &IdentityProvider) -> Claimed {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let roles = values(claims, &settings.roles_claim).unwrap_or_default();
    let left_out = left_out(claims, &settings.roles_claim);
    if let Some(why) = &left_out {
        tracing::warn!(provider = settings.id, subject, why, "a person’s roles are unknown");
    }
    Claimed {
        issuer: settings.issuer.clone(),
        subject: subject.to_owned(),
        email: text("email").and_then(Email::vouched),
        email_verified: claims.get("email_verified") == Some(&Value::Bool(true)),
        name: text("name").or_else(|| text("preferred_username")).map(str::to_owned),
        role: settings.role_of(&roles),
        left_out,
        unknown: settings.unknown,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_path_leads_through_members_and_names_with_dots() {
        let all = claims(json!({
            "roles": "admin",
            "realm_access": { "roles": ["a", "b"] },
            "resource_access": { "my.client": { "roles": ["c"] } },
            "https://example.com/roles": ["d"],
        }));
        assert_eq!(values(&all, "roles"), Some(vec!["admin".to_owned()]));
        assert_eq!(values(&all, "realm_access.roles").unwrap(), ["a", "b"]);
        assert_eq!(values(&all, "resource_access.my.client.roles").unwrap(), ["c"]);
        assert_eq!(values(&all, "https://example.com/roles").unwrap(), ["d"]);
        for nowhere in ["", "role", "roles.admin", "realm_access.roles.a", "realm_access.", ".roles", "realm_access"] {
            assert!(values(&all, nowhere).unwrap_or_default().is_empty(), "{nowhere}");
        }
    }

    #[test]
    fn what_is_neither_a_text_nor_a_list_of_texts_gives_no_role() {
        for odd in
            [json!(null), json!(true), json!(7), json!({ "owner": true }), json!(["owner", 7]), json!([["owner"]])]
        {
            assert_eq!(values(&claims(json!({ "roles": odd })), "roles"), Some(vec![]), "{odd}");
        }
    }

    #[test]
    fn roles_that_hold_organizations_count_by_their_names() {
        let path = "urn:zitadel:iam:org:project:roles";
        let all =
            claims(json!({ path: { "admin": { "69234237810729019": "acme.zitadel.cloud" }, "desk": { "1": "x" } } }));
        assert_eq!(values(&all, path).unwrap(), ["admin", "desk"]);
        for odd in [json!({ "owner": {} }), json!({ "owner": { "1": "x" }, "admin": true }), json!({ "owner": ["x"] })]
        {
            assert_eq!(values(&claims(json!({ path: odd })), path), Some(vec![]), "{odd}");
        }
    }

    #[test]
    fn a_claim_that_was_left_out_is_told_from_one_that_is_not_there() {
        let sources = json!({ "src1": { "endpoint": "https://graph.microsoft.com/v1.0/users/1/getMemberObjects" } });
        let elsewhere = claims(json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": sources }));
        assert!(left_out(&elsewhere, "groups").unwrap().contains("groups"));
        assert_eq!(left_out(&elsewhere, "roles"), None);
        assert!(left_out(&claims(json!({ "hasgroups": true })), "groups").is_some());
        for none in [
            json!({}),
            json!({ "hasgroups": false }),
            json!({ "_claim_names": ["groups"] }),
            json!({ "groups": ["a"], "_claim_names": { "groups": "src1" } }),
        ] {
            assert_eq!(left_out(&claims(none.clone()), "groups"), None, "{none}");
        }
    }

    #[test]
    fn an_address_and_its_verification_come_from_one_document() {
        let own = claims(json!({ "email": "a@example.com" }));
        let userinfo = claims(json!({ "email": "b@example.com", "email_verified": true, "name": "B" }));
        let both = joined(own, userinfo.clone());
        assert_eq!((both["email"].as_str(), both.get("email_verified")), (Some("a@example.com"), None));
        assert_eq!(both["name"], "B");
        let both = joined(claims(json!({ "email_verified": true })), claims(json!({ "email": "b@example.com" })));
        assert_eq!(both.get("email_verified"), None);
        assert_eq!(joined(claims(json!({})), userinfo)["email_verified"], true);
    }
}
