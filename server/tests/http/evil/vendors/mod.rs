//! Commonly used providers: each answers as documented, and users sign in with the settings on its page in
//! `docs/providers`.

mod apple;
mod auth0;
mod authentik;
mod cognito;
mod entra;
mod gitlab;
mod google;
mod keycloak;
mod okta;
mod zitadel;

use std::path::Path;

use aws_lc_rs::digest;
use licensing::Role;
use serde_json::{Value, json};
use service::store::Store;
use testing::{Engine, run};
use toml::Table;

use super::{
    keys::{Key, Members, b64, lay, members},
    logout,
    provider::{ACCESS, CLIENT, Evil, KID, Reply},
    setup::Setup,
};
use crate::{
    admin::person::{Person, unused_account},
    oidc::visit::{BEGIN, asked, come_back, press},
};

/// A provider's answers as documented. They replace honest members of the same name; `null` removes one. `iss`, `iat`,
/// `exp`, `nonce` and the values of `at_hash` and `auth_time` are filled in.
pub(crate) struct Vendor {
    /// Its page in `docs/providers`.
    page: &'static str,
    key: fn() -> Key,
    /// Members of its public key in addition to those of its type.
    jwk: Value,
    discovery: Value,
    header: Value,
    /// All claims of its ID token.
    claims: Value,
    /// Members of the token endpoint's answer in addition to the tokens.
    tokens: Value,
    userinfo: Value,
    /// Members of its answer to a refresh; `None` if it issues no refresh tokens.
    refreshed: Option<Value>,
    /// Header and claims of its logout token in addition to `iss`, `aud`, `iat`, `jti` and `events`.
    logout: Option<(Value, Value)>,
    /// The resulting account.
    becomes: Becomes,
}

pub(crate) struct Becomes {
    name: &'static str,
    email: Option<&'static str>,
    role: Role,
    by: By,
}

/// The way in which a user gets an account.
#[derive(PartialEq, Eq)]
enum By {
    /// By a role claim.
    Role,
    /// By an account prepared for their address, because the provider sends no roles.
    Address,
    /// By connecting the identity to their account, because the provider sends neither roles nor an address.
    Connecting,
}

/// The settings on the page, as variables. Hosts, issuer and client are the test's own.
fn settings(page: &str) -> Vec<(&'static str, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/providers/{page}.md"));
    let text = std::fs::read_to_string(&path).unwrap();
    let block = text.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let table: Table = block.parse().unwrap();
    let given = table["oidc"].as_array().unwrap()[0].as_table().unwrap().clone();
    let names = [
        ("scopes", "LATCHKEY_OIDC_SCOPES"),
        ("algorithms", "LATCHKEY_OIDC_ALGORITHMS"),
        ("roles_claim", "LATCHKEY_OIDC_ROLES_CLAIM"),
        ("roles", "LATCHKEY_OIDC_ROLES"),
        ("unknown", "LATCHKEY_OIDC_UNKNOWN"),
    ];
    for name in given.keys() {
        let own = ["id", "name", "issuer", "client_id", "client_secret_file", "hosts"].contains(&name.as_str());
        assert!(own || names.iter().any(|(known, _)| known == name), "{page}: {name} is not tested");
    }
    let written = |name: &str| match given.get(name) {
        Some(toml::Value::Array(list)) => list.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(", "),
        Some(value) => value.as_str().unwrap().to_owned(),
        // An empty value would keep the roles of the stage.
        None if name == "roles" => "[]".to_owned(),
        None => String::new(),
    };
    // A setting that is not on the page keeps its default.
    let roles = ["roles_claim", "roles"];
    let kept = names.into_iter().filter(|(name, _)| given.contains_key(*name) || roles.contains(name));
    kept.map(|(name, variable)| (variable, written(name))).collect()
}

/// The claims with current times.
fn fresh(setup: &Setup<'_>, claims: &Value) -> Value {
    let now = setup.evil.clock.now().timestamp();
    let (_, honest) = setup.evil.honest();
    let mut over: Members = honest.keys().map(|name| (name.clone(), Value::Null)).collect();
    for filled in ["iss", "iat", "exp", "nonce"] {
        over.remove(filled);
    }
    let mut claims = members(claims.clone());
    if claims.contains_key("at_hash") {
        let digest = digest::digest(&digest::SHA256, ACCESS.as_bytes());
        claims.insert("at_hash".to_owned(), json!(b64(&digest.as_ref()[..16])));
    }
    for time in ["auth_time", "nbf"] {
        if claims.contains_key(time) {
            claims.insert(time.to_owned(), json!(now));
        }
    }
    over.extend(claims);
    Value::Object(over)
}

async fn signs_in(db: &Store, first: bool, vendor: &Vendor) {
    let page = vendor.page;
    let evil = Evil::start((vendor.key)(), "").await;
    let setup = if first { Setup::with(db, evil).await } else { Setup::again(db, evil) };
    let subject = vendor.claims["sub"].as_str().unwrap();
    {
        let mut key = members(setup.evil.key.jwk(KID));
        lay(&mut key, &vendor.jwk);
        let mut says = setup.evil.says();
        says.keys = Reply::Json(json!({ "keys": [key] }));
        says.discovery = Reply::Over(vendor.discovery.clone());
        says.header = vendor.header.clone();
        says.token = Reply::Over(vendor.tokens.clone());
        says.userinfo = Reply::Json(vendor.userinfo.clone());
    }
    let claims = fresh(&setup, &vendor.claims);
    setup.evil.says().claims = claims;
    let settings = settings(page);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = setup.server(&settings).await;
    match vendor.becomes.by {
        By::Role => {}
        By::Address => {
            unused_account(setup.store, vendor.becomes.email.unwrap(), vendor.becomes.role).await;
        }
        By::Connecting => {
            let owner = Person::at(&server);
            owner.sign_in("owner@example.com").await;
            let wanted = asked(&press(&owner, &format!("{BEGIN}?connect=yes")).await);
            let answer = come_back(&owner, &setup.evil.agrees(wanted)).await;
            assert!(answer.header("location").starts_with("/settings/account?"), "{page}: {}", answer.text());
        }
    }
    let person = Person::at(&server);
    let answer = setup.walk(&person).await;
    let why = setup.events().await.into_iter().next().unwrap().reason;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/licenses"), "{page}: {why:?}");
    let account = setup.account(subject).await.unwrap();
    assert_eq!((account.name.as_str(), account.role), (vendor.becomes.name, vendor.becomes.role), "{page}");
    match vendor.becomes.email {
        Some(email) => assert_eq!(account.email, email, "{page}"),
        None => assert!(account.email.starts_with("none:"), "{page}: {}", account.email),
    }

    // While the user is signed in, the provider is checked again.
    if let Some(refreshed) = &vendor.refreshed {
        let before = setup.evil.calls("/token");
        server.clock.advance(600);
        setup.evil.clock.advance(600);
        let claims = fresh(&setup, &vendor.claims);
        setup.evil.says().claims = claims;
        setup.evil.says().token = Reply::Over(refreshed.clone());
        assert_eq!(person.open("/licenses").await.status.as_u16(), 200, "{page}: after ten minutes");
        assert_eq!(setup.evil.calls("/token"), before + 1, "{page}: it was called again");
        assert_eq!(setup.account(subject).await.unwrap().role, vendor.becomes.role, "{page}");
    }

    if let Some((header, claims)) = &vendor.logout {
        let mut over = claims.clone();
        lay(over.as_object_mut().unwrap(), &json!({ "sub": subject }));
        let token = logout::token_of(&setup.evil, header, &over);
        assert_eq!(logout::post(&server, &token).await, 200, "{page}: the logout token");
        assert_eq!(person.open("/licenses").await.status.as_u16(), 303, "{page}: the login has ended");
    }
}

#[test]
fn users_sign_in_at_every_documented_provider() {
    run(Engine::Sqlite, async |db| {
        let vendors = [
            apple::vendor(),
            auth0::vendor(),
            authentik::vendor(),
            cognito::vendor(),
            entra::vendor(),
            gitlab::vendor(),
            google::vendor(),
            keycloak::vendor(),
            okta::vendor(),
            zitadel::vendor(),
        ];
        let mut pages: Vec<String> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/providers"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "README.md")
            .collect();
        pages.sort_unstable();
        let tested: Vec<String> = vendors.iter().map(|vendor| format!("{}.md", vendor.page)).collect();
        assert_eq!(pages, tested, "every page must be tested");
        for (n, vendor) in vendors.iter().enumerate() {
            signs_in(db, n == 0, vendor).await;
        }
    });
}
