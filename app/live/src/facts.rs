//! Names and values.

use leptos::prelude::*;

/// A list of [`Fact`]s.
#[component]
pub fn Facts(
    /// Whether each fact also says where its value comes from.
    #[prop(optional)]
    terms: bool,
    /// The facts.
    children: Children,
) -> impl IntoView {
    view! { <dl class=if terms { "facts terms" } else { "facts" }>{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn Fact(
    /// The name.
    #[prop(into)]
    name: String,
    /// Where the value comes from; in a list of terms only.
    #[prop(optional)]
    from: Option<ViewFn>,
    /// The value.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{children()}</dd>
            {from.map(|from| view! { <dd class="from">{from.run()}</dd> })}
        </div>
    }
}
