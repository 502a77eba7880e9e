//! Terms as sentences, with the important words in bold.

use leptos::prelude::*;
use licensing::sentence::{Piece, Sentence as Text};

/// A sentence that describes terms.
#[component]
pub fn Sentence(
    /// The sentence.
    of: Text,
    /// `true` for smaller text, next to other content.
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
