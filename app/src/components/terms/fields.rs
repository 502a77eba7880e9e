//! Every term, in sections.

use leptos::prelude::*;
use licensing::Terms;

use super::{
    TermsOwner,
    ask::{Ask, Section},
    end, lease, seats, transfers, what, who,
};
use crate::{form::FormState, terms_form::TermsFields};

const SECTIONS: [Section; 6] =
    [seats::SECTION, lease::SECTION, end::SECTION, who::SECTION, what::SECTION, transfers::SECTION];

/// Every field of [`TermsFields`]. For a license, an empty field means the policy's value.
#[component]
pub fn TermsFormFields(
    /// The owner of the terms.
    owner: TermsOwner,
    /// The initial values.
    of: TermsFields,
) -> impl IntoView {
    let now = expect_context::<FormState>().sent().unwrap_or_else(|| of.clone());
    let usual = match owner {
        TermsOwner::Policy => TermsFields::of(&Terms::default()),
        TermsOwner::License => TermsFields::default(),
    };
    let ask = Ask { owner, of };
    let section = |section: &Section| {
        let open = (section.rare.set)(&now) != (section.rare.set)(&usual);
        ask.section(section, open)
    };
    SECTIONS.iter().map(section).collect::<Vec<_>>()
}
