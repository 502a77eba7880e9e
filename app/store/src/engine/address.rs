//! What can be wrong with the URL of a PostgreSQL database that its parser takes for something else.

use crate::OpenError;

/// # Errors
/// Where a sign in the user's name or password is taken for the end of it, or several servers are named.
pub(super) fn check(url: &str) -> Result<(), OpenError> {
    let Some((_, rest)) = url.split_once("://") else { return Ok(()) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, beyond) = rest.split_at(end);
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    // In `postgres://user:se/cret@host/name`, what stands before the slash is taken for the host.
    let path = beyond.split('?').next().unwrap_or_default();
    if path.contains('@') || (!authority.contains('@') && beyond.contains('@')) {
        return Err(OpenError::RawSign);
    }
    if place.contains(',') {
        return Err(OpenError::SeveralHosts);
    }
    Ok(())
}
