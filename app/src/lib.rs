//! The admin app: pages, components, the pages' reads, and the acts, which forms name.

#![recursion_limit = "256"]

pub mod admin;
pub mod components;
mod error;
pub mod form;
pub mod http;
pub mod pages;
pub mod text;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

pub use error::{Error, FieldError};
pub use live::{day, feature_values, features, number, terms_form};
pub use pages::routes::{PAGES, Page};

use pages::routes::Pages;

/// The HTML document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    http::csp::send();
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    // Only the islands hydrate.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=http::context::visitor().theme.name()>
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

/// Keeps the shortcut of Find, and what is typed after it, from the browser until its half of the app is there. It is no
/// module, since those wait for the end of the page.
const EARLY_KEYS: &str = "var earlyKeys; addEventListener('keydown', (key) => { \
    if ('hydrated' in document.documentElement.dataset) return; \
    const control = key.ctrlKey || key.metaKey; \
    if (control && key.key.toLowerCase() === 'k') earlyKeys ??= ''; \
    else if (earlyKeys === undefined || control || key.key.length > 1) return; \
    else earlyKeys += key.key; \
    key.preventDefault(); })";

/// Starts the browser's half, and opens Find if its shortcut was pressed before. Leptos' own script waits until the browser
/// is idle, which a busy browser never is.
fn start(options: &LeptosOptions) -> impl IntoView + use<> {
    let file = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let nonce = leptos::nonce::use_nonce();
    let script = format!(
        "import('{file}.js').then(async (module) => {{ window.__hydrateIsland = (island, name) => module[name](island); \
         await module.default({{ module_or_path: '{file}.wasm' }}); module.hydrate(); \
         if (earlyKeys === undefined) return; \
         document.querySelector('[data-find]')?.click(); \
         const field = document.activeElement; \
         if (earlyKeys && field?.name === 'q') {{ field.value = earlyKeys; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }})); }} }})"
    );
    view! {
        <script nonce=nonce.clone()>{EARLY_KEYS}</script>
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
    let provider = http::context::visitor().provider.unwrap_or_else(|| "Latchkey".to_owned());
    view! {
        <Title formatter=move |title: String| components::escaped(format!("{title} · {provider}")) />
        <Router>
            <Pages />
        </Router>
    }
}
