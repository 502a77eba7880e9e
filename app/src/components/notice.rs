//! One thing the reader must know before going on.

use leptos::prelude::*;

use super::{Icon, Symbol, Tone};

/// A notice; its children are paragraphs.
#[component]
pub fn Notice(
    /// How loud.
    #[prop(optional)]
    tone: Tone,
    /// The icon, where the tone's own does not fit.
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
