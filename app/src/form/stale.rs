//! A form that was opened before somebody else changed what it edits.

use leptos::prelude::*;

use super::FormState;
use crate::{Error, admin::audit::Change};

/// The name of the field.
pub(super) const REVISION: &str = "revision";

/// The revision of what the form edits, as a hidden field. After a save that came second it carries the revision that is
/// stored, so that saving once more overwrites that.
#[component]
pub fn Revision(
    /// The revision at which the form is drawn.
    of: i64,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    // Where the form comes back with what was typed, it is still a change of the revision that it was opened at.
    let value = match form.error() {
        Some(Error::Stale { revision, .. }) => revision.to_string(),
        _ => form.value(REVISION, of.to_string()),
    };
    view! { <input type="hidden" name=REVISION value=value /> }
}

/// Reads the revision that a form was opened at.
///
/// # Errors
/// [`Error::Invalid`] without a field where there is none, as in a page of an older version.
pub(crate) fn read_revision(text: &str) -> Result<Option<i64>, Error> {
    text.parse().map(Some).map_err(|_| Error::Invalid(Vec::new()))
}

/// Both versions beside each other.
pub(super) fn versions(differences: Vec<Change>) -> impl IntoView {
    let nothing = || "nothing".to_owned();
    let same = differences.is_empty();
    let rows = differences.into_iter().map(|Change { name, before, after }| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>
                    <bdi>{before.unwrap_or_else(nothing)}</bdi>
                </td>
                <td>
                    <bdi>{after.unwrap_or_else(nothing)}</bdi>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p>
            <b>"Somebody changed this meanwhile. "</b>
            "Nothing of yours was saved. Compare the two, change what you typed if need be, and save once more: then yours replaces theirs."
        </p>
        {if same {
            view! { <p>"What they saved is the same as what you typed."</p> }.into_any()
        } else {
            view! {
                <table class="versions">
                    <thead>
                        <tr>
                            <th scope="col">"What differs"</th>
                            <th scope="col">"They saved"</th>
                            <th scope="col">"You typed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any()
        }}
    }
}

/// Says what a wide act does, and asks why and for the name of what it is done to.
pub(super) fn reason_fields(
    state: FormState,
    effect: String,
    wrong: Option<String>,
    name: &str,
    wrong_name: Option<String>,
) -> impl IntoView {
    view! {
        <p>
            <b>{effect}</b>
            {format!(" Say why, type the policy’s name, “{name}”, and save once more.")}
        </p>
        {field(state, "reason", "Reason", "Such as: the plan of 2027 has fewer devices", wrong)}
        {field(state, "typed_name", "Name of the policy", "", wrong_name)}
    }
}

fn field(
    state: FormState,
    name: &'static str,
    label: &'static str,
    placeholder: &'static str,
    wrong: Option<String>,
) -> impl IntoView {
    let id = state.control(name);
    let error = format!("{id}-error");
    let described_by = wrong.is_some().then(|| error.clone());
    let message = wrong.map(|words| {
        view! { <p class="error" id=error>{format!("{label} {words}.")}</p> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                name=name
                value=state.value(name, String::new())
                autocomplete="off"
                placeholder=placeholder
                required=true
                aria-invalid=described_by.is_some().then_some("true")
                aria-describedby=described_by
            />
            {message}
        </div>
    }
}
