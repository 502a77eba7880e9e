//! What a server function may do to the browser that asks.

use std::pin::Pin;

use uuid::Uuid;

use crate::Error;

/// A future without a name, so that the trait makes an object.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// The browser's login and the little it keeps between two requests. The server provides one as `Arc<dyn Browser>` with
/// every request.
pub trait Browser: Send + Sync {
    /// Signs the account in, under a new id; whatever was kept is forgotten.
    fn sign_in(&self, account: Uuid) -> Doing<'_, ()>;
    /// Ends the login.
    fn sign_out(&self) -> Doing<'_, ()>;
    /// Keeps `value` under `key` for this browser, for as long as a login may last.
    fn keep(&self, key: &'static str, value: String) -> Doing<'_, ()>;
    /// What is kept under `key`.
    fn kept(&self, key: &'static str) -> Doing<'_, Option<String>>;
    /// Gives out what is kept under `key`, and forgets it.
    fn take(&self, key: &'static str) -> Doing<'_, Option<String>>;
}
