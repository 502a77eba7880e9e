//! The internal notes of a license.

use leptos::prelude::*;
use licensing::Permission;

use crate::{
    admin::licenses::{detail::LicenseDetail, notes::ChangeNotes},
    components::{Confirm, Dialog, DisabledButton, Panel, TextArea, dialog_address, may},
    form::{Revision, act},
    pages::audit_sentences::Timeline,
    text::roles::reason,
};

/// The notes, with a button that edits them, and their changes.
#[component]
pub(super) fn Notes(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let aside = || match may(Permission::HelpCustomers) {
        true => view! {
            <span class="push">
                <a class="button small" href=dialog_address("notes")>
                    "Edit notes"
                </a>
            </span>
        }
        .into_any(),
        false => {
            view! { <DisabledButton label="Edit notes" why=reason(Permission::HelpCustomers) small=true /> }.into_any()
        }
    };
    let text = match of.with_value(|it| it.notes.clone()) {
        Some(notes) => view! {
            <p class="small lines">
                <bdi>{notes}</bdi>
            </p>
        }
        .into_any(),
        None => view! { <p class="small soft">"No notes. Only your team can read them."</p> }.into_any(),
    };
    let (changes, now) = of.with_value(|it| (it.changes_of_notes.clone(), it.now));
    let changes = (!changes.is_empty()).then(|| {
        view! {
            <Panel id="note-changes" title="Changes" bare=true>
                <div class="body">
                    <Timeline events=changes now />
                </div>
            </Panel>
        }
    });
    view! {
        <Panel id="notes" title="Notes" aside>
            {text}
        </Panel>
        {changes}
    }
}

/// The dialog that edits the notes.
#[component]
pub(super) fn NotesDialog(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    view! {
        <Dialog name="notes" title="Edit notes">
            {move || edit(of)}
        </Dialog>
    }
}

fn edit(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let action = act::<ChangeNotes>();
    let (id, revision, notes) =
        of.with_value(|it| (it.id.to_string(), it.revision, it.notes.clone().unwrap_or_default()));
    view! {
        <Confirm action id="change-notes" of=[("id", id)] does="Save notes">
            <Revision of=revision />
            <TextArea name="notes" label="Notes" value=notes rows=8 hint="Only visible to your team. At most 4,000 characters." />
        </Confirm>
    }
}
