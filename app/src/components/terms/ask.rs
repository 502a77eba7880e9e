//! Fields for terms: of a policy, which sets them all, and of a license, which may leave each to its policy.

use leptos::prelude::*;

use super::Choice;
use crate::{
    components::{ChoiceCards, FormSection, Icon, LengthField, SelectField, Symbol, TextArea, TextField},
    terms_form::{TermsFields, UNITS},
};

/// The owner of the terms that a form edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsOwner {
    /// A policy: every term is set.
    Policy,
    /// A license: an empty field takes the policy's value.
    License,
}

/// Rarely used fields of a section, below a fold that is open if one of them is set.
pub(super) struct Rare {
    /// The fold's label.
    pub(super) title: &'static str,
    /// The fields.
    pub(super) fields: fn(&Ask) -> AnyView,
    /// The fields' values. If they equal those of a default policy, or of a license without exceptions, the fold stays
    /// closed.
    pub(super) set: fn(&TermsFields) -> Vec<&str>,
}

/// A section: title, purpose, its usual fields and its rare ones.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) usual: fn(&Ask) -> AnyView,
    pub(super) rare: Rare,
}

/// The form's kind and the initial values of its fields.
pub(super) struct Ask {
    pub(super) owner: TermsOwner,
    pub(super) of: TermsFields,
}

impl Ask {
    fn needed(&self) -> bool {
        self.owner == TermsOwner::Policy
    }

    /// Renders a section with its fold.
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
        match self.owner {
            TermsOwner::Policy => view! {
                <FormSection title=section.title text=section.text>
                    {fields}
                </FormSection>
            }
            .into_any(),
            TermsOwner::License => view! {
                <fieldset class="stack">
                    <legend>{section.title}</legend>
                    <div class="fields">{fields}</div>
                </fieldset>
            }
            .into_any(),
        }
    }

    /// A drop-down list; a license's also offers the policy's value.
    pub(super) fn select(
        &self,
        name: &'static str,
        label: &'static str,
        choices: &[(&str, &str)],
        value: &str,
        hint: &'static str,
    ) -> AnyView {
        let as_policy = (!self.needed()).then_some(("", "Same as policy"));
        let choices = as_policy.into_iter().chain(choices.iter().copied());
        let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned())).collect();
        view! { <SelectField name label choices value=value hint /> }.into_any()
    }

    /// A policy's choice as cards with explanations; a license's as a drop-down list.
    pub(super) fn cards(
        &self,
        name: &'static str,
        label: &'static str,
        choices: &'static [Choice],
        value: &str,
        hint: &'static str,
    ) -> AnyView {
        match self.owner {
            TermsOwner::Policy => view! { <ChoiceCards name label choices value=value /> }.into_any(),
            TermsOwner::License => {
                let choices: Vec<_> = choices.iter().map(|it| (it.value, it.title)).collect();
                self.select(name, label, &choices, value, hint)
            }
        }
    }

    /// A text field, which a policy must fill in.
    pub(super) fn text(&self, name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextField name label value=value hint required=self.needed() /> }.into_any()
    }

    /// A text field that may stay empty.
    pub(super) fn optional(name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextField name label value=value hint /> }.into_any()
    }

    /// A length of time, which a policy must fill in. The unit's field is named like the number's, with `_unit`.
    pub(super) fn length(
        &self,
        (name, unit_name): (&'static str, &'static str),
        label: &'static str,
        (value, unit): (&str, &str),
        hint: &'static str,
    ) -> AnyView {
        view! { <LengthField name unit_name label value=value unit=unit hint required=self.needed() /> }.into_any()
    }

    /// Feature values, one per line.
    pub(super) fn features(&self, name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
        view! { <TextArea name label value=value hint code=true /> }.into_any()
    }
}

/// A choice with its dependent fields. Each part has the CSS class of the choice that shows it.
pub(super) fn with(choice: AnyView, parts: Vec<(&'static str, AnyView)>) -> AnyView {
    let parts: Vec<_> = parts.into_iter().map(|(word, part)| view! { <div class=word>{part}</div> }).collect();
    view! {
        <div class="term fields full">
            {choice} {parts}
        </div>
    }
    .into_any()
}

/// A text field that depends on a choice.
pub(super) fn part(name: &'static str, label: &'static str, value: &str, hint: &'static str) -> AnyView {
    view! { <TextField name label value=value hint required=true /> }.into_any()
}

/// A last day that depends on a choice.
pub(super) fn last_day(name: &'static str, value: &str) -> AnyView {
    // A date field cannot show a time of day, which may have been set elsewhere.
    let kind = if value.contains('T') { "text" } else { "date" };
    view! { <TextField name label="Last day" kind value=value hint="To the end of that day, in UTC." required=true /> }
        .into_any()
}

/// A length of time that depends on a choice. What does not begin at a known day has no calendar months.
pub(super) fn period(
    (name, unit_name): (&'static str, &'static str),
    label: &'static str,
    (value, unit): (&str, &str),
    units: [&'static str; 4],
) -> AnyView {
    let hint = if units == UNITS { "A year is 365 days." } else { "Months and years are those of the calendar." };
    view! { <LengthField name unit_name label value=value unit=unit units hint required=true /> }.into_any()
}
