//! The trace: each rule with its verdict and the facts that it checked.

use leptos::prelude::*;
use licensing::sentence::{Piece, Sentence};

use crate::{
    admin::decisions::detail::{StepLine, StepOutcome},
    components::Symbol,
    text::words,
};

/// The rules: the one that decided first, then the others in the order in which they are checked. Those that did not
/// apply are folded.
#[component]
pub(super) fn Trace(
    /// Each rule's verdict and facts.
    steps: Vec<StepLine>,
) -> impl IntoView {
    let (skipped, mut checked): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.outcome == StepOutcome::NotAsked);
    checked.sort_by_key(|step| step.outcome != StepOutcome::Decided);
    let count = skipped.len();
    let folded = (count > 0).then(|| {
        view! {
            <details class="skipped">
                <summary>{words::count(crate::admin::counted(count), "rule")} " did not apply"</summary>
                <ol class="trace">{skipped.into_iter().map(step).collect_view()}</ol>
            </details>
        }
    });
    view! {
        <ol class="trace">{checked.into_iter().map(step).collect_view()}</ol>
        {folded}
    }
}

fn step(step: StepLine) -> impl IntoView {
    let (outcome, icon, verdict) = match step.outcome {
        StepOutcome::Passed => ("pass", Symbol::CircleCheck, "Passed"),
        StepOutcome::Decided => ("fail", Symbol::CircleX, "Failed, which decided"),
        StepOutcome::Failed => ("fail-too", Symbol::CircleX, "Also failed"),
        StepOutcome::NotAsked => ("skip", Symbol::CircleDashed, "Not checked"),
    };
    view! {
        <li data-outcome=outcome>
            <crate::components::Icon of=icon />
            <span class="rule">
                <span class="visually-hidden">{verdict} ": "</span>
                {step.rule}
            </span>
            <span class="fact">{facts_text(step.facts)}</span>
        </li>
    }
}

fn facts_text(facts: Sentence) -> impl IntoView {
    let piece = |Piece { text, strong }: Piece| match strong {
        true => view! { <b>{text}</b> }.into_any(),
        false => text.into_any(),
    };
    facts.0.into_iter().map(piece).collect_view()
}
