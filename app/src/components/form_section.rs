//! A part of a long form.

use leptos::prelude::*;

/// What is asked at the side, and the fields that ask it.
#[component]
pub fn FormSection(
    /// What it is about.
    title: &'static str,
    /// What it is for, in a line.
    #[prop(optional)]
    text: Option<&'static str>,
    /// Fields.
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
