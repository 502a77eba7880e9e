//! How a term is asked for: of a policy, which says them all, and of a license, which may leave each to its policy.

use leptos::prelude::*;

use super::{Choice, fields::Section};
use crate::{
    components::{ChoiceCards, FormSection, Icon, LengthField, SelectField, Symbol, TextArea, TextField},
    terms_form::TermsFields,
};

/// Whose terms a form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A policy's: it says every term.
    Policy,
    /// A license's own: what is empty is as the policy has it.
    License,
}

/// What a section asks for only below a fold, which is open where something in it is set.
pub(super) struct Rare {
    /// What opens the fold.
    pub(super) title: &'static str,
    /// Its fields.
    pub(super) fields: fn(&Ask) -> AnyView,
    /// What stands in them; that of a usual policy, or of a license without terms of its own, leaves the fold closed.
    pub(super) set: fn(&TermsFields) -> Vec<&str>,
}

/// What is asked, with what stands in the fields at first.
pub(super) struct Ask {
    pub(super) whose: Whose,
    pub(super) of: TermsFields,
}

impl Ask {
    fn needed(&self) -> bool {
        self.whose == Whose::Policy
    }

    /// A section with its fold.
    pub(super) fn section(&self, section: &Section, open: bool) -> AnyView {
        let fields = (section.usual)(self);
        let rare = (section.rare.fields)(self);
        let fields = view! {
            {fields}
            <details class="more full" open=open>
                <summary>
                    <Icon of=Symbol::ChevronRight />
                    {section.rare.title}
                </summary>
                <div class="fields">{rare}</div>
            </details>
        }
        .into_any();
        match self.whose {
            Whose::Policy => view! {
                <FormSection title=section.title text=section.text>
                    {fields}
                </FormSection>
            }
            .into_any(),
            Whose::License => view! {
                <fieldset class="stack">
                    <legend>{section.title}</legend>
                    <div class="fields">{fields}</div>
                </fieldset>
            }
            .into_any(),
        }
    }

    /// One of a list; for a license, or as the policy has it.
    pub(super) fn select(
        &self,
        name: &'static str,
        label: &'static str,
        choices: &[(&str, &str)],
        value: &str,
        hint: &'static str,
    ) -> AnyView {
        let as_policy = (!self.needed()).then_some(("", "As the policy has it"));
        let choices = as_policy.into_iter().chain(choices.iter().copied());
        let choices = choices.map(|(value, words)| (value.to_owned(), words.to_owned())).collect();
        view! { <SelectField name label choices value=value hint /> }.into_any()
    }

    /// One of a few, of a policy with a line that explains each.
    pub(super) fn cards(
        &self,
        name: &'static str,
        label: &'static str,
        choices: &'static [Choice],
        value: &str,
        hint: &'static str,
    ) -> AnyView {
        match self.whose {
            Whose::Policy => view! { <ChoiceCards name label choices value=value /> }.into_any(),
            Whose::License => {
                let choices: Vec<_> = choices.iter().map(|it| (it.value, it.title)).collect();
                self.select(name, label, &choices, value, hint)
            }
        }
    }

    /// A line that a policy must fill in.
    pub(super) fn text(&self, name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextField name label value=value hint required=self.needed() /> }.into_any()
    }

    /// A line that may stay empty.
    pub(super) fn optional(name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextField name label value=value hint /> }.into_any()
    }

    /// A length of time that a policy must fill in. The unit's field is named like the number's, with `_unit`.
    pub(super) fn length(
        &self,
        (name, unit_name): (&'static str, &'static str),
        label: &'static str,
        (value, unit): (&str, &str),
        hint: &'static str,
    ) -> AnyView {
        view! { <LengthField name unit_name label value=value unit=unit hint required=self.needed() /> }.into_any()
    }

    /// Feature values, a line each.
    pub(super) fn features(&self, name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextArea name label value=value hint code=true /> }.into_any()
    }
}

/// A choice with what belongs to it: of the parts, each under the word that brings it into sight.
pub(super) fn with(choice: AnyView, parts: Vec<(&'static str, AnyView)>) -> AnyView {
    let parts: Vec<_> = parts.into_iter().map(|(word, part)| view! { <div class=word>{part}</div> }).collect();
    view! {
        <div class="term fields full">
            {choice} {parts}
        </div>
    }
    .into_any()
}

/// A line that belongs to a choice.
pub(super) fn part(name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
    view! { <TextField name label value=value hint required=true /> }.into_any()
}

/// A last day that belongs to a choice.
pub(super) fn last_day(name: &'static str, value: &str) -> AnyView {
    // A moment that some other door has set is no date that the browser could show.
    let kind = if value.contains('T') { "text" } else { "date" };
    view! { <TextField name label="Last day" kind value=value hint="To the end of that day, in UTC." required=true /> }
        .into_any()
}

/// A length of time that belongs to a choice.
pub(super) fn period(
    (name, unit_name): (&'static str, &'static str),
    label: &'static str,
    (value, unit): (&str, &str),
) -> AnyView {
    view! { <LengthField name unit_name label value=value unit=unit hint="A year is 365 days." required=true /> }
        .into_any()
}
