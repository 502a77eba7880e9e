//! Buttons that not every role may press.

use leptos::prelude::*;
use licensing::{Permission, Role};

use super::Fault;
use crate::{Error, context::visitor};

/// Whether whoever is signed in may do that.
pub fn may(permission: Permission) -> bool {
    visitor().account.is_some_and(|account| account.role.may(permission))
}

/// The children where the role may do it; else the button, disabled, with the reason beside it.
#[component]
pub fn Gate(
    /// What it takes.
    permission: Permission,
    /// What the button says, when it cannot be pressed: `New license`.
    #[prop(into)]
    label: String,
    /// The button or link.
    children: Children,
) -> impl IntoView {
    if may(permission) {
        return children().into_any();
    }
    view! { <Barred label why=reason(permission) /> }.into_any()
}

/// A button that cannot be pressed, with the reason beside it.
#[component]
pub fn Barred(
    /// What the button says.
    #[prop(into)]
    label: String,
    /// Why it cannot be pressed.
    #[prop(into)]
    why: String,
    /// Whether it is a small one.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let id = format!("why-{}", label.to_lowercase().replace(' ', "-"));
    view! {
        <button
            class=if small { "button small" } else { "button" }
            type="button"
            aria-disabled="true"
            aria-describedby=id.clone()
        >
            {label}
        </button>
        " "
        <small class="muted" id=id>
            {why}
        </small>
    }
}

/// A page's content where the role may do what it is for; else the page that says who may.
#[component]
pub fn Only(
    /// What it takes.
    permission: Permission,
    /// The content.
    children: Children,
) -> impl IntoView {
    match may(permission) {
        true => children().into_any(),
        false => view! { <Fault error=Error::Forbidden(reason(permission).to_owned()) /> }.into_any(),
    }
}

/// Why the button cannot be pressed.
pub fn reason(permission: Permission) -> &'static str {
    match permission.least_role() {
        Role::Viewer => "Sign in to do this.",
        Role::Support => "Support or an administrator may do this.",
        Role::Admin => "An administrator may do this.",
        Role::Owner => "An owner may do this.",
    }
}
