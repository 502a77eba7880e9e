//! The browser's half of the admin app.
//!
//! The server draws every page, with script and without. With script, [`visit`] fetches what a link or a form asks for, and
//! [`morph`] turns the page in sight into the page that came. Leptos runs only in the islands of [`live`]: the sentences that
//! change as one types.

mod dialog;
mod dom;
mod islands;
mod morph;
mod press;
mod visit;

// Links the islands into the module, where the script of the page finds them by name.
pub use live::*;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the module is there. `<html>` has `data-hydrated` as soon as the page answers to clicks.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    islands::wake();
    press::listen();
    dialog::listen();
    visit::listen();
    if let Some(html) = dom::html() {
        _ = html.set_attribute("data-hydrated", "");
    }
}
