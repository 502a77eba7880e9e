//! Leptos islands: parts of a page that change while the user types.

use js_sys::{Function, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};

use crate::dom;

/// The tag of an island.
pub(crate) const ISLAND: &str = "LEPTOS-ISLAND";
/// The tag of an island's children, which the server renders.
pub(crate) const CHILDREN: &str = "leptos-children";

/// Hydrates the islands that came with a page.
pub(crate) fn wake() {
    // The page's script defines this function.
    let wake = Reflect::get(&window(), &"__hydrateIsland".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    let Some(wake) = wake else { return };
    for island in dom::all_here("leptos-island:not([data-awake])") {
        // An island that is hydrated twice would handle every event twice.
        _ = island.set_attribute("data-awake", "");
        let name = island.get_attribute("data-component").unwrap_or_default();
        _ = wake.call2(&JsValue::NULL, &island, &name.into());
    }
}
