//! The settings, parsed and checked.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use http::HeaderName;
use licensing::{Network, Span};
use service::SealingKey;

use super::{oidc::IdentityProvider, public_url::PublicUrl};

/// All settings, parsed and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the database and the sealing key.
    pub data_dir: PathBuf,
    /// Address that the server listens on.
    pub listen: SocketAddr,
    /// URL at which people and devices reach the server.
    pub public_url: PublicUrl,
    /// Additional host names under which pages are served, in lowercase.
    pub allowed_hosts: Vec<String>,
    /// Origins whose scripts may call the activation API.
    pub cors_origins: Vec<String>,
    /// Database URL.
    pub database_url: DatabaseUrl,
    /// Maximum number of connections to PostgreSQL.
    pub database_connections: u32,
    /// `true` if an empty database may be used with an existing sealing key.
    pub new_database: bool,
    /// File that holds the sealing key.
    pub sealing_key_file: PathBuf,
    /// The sealing key, if it was set in the environment.
    pub sealing_key: Option<SealingKey>,
    /// `true` if wrong activation codes and API tokens, sign-ins at providers, and account links are limited per network.
    pub rate_limits: bool,
    /// Calls of the management API that a token may make in a minute.
    pub api_calls_per_minute: u32,
    /// Proxies that are trusted to name the client's address.
    pub trusted_proxies: Vec<Network>,
    /// Header in which they name the client.
    pub client_address_header: HeaderName,
    /// Maximum number of connections.
    pub max_connections: usize,
    /// Maximum number of connections from one address.
    pub max_connections_per_address: usize,
    /// Maximum idle time of a connection between two requests.
    pub idle_timeout: Duration,
    /// Lifetime of a login without a request.
    pub login_idle: Span,
    /// Maximum lifetime of a login.
    pub login_longest: Span,
    /// Retention of decisions.
    pub decisions: Span,
    /// Retention of the events of returning devices.
    pub device_events: Span,
    /// `true` if viewers see no customer's e-mail address.
    pub hide_emails_from_viewers: bool,
    /// Number of seats that one account with the support role may free or revoke within a day; `None` for no limit.
    pub support_releases_per_day: Option<u32>,
    /// Maximum age of an offline request or release when it arrives.
    pub offline_requests: Span,
    /// `true` if placeholder fingerprints are accepted, which many machines share.
    pub placeholder_fingerprints: bool,
    /// `true` if webhooks may be sent without TLS.
    pub webhook_http: bool,
    /// Networks that webhooks may be sent to although they are not the public internet.
    pub webhook_networks: Vec<Network>,
    /// Retention of the deliveries of webhooks.
    pub webhooks: Span,
    /// Time after which a subscription to webhooks is suspended if every delivery failed.
    pub webhook_suspend_after: Span,
    /// Days before the end of a license at which subscriptions are told of it.
    pub expiring_days: Vec<u32>,
    /// Identity providers for sign-in, each with its own button.
    pub oidc: Vec<IdentityProvider>,
    /// Log filter, as in `info,store=debug`.
    pub log: String,
    /// Format of the log.
    pub log_format: LogFormat,
    /// Warnings about the settings, for the log: each a sentence without its full stop.
    pub warnings: Vec<String>,
}

/// Format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line of text per entry.
    Text,
    /// A JSON object per line.
    Json,
}

/// URL of the database. It may contain a password, so `Debug` shows only the scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub(super) String);

impl DatabaseUrl {
    /// Returns the URL, including the password.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path of the file if the database is SQLite, and not in memory.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path).split('?').next()?;
        (path != ":memory:").then(|| PathBuf::from(path.replace("%3F", "?").replace("%25", "%")))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:…", self.0.split(':').next().unwrap_or_default())
    }
}
