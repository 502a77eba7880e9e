//! Pages outside the shell: sign-in, first start.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Brand;

/// The logo, a heading, and the page's form.
#[component]
pub fn PlainPage(
    /// The page's only `h1`, and its title in the browser.
    title: &'static str,
    /// The content below the heading.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=title />
        <main class="plain" id="main">
            <div class="door">
                <header>
                    <Brand />
                    <h1>{title}</h1>
                </header>
                {children()}
            </div>
            <footer>{concat!("Latchkey ", env!("CARGO_PKG_VERSION"))}</footer>
        </main>
    }
}
