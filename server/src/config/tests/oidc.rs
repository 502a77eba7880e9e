use licensing::Role;

use super::{given, wrong};

const TWO: &str = r#"
[[oidc]]
id = "staff"
name = "Staff"
issuer = "https://id.example.com/"
client_id = "latchkey"
roles = ["license-admins=admin", "help=desk=support"]
hosts = ["Keys.example.com", "id.example.com:8443"]

[[oidc]]
id = "partners"
issuer = "http://127.0.0.1:4000"
client_id = "latchkey"
scopes = "profile email roles openid"
unknown = "viewer"
algorithms = ["EdDSA"]
"#;

#[test]
fn one_provider_is_configured_by_variables() {
    let config = given(
        "",
        &[
            ("LATCHKEY_OIDC_ISSUER", "https://id.example.com"),
            ("LATCHKEY_OIDC_CLIENT_ID", "latchkey"),
            ("LATCHKEY_OIDC_CLIENT_SECRET", "hunter2\n"),
            ("LATCHKEY_OIDC_ROLES", "boss = owner, desk=support"),
        ],
    );
    let config = config.unwrap();
    let [provider] = config.oidc.as_slice() else { panic!("one: {config:?}") };
    assert_eq!((provider.id.as_str(), provider.issuer.as_str()), ("sso", "https://id.example.com"));
    assert_eq!(provider.scopes, ["openid", "profile", "email"]);
    assert_eq!(provider.algorithms, ["RS256", "ES256", "EdDSA", "PS256"]);
    assert_eq!(provider.role_of(&["desk".to_owned(), "boss".to_owned()]), Some(Role::Owner));
    assert_eq!(provider.role_of(&["Boss".to_owned()]), None);
    assert_eq!(provider.client_secret.as_ref().unwrap().reveal(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(given("", &[]).unwrap().oidc.is_empty());
}

#[test]
fn several_providers_are_tables_in_the_file() {
    let config = given(TWO, &[]).unwrap();
    let [staff, partners] = config.oidc.as_slice() else { panic!("two: {config:?}") };
    assert_eq!(staff.hosts, ["id.example.com", "keys.example.com", "id.example.com:8443"]);
    assert_eq!(staff.role_of(&["help=desk".to_owned()]), Some(Role::Support));
    assert_eq!(partners.scopes, ["openid", "profile", "email", "roles"]);
    assert_eq!((partners.unknown, partners.algorithms.as_slice()), (Some(Role::Viewer), ["EdDSA"].as_slice()));
    assert_eq!(partners.hosts, ["127.0.0.1:4000"]);
    assert_eq!(partners.origins(), ["http://127.0.0.1:4000"]);
}

#[test]
fn errors_in_a_provider_are_reported_with_all_others() {
    let file = r#"
        listen = "everywhere"
        [[oidc]]
        issuer = "http://id.example.com"
        colour = "red"
        roles = ["boss", "x=king"]
        algorithms = ["HS256"]
        client_secret_file = "/nowhere/secret"
    "#;
    let all = wrong(file, &[]);
    for words in [
        "`listen`",
        "`issuer` in [[oidc]] 1 of /etc/latchkey.toml is “http://id.example.com”: plain http is accepted only for a provider on this machine",
        "`colour` in [[oidc]] 1 of /etc/latchkey.toml is not a Latchkey setting.",
        "“boss” is not like value=admin",
        "“HS256” is not one of RS256",
        "cannot be read",
        "give the client id",
    ] {
        assert!(all.iter().any(|one| one.contains(words)), "{words}: {all:#?}");
    }
    for issuer in ["id.example.com", "https://", "https://x?y", "https://x#y", "https://me@x", "ftp://x"] {
        let all = wrong("", &[("LATCHKEY_OIDC_ISSUER", issuer), ("LATCHKEY_OIDC_CLIENT_ID", "x")]);
        assert_eq!(all.len(), 1, "{issuer}: {all:?}");
    }
    let twice = TWO.replace("partners", "staff");
    assert_eq!(wrong(&twice, &[]), ["Two identity providers have the id “staff”: each needs its own."]);
}

#[test]
fn settings_without_a_provider_are_reported() {
    let all = wrong("", &[("LATCHKEY_OIDC_CLIENT_ID", "x"), ("LATCHKEY_OIDC_CLIENT_SECRET", "hunter2")]);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(
        all.iter().all(|one| one.contains("has no effect without LATCHKEY_OIDC_ISSUER") && !one.contains("hunter2"))
    );
}
