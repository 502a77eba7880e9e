//! Badges, and the tones that components share.

use leptos::prelude::*;

/// The emphasis of a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Grey in a badge; the accent in a notice.
    #[default]
    Plain,
    /// Chosen or changed.
    Accent,
    /// Done or healthy.
    Good,
    /// Needs attention soon.
    Warn,
    /// Needs attention now.
    Bad,
}

impl Tone {
    /// The value of `data-tone`; `None` for [`Plain`](Self::Plain).
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Accent => Some("accent"),
            Self::Good => Some("good"),
            Self::Warn => Some("warn"),
            Self::Bad => Some("bad"),
        }
    }
}

/// A short remark next to something else.
#[component]
pub fn Badge(
    /// The emphasis.
    #[prop(optional)]
    tone: Tone,
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.name()>{children()}</span> }
}
