//! Coming in and going out.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What the door says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// Whether there is an owner already. Before, there is nothing to sign in to.
    pub has_owner: bool,
}

/// What the sign-in page shows.
#[server(endpoint = "sign-in/door")]
pub async fn door_state() -> Result<Door, Error> {
    Err(Error::Unavailable)
}

/// Signs in with a local account, and goes on to where one wanted to go.
#[server(endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] to: String,
) -> Result<(), Error> {
    let _ = (email, password, to);
    Err(Error::Unavailable)
}

/// Ends the login.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Error> {
    super::browser()?.sign_out().await?;
    crate::address::go("/sign-in");
    Ok(())
}
