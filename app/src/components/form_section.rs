//! A section of a long form.

use leptos::prelude::*;

/// The section's title and purpose on the side, and its fields.
#[component]
pub fn FormSection(
    /// The title.
    title: &'static str,
    /// The section's purpose, in one line.
    #[prop(optional)]
    text: Option<&'static str>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="form-section">
            <header>
                <h2>{title}</h2>
                {text.map(|text| view! { <p>{text}</p> })}
            </header>
            <div class="fields">{children()}</div>
        </section>
    }
}
