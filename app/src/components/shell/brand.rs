//! The logo and the vendor's name.

use leptos::prelude::*;

use crate::http::context::visitor;

/// Links to the home page.
#[component]
pub(super) fn Brand() -> impl IntoView {
    let name = visitor().provider.unwrap_or_else(|| "Latchkey".to_owned());
    view! {
        <a class="brand" href="/">
            <svg class="mark" viewBox="0 0 22 22" aria-hidden="true">
                <rect width="22" height="22" rx="6" fill="currentColor"></rect>
                <path
                    class="cut-out"
                    d="M4.9 11a3.1 3.1 0 1 0 6.2 0a3.1 3.1 0 1 0 -6.2 0zM11.1 11H17v2.6M14.2 11v1.9"
                ></path>
            </svg>
            <span>{name}</span>
        </a>
    }
}
