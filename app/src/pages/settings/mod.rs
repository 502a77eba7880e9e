//! Settings: the signed-in account, its logins and the signing keys; for owners also all accounts, sign-in and API tokens.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod accounts;
mod data;
mod identities;
mod keys;
mod logins;
mod organization;
mod own;
mod person;
mod sign_in;
mod tokens;
mod webhooks;

pub use accounts::AccountsPage;
pub use data::DataPage;
pub use keys::KeysPage;
pub use logins::{AllLoginsPage, OwnLoginsPage};
pub use organization::OrganizationPage;
pub use own::OwnAccountPage;
pub use person::AccountPage;
pub use sign_in::SignInSettingsPage;
pub use tokens::{NewTokenPage, TokensPage};
pub use webhooks::{DeliveryPage, EditWebhookPage, NewWebhookPage, WebhookPage, WebhooksPage};

use leptos::prelude::*;
use leptos_router::hooks::use_url;
use licensing::Permission;

use crate::components::may;

/// The pages of the settings: address, label, and required permission.
const PLACES: [(&str, &str, Permission); 10] = [
    ("/settings/account", "Your account", Permission::See),
    ("/settings/logins", "Your logins", Permission::See),
    ("/settings/organization", "Organization", Permission::RunServer),
    ("/settings/accounts", "Accounts", Permission::RunServer),
    ("/settings/sign-in", "Sign-in", Permission::RunServer),
    ("/settings/all-logins", "All logins", Permission::RunServer),
    ("/settings/tokens", "API tokens", Permission::RunServer),
    ("/settings/webhooks", "Webhooks", Permission::RunServer),
    ("/settings/keys", "Signing keys", Permission::See),
    ("/settings/data", "Data", Permission::RunServer),
];

/// Links to the pages of the settings that the role may open.
#[component]
pub(super) fn SettingsTabs() -> impl IntoView {
    let path = use_url().with_untracked(|url| url.path().to_owned());
    // `/settings` shows the first page.
    let path = if path == "/settings" { PLACES[0].0.to_owned() } else { path };
    let places = PLACES.into_iter().filter(|(_, _, permission)| may(*permission));
    let links = places.map(|(to, label, _)| {
        let here = path.strip_prefix(to).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        view! {
            <li>
                <a href=to aria-current=here.then_some("page")>
                    {label}
                </a>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label="Settings">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}
