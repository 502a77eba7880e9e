//! Panels: flat boxes with a heading.

use leptos::prelude::*;

/// A section of a page with a heading.
#[component]
pub fn Panel(
    /// The heading's id, unique on the page.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: String,
    /// Shown next to the heading: a bar, a sentence, a link.
    #[prop(optional, into)]
    aside: ViewFn,
    /// The footer, below a line.
    #[prop(optional)]
    footer: Option<ViewFn>,
    /// `true` if the children have their own margins, as a table does.
    #[prop(optional)]
    bare: bool,
    /// The content.
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
