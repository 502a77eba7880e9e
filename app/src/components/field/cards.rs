//! One of a few, each with a line that explains it.

use leptos::prelude::*;

use super::frame::Frame;
use crate::form::FormState;

/// One choice of [`ChoiceCards`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// Radio buttons one can read.
#[component]
pub fn ChoiceCards(
    /// The name of the server function's argument.
    name: &'static str,
    /// The question.
    label: &'static str,
    /// The choices.
    choices: &'static [Choice],
    /// The value chosen at first.
    #[prop(optional, into)]
    value: String,
    /// One line below that explains it.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let form = expect_context::<FormState>();
    let frame = Frame::new(form, name, label, hint);
    let chosen = form.value(name, value);
    let cards = choices.iter().enumerate().map(|(i, choice)| {
        // The first card carries the field's id, so that the summary above the form leads there.
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
