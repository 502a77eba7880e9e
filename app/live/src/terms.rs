//! The live description of terms beside their form.

use leptos::{ev, prelude::*};
use licensing::{Span, Terms};

use crate::{Panel, Sentence, terms_form::TermsFields, typed::typed};

/// Fields of a form with the terms beside them in words.
#[island]
pub fn TermsInWords(
    /// The values with which the page opens.
    at_first: TermsFields,
    /// Sections of fields.
    children: Children,
) -> impl IntoView {
    let now = RwSignal::new(at_first);
    let listen = move |event: ev::Event| {
        if let Some(fields) = typed(&event) {
            now.set(fields);
        }
    };
    let terms = Memo::new(move |_| now.with(TermsFields::read).ok());
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
    format!("If this server is away, a device runs on for up to {}.", longest_offline(terms))
}

/// How long a device that was just confirmed for the usual lease runs without asking: the lease and the grace.
pub fn longest_offline(terms: &Terms) -> Span {
    Span::seconds(terms.lease.default.as_seconds().saturating_add(terms.grace.as_seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_runs_for_its_lease_and_its_grace() {
        assert_eq!(longest_offline(&Terms::default()), Span::days(37));
    }
}
