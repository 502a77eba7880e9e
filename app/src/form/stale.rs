//! Forms whose record was changed by somebody else after they were opened, and confirmations of wide acts.

use leptos::prelude::*;

use super::FormState;
use crate::{Error, admin::audit::Change};

/// The field's name.
pub(super) const REVISION: &str = "revision";

/// The revision of the edited record, as a hidden field. After a stale save it carries the stored revision, so that
/// saving again overwrites that.
#[component]
pub fn Revision(
    /// The revision that the page read.
    of: i64,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    // A refused form is still a change of the revision that it was opened at.
    let value = match form.error() {
        Some(Error::Stale { revision, .. }) => revision.to_string(),
        _ => form.value(REVISION, of.to_string()),
    };
    view! { <input type="hidden" name=REVISION value=value /> }
}

/// Parses the revision that a form was opened at.
///
/// # Errors
/// [`Error::Invalid`] without a field if there is no revision, as in a page of an older version.
pub(crate) fn read_revision(text: &str) -> Result<Option<i64>, Error> {
    text.parse().map(Some).map_err(|_| Error::Invalid(Vec::new()))
}

/// The stored and the typed version, side by side.
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
            <b>"This was changed after you opened the form. "</b>
            "Your changes were not saved. Compare the two versions. Edit your form if needed, and save again to replace the saved one."
        </p>
        {if same {
            view! { <p>"What is saved is the same as your form."</p> }.into_any()
        } else {
            view! {
                <table class="versions">
                    <thead>
                        <tr>
                            <th scope="col">"Difference"</th>
                            <th scope="col">"Saved now"</th>
                            <th scope="col">"In your form"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
            .into_any()
        }}
    }
}

/// States the effect of a wide act, and asks for a reason and the target's name.
pub(super) fn reason_fields(
    state: FormState,
    effect: String,
    wrong: Option<String>,
    name: &str,
    wrong_name: Option<String>,
) -> impl IntoView {
    let (first, rest) = effect.split_once(". ").unwrap_or((effect.trim_end_matches('.'), ""));
    view! {
        <p>
            <b>{format!("{first}. ")}</b>
            {rest.to_owned()}
        </p>
        <p>
            {format!("Give a reason, type the policy’s name, “{name}”, and save again.")}
        </p>
        {field(state, "reason", "Reason", "For example: the 2027 plan has fewer devices", wrong)}
        {field(state, "typed_name", "Policy name", "", wrong_name)}
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
    let message = wrong.map(|message| {
        view! { <p class="error" id=error>{format!("{label} {message}.")}</p> }
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
