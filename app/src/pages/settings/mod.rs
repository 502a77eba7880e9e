//! Settings: one's own account and logins, and, for owners, who may come in.

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

/// Where one can go within the settings: address, words, what it takes.
const PLACES: [(&str, &str, Permission); 6] = [
    ("/settings/account", "Your account", Permission::See),
    ("/settings/logins", "Your logins", Permission::See),
    ("/settings/accounts", "Accounts", Permission::RunServer),
    ("/settings/sign-in", "Sign-in", Permission::RunServer),
    ("/settings/all-logins", "All logins", Permission::RunServer),
    ("/settings/tokens", "API tokens", Permission::RunServer),
];

/// The pages of the settings, as far as the role opens them.
#[component]
pub(super) fn SettingsTabs() -> impl IntoView {
    let places = PLACES.into_iter().filter(|(_, _, permission)| may(*permission));
    let links = places.map(|(to, words, _)| {
        view! {
            <li>
                <A href=to>{words}</A>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label="Settings">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}

/// What a role is called.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Support => "Support",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

/// What a role may do, in a line.
const fn role_does(role: Role) -> &'static str {
    match role {
        Role::Viewer => "looks, and changes nothing",
        Role::Support => "helps customers: frees, revokes and blocks devices, suspends licenses",
        Role::Admin => "runs products, policies, licenses and codes",
        Role::Owner => "runs the server: accounts, keys, tokens, everything",
    }
}

/// The roles, as a field offers them.
fn role_choices() -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .map(|role| (role.name().to_owned(), format!("{} – {}", role_name(role), role_does(role))))
        .collect()
}
