//! The export of a list.

use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::Permission;

use super::{Confirm, Dialog, Gate, SelectField, choices, dialog_address, may};

/// Name of the dialog.
const DIALOG: &str = "export";

/// The button that opens the dialog, disabled for roles that may not export.
#[component]
pub fn ExportButton(
    /// The permission that the export needs.
    permission: Permission,
) -> impl IntoView {
    view! {
        <Gate permission label="Export">
            <a class="button" href=dialog_address(DIALOG)>
                "Export"
            </a>
        </Gate>
    }
}

/// The dialog that exports what the list shows on all its pages, as a file.
#[component]
pub fn ExportDialog(
    /// The permission that the export needs.
    permission: Permission,
    /// The path of the act, as [`act`](crate::form::act) gives it.
    action: &'static str,
    /// The plural of the entries: `licenses`.
    of: &'static str,
    /// The filter's keys in the address.
    keys: &'static [&'static str],
    /// Further fields.
    #[prop(optional, into)]
    fields: ViewFn,
) -> impl IntoView {
    may(permission).then(move || {
        view! {
            <Dialog name=DIALOG title=format!("Export {of}")>
                {form(action, of, keys, fields.clone())}
            </Dialog>
        }
    })
}

/// The form of an export. It loads the whole page, because a download is no page that a script could show.
fn form(action: &'static str, of: &'static str, keys: &'static [&'static str], fields: ViewFn) -> impl IntoView {
    let params = use_url().with_untracked(|url| url.search_params().clone());
    let filter = keys.iter().filter_map(|key| Some((*key, params.get_str(key)?.to_owned())));
    let filter: Vec<_> = filter.filter(|(_, value)| !value.is_empty()).collect();
    let extent = match filter.is_empty() {
        true => format!("All {of} are exported."),
        false => format!("The {of} in this list are exported."),
    };
    let formats = choices([("csv", "CSV, for spreadsheets"), ("jsonl", "JSON Lines, for programs")]);
    view! {
        <p>{extent} " The export is recorded in the audit log."</p>
        <Confirm action id="export" of=filter does="Export" whole_page=true>
            <SelectField name="format" label="Format" choices=formats value="csv".to_owned() />
            {fields.run()}
        </Confirm>
    }
}
