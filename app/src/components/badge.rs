//! A remark on something else, and the tones that parts may take.

use leptos::prelude::*;

/// How loud a part speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Grey in a badge; the accent in a notice.
    #[default]
    Plain,
    /// Chosen, changed.
    Accent,
    /// Done, healthy.
    Good,
    /// Look here soon.
    Warn,
    /// Look here now.
    Bad,
}

impl Tone {
    /// The word for `data-tone`; none when plain.
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

/// A short remark.
#[component]
pub fn Badge(
    /// How loud.
    #[prop(optional)]
    tone: Tone,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.name()>{children()}</span> }
}
