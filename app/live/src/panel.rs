//! A flat box with a head.

use leptos::prelude::*;

/// A part of a page under a heading of its own.
#[component]
pub fn Panel(
    /// The id of the heading, unlike any other on the page.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Beside the heading: a bar, a sentence, a link.
    #[prop(optional, into)]
    aside: ViewFn,
    /// Under a line of its own, at the end.
    #[prop(optional)]
    footer: Option<ViewFn>,
    /// Whether the children bring their own edges, as a table does.
    #[prop(optional)]
    bare: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let inside = match bare {
        true => children().into_any(),
        false => view! { <div class="body">{children()}</div> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby=id>
            <header>
                <h2 id=id>{title}</h2>
                {aside.run()}
            </header>
            {inside}
            {footer.map(|footer| view! { <footer>{footer.run()}</footer> })}
        </section>
    }
}
