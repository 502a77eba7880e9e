//! Forms that are submitted without a reload.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlFormElement, SubmitEvent, Url, UrlSearchParams};

use super::{notice, sent::Sent};
use crate::{dom, find};

/// A visit to an address, with the form that is sent; a search has its fields in the address.
type Visit = fn(String, Option<Sent>);

/// Takes over the forms of the page.
pub(super) fn listen(visit: Visit) {
    dom::on(&document(), "submit", move |event| {
        if let Some(event) = event.dyn_ref::<SubmitEvent>() {
            _ = submit(event, visit);
        }
    });
}

fn submit(event: &SubmitEvent, visit: Visit) -> Option<()> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    if event.default_prevented() || form.has_attribute("data-whole-page") {
        return None;
    }
    event.prevent_default();
    // An impatient second press.
    if form.has_attribute("aria-busy") {
        return None;
    }
    let fields = FormData::new_with_form(&form).ok()?;
    if let Some(why) = form.get_attribute("data-no-tokens")
        && fields.get("q").as_string().is_some_and(|text| live::token::holds_token(&text))
    {
        notice::refuse(&form, &why);
        return None;
    }
    if form.has_attribute("data-reads-tokens") && find::reads_token(&form) {
        return None;
    }
    let button = event.submitter().and_then(|it| it.dyn_into::<Element>().ok());
    let pressed = button.as_ref().and_then(|it| Some((it.get_attribute("name")?, it.get_attribute("value")?)));
    if let Some((name, value)) = pressed {
        fields.append_with_str(&name, &value).ok()?;
    }
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    let here = window().location().href().ok()?;
    let url = Url::new_with_base(&form.get_attribute("action").unwrap_or_default(), &here).ok()?;
    url.set_hash("");
    if !form.get_attribute("method").unwrap_or_default().eq_ignore_ascii_case("post") {
        url.set_search(&String::from(fields.to_string()));
        visit(url.href(), None);
        return Some(());
    }
    visit(url.href(), Some(Sent::new(form, button, fields)));
    Some(())
}
