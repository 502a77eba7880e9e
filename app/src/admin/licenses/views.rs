//! The signed-in account's own views of the list of licenses.

use leptos::prelude::*;
use service::LicenseQuery;

use super::list::search_of;
use crate::{
    Error,
    admin::{
        guard, read_id,
        search::{Search, refuse_token},
        service,
    },
    http::{address, done::Done},
};

/// Saves the filters and the order of the list under a name, for the signed-in account alone.
#[server(endpoint = "licenses/save-view")]
pub async fn save_view(#[server(flatten)] query: LicenseQuery, #[server(default)] name: String) -> Result<(), Error> {
    let actor = guard::<SaveView>()?;
    let view = SaveView { query, name };
    refuse_token(&view)?;
    let to = format!("/licenses{}", search_of(&view.query));
    if to.len() > address::LONGEST_SHORT {
        return Err(Error::Refused("The filter is too long to be saved.".to_owned()));
    }
    service()?.licenses().save_view(&view.name, &view.query, &actor).await?;
    Done::ViewSaved.at(&to);
    Ok(())
}

impl Search for SaveView {
    fn text(&self) -> &str {
        &self.query.q
    }
}

/// Deletes a view of the signed-in account.
#[server(endpoint = "licenses/delete-view")]
pub async fn delete_view(#[server(default)] id: String) -> Result<(), Error> {
    let actor = guard::<DeleteView>()?;
    service()?.licenses().delete_view(read_id(&id)?, &actor).await?;
    Done::ViewDeleted.at("/licenses");
    Ok(())
}
