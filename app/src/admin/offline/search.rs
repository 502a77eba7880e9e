//! The search for the license of an offline request without a code.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{
        guard,
        search::{Search, Sought, narrow, sought},
    },
    http::address,
};

/// Searches for the license that the file is for. A whole code chooses its license; any other text narrows the choice.
#[server(endpoint = "offline/find-license")]
pub async fn find_offline_license(#[server(default)] q: String) -> Result<(), Error> {
    guard::<FindOfflineLicense>()?;
    match sought(&FindOfflineLicense { q }).await? {
        Sought::License(id) => address::go(&format!("/offline/read?license={id}")),
        Sought::UnknownCode(_) => {
            return Err(Error::Refused(
                "No license has this code: check it for typing errors, or search for the customer instead.".to_owned(),
            ));
        }
        Sought::Text(q) => narrow("/offline/read", [("q", &q)])?,
    }
    Ok(())
}

impl Search for FindOfflineLicense {
    fn text(&self) -> &str {
        &self.q
    }
}
