//! A notice that the reader must see before going on.

use leptos::prelude::*;

use super::{Icon, Symbol, Tone};

/// A notice; its children are paragraphs.
#[component]
pub fn Notice(
    /// The emphasis.
    #[prop(optional)]
    tone: Tone,
    /// The icon, if the tone's default does not fit.
    #[prop(optional)]
    icon: Option<Symbol>,
    /// Paragraphs.
    children: Children,
) -> impl IntoView {
    let of = icon.unwrap_or(match tone {
        Tone::Plain | Tone::Accent => Symbol::Info,
        Tone::Good => Symbol::CircleCheck,
        Tone::Warn => Symbol::TriangleAlert,
        Tone::Bad => Symbol::CircleAlert,
    });
    view! {
        <div class="notice" data-tone=tone.name()>
            <Icon of />
            <div>{children()}</div>
        </div>
    }
}
