//! The summary above a refused form.

use leptos::prelude::*;

use super::{
    FormState,
    proof::{proof_field, sign_in_fields},
    stale::{reason_fields, versions},
};
use crate::{
    Error,
    components::{Icon, Symbol},
    http::address,
};

/// Says how many fields to check and links to each, or says why the form was refused. Takes the focus.
#[component]
pub(super) fn Summary(state: FormState) -> impl IntoView {
    let here = address::here();
    // A closure, since it must run after the fields have registered their labels.
    move || {
        state.error().map(|error| {
            view! {
                <div class="notice" data-tone="bad" role="alert" tabindex="-1" autofocus>
                    <Icon of=Symbol::CircleAlert />
                    <div>{describe(state, error, here)}</div>
                </div>
            }
        })
    }
}

fn describe(state: FormState, error: Error, here: Memo<String>) -> AnyView {
    match error {
        Error::Invalid(mut fields) if !fields.is_empty() => {
            fields.sort_by_key(|it| state.place(&it.field).unwrap_or(usize::MAX));
            let count = match fields.len() {
                1 => "Check 1 field: ".to_owned(),
                n => format!("Check {n} fields: "),
            };
            let last = fields.len().saturating_sub(1);
            let links = fields.into_iter().enumerate().map(|(i, it)| {
                let end = if i == last { "." } else { ", " };
                let named = if state.place(&it.field).is_some() {
                    let to = format!("#{}", state.control(&it.field));
                    view! { <a href=to rel="external">{state.label(&it.field)}</a> }.into_any()
                } else {
                    format!("{} {}", state.label(&it.field), it.message).into_any()
                };
                view! { {named} {end} }
            });
            view! { <p>{count} {links.collect_view()}</p> }.into_any()
        }
        error @ (Error::SignInNeeded | Error::SignInRefused(_)) => {
            sign_in_fields(state.control("sign-in"), &error, here).into_any()
        }
        Error::Stale { differences, .. } => versions(differences).into_any(),
        Error::ReasonNeeded { effect, wrong, name, wrong_name } => {
            reason_fields(state, effect, wrong, &name, wrong_name).into_any()
        }
        Error::ProofNeeded(wrong) => proof_field(state.control("proof"), wrong, here).into_any(),
        other => view! { <p>{other.to_string()}</p> }.into_any(),
    }
}
