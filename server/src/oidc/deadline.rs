//! Time limit for a provider.

use std::time::Duration;

use tokio::time::timeout;

use super::sign_in_error::SignInError;

/// Time limit for a provider in one step of a sign-in, with all its responses; less than a request may take.
pub(super) const IN_TIME: Duration = Duration::from_secs(8);

/// Awaits the provider, up to [`IN_TIME`].
pub(super) async fn in_time<T>(response: impl Future<Output = Result<T, SignInError>>) -> Result<T, SignInError> {
    let late = |_| Err(SignInError::Away(format!("it did not answer everything within {} seconds", IN_TIME.as_secs())));
    timeout(IN_TIME, response).await.unwrap_or_else(late)
}
