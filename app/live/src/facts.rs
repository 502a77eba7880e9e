//! Lists of names and values.

use leptos::prelude::*;

/// A list of [`Fact`]s.
#[component]
pub fn Facts(
    /// `true` if each fact also shows the origin of its value.
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
    /// The origin of the value; only in a list of terms.
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
