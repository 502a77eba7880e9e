//! The first start: the link in the terminal, traded for the owner's account.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Where this browser stands with the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstStartState {
    /// It brought a good link: it may make the owner's account.
    Ready,
    /// Its link is unknown, used or too old.
    StaleLink,
    /// There is an owner: the first start is over.
    Over,
}

/// Where this browser stands. A token that comes with the address is kept for this browser, and the address without it
/// follows: secrets do not stay where logs and histories see them.
#[server(endpoint = "first-start/state")]
pub async fn first_start(#[server(default)] token: Option<String>) -> Result<FirstStartState, Error> {
    let _ = token;
    Err(Error::Unavailable)
}

/// Makes the owner's account and notes who the vendor is; then the owner is signed in.
#[server(endpoint = "first-start/create-owner")]
pub async fn create_owner(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] provider_name: String,
    #[server(default)] provider_email: String,
) -> Result<(), Error> {
    let _ = (name, email, password, provider_name, provider_email);
    Err(Error::Unavailable)
}
