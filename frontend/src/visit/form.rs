//! Forms that are submitted without a reload.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlFormElement, SubmitEvent, Url, UrlSearchParams};

use super::{Step, notice, visit};
use crate::dom;

/// A form that was submitted and not answered yet.
pub(super) struct Sent {
    form: HtmlFormElement,
    button: Option<Element>,
    fields: UrlSearchParams,
}

pub(super) fn listen() {
    dom::on(&document(), "submit", |event| {
        if let Some(event) = event.dyn_ref::<SubmitEvent>() {
            _ = submit(event);
        }
    });
}

fn submit(event: &SubmitEvent) -> Option<()> {
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
        visit(url.href(), None, Step::Push);
        return Some(());
    }
    let sent = Sent { form, button, fields };
    sent.mark_busy();
    visit(url.href(), Some(sent), Step::Push);
    Some(())
}

impl Sent {
    pub(super) fn form(&self) -> &HtmlFormElement {
        &self.form
    }

    pub(super) fn fields(&self) -> &UrlSearchParams {
        &self.fields
    }

    fn mark_busy(&self) {
        _ = self.form.set_attribute("aria-busy", "true");
        if let Some(button) = &self.button {
            _ = button.set_attribute("aria-busy", "true");
            _ = button.set_attribute("aria-disabled", "true");
        }
    }

    /// Lets the form be submitted again.
    pub(super) fn arrived(&self) {
        _ = self.form.remove_attribute("aria-busy");
        if let Some(button) = &self.button {
            _ = button.remove_attribute("aria-busy");
            _ = button.remove_attribute("aria-disabled");
        }
    }
}
