//! Errors in the URL of a PostgreSQL database that its parser misreads without an error.

use crate::OpenError;

/// Checks the URL.
///
/// # Errors
/// Returns an error if the user name or password contains an unescaped character that the parser takes for its end, or
/// if the URL names several servers.
pub(super) fn check(url: &str) -> Result<(), OpenError> {
    let Some((_, rest)) = url.split_once("://") else { return Ok(()) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, beyond) = rest.split_at(end);
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    // In `postgres://user:se/cret@host/name`, the part before the slash is taken for the host.
    let path = beyond.split('?').next().unwrap_or_default();
    if path.contains('@') || (!authority.contains('@') && beyond.contains('@')) {
        return Err(OpenError::RawSign);
    }
    if place.contains(',') {
        return Err(OpenError::SeveralHosts);
    }
    Ok(())
}
