//! Links that are followed without a reload.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, MouseEvent};

use crate::dom;

/// Takes over the links of the page.
pub(super) fn listen(visit: fn(String)) {
    dom::on(&document(), "click", move |event| {
        if let Some(url) = event.dyn_ref::<MouseEvent>().and_then(followed) {
            event.prevent_default();
            visit(url);
        }
    });
}

/// The address of the clicked link. `None` if the browser has to follow it: another website, a file, a fragment of this
/// page, or a link for another tab.
fn followed(event: &MouseEvent) -> Option<String> {
    let for_another_tab = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || for_another_tab {
        return None;
    }
    let link = dom::target(event)?.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let here = window().location();
    let is_ours = link.origin() == here.origin().ok()?;
    let is_external = link.rel().split_whitespace().any(|word| word == "external");
    let is_place =
        !link.hash().is_empty() && link.pathname() == here.pathname().ok()? && link.search() == here.search().ok()?;
    let is_visit = is_ours && !is_external && !is_place && link.target().is_empty() && !link.has_attribute("download");
    is_visit.then(|| link.href())
}
