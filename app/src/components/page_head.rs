//! The head of a page: breadcrumbs, title, state and actions.

use leptos::prelude::*;
use leptos_meta::Title;
use service::PageVersion;

use super::Live;

/// Breadcrumbs: the address and the label of each page above.
pub type Crumbs = Vec<(String, String)>;

/// The head of a page, and its title in the browser.
#[component]
pub fn PageHead(
    /// The page's title and only `h1`.
    #[prop(into)]
    title: String,
    /// The pages above this one.
    #[prop(optional)]
    crumbs: Crumbs,
    /// Shown next to the title: a state, a badge.
    #[prop(optional, into)]
    mark: ViewFn,
    /// The page's subject, if the page follows its changes.
    #[prop(optional_no_strip)]
    live: Option<PageVersion>,
    /// A summary in one or two sentences, each a `<p class="lead">`.
    #[prop(optional, into)]
    lead: ViewFn,
    /// The page's actions; at most one primary button.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <header class="page-head">
            {(!crumbs.is_empty()).then(|| trail(crumbs, title.clone()))}
            <div class="title">
                <h1>
                    <bdi>{title}</bdi>
                </h1>
                {mark.run()} {live.map(|of| view! { <Live of /> })}
            </div>
            {lead.run()}
            <div class="actions">{actions.run()}</div>
        </header>
    }
}

fn trail(crumbs: Crumbs, title: String) -> impl IntoView {
    let above = crumbs.into_iter().map(|(to, label)| {
        view! {
            <li>
                <a href=to>{label}</a>
            </li>
        }
    });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>
                {above.collect_view()} <li aria-current="page">
                    <bdi>{title}</bdi>
                </li>
            </ol>
        </nav>
    }
}
