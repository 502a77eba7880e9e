//! Settings: one documented file of defaults, a file of the operator's above it, the environment above both.

mod given;
mod oidc;
mod public_url;
mod read;
mod sources;
#[cfg(test)]
mod tests;
mod unknown;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use http::HeaderName;
use licensing::Span;
use service::SealingKey;

pub use licensing::network::{Network, NetworkError};
pub use oidc::{ClientSecret, IdentityProvider};
pub(crate) use public_url::is_this_machine;
pub use public_url::{PublicUrl, PublicUrlError};
pub use sources::Sources;

/// The defaults, and what each setting means.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// Everything that can be set, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database and the sealing key are.
    pub data_dir: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where people reach it.
    pub public_url: PublicUrl,
    /// Further hosts under which pages are answered, lowercase.
    pub allowed_hosts: Vec<String>,
    /// The origins whose scripts may call the activation API.
    pub cors_origins: Vec<String>,
    /// The database.
    pub database_url: DatabaseUrl,
    /// The most connections to PostgreSQL.
    pub database_connections: u32,
    /// Whether an empty database may be begun under a sealing key that is there already.
    pub new_database: bool,
    /// Where the sealing key is kept.
    pub sealing_key_file: PathBuf,
    /// The sealing key, where the environment gave it.
    pub sealing_key: Option<SealingKey>,
    /// Whether those who try out codes are slowed down.
    pub rate_limits: bool,
    /// Whom to believe what address a client has.
    pub trusted_proxies: Vec<Network>,
    /// The header in which these name the client.
    pub client_address_header: HeaderName,
    /// The most connections at a time.
    pub max_connections: usize,
    /// The most connections from one address.
    pub max_connections_per_address: usize,
    /// How long a connection may lie still between two requests.
    pub idle_timeout: Duration,
    /// How long a login lasts without a click.
    pub login_idle: Span,
    /// How long a login lasts at most.
    pub login_longest: Span,
    /// How long decisions are kept.
    pub decisions: Span,
    /// For how long the events of devices that only came back are kept.
    pub device_events: Span,
    /// Whether viewers see no customer's e-mail address.
    pub hide_emails_from_viewers: bool,
    /// How many seats each person of the role support may take away within a day, if there is a limit.
    pub support_releases_per_day: Option<u32>,
    /// How old an offline request or release may be when it arrives.
    pub offline_requests: Span,
    /// Whether fingerprints are taken that many machines have in common.
    pub placeholder_fingerprints: bool,
    /// Where people sign in, each with a button of its own.
    pub oidc: Vec<IdentityProvider>,
    /// What is logged, as in `info,store=debug`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Doubts about what was given, for the log: each a sentence without its full stop.
    pub warnings: Vec<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// A database's URL. It may hold a password: `Debug` shows no more than the scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL, password included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file, where the database is SQLite's.
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

/// What is wrong with the settings: a sentence each, all at once.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(.0))]
pub struct Wrong(pub Vec<String>);

fn told(wrong: &[String]) -> String {
    let head = match wrong.len() {
        1 => "a setting is wrong".to_owned(),
        n => format!("{n} settings are wrong"),
    };
    let lines: String = wrong.iter().map(|sentence| format!("\n  - {sentence}")).collect();
    format!("{head}; `latchkey settings` explains each:{lines}")
}

impl Config {
    /// The settings of this process: its environment, and the file that it names or that lies ready.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn load() -> Result<Self, Wrong> {
        Self::read(Sources::of_process()?)
    }

    /// The settings that these sources give.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn read(sources: Sources) -> Result<Self, Wrong> {
        read::config(sources)
    }
}
