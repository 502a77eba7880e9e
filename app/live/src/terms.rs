//! The live description of terms next to their form.

use leptos::{ev, prelude::*};
use licensing::{Span, Terms};

use crate::{Panel, Sentence, terms_form::TermsFields, typed::typed};

/// A form's fields with a description of the terms next to them.
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
        None => view! { <p class="sentence">"The terms appear here once every field is valid."</p> }.into_any(),
    };
    view! {
        <div class="split" on:input=listen>
            <div>
                <div>{children()}</div>
            </div>
            <aside class="sticky" aria-label="Summary">
                <Panel id="says" title="Summary">
                    <div class="stack" aria-live="polite">
                        {sentence}
                        {move || terms.get().map(|terms| view! { <p class="soft small">{offline(&terms)}</p> })}
                    </div>
                </Panel>
            </aside>
        </div>
    }
}

/// `If the server is unreachable, a device keeps running for up to 37 days.`
fn offline(terms: &Terms) -> String {
    format!("If the server is unreachable, a device keeps running for up to {}.", longest_offline(terms))
}

/// Time for which a device runs without contact after a renewal for the default lease: the lease and the grace.
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
