//! Environments with unrelated variables, and all spellings of settings.

use std::time::Duration;

use super::*;

/// Variables that the kubelet sets in every container of a namespace with Services named `latchkey` (with unnamed and
/// named ports) and `latchkey-proxy`.
const SERVICE_LINKS: [(&str, &str); 20] = [
    ("LATCHKEY_SERVICE_HOST", "10.96.4.7"),
    ("LATCHKEY_SERVICE_PORT", "80"),
    ("LATCHKEY_SERVICE_PORT_HTTP", "80"),
    ("LATCHKEY_PORT", "tcp://10.96.4.7:80"),
    ("LATCHKEY_PORT_80_TCP", "tcp://10.96.4.7:80"),
    ("LATCHKEY_PORT_80_TCP_PROTO", "tcp"),
    ("LATCHKEY_PORT_80_TCP_PORT", "80"),
    ("LATCHKEY_PORT_80_TCP_ADDR", "10.96.4.7"),
    ("LATCHKEY_PORT_443_UDP", "udp://[fd00::7]:443"),
    ("LATCHKEY_PORT_443_UDP_ADDR", "fd00::7"),
    ("LATCHKEY_PROXY_SERVICE_HOST", "10.96.4.8"),
    ("LATCHKEY_PROXY_SERVICE_PORT", "443"),
    ("LATCHKEY_PROXY_SERVICE_PORT_HTTPS_ALT", "8443"),
    ("LATCHKEY_PROXY_PORT", "tcp://10.96.4.8:443"),
    ("LATCHKEY_PROXY_PORT_443_TCP", "tcp://10.96.4.8:443"),
    ("LATCHKEY_PROXY_PORT_443_TCP_PROTO", "tcp"),
    ("LATCHKEY_PROXY_PORT_443_TCP_PORT", "443"),
    ("LATCHKEY_PROXY_PORT_443_TCP_ADDR", "10.96.4.8"),
    ("LATCHKEY_PORT_PORT", "sctp://10.96.4.9:90"),
    ("LATCHKEY_PORT_PORT_90_SCTP_PORT", "90"),
];

fn set(name: &str, value: &str) -> Config {
    given("", &[(name, value)]).unwrap_or_else(|wrong| panic!("{name}={value}: {wrong}"))
}

#[test]
fn a_kubernetes_service_of_the_same_name_does_no_harm() {
    let config = given("", &SERVICE_LINKS).unwrap();
    assert_eq!((config.listen.port(), config.warnings), (3000, Vec::<String>::new()));
}

#[test]
fn a_mistyped_setting_is_refused_with_the_intended_name() {
    for (slip, meant) in [
        ("LATCHKEY_PORT", "LATCHKEY_LISTEN"),
        ("LATCHKEY_LISTN", "LATCHKEY_LISTEN"),
        ("LATCHKEY_listen", "LATCHKEY_LISTEN"),
        ("LATCHKEY_LISTEN_ADDRESS", "LATCHKEY_LISTEN"),
        ("LATCHKEY_DATABASE", "LATCHKEY_DATABASE_URL"),
        ("LATCHKEY_DATABSE_URL", "LATCHKEY_DATABASE_URL"),
        ("LATCHKEY_PUBLIC_URI", "LATCHKEY_PUBLIC_URL"),
        ("LATCHKEY_LOG_LEVEL", "LATCHKEY_LOG"),
        ("LATCHKEY_TRUSTED_PROXY", "LATCHKEY_TRUSTED_PROXIES"),
        ("LATCHKEY_OIDC_ISSUER_URL", "LATCHKEY_OIDC_ISSUER"),
        ("LATCHKEY_OIDC_CLIENTID", "LATCHKEY_OIDC_CLIENT_ID"),
        ("LATCHKEY_SEALINGKEY", "LATCHKEY_SEALING_KEY"),
        ("LATCHKEY_SEALING_KEY_PATH", "LATCHKEY_SEALING_KEY_FILE"),
        ("LATCHKEY_CONFIG_FILE", "LATCHKEY_CONFIG"),
    ] {
        let all = wrong("", &[(slip, "hunter2")]);
        assert_eq!(all, [format!("{slip} is not a Latchkey setting: did you mean {meant}?")]);
    }
}

#[test]
fn a_variable_unlike_any_setting_causes_a_warning_without_its_value() {
    let config = given("", &[("LATCHKEY_TEAM", "hunter2"), ("LATCHKEY_VERSION", "0.1.0")]).unwrap();
    assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
    assert!(config.warnings[0].starts_with("LATCHKEY_TEAM is not a Latchkey setting"), "{:?}", config.warnings);
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn an_unknown_key_in_the_file_is_refused_with_the_intended_one() {
    assert_eq!(wrong("team = 1", &[]), ["`team` in /etc/latchkey.toml is not a Latchkey setting."]);
    assert_eq!(
        wrong("log_level = \"info\"", &[]),
        ["`log_level` in /etc/latchkey.toml is not a Latchkey setting: did you mean `log`?"]
    );
    let table = "[[oidc]]\nissuer = \"https://id.example.com\"\nclient_id = \"x\"\nrole = []";
    let all = wrong(table, &[]);
    assert!(all[0].contains("did you mean `roles`?"), "{all:?}");
}

#[test]
fn an_empty_value_is_no_value_in_every_source() {
    let names: Vec<String> = DEFAULTS
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, _)| name.to_owned())
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let file: String = names.iter().map(|name| format!("{name} = \"\"\n")).collect();
    let others = ["SEALING_KEY", "OIDC_CLIENT_SECRET"].map(str::to_owned);
    let variables: Vec<_> =
        names.iter().chain(&others).map(|name| (format!("LATCHKEY_{}", name.to_uppercase()), " ".to_owned())).collect();
    let empty = Config::read(Sources { file: Some(("/etc/latchkey.toml".into(), file)), variables }).unwrap();
    assert_eq!(format!("{empty:?}"), format!("{:?}", given("", &[]).unwrap()));

    let config = given("listen = \"127.0.0.1:4000\"", &[("LATCHKEY_LISTEN", "")]).unwrap();
    assert_eq!(config.listen.port(), 4000, "the file's value stays");
    let table =
        "[[oidc]]\nissuer = \"https://id.example.com\"\nclient_id = \"x\"\nid = \"\"\nunknown = \"\"\nscopes = []";
    let config = given(table, &[]).unwrap();
    assert_eq!(config.oidc[0].id, "sso");
    assert_eq!(config.oidc[0].scopes, ["openid"], "an empty list is a value");
}

#[test]
fn a_switch_accepts_the_common_spellings() {
    for on in ["on", "ON", "true", "True", "yes", "Yes", "1", "\"on\"", " on "] {
        assert!(set("LATCHKEY_HIDE_EMAILS_FROM_VIEWERS", on).hide_emails_from_viewers, "{on}");
    }
    for off in ["off", "OFF", "false", "FALSE", "no", "No", "0", "'off'"] {
        assert!(!set("LATCHKEY_RATE_LIMITS", off).rate_limits, "{off}");
    }
    for file in ["rate_limits = false", "rate_limits = 0", "rate_limits = \"No\""] {
        assert!(!given(file, &[]).unwrap().rate_limits, "{file}");
    }
}

#[test]
fn a_list_is_written_in_a_variable_as_in_the_file_or_with_commas() {
    for spelled in ["10.0.0.0/8,::1", " 10.0.0.0/8 , ::1, ", "[\"10.0.0.0/8\", \"::1\"]", "'[\"10.0.0.0/8\", \"::1\"]'"]
    {
        assert_eq!(set("LATCHKEY_TRUSTED_PROXIES", spelled).trusted_proxies.len(), 2, "{spelled}");
    }
    assert!(
        given("trusted_proxies = [\"::1\"]", &[("LATCHKEY_TRUSTED_PROXIES", "[]")]).unwrap().trusted_proxies.is_empty()
    );
}

#[test]
fn quotes_around_a_value_are_not_part_of_it() {
    assert_eq!(set("LATCHKEY_LISTEN", "\"127.0.0.1:5000\"").listen.port(), 5000);
    assert_eq!(set("LATCHKEY_LISTEN", "'[::1]:5000'").listen.port(), 5000);
    assert_eq!(set("LATCHKEY_LOG_FORMAT", "JSON").log_format, LogFormat::Json);
    let secret = [
        ("LATCHKEY_OIDC_ISSUER", "https://id.example.com"),
        ("LATCHKEY_OIDC_CLIENT_ID", "x"),
        ("LATCHKEY_OIDC_CLIENT_SECRET", "'hunter2'"),
    ];
    let config = given("", &secret).unwrap();
    assert_eq!(
        config.oidc[0].client_secret.as_ref().unwrap().reveal(),
        "'hunter2'",
        "a secret may contain any character"
    );
    assert!(config.warnings.len() == 1 && !config.warnings[0].contains("hunter2"), "{:?}", config.warnings);
}

#[test]
fn the_idle_timeout_and_the_header_of_the_proxy_are_settings() {
    let config = given("", &[]).unwrap();
    assert_eq!(
        (config.idle_timeout, config.client_address_header.as_str()),
        (Duration::from_secs(75), "x-forwarded-for")
    );
    assert_eq!(set("LATCHKEY_IDLE_TIMEOUT_SECONDS", "620").idle_timeout, Duration::from_secs(620));
    assert_eq!(set("LATCHKEY_CLIENT_ADDRESS_HEADER", "CF-Connecting-IP").client_address_header, "cf-connecting-ip");
    for (name, value) in
        [("IDLE_TIMEOUT_SECONDS", "0"), ("CLIENT_ADDRESS_HEADER", "not a header"), ("DATA_DIR", "~/data")]
    {
        assert_eq!(wrong("", &[(&format!("LATCHKEY_{name}"), value)]).len(), 1, "{name}");
    }
}
