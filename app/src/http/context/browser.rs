//! The visitor's browser, as reads and acts see it.

use std::pin::Pin;

use chrono::{DateTime, Utc};
use licensing::Role;
use uuid::Uuid;

use super::Visitor;
use crate::Error;

/// A boxed future, which keeps [`Browser`] dyn-compatible.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// The browser's login and the few values that it keeps between requests. The server provides one as `Arc<dyn Browser>`
/// with every request.
pub trait Browser: Send + Sync {
    /// Signs the account in, under a new id; the values kept so far are dropped.
    fn sign_in(&self, account: Uuid) -> Doing<'_, ()>;
    /// The visitor as of now. After a sign-in this differs from the visitor that the request came with.
    fn visitor(&self) -> Doing<'_, Visitor>;
    /// The id under which this login is listed; not a secret.
    fn login_id(&self) -> Doing<'_, Option<Uuid>>;
    /// The time at which the signed-in person last proved who they are.
    fn proved_at(&self) -> Option<DateTime<Utc>>;
    /// Records that the signed-in person has just proved who they are. The login gets a new secret.
    fn prove(&self) -> Doing<'_, ()>;
    /// Lets an owner view the app as that role; `None` ends it.
    fn view_as(&self, role: Option<Role>) -> Doing<'_, ()>;
    /// Records that the read or act was refused because of the account's role.
    fn record_refused(&self, act: &'static str);
    /// Ends the login. Returns the path at which the browser signs out at its identity provider as well, if the person
    /// signed in there.
    fn sign_out(&self) -> Doing<'_, Option<&'static str>>;
    /// The sealed value by which the server recognizes this browser as one in which an account signed in before.
    fn known_device(&self) -> Option<String>;
    /// `true` if the browser reaches the server over TLS, so that its cookies must be `Secure`.
    fn is_secure(&self) -> bool;
    /// Keeps `value` under `key` for this browser, for an hour or until the next sign-in.
    fn keep(&self, key: &'static str, value: String) -> Doing<'_, ()>;
    /// The value kept under `key`.
    fn kept(&self, key: &'static str) -> Doing<'_, Option<String>>;
    /// Removes and returns the value kept under `key`.
    fn take(&self, key: &'static str) -> Doing<'_, Option<String>>;
}
