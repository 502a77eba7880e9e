//! Searches, whose text may be a pasted secret: an activation code, a license token, an API token.
//!
//! Searches are posted, so that no text is part of an address before it is known not to be a secret. A browser with
//! script does not send tokens at all.

use crate::Error;

/// The message that refuses a search for a token, and suggests other searches.
pub const TOKEN_REFUSED: &str = "That is a token, which is as good as a password, so it was not searched for. Search for \
                                 the device, the customer or the end of the activation code instead.";

/// An act that searches.
pub trait Search {
    /// The search text.
    fn text(&self) -> &str;
}

/// Refuses a search for a token.
///
/// # Errors
/// [`Error::Refused`] with a suggestion of other searches.
pub fn refuse_token<S: Search>(search: &S) -> Result<(), Error> {
    if live::token::holds_token(search.text()) { Err(Error::Refused(TOKEN_REFUSED.to_owned())) } else { Ok(()) }
}

/// The subject of a search, without its secrets.
pub(super) enum Sought {
    /// The license with this code.
    License(uuid::Uuid),
    /// A code that no license has: its last characters. The code itself is dropped.
    UnknownCode(String),
    /// Any other text.
    Text(String),
}

/// Determines the subject of a search.
pub(super) async fn sought(search: &impl Search) -> Result<Sought, Error> {
    refuse_token(search)?;
    sought_text(search.text()).await
}

/// Determines the subject of a search for a text that holds no token.
pub(super) async fn sought_text(text: &str) -> Result<Sought, Error> {
    use service::store::licenses::LicenseFilter;

    let (service, text) = (super::service()?, text.trim());
    if let Some(code_hmac) = service.licenses().license_filter(text).await?.code_hmac {
        let exact = LicenseFilter { code_hmac: Some(code_hmac), ..LicenseFilter::default() };
        let now = service.clock().now();
        let found = service.store().read().await?.on().licenses(&exact, Default::default(), 1, now).await?;
        if let Some(row) = found.rows.first() {
            return Ok(Sought::License(row.license.id));
        }
    }
    Ok(match licensing::ActivationCode::generated_in(text) {
        Some(code) => Sought::UnknownCode(code.tail()),
        None => Sought::Text(text.to_owned()),
    })
}

/// Ends a search: redirects the browser to the list with these filters, without the empty ones.
///
/// # Errors
/// [`Error::Refused`] if the address would be too long.
pub(super) fn narrow<const N: usize>(path: &str, by: [(&str, &str); N]) -> Result<(), Error> {
    use crate::http::address::{LONGEST_SHORT, go, query_with};

    let query = by.into_iter().filter(|(_, value)| !value.is_empty());
    let query = query.fold(String::new(), |query, (key, value)| query_with(&query, key, Some(value)));
    let to = format!("{path}{query}");
    if to.len() > LONGEST_SHORT {
        return Err(Error::Refused("Search text is too long. Try a part of it.".to_owned()));
    }
    go(&to);
    Ok(())
}
