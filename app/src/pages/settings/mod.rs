//! Settings: the signed-in account and its logins; for owners also all accounts, sign-in and API tokens.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod accounts;
mod identities;
mod logins;
mod own;
mod person;
mod sign_in;
mod tokens;

pub use accounts::AccountsPage;
pub use logins::{AllLoginsPage, OwnLoginsPage};
pub use own::OwnAccountPage;
pub use person::AccountPage;
pub use sign_in::SignInSettingsPage;
pub use tokens::{NewTokenPage, TokensPage};

use leptos::prelude::*;
use leptos_router::components::A;
use licensing::{Permission, Role};

use crate::components::may;

/// The pages of the settings: address, label, and required permission.
const PLACES: [(&str, &str, Permission); 6] = [
    ("/settings/account", "Your account", Permission::See),
    ("/settings/logins", "Your logins", Permission::See),
    ("/settings/accounts", "Accounts", Permission::RunServer),
    ("/settings/sign-in", "Sign-in", Permission::RunServer),
    ("/settings/all-logins", "All logins", Permission::RunServer),
    ("/settings/tokens", "API tokens", Permission::RunServer),
];

/// Links to the pages of the settings that the role may open.
#[component]
pub(super) fn SettingsTabs() -> impl IntoView {
    let places = PLACES.into_iter().filter(|(_, _, permission)| may(*permission));
    let links = places.map(|(to, label, _)| {
        view! {
            <li>
                <A href=to>{label}</A>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label="Settings">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}

/// Returns the name of a role.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Support => "Support",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

/// Returns the permissions of a role in one line.
const fn role_does(role: Role) -> &'static str {
    match role {
        Role::Viewer => "views, but changes nothing",
        Role::Support => "helps customers: frees, revokes and blocks devices, suspends licenses",
        Role::Admin => "manages products, policies, licenses and codes",
        Role::Owner => "runs the server: accounts, keys, tokens, everything",
    }
}

/// Returns the roles as choices of a field.
fn role_choices() -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .map(|role| (role.name().to_owned(), format!("{} – {}", role_name(role), role_does(role))))
        .collect()
}
