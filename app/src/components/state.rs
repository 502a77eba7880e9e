//! States, each shown as a shape and a word.

use leptos::prelude::*;
use licensing::license::LicenseStatus;

/// The shape next to the word. It conveys the state where color does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A dot.
    Active,
    /// A ring: not started.
    Waiting,
    /// A half: ends soon.
    Ending,
    /// Two bars: paused.
    Suspended,
    /// A dash: ended.
    Ended,
    /// A cross: revoked.
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

/// A license's state.
#[component]
pub fn LicenseState(
    /// The state.
    of: LicenseStatus,
) -> impl IntoView {
    let (shape, word) = match of {
        LicenseStatus::NotStarted => (Shape::Waiting, "Not started"),
        LicenseStatus::Active => (Shape::Active, "Active"),
        LicenseStatus::Ending => (Shape::Ending, "Ending"),
        LicenseStatus::Ended => (Shape::Ended, "Ended"),
        LicenseStatus::Suspended => (Shape::Suspended, "Suspended"),
        LicenseStatus::Revoked => (Shape::Revoked, "Revoked"),
    };
    view! { <State shape word /> }
}
