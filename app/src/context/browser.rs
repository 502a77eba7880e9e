//! What a read or an act may do to the browser that asks.

use std::pin::Pin;

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use super::Visitor;
use crate::Error;

/// A future without a name, so that the trait makes an object.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// The browser's login and the little it keeps between two requests. The server provides one as `Arc<dyn Browser>` with
/// every request.
pub trait Browser: Send + Sync {
    /// Signs the account in, under a new id; whatever was kept is forgotten.
    fn sign_in(&self, account: Uuid) -> Doing<'_, ()>;
    /// Who asks, as things stand now: after signing in, somebody else than when the request came.
    fn visitor(&self) -> Doing<'_, Visitor>;
    /// The id under which this login is listed; no secret.
    fn login_id(&self) -> Doing<'_, Option<Uuid>>;
    /// When whoever is signed in last proved who they are.
    fn proved_at(&self) -> Option<DateTime<Utc>>;
    /// Notes that whoever is signed in has just proved who they are. The login gets another secret.
    fn prove(&self) -> Doing<'_, ()>;
    /// Lets an owner look at things as that role, or no longer.
    fn see_as(&self, role: Option<Role>) -> Doing<'_, ()>;
    /// Has it written down that the read or act was refused to whoever is signed in, because of their role.
    fn note_refused(&self, act: &'static str);
    /// Ends the login. Gives the path of our own by which the browser signs out at its identity provider, too, where the
    /// person signed in there.
    fn sign_out(&self) -> Doing<'_, Option<&'static str>>;
    /// What this browser keeps to be known as one in which an account was signed in to before.
    fn known_device(&self) -> Option<String>;
    /// Whether this browser reaches the server by TLS, and its cookies are to stay there.
    fn is_secure(&self) -> bool;
    /// Keeps `value` under `key` for this browser, for as long as a login may last.
    fn keep(&self, key: &'static str, value: String) -> Doing<'_, ()>;
    /// What is kept under `key`.
    fn kept(&self, key: &'static str) -> Doing<'_, Option<String>>;
    /// Gives out what is kept under `key`, and forgets it.
    fn take(&self, key: &'static str) -> Doing<'_, Option<String>>;
}
