//! Who does an act, and from where.

use licensing::{Permission, Role};
use store::Tx;
use uuid::Uuid;

use crate::{Error, Result};

/// What the audit log calls a device that sent no name.
pub(crate) const UNNAMED: &str = "unnamed device";

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Who does an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What kind: an account, the command line, or whoever holds the setup link.
    pub kind: ActorKind,
    /// The name that the audit log keeps.
    pub name: String,
    /// Where the request came from.
    pub origin: Origin,
    /// How many seats they may take away within a day, where that is limited.
    pub releases_per_day: Option<u32>,
    /// The permission that let them in, which each act checks again in its own transaction.
    pub permission: Option<Permission>,
}

/// What kind of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A signed-in person.
    Account(Uuid),
    /// Whoever runs commands on the host.
    Command,
    /// Whoever holds the one-time setup link.
    Setup,
    /// A device, with its session.
    Device,
    /// Somebody who is not signed in.
    Anonymous,
    /// The server itself.
    Server,
}

impl Actor {
    /// A signed-in person. What they may do was checked against the table before the act was called.
    pub fn account(id: Uuid, name: impl Into<String>, origin: Origin) -> Self {
        Self { kind: ActorKind::Account(id), name: name.into(), origin, releases_per_day: None, permission: None }
    }

    /// The same, let in by this permission. An act that waited for a lock is refused where the account has lost it since.
    #[must_use]
    pub fn with_permission(self, permission: Permission) -> Self {
        Self { permission: Some(permission), ..self }
    }

    /// The same, who may take no more seats away within a day than this, if it is said.
    #[must_use]
    pub fn with_releases(self, releases_per_day: Option<u32>) -> Self {
        Self { releases_per_day, ..self }
    }

    /// The account of a signed-in person.
    pub const fn id(&self) -> Option<Uuid> {
        self.kind.id()
    }

    /// The command line on the host.
    pub fn command() -> Self {
        Self {
            kind: ActorKind::Command,
            name: "command line".to_owned(),
            origin: Origin::default(),
            releases_per_day: None,
            permission: None,
        }
    }

    pub(crate) fn server() -> Self {
        Self {
            kind: ActorKind::Server,
            name: "server".to_owned(),
            origin: Origin::default(),
            releases_per_day: None,
            permission: None,
        }
    }

    pub(crate) fn setup(origin: Origin) -> Self {
        Self { kind: ActorKind::Setup, name: "setup link".to_owned(), origin, releases_per_day: None, permission: None }
    }

    pub(crate) fn device(name: Option<String>, origin: Origin) -> Self {
        Self {
            kind: ActorKind::Device,
            name: name.unwrap_or_else(|| UNNAMED.to_owned()),
            origin,
            releases_per_day: None,
            permission: None,
        }
    }

    /// Refuses an account that may no longer do what let it in: its role was changed while the act waited, or it was disabled.
    /// The account is held until the transaction ends, so that a change of its role waits for the act, and is dated after it.
    ///
    /// To be called after every other lock; writing an event does.
    pub(crate) async fn confirm(&self, tx: &mut Tx) -> Result<()> {
        if self.may_still(tx).await? { Ok(()) } else { Err(Self::lost()) }
    }

    /// Whether [`confirm`](Self::confirm) would go on.
    pub(crate) async fn may_still(&self, tx: &mut Tx) -> store::Result<bool> {
        let (ActorKind::Account(id), Some(permission)) = (self.kind, self.permission) else { return Ok(true) };
        let account = tx.hold_account(id).await?.filter(|account| account.disabled_at.is_none());
        Ok(account.is_some_and(|account| account.role.may(permission)))
    }

    /// The answer to somebody who may do this no more.
    pub(crate) fn lost() -> Error {
        Error::Forbidden("Your account may not do this any more: its role was changed, or it was disabled.".to_owned())
    }

    pub(crate) fn anonymous(name: impl Into<String>, origin: Origin) -> Self {
        Self { kind: ActorKind::Anonymous, name: name.into(), origin, releases_per_day: None, permission: None }
    }
}

impl ActorKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Command => "command",
            Self::Setup => "setup",
            Self::Device => "device",
            Self::Anonymous => "anonymous",
            Self::Server => "server",
        }
    }

    pub(crate) const fn id(self) -> Option<Uuid> {
        match self {
            Self::Account(id) => Some(id),
            Self::Command | Self::Setup | Self::Device | Self::Anonymous | Self::Server => None,
        }
    }
}

/// A person who is signed in, as every request needs to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}
