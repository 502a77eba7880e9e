//! Short forms of what takes several steps in `web_sys`.
//!
//! A field named `id` or `method` hides the property of its form. Such properties are therefore read as attributes, here and
//! everywhere.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, FocusOptions, HtmlElement};

/// The `<html>` of the page in sight.
pub(crate) fn html() -> Option<Element> {
    document().document_element()
}

/// The first element within that a selector matches.
pub(crate) fn first(within: &Element, selector: &str) -> Option<Element> {
    within.query_selector(selector).ok().flatten()
}

/// Every element within that a selector matches, in the order of the page.
pub(crate) fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// Every element of the page in sight that a selector matches.
pub(crate) fn all_here(selector: &str) -> Vec<Element> {
    html().map(|html| all(&html, selector)).unwrap_or_default()
}

/// Calls `act` at every event of that name. In the capture phase, since `close` does not bubble.
pub(crate) fn on(target: &EventTarget, event: &str, act: impl Fn(&Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| act(&event));
    let function = listener.as_ref().unchecked_ref();
    _ = target.add_event_listener_with_callback_and_bool(event, function, event != "click" && event != "submit");
    listener.forget();
}

/// The element at which an event happened.
pub(crate) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Moves the focus, and not the page.
pub(crate) fn focus(element: &Element) {
    let still = FocusOptions::new();
    still.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        _ = element.focus_with_options(&still);
    }
}
