//! The parts that every field has around its control.

use leptos::prelude::*;

use crate::{
    components::{Icon, Symbol},
    form::FormState,
};

/// The ids that connect a control with its hint and its error.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) id: String,
    message: Option<String>,
    hint: Option<String>,
}

impl Frame {
    /// Registers the field with the form around it.
    pub(super) fn new(form: FormState, name: &'static str, label: &str, hint: Option<String>) -> Self {
        form.register_field(name, label);
        Self { id: form.control(name), message: form.message(name), hint }
    }

    /// For `aria-invalid`.
    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.message.is_some().then_some("true")
    }

    /// For `aria-describedby`: the ids of the hint and the error, if present.
    pub(super) fn described_by(&self) -> Option<String> {
        let id = &self.id;
        match (self.hint.is_some(), self.message.is_some()) {
            (true, true) => Some(format!("{id}-hint {id}-error")),
            (true, false) => Some(format!("{id}-hint")),
            (false, true) => Some(format!("{id}-error")),
            (false, false) => None,
        }
    }

    /// The hint and the error, for below the control.
    pub(super) fn below(&self) -> impl IntoView + use<> {
        let hint = self.hint.clone().map(|hint| {
            view! {
                <p class="hint" id=format!("{}-hint", self.id)>
                    {hint}
                </p>
            }
        });
        let error = self.message.clone().map(|message| {
            view! {
                <p class="error" id=format!("{}-error", self.id)>
                    <Icon of=Symbol::CircleAlert />
                    {message}
                </p>
            }
        });
        view! { {hint} {error} }
    }
}
