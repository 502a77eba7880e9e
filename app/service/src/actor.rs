//! Actors: who does an act, and from where.

use licensing::{Permission, Role};
use store::Tx;
use uuid::Uuid;

use crate::{Error, Origin, Result, once_call::OnceCall};

/// The name of a device that sent none, in the audit log.
pub(crate) const UNNAMED: &str = "unnamed device";

/// The account, program or device that does an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Kind of actor.
    pub kind: ActorKind,
    /// Name for the audit log.
    pub name: String,
    /// Source of the request.
    pub origin: Origin,
    /// Maximum number of seats that the actor may free or revoke within a day; `None` for no limit.
    pub revocations_per_day: Option<u32>,
    /// The permission that admitted the actor. Each act checks it again in its own transaction.
    pub permission: Option<Permission>,
    /// The call under whose `Idempotency-Key` the actor does an act. The act's event stores it in the same transaction.
    pub(crate) once: Option<OnceCall>,
}

/// The kind of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A signed-in account.
    Account(Uuid),
    /// A program of the vendor, with its API token.
    ApiToken(Uuid),
    /// A command on the host.
    Command,
    /// The holder of the one-time setup link.
    Setup,
    /// A device with its session.
    Device,
    /// A caller who is not signed in.
    Anonymous,
    /// The server itself.
    Server,
}

impl Actor {
    /// Creates an actor for a signed-in account. Outside this crate, [`SignedIn::authorize`] and [`SignedIn::oneself`]
    /// are the only ways to get one.
    pub(crate) fn account(id: Uuid, name: impl Into<String>, origin: Origin) -> Self {
        Self {
            kind: ActorKind::Account(id),
            name: name.into(),
            origin,
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }

    /// Adds the permission that admitted the actor. An act that waited for a lock is refused if the account has lost it
    /// since.
    #[must_use]
    pub(crate) fn with_permission(self, permission: Permission) -> Self {
        Self { permission: Some(permission), ..self }
    }

    /// Sets how many seats the actor may free or revoke within a day; `None` for no limit.
    #[must_use]
    pub fn with_daily_revocations(self, revocations_per_day: Option<u32>) -> Self {
        Self { revocations_per_day, ..self }
    }

    /// The id of a signed-in account.
    pub const fn id(&self) -> Option<Uuid> {
        self.kind.id()
    }

    /// Creates an actor for a program with an API token. Outside this crate,
    /// [`ApiCaller::authorize`](crate::ApiCaller::authorize) is the only way to get one.
    pub(crate) fn api_token(id: Uuid, name: impl Into<String>, origin: Origin) -> Self {
        Self { kind: ActorKind::ApiToken(id), ..Self::anonymous(name, origin) }
    }

    /// Creates an actor for the command line on the host.
    pub fn command() -> Self {
        Self {
            kind: ActorKind::Command,
            name: "command line".to_owned(),
            origin: Origin::default(),
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }

    pub(crate) fn server() -> Self {
        Self {
            kind: ActorKind::Server,
            name: "server".to_owned(),
            origin: Origin::default(),
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }

    pub(crate) fn setup(origin: Origin) -> Self {
        Self {
            kind: ActorKind::Setup,
            name: "setup link".to_owned(),
            origin,
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }

    pub(crate) fn device(name: Option<String>, origin: Origin) -> Self {
        Self {
            kind: ActorKind::Device,
            name: name.unwrap_or_else(|| UNNAMED.to_owned()),
            origin,
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }

    /// Refuses an account that may no longer do what it was admitted for: its role changed while the act waited, or it
    /// was disabled. The account stays locked until the transaction ends, so a change of its role waits for the act and
    /// is dated after it. An API token is treated alike: it may have been revoked since.
    ///
    /// Must be called after every other lock; writing an event does so.
    pub(crate) async fn confirm(&self, tx: &mut Tx) -> Result<()> {
        match self.kind {
            _ if self.may_still(tx).await? => Ok(()),
            ActorKind::ApiToken(_) => Err(ended_token()),
            _ => Err(Self::lost()),
        }
    }

    /// Returns `true` if [`confirm`](Self::confirm) would succeed.
    pub(crate) async fn may_still(&self, tx: &mut Tx) -> store::Result<bool> {
        if let ActorKind::ApiToken(id) = self.kind {
            return Ok(tx.hold_api_token(id).await?.is_some_and(|token| token.revoked_at.is_none()));
        }
        let (ActorKind::Account(id), Some(permission)) = (self.kind, self.permission) else { return Ok(true) };
        let account = tx.hold_account(id).await?.filter(|account| account.disabled_at.is_none());
        Ok(account.is_some_and(|account| account.role.may(permission)))
    }

    /// The error for an account that has lost its permission.
    pub(crate) fn lost() -> Error {
        Error::Forbidden("Your account may no longer do this: its role was changed, or it was disabled.".to_owned())
    }

    pub(crate) fn anonymous(name: impl Into<String>, origin: Origin) -> Self {
        Self {
            kind: ActorKind::Anonymous,
            name: name.into(),
            origin,
            revocations_per_day: None,
            permission: None,
            once: None,
        }
    }
}

impl ActorKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::ApiToken(_) => "api_token",
            Self::Command => "command",
            Self::Setup => "setup",
            Self::Device => "device",
            Self::Anonymous => "anonymous",
            Self::Server => "server",
        }
    }

    pub(crate) const fn id(self) -> Option<Uuid> {
        match self {
            Self::Account(id) | Self::ApiToken(id) => Some(id),
            Self::Command | Self::Setup | Self::Device | Self::Anonymous | Self::Server => None,
        }
    }
}

/// The error for a token that ended while its act waited.
fn ended_token() -> Error {
    Error::InvalidToken("This API token was revoked: ask an owner of this server for a new one.")
}

/// A signed-in person, as loaded for each request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Id of the account.
    pub id: Uuid,
    /// Name of the person.
    pub name: String,
    /// Role of the account.
    pub role: Role,
}

impl SignedIn {
    /// Returns the actor for acts that require this permission.
    ///
    /// # Errors
    /// `Forbidden` if the role lacks the permission.
    pub fn authorize(&self, permission: Permission, origin: Origin) -> Result<Actor> {
        if !self.role.may(permission) {
            return Err(Error::Forbidden("Your role does not permit this.".to_owned()));
        }
        Ok(self.oneself(origin).with_permission(permission))
    }

    /// Returns the actor for what everybody who is signed in may do, such as changing their own account.
    pub fn oneself(&self, origin: Origin) -> Actor {
        Actor::account(self.id, &self.name, origin)
    }
}
