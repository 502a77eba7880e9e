//! What the terms say, as one types.

use leptos::{ev, prelude::*};
use licensing::Terms;

use crate::{
    components::{Panel, Sentence},
    form::{self, FormState},
    terms_form::TermsFields,
    words,
};

/// Fields of a form with the terms beside them in words. With script they change as one types; without, the words are
/// those of what was sent.
#[component]
pub fn LiveTerms(
    /// What stands in the fields at first.
    of: TermsFields,
    /// Sections of fields.
    children: Children,
) -> impl IntoView {
    let typed = RwSignal::new(expect_context::<FormState>().sent().unwrap_or(of));
    let listen = move |event: ev::Event| {
        if let Some(fields) = form::typed(&event) {
            typed.set(fields);
        }
    };
    let terms = Memo::new(move |_| typed.with(TermsFields::read).ok());
    let sentence = move || match terms.get() {
        Some(terms) => view! { <Sentence of=terms.sentence() /> }.into_any(),
        None => view! { <p class="sentence">"Once every field is good, the terms stand here in words."</p> }.into_any(),
    };
    view! {
        <div class="split" on:input=listen>
            <div>
                <div>{children()}</div>
            </div>
            <aside class="sticky" aria-label="What it says">
                <Panel id="says" title="What it will say">
                    <div class="stack" aria-live="polite">
                        {sentence}
                        {move || terms.get().map(|terms| view! { <p class="soft small">{offline(&terms)}</p> })}
                    </div>
                </Panel>
            </aside>
        </div>
    }
}

/// `If this server is away, a device runs on for up to 37 days.`
fn offline(terms: &Terms) -> String {
    format!("If this server is away, a device runs on for up to {}.", words::longest_offline(terms))
}
