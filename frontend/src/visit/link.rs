//! Links that are followed without a reload.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, MouseEvent, Url};

use super::{guard, history};
use crate::dom;

/// Takes over the links of the page.
pub(super) fn listen(visit: fn(String)) {
    dom::on(&document(), "click", move |event| {
        let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
        if let Some(link) = link(event) {
            _ = keep_fields(&link);
        }
        if let Some(url) = followed(event) {
            event.prevent_default();
            if is_free(event) || history::is_same_page(&url) || guard::may_leave() {
                visit(url);
            }
        }
    });
}

fn link(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    dom::target(event)?.closest("a[href]").ok()??.dyn_into().ok()
}

/// Returns `true` for a form's *Cancel*, which needs no question.
fn is_free(event: &MouseEvent) -> bool {
    link(event).is_some_and(|link| link.closest(".form-foot").is_ok_and(|foot| foot.is_some()))
}

/// Adds the fields that a link names in `data-keeps` to its query: what was typed there moves to the next page.
fn keep_fields(link: &HtmlAnchorElement) -> Option<()> {
    let names = link.get_attribute("data-keeps")?;
    let form = link.closest("form").ok()??;
    let url = Url::new(&link.href()).ok()?;
    for name in names.split_whitespace() {
        let field = dom::first(&form, &format!("[name={name}]"))?;
        if let Some(value) = guard::accept(&field) {
            url.search_params().set(name, &value);
        }
    }
    link.set_href(&url.href());
    Some(())
}

/// The address of the clicked link. `None` if the browser has to follow it: another website, a file, a fragment of this
/// page, or a link for another tab.
fn followed(event: &MouseEvent) -> Option<String> {
    let for_another_tab = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || for_another_tab {
        return None;
    }
    let link = link(event)?;
    let here = window().location();
    let is_ours = link.origin() == here.origin().ok()?;
    let is_external = link.rel().split_whitespace().any(|word| word == "external");
    let is_place =
        !link.hash().is_empty() && link.pathname() == here.pathname().ok()? && link.search() == here.search().ok()?;
    let is_visit = is_ours && !is_external && !is_place && link.target().is_empty() && !link.has_attribute("download");
    is_visit.then(|| link.href())
}
