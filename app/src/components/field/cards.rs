//! Radio buttons as cards.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// One choice of [`ChoiceCards`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The submitted value.
    pub value: &'static str,
    /// The title.
    pub title: &'static str,
    /// The explanation, in one line.
    pub text: &'static str,
}

/// A choice between a few options, each with an explanation.
#[component]
pub fn ChoiceCards(
    /// The name of the server function's argument.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The choices.
    choices: &'static [Choice],
    /// The initial value.
    #[prop(optional, into)]
    value: String,
    /// An explanation in one line, below the cards.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let chosen = form.value(name, value);
    let cards = choices.iter().enumerate().map(|(i, choice)| {
        // The first card carries the field's id, so that the summary above the form links to it.
        let id = if i == 0 { frame.id.clone() } else { format!("{}-{}", frame.id, choice.value) };
        view! {
            <label class="card">
                <input type="radio" id=id name=name value=choice.value checked=choice.value == chosen />
                <b>{choice.title}</b>
                <small>{choice.text}</small>
            </label>
        }
    });
    let cards = cards.collect_view();
    view! {
        <fieldset class="field full" aria-describedby=frame.described_by()>
            <legend class="label">{label}</legend>
            <div class="cards">{cards}</div>
            {frame.below()}
        </fieldset>
    }
}
