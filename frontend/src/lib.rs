//! The browser's entry to the admin app: takes over the page that the server rendered.

use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script that the server puts into each page, once the module is there. When the page answers to clicks,
/// `<html>` says `data-hydrated`.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    if let Some(page) = document().document_element() {
        _ = page.set_attribute("data-hydrated", "");
    }
}
