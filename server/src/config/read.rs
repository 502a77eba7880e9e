//! Parsing of settings.

use std::{
    net::SocketAddr,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use http::{HeaderName, uri::Authority};
use licensing::{Network, Span};
use service::SealingKey;
use tracing_subscriber::EnvFilter;

use super::{
    ClientSecret, Config, DatabaseUrl, IdentityProvider, LogFormat, PublicUrl, Sources, Wrong, given::Given, oidc,
};

/// Minutes of a login: at most a day.
const MINUTES: RangeInclusive<u64> = 1..=1440;
/// Days of retention: at most ten years.
const DAYS: RangeInclusive<u64> = 1..=3650;
/// Days before the end of a license at which notices are sent: at most a year, and ten of them.
const EXPIRING: RangeInclusive<u32> = 1..=366;
const MOST_EXPIRING: usize = 10;
/// Seats that support may free per day: more than a person can do by hand.
const RELEASES: RangeInclusive<u32> = 0..=100_000;
/// Calls of the management API in a minute: at most 1,000 a second.
const CALLS: RangeInclusive<u32> = 1..=60_000;
/// Connections: beyond this, a process runs out of file descriptors first.
const CONNECTIONS: RangeInclusive<usize> = 1..=1_000_000;
/// Seconds of an idle connection: after a day, network devices in between have forgotten it.
const IDLE_SECONDS: RangeInclusive<u64> = 1..=86_400;

/// Connections to the database: with fewer than four, the desk, the API or the pages would have none.
const DATABASE_CONNECTIONS: RangeInclusive<u32> = 4..=1000;

pub(super) fn config(sources: Sources) -> Result<Config, Wrong> {
    let mut given = Given::new(&sources);
    let data_dir = given.read("data_dir", folder);
    let listen = given.read("listen", address);
    let public_url = given.read("public_url", |text| public_url(text, listen));
    let allowed_hosts = given.read("allowed_hosts", hosts);
    let cors_origins = given.read("cors_origins", origins);
    let in_data = |name| data_dir.as_deref().unwrap_or(Path::new("")).join(name);
    let database_url = given.secret("database_url", |text| database_url(text, &in_data("latchkey.db")));
    let database_connections = given.read("database_connections", |text| number(text, DATABASE_CONNECTIONS));
    let new_database = given.read("new_database", switch);
    let sealing_key_file = given.read("sealing_key_file", |text| Ok(or_else(text, || in_data("sealing.key"))));
    let sealing_key = given.sealing_key(|text| SealingKey::read(text).map_err(|error| error.to_string()));
    let rate_limits = given.read("rate_limits", switch);
    let api_calls_per_minute = given.read("api_calls_per_minute", |text| number(text, CALLS));
    let trusted_proxies = given.read("trusted_proxies", networks);
    let client_address_header = given.read("client_address_header", client_address_header);
    let max_connections = given.read("max_connections", |text| number(text, CONNECTIONS));
    let max_connections_per_address = given.read("max_connections_per_address", |text| number(text, CONNECTIONS));
    let idle_timeout = given.read("idle_timeout_seconds", |text| number(text, IDLE_SECONDS).map(Duration::from_secs));
    let login_idle = given.read("login_idle_minutes", |text| number(text, MINUTES).map(Span::minutes));
    let login_longest = given.read("login_minutes", |text| number(text, MINUTES).map(Span::minutes));
    let decisions = given.read("decisions_days", |text| number(text, DAYS).map(Span::days));
    let device_events = given.read("device_events_days", |text| number(text, DAYS).map(Span::days));
    let hide_emails_from_viewers = given.read("hide_emails_from_viewers", switch);
    let support_releases_per_day = given.read("support_releases_per_day", |text| number(text, RELEASES));
    let offline_requests = given.read("offline_requests_days", |text| number(text, DAYS).map(Span::days));
    let placeholder_fingerprints = given.read("placeholder_fingerprints", switch);
    let webhook_http = given.read("webhook_http", switch);
    let webhook_networks = given.read("webhook_networks", networks);
    let webhooks = given.read("webhooks_days", |text| number(text, DAYS).map(Span::days));
    let webhook_suspend_after = given.read("webhook_suspend_after_days", |text| number(text, DAYS).map(Span::days));
    let expiring_days = given.read("expiring_days", expiring_days);
    let oidc = providers(&mut given);
    let log = given.read("log", filter);
    let log_format = given.read("log_format", log_format);
    if let (Some(url), Some(listen), Some([])) = (&public_url, listen, trusted_proxies.as_deref())
        && !url.is_https()
        && !listen.ip().to_canonical().is_loopback()
    {
        given.complain(format!(
            "The public URL {url} has no TLS and works only on this machine, but the server listens on {listen}, which \
             other machines can reach: set LATCHKEY_PUBLIC_URL to https:// and use a proxy with TLS, or LATCHKEY_LISTEN to a \
             loopback address, or LATCHKEY_TRUSTED_PROXIES to a proxy that clients cannot bypass."
        ));
    }

    let config = |warnings| {
        Some(Config {
            data_dir: data_dir?,
            listen: listen?,
            public_url: public_url?,
            allowed_hosts: allowed_hosts?,
            cors_origins: cors_origins?,
            database_url: database_url?,
            database_connections: database_connections?,
            new_database: new_database?,
            sealing_key_file: sealing_key_file?,
            sealing_key,
            rate_limits: rate_limits?,
            api_calls_per_minute: api_calls_per_minute?,
            trusted_proxies: trusted_proxies?,
            client_address_header: client_address_header?,
            max_connections: max_connections?,
            max_connections_per_address: max_connections_per_address?,
            idle_timeout: idle_timeout?,
            login_idle: login_idle?,
            login_longest: login_longest?,
            decisions: decisions?,
            device_events: device_events?,
            hide_emails_from_viewers: hide_emails_from_viewers?,
            support_releases_per_day: support_releases_per_day.map(|n| Some(n).filter(|n| *n > 0))?,
            offline_requests: offline_requests?,
            placeholder_fingerprints: placeholder_fingerprints?,
            webhook_http: webhook_http?,
            webhook_networks: webhook_networks?,
            webhooks: webhooks?,
            webhook_suspend_after: webhook_suspend_after?,
            expiring_days: expiring_days?,
            oidc,
            log: log?,
            log_format: log_format?,
            warnings,
        })
    };
    given.finish(config)
}

/// Parses the identity providers; their errors are reported with all others.
fn providers(given: &mut Given) -> Vec<IdentityProvider> {
    let found = given.providers();
    let mut secret = given.client_secret(ClientSecret::read);
    let mut all: Vec<IdentityProvider> = Vec::new();
    for mut fields in found {
        // The provider without a table comes first if it exists; only then is there a secret.
        if let Some(provider) = oidc::provider(&mut fields, secret.take()) {
            if all.iter().any(|other| other.id == provider.id) {
                given.complain(format!("Two identity providers have the id “{}”: each needs its own.", provider.id));
            }
            all.push(provider);
        }
        given.learn(fields);
    }
    all
}

fn or_else(text: &str, default: impl FnOnce() -> PathBuf) -> PathBuf {
    if text.is_empty() { default() } else { PathBuf::from(text) }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    match text {
        "" => Err("name a folder, such as ./data".to_owned()),
        text if text.starts_with("~/") => Err("~ is expanded only by a shell: write the full path".to_owned()),
        text => Ok(PathBuf::from(text)),
    }
}

fn client_address_header(text: &str) -> Result<HeaderName, String> {
    let wrong = || "give the header that the proxy sets, such as X-Forwarded-For, Forwarded or X-Real-IP".to_owned();
    text.parse().map_err(|_| wrong())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "give an address and a port, such as 127.0.0.1:3000 or [::1]:3000".to_owned())
}

fn public_url(text: &str, listen: Option<SocketAddr>) -> Result<PublicUrl, String> {
    match (text, listen) {
        ("", Some(listen)) => PublicUrl::of(listen).ok_or_else(|| {
            format!(
                "give the URL at which people reach this server, as in https://licenses.example.com, since it listens on {listen}"
            )
        }),
        // The error of `listen` is enough.
        ("", None) => Ok(PublicUrl::default()),
        (text, _) => PublicUrl::read(text).map_err(|error| error.to_string()),
    }
}

fn database_url(text: &str, file: &Path) -> Result<DatabaseUrl, String> {
    if text.is_empty() {
        let path = file.to_str().ok_or("the data folder’s name is not UTF-8: give a database_url")?;
        return Ok(DatabaseUrl(format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F"))));
    }
    if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(DatabaseUrl(text.to_owned()))
    } else {
        Err("must begin with sqlite: or postgres:".to_owned())
    }
}

fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
        _ => Err("must be on or off".to_owned()),
    }
}

fn networks(text: &str) -> Result<Vec<Network>, String> {
    let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    all.map(|one| Network::read(one).map_err(|error| error.to_string())).collect()
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// Parses host names as in the `Host` header, without ports.
fn hosts(text: &str) -> Result<Vec<String>, String> {
    let host = |one: &str| match one.parse::<Authority>() {
        Ok(name) if name.port().is_none() && !one.contains('@') => Ok(name.host().to_ascii_lowercase()),
        _ => Err(format!("“{one}” is not a host name: give names without scheme and port, such as latchkey.internal")),
    };
    list(text).map(host).collect()
}

/// Parses origins as browsers send them: scheme, host and port, or `null`; or `*` for all.
fn origins(text: &str) -> Result<Vec<String>, String> {
    let origin = |one: &str| {
        let rest = one.split_once("://").map(|(_, rest)| rest);
        let good = matches!(one, "*" | "null") || rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
        let plain = one.bytes().all(|byte| byte.is_ascii_graphic());
        if good && plain {
            Ok(one.to_ascii_lowercase())
        } else {
            Err(format!("“{one}” is not an origin: write it as in https://app.example.com, or * for every website"))
        }
    };
    list(text).map(origin).collect()
}

fn number<N: FromStr + PartialOrd + std::fmt::Display>(text: &str, range: RangeInclusive<N>) -> Result<N, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("must be a whole number from {} to {}", range.start(), range.end()))
}

/// Parses the days before the end of a license. None at all is a list, too.
fn expiring_days(text: &str) -> Result<Vec<u32>, String> {
    let days = list(text).map(|one| number(one, EXPIRING)).collect::<Result<Vec<_>, _>>()?;
    if days.len() > MOST_EXPIRING {
        return Err(format!("has more than {MOST_EXPIRING} numbers"));
    }
    Ok(days)
}

fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| {
        "must be a level (error, warn, info, debug, trace), or levels by module, as in info,store=debug".to_owned()
    })
}

fn log_format(text: &str) -> Result<LogFormat, String> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json".to_owned()),
    }
}
