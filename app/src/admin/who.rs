//! Who is there?

use leptos::prelude::*;

use crate::{Error, context::SignedIn};

/// Whoever asks, as they are now; nobody where their login has ended.
#[server(endpoint = "who")]
pub async fn who_is_there() -> Result<Option<SignedIn>, Error> {
    Ok(crate::context::visitor().account)
}
