#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod environment;
mod oidc;

use std::path::PathBuf;

use super::*;

fn given(file: &str, variables: &[(&str, &str)]) -> Result<Config, Wrong> {
    Config::read(Sources {
        file: (!file.is_empty()).then(|| (PathBuf::from("/etc/latchkey.toml"), file.to_owned())),
        variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    })
}

fn wrong(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    given(file, variables).unwrap_err().0
}

#[test]
fn the_embedded_defaults_are_good_and_all_of_them_are_read() {
    let config = given("", &[]).unwrap();
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000");
    assert_eq!(config.database_url.as_str(), "sqlite:./data/latchkey.db");
    assert_eq!(config.sealing_key_file, PathBuf::from("./data/sealing.key"));
    assert_eq!((config.max_connections, config.max_connections_per_address), (1024, 64));
    assert_eq!((config.database_connections, config.new_database), (16, false));
    assert_eq!(config.api_calls_per_minute, service::rate_limit::API_CALLS);
    assert!(config.rate_limits && config.trusted_proxies.is_empty() && config.sealing_key.is_none());
}

#[test]
fn the_environment_overrides_the_file_and_the_file_the_defaults() {
    let file =
        "listen = \"127.0.0.1:4000\"\nlog = \"warn\"\nmax_connections = 7\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]";
    let config = given(file, &[("LATCHKEY_LISTEN", "127.0.0.1:5000"), ("LATCHKEY_RATE_LIMITS", "off")]).unwrap();
    assert_eq!(config.listen.port(), 5000);
    assert_eq!((config.log.as_str(), config.max_connections, config.rate_limits), ("warn", 7, false));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:5000");
}

#[test]
fn all_errors_are_reported_at_once() {
    let file = "colour = \"red\"\nmax_connections = 0\nlog_format = \"xml\"\nlisten = 1.5";
    let variables = [
        ("LATCHKEY_LISTEN", "everywhere"),
        ("LATCHKEY_PROT", "1"),
        ("LATCHKEY_RATE_LIMITS", "maybe"),
        ("LATCHKEY_SEALING_KEY", "hush"),
        ("LATCHKEY_DATABASE_URL", "mysql://root:hunter2@db"),
    ];
    let mut all = wrong(file, &variables);
    all.sort();
    assert_eq!(
        all,
        [
            "LATCHKEY_DATABASE_URL: must begin with sqlite: or postgres:.",
            "LATCHKEY_LISTEN is “everywhere”: give an address and a port, such as 127.0.0.1:3000 or [::1]:3000.",
            "LATCHKEY_PROT is not a Latchkey setting: did you mean LATCHKEY_LISTEN?",
            "LATCHKEY_RATE_LIMITS is “maybe”: must be on or off.",
            "LATCHKEY_SEALING_KEY: the sealing key must be 32 bytes in base64 (44 characters).",
            "`colour` in /etc/latchkey.toml is not a Latchkey setting.",
            "`listen` in /etc/latchkey.toml must be a string, a number or a list of them.",
            "`log_format` in /etc/latchkey.toml is “xml”: must be text or json.",
            "`max_connections` in /etc/latchkey.toml is “0”: must be a whole number from 1 to 1000000.",
        ]
    );
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_the_line() {
    let all = wrong("listen = \"127.0.0.1:1\"\n\nlog = \n", &[]);
    assert_eq!(all.len(), 1);
    assert!(all[0].starts_with("/etc/latchkey.toml is not TOML: line 3: "), "{all:?}");
}

#[test]
fn plain_http_is_allowed_only_on_this_machine() {
    for good in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080", "https://licenses.example.com/"] {
        assert!(PublicUrl::read(good).is_ok(), "{good}");
    }
    assert_eq!(PublicUrl::read("http://licenses.example.com"), Err(PublicUrlError::PlainHttp));
    assert_eq!(PublicUrl::read("http://192.168.1.1:3000"), Err(PublicUrlError::PlainHttp));
    let no_origins = [
        "ftp://x",
        "licenses.example.com",
        "https://x/path",
        "https://x?q",
        "https://x#f",
        "https://me:pw@x",
        "https://@x",
        "https://",
        "",
        "https:x.example",
        "https:/x.example",
        "https://x.example\\",
        "https://x .example",
        "https://x:70000",
        "https://xn--a.example",
    ];
    for bad in no_origins {
        assert_eq!(PublicUrl::read(bad), Err(PublicUrlError::NotAnOrigin), "{bad}");
    }
    let all = wrong("", &[("LATCHKEY_LISTEN", "0.0.0.0:3000")]);
    assert!(all[0].contains("give the URL at which people reach this server"), "{all:?}");
}

#[test]
fn a_server_without_tls_listens_on_loopback_or_behind_a_proxy() {
    let reached = |listen: &str, proxies: &str| {
        let url = ("LATCHKEY_PUBLIC_URL", "http://localhost:3000");
        given("", &[url, ("LATCHKEY_LISTEN", listen), ("LATCHKEY_TRUSTED_PROXIES", proxies)])
    };
    for open in ["0.0.0.0:3000", "[::]:3000", "192.0.2.1:3000"] {
        let all = reached(open, "").unwrap_err().0;
        assert!(all.len() == 1 && all[0].contains(open) && all[0].contains("TLS"), "{all:?}");
        assert!(reached(open, "172.17.0.1").is_ok(), "a proxy in front keeps others out");
    }
    for closed in ["127.0.0.1:3000", "127.1.2.3:3000", "[::1]:3000", "[::ffff:127.0.0.1]:3000"] {
        assert!(reached(closed, "").is_ok(), "{closed}");
    }
    let with_tls = [("LATCHKEY_PUBLIC_URL", "https://licenses.example.com"), ("LATCHKEY_LISTEN", "0.0.0.0:3000")];
    assert!(given("", &with_tls).is_ok());
}

#[test]
fn a_public_url_is_written_like_an_origin_in_browsers() {
    let written = |text| PublicUrl::read(text).unwrap().as_str().to_owned();
    assert_eq!(written("https://Licenses.Example.com:443/"), "https://licenses.example.com");
    assert_eq!(written("http://LOCALHOST:80"), "http://localhost");
    assert_eq!(written("http://[::1]:3000"), "http://[::1]:3000");
    assert_eq!(written("HTTPS://Lizenzen.BÜCHER.example:8443"), "https://lizenzen.xn--bcher-kva.example:8443");
    assert_eq!(written("https://xn--bcher-kva.example"), "https://xn--bcher-kva.example");
    assert_eq!(written("https://ライセンス.example"), "https://xn--eckzbf6p0b.example");
}

#[test]
fn a_network_contains_exactly_its_addresses() {
    let holds = |network, address: &str| Network::read(network).unwrap().holds(address.parse().unwrap());
    assert!(holds("10.0.0.0/8", "10.255.0.1") && holds("10.0.0.0/8", "::ffff:10.1.1.1") && holds("::1", "::1"));
    assert!(holds("0.0.0.0/0", "203.0.113.1") && holds("2001:db8::/32", "2001:db8:1::1"));
    assert!(
        holds("::ffff:10.0.0.0/104", "10.1.1.1") && holds("::/0", "203.0.113.1") && holds("10.1.2.3/8", "10.9.9.9")
    );
    assert!(!holds("10.0.0.0/8", "11.0.0.1") && !holds("::1", "::2") && !holds("0.0.0.0/0", "2001:db8::1"));
    for bad in ["10.0.0.0/33", "::/129", "localhost", "10.0.0.0/", "/8", "010.0.0.0/8"] {
        assert!(Network::read(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_addresses_of_a_household_count_as_one_visitor() {
    let visitor = |address: &str| Network::of_visitor(address.parse().unwrap()).to_string();
    assert_eq!(visitor("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(visitor("::ffff:192.0.2.1"), "192.0.2.1");
    assert_eq!(visitor("192.0.2.1"), "192.0.2.1");
}

#[test]
fn a_database_password_is_never_shown() {
    let config = given("", &[("LATCHKEY_DATABASE_URL", "postgres://me:hunter2@db/latchkey")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_data_folder_may_have_any_name() {
    let config = given("", &[("LATCHKEY_DATA_DIR", "/srv/50% off?")]).unwrap();
    assert_eq!(config.database_url.sqlite_file(), Some(PathBuf::from("/srv/50% off?/latchkey.db")));
}
