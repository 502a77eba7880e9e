//! Terms in words, with the weighty words in bold.

use leptos::prelude::*;
use licensing::sentence::{Piece, Sentence as Said};

/// A sentence of the rules.
#[component]
pub fn Sentence(
    /// What it says.
    of: Said,
    /// Set smaller, beside other things.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <p class=if small { "sentence small" } else { "sentence" }>
            {of.0.into_iter().map(piece).collect_view()}
        </p>
    }
}

fn piece(Piece { text, strong }: Piece) -> AnyView {
    if strong { view! { <b>{text}</b> }.into_any() } else { text.into_any() }
}
