//! The browser's half of the admin app.
//!
//! The server renders every page, with and without script. With script, [`visit`] fetches the page for a link or a
//! form, and [`morph`] turns the current page into the new one. Leptos runs only in the islands of [`live`]: the
//! descriptions that change while the user types.

mod dialog;
mod dom;
mod files;
mod find;
mod follow;
mod islands;
mod morph;
mod picks;
mod press;
mod recent;
mod toast;
mod visit;

// Links the islands into the module, where the script of the page finds them by name.
pub use live::*;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's script once the module is loaded. `<html>` has `data-hydrated` once the page responds to
/// clicks.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    islands::wake();
    press::listen();
    picks::listen();
    files::listen();
    dialog::listen();
    find::listen();
    recent::listen();
    visit::listen();
    toast::settle();
    recent::settle();
    picks::settle();
    follow::listen(follow::Visits { is_busy: visit::is_busy, refresh: visit::refresh });
    if let Some(html) = dom::html() {
        _ = html.set_attribute("data-hydrated", "");
    }
}
