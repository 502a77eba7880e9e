//! A state as a shape and a word, and a badge as a remark.

use leptos::prelude::*;
use licensing::license::Standing;

/// The shape beside the word; it carries the state where color does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dot.
    Active,
    /// A ring: it has not begun.
    Waiting,
    /// A half: it will end soon.
    Ending,
    /// Two bars: paused.
    Suspended,
    /// A dash: over by itself.
    Ended,
    /// A cross: ended by someone.
    Revoked,
}

impl Shape {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Ending => "ending",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
        }
    }
}

/// A shape and a word.
#[component]
pub fn State(
    /// The shape.
    shape: Shape,
    /// The word.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    view! { <span class="state" data-state=shape.name()>{word}</span> }
}

/// Where a license stands.
#[component]
pub fn LicenseState(
    /// Where.
    of: Standing,
) -> impl IntoView {
    let (shape, word) = match of {
        Standing::NotStarted => (Shape::Waiting, "Not started"),
        Standing::Active => (Shape::Active, "Active"),
        Standing::Ending => (Shape::Ending, "Ending"),
        Standing::Ended => (Shape::Ended, "Ended"),
        Standing::Suspended => (Shape::Suspended, "Suspended"),
        Standing::Revoked => (Shape::Revoked, "Revoked"),
    };
    view! { <State shape word /> }
}
