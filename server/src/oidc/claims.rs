//! Reading claims: who somebody is, and which roles they have.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use licensing::Email;
use serde_json::{Map, Value};
use service::Claimed;

use crate::config::IdentityProvider;

/// Claims of a token or of the userinfo.
pub(crate) type Claims = Map<String, Value>;

/// The longest subject and session id, in bytes (OpenID Connect Core §2 has it for `sub`).
const LONGEST_ID: usize = 255;

/// A part of a compact JWS, before anything is verified: 0 is the header, 1 the claims.
pub(crate) fn part(token: &str, n: usize) -> Option<Claims> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(n)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What stands at `path`: a member of that name, or members of members with dots between their names. A name may hold dots
/// itself, as those do that are URLs.
pub(crate) fn at<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    if let Some(found) = claims.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let (name, rest) = path.split_at_checked(dot)?;
        at(claims.get(name)?.as_object()?, rest.strip_prefix('.')?)
    })
}

/// The values at `path`: a text, a list of texts, or the names of an object's members where each holds an object that is not
/// empty (Zitadel writes a role so, with the organizations in which the person has it). Anything else is no role, nor is a
/// name with a control character: PostgreSQL cannot store U+0000. `None` where nothing stands there.
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
        tracing::warn!(claim = path, "the roles claim is neither a text nor a list of texts, so it gives no role");
    }
    let mut texts = texts.unwrap_or_default();
    texts.retain(|text| !text.contains(char::is_control));
    Some(texts)
}

/// The reason why nothing stands at `path`, where the provider says that it left the claim out: it names another place to fetch
/// it from (`_claim_names`, OpenID Connect Core §5.6.2), or says that there were too many groups (`hasgroups`). Entra ID does so
/// above 200 groups.
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

/// A member that is a text of 1 to 255 bytes without control characters.
pub(crate) fn id<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    let text = claims.get(name)?.as_str()?;
    (!text.is_empty() && text.len() <= LONGEST_ID && !text.chars().any(char::is_control)).then_some(text)
}

/// Whether more has to be asked of the userinfo than this says.
pub(crate) fn lack(claims: &Claims, settings: &IdentityProvider) -> bool {
    let roles = !settings.roles.is_empty() && at(claims, &settings.roles_claim).is_none();
    roles || (!claims.contains_key("email") && settings.scopes.iter().any(|scope| scope == "email"))
}

/// The claims with what another document says beside them. What stands in both stays; an address and whether it is
/// verified go together.
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

/// The person of whom these verified claims speak.
pub(crate) fn person(claims: &Claims, subject: &str, settings: &IdentityProvider) -> Claimed {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let roles = values(claims, &settings.roles_claim).unwrap_or_default();
    let left_out = left_out(claims, &settings.roles_claim);
    if let Some(why) = &left_out {
        tracing::warn!(provider = settings.id, subject, why, "a person’s roles are not known");
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
        let told = claims(json!({ "email": "b@example.com", "email_verified": true, "name": "B" }));
        let both = joined(own, told.clone());
        assert_eq!((both["email"].as_str(), both.get("email_verified")), (Some("a@example.com"), None));
        assert_eq!(both["name"], "B");
        let both = joined(claims(json!({ "email_verified": true })), claims(json!({ "email": "b@example.com" })));
        assert_eq!(both.get("email_verified"), None);
        assert_eq!(joined(claims(json!({})), told)["email_verified"], true);
    }
}
