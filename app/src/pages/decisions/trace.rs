//! The trace: every rule with what it saw and said.

use leptos::prelude::*;
use licensing::sentence::{Piece, Sentence};

use crate::{
    admin::decisions::detail::{Said, StepLine},
    components::Symbol,
};

/// Every rule, in the order in which they are asked.
#[component]
pub(super) fn Trace(
    /// What each saw and said.
    steps: Vec<StepLine>,
) -> impl IntoView {
    view! { <ol class="trace">{steps.into_iter().map(step).collect_view()}</ol> }
}

fn step(step: StepLine) -> impl IntoView {
    let (outcome, icon, words) = match step.said {
        Said::Passed => ("pass", Symbol::CircleCheck, "Yes"),
        Said::Decided => ("fail", Symbol::CircleX, "No, and that decided"),
        Said::Failed => ("fail-too", Symbol::CircleX, "No as well"),
        Said::NotAsked => ("skip", Symbol::CircleDashed, "Not asked"),
    };
    view! {
        <li data-outcome=outcome>
            <crate::components::Icon of=icon />
            <span class="rule">
                <span class="visually-hidden">{words} ": "</span>
                {step.words}
            </span>
            <span class="fact">{said(step.facts)}</span>
        </li>
    }
}

fn said(facts: Sentence) -> impl IntoView {
    let piece = |Piece { text, strong }: Piece| match strong {
        true => view! { <b>{text}</b> }.into_any(),
        false => text.into_any(),
    };
    facts.0.into_iter().map(piece).collect_view()
}
