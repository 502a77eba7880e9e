//! The admin app: pages, components, the pages' reads, and the acts under `/admin/api`, to which forms are posted.

#![recursion_limit = "256"]

pub mod address;
pub mod admin;
pub mod components;
pub mod context;
pub mod device_lines;
pub mod done;
mod error;
pub mod form;
pub mod load;
pub mod pages;
mod policy;
pub mod releases;
mod roles;
mod status;
pub mod words;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

pub use error::{Error, FieldError};
pub use live::{day, feature_values, features, number, terms_form};

use components::shell::{Layout, Nowhere};
use pages::{
    audit::AuditPage,
    decisions::{DecisionPage, DecisionsPage, TryOutPage},
    devices::{BlockPage, BlockedPage, DevicePage},
    first_start::FirstStartPage,
    home::HomePage,
    jobs::{JobPage, JobsPage},
    licenses::{EditLicensePage, LicensePage, LicensesPage, NewLicensePage},
    link::LinkPage,
    offline::{OfflineFilePage, OfflinePage, ResponsePage},
    policies::{EditPolicyPage, NewPolicyPage, PoliciesPage, PolicyPage},
    products::{EditProductPage, NewProductPage, ProductPage, ProductsPage},
    settings::{
        AccountPage, AccountsPage, AllLoginsPage, NewTokenPage, OwnAccountPage, OwnLoginsPage, SignInSettingsPage,
        TokensPage,
    },
    sign_in::SignInPage,
};

/// The HTML document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    policy::send();
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    // Only the islands hydrate.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=context::visitor().theme.name()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=style />
                {start(&options)}
                <leptos_meta::MetaTags />
            </head>
            <body>
                <App />
                <components::Sprite />
            </body>
        </html>
    }
}

/// Starts the browser's half. Leptos' own script waits until the browser is idle, which a busy browser never is.
fn start(options: &LeptosOptions) -> impl IntoView + use<> {
    let file = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let nonce = leptos::nonce::use_nonce();
    let script = format!(
        "import('{file}.js').then(async (module) => {{ window.__hydrateIsland = (island, name) => module[name](island); \
         await module.default({{ module_or_path: '{file}.wasm' }}); module.hydrate(); }})"
    );
    view! {
        <link rel="modulepreload" href=format!("{file}.js") crossorigin="anonymous" />
        <link rel="preload" href=format!("{file}.wasm") r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
        <script type="module" nonce=nonce>
            {script}
        </script>
    }
}

/// The content of `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let provider = context::visitor().provider.unwrap_or_else(|| "Latchkey".to_owned());
    view! {
        <Title formatter=move |title: String| components::escaped(format!("{title} · {provider}")) />
        <Router>
            <Routes fallback=Nowhere>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                // A failed sign-in at an identity provider ends here.
                <Route path=path!("/sign-in/oidc/:provider") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in/oidc/:provider/callback") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/first-start") view=FirstStartPage ssr=SsrMode::Async />
                <Route path=path!("/link") view=LinkPage ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/licenses") view=LicensesPage />
                    <Route path=path!("/licenses/new") view=NewLicensePage />
                    <Route path=path!("/licenses/:id") view=LicensePage />
                    <Route path=path!("/licenses/:id/edit") view=EditLicensePage />
                    <Route path=path!("/jobs") view=JobsPage />
                    <Route path=path!("/jobs/:id") view=JobPage />
                    <Route path=path!("/offline") view=OfflinePage />
                    <Route path=path!("/offline/read") view=OfflineFilePage />
                    <Route path=path!("/offline/:id") view=ResponsePage />
                    <Route path=path!("/devices/blocked") view=BlockedPage />
                    <Route path=path!("/devices/block") view=BlockPage />
                    <Route path=path!("/devices/:id") view=DevicePage />
                    <Route path=path!("/licenses/:id/try") view=TryOutPage />
                    <Route path=path!("/decisions") view=DecisionsPage />
                    <Route path=path!("/decisions/:id") view=DecisionPage />
                    <Route path=path!("/audit") view=AuditPage />
                    <Route path=path!("/products") view=ProductsPage />
                    <Route path=path!("/products/new") view=NewProductPage />
                    <Route path=path!("/products/:id") view=ProductPage />
                    <Route path=path!("/products/:id/edit") view=EditProductPage />
                    <Route path=path!("/policies") view=PoliciesPage />
                    <Route path=path!("/policies/new") view=NewPolicyPage />
                    <Route path=path!("/policies/:id") view=PolicyPage />
                    <Route path=path!("/policies/:id/edit") view=EditPolicyPage />
                    <Route path=path!("/settings/account") view=OwnAccountPage />
                    <Route path=path!("/settings/logins") view=OwnLoginsPage />
                    <Route path=path!("/settings/all-logins") view=AllLoginsPage />
                    <Route path=path!("/settings/accounts") view=AccountsPage />
                    <Route path=path!("/settings/accounts/:id") view=AccountPage />
                    <Route path=path!("/settings/sign-in") view=SignInSettingsPage />
                    <Route path=path!("/settings/tokens") view=TokensPage />
                    <Route path=path!("/settings/tokens/new") view=NewTokenPage />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
