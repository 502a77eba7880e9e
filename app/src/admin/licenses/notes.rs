//! The internal notes of a license, which support writes.

use leptos::prelude::*;

use super::tab::LicenseTab;
use crate::{
    Error,
    admin::{guard, read_id, service},
    http::done::Done,
};

/// Changes a license's notes.
#[server(endpoint = "licenses/change-notes")]
pub async fn change_notes(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] notes: String,
) -> Result<(), Error> {
    let actor = guard::<ChangeNotes>()?;
    let (id, opened) = (read_id(&id)?, crate::form::read_revision(&revision)?);
    service()?.licenses().save_notes(id, opened, &notes, &actor).await?;
    Done::NotesSaved.at(&LicenseTab::Notes.path(id));
    Ok(())
}
