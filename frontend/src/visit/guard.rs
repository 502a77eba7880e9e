//! Asks before typed text is lost: on links, on the back and forward buttons, and before the browser leaves the page.

use std::cell::Cell;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{
    BeforeUnloadEvent, Element, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement,
};

use crate::dom;

const QUESTION: &str = "Leave this page? What you typed is not saved.";
/// Forms that are worth a question. Searches and dialogs are not: leaving them is what *Cancel* does.
const FORMS: &str = "main form[method=post]:has(.form-foot)";

thread_local! {
    /// `true` while the page is left on purpose: after the question, or by a form that is sent.
    static IS_LEFT: Cell<bool> = const { Cell::new(false) };
}

/// Asks before the browser itself leaves the page.
pub(super) fn listen() {
    dom::on(&window(), "beforeunload", |event| {
        if !IS_LEFT.take() && has_typed_text() {
            event.prevent_default();
            // Older browsers ask only if this is set.
            if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
                event.set_return_value(QUESTION);
            }
        }
    });
    // A form that the browser sends itself.
    dom::on(&document(), "submit", |event| {
        if !event.default_prevented() {
            IS_LEFT.set(true);
        }
    });
}

/// Returns `true` if nothing is typed, or if the user agrees to lose it.
pub(super) fn may_leave() -> bool {
    !has_typed_text() || window().confirm_with_message(QUESTION).unwrap_or(true)
}

/// The next time that the browser leaves the page, it does so without a question.
pub(super) fn leave_freely() {
    IS_LEFT.set(true);
}

/// Returns `true` if a form differs from what the server sent, or was refused and waits to be corrected.
pub(super) fn has_typed_text() -> bool {
    dom::all_here(FORMS).iter().any(|form| {
        dom::first(form, ":scope > [role=alert]").is_some()
            || dom::all(form, "input, textarea, select").iter().any(is_changed)
    })
}

fn is_changed(field: &Element) -> bool {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            "checkbox" | "radio" => input.checked() != input.default_checked(),
            "hidden" | "submit" | "button" => false,
            "file" => !input.value().is_empty(),
            _ => input.value() != input.default_value(),
        };
    }
    if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
        return text.default_value().is_ok_and(|sent| lines(&sent) != lines(&text.value()));
    }
    field.dyn_ref::<HtmlSelectElement>().is_some_and(|select| {
        let chosen = dom::first(select, "option[selected]").or_else(|| dom::first(select, "option"));
        chosen.is_some_and(|option| option.get_attribute("value").unwrap_or_default() != select.value())
    })
}

/// Returns the value of a field that is taken to the next page, and no longer counts it as changed.
pub(super) fn accept(field: &Element) -> Option<String> {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        input.set_default_value(&input.value());
        return Some(input.value());
    }
    let select = field.dyn_ref::<HtmlSelectElement>()?;
    for option in dom::all(select, "option").iter().filter_map(|it| it.dyn_ref::<HtmlOptionElement>()) {
        option.set_default_selected(option.selected());
    }
    Some(select.value())
}

/// Text areas turn every line break into `\n`.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
