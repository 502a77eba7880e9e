//! Controls that require a permission.

use leptos::prelude::*;
use licensing::Permission;

use super::Fault;
use crate::{Error, http::context::visitor, text::roles::reason};

/// Returns `true` if the signed-in account has the permission.
pub fn may(permission: Permission) -> bool {
    visitor().account.is_some_and(|account| account.role.may(permission))
}

/// The children if the role has the permission; otherwise a disabled button with the reason next to it.
#[component]
pub fn Gate(
    /// The required permission.
    permission: Permission,
    /// The label of the disabled button: `New license`.
    #[prop(into)]
    label: String,
    /// The button or link.
    children: Children,
) -> impl IntoView {
    if may(permission) {
        return children().into_any();
    }
    view! { <DisabledButton label why=reason(permission) /> }.into_any()
}

/// A disabled button with the reason next to it.
#[component]
pub fn DisabledButton(
    /// The label.
    #[prop(into)]
    label: String,
    /// The reason why it is disabled.
    #[prop(into)]
    why: String,
    /// `true` for a small button.
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

/// A page's content if the role has the permission; otherwise an error page that says which role has it.
#[component]
pub fn Only(
    /// The required permission.
    permission: Permission,
    /// The content.
    children: Children,
) -> impl IntoView {
    match may(permission) {
        true => children().into_any(),
        false => view! { <Fault error=Error::Forbidden(reason(permission).to_owned()) /> }.into_any(),
    }
}
