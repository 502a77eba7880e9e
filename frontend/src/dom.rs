//! Shorthands for operations that take several steps with `web_sys`.
//!
//! A field named `id` or `method` hides that property of its form. Therefore these properties are always read as
//! attributes, here and everywhere.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, FocusOptions, HtmlElement};

/// The current page's `<html>`.
pub(crate) fn html() -> Option<Element> {
    document().document_element()
}

/// The first descendant that matches a selector.
pub(crate) fn first(within: &Element, selector: &str) -> Option<Element> {
    within.query_selector(selector).ok().flatten()
}

/// All descendants that match a selector, in document order.
pub(crate) fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// All elements of the current page that match a selector.
pub(crate) fn all_here(selector: &str) -> Vec<Element> {
    html().map(|html| all(&html, selector)).unwrap_or_default()
}

/// Calls `act` for every event of that name. Listens in the capture phase, since `close` does not bubble.
pub(crate) fn on(target: &EventTarget, event: &str, act: impl Fn(&Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| act(&event));
    let function = listener.as_ref().unchecked_ref();
    _ = target.add_event_listener_with_callback_and_bool(event, function, event != "click" && event != "submit");
    listener.forget();
}

/// The event's target.
pub(crate) fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Moves the focus without scrolling.
pub(crate) fn focus(element: &Element) {
    let still = FocusOptions::new();
    still.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        _ = element.focus_with_options(&still);
    }
}
