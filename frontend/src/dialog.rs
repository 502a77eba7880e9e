//! Dialogs, which the server renders open and a script makes modal.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};

use crate::dom;

/// Marks a dialog that the page has open. The `open` attribute itself belongs to the browser.
pub(crate) const OPEN: &str = "data-open";

/// Makes the first page's dialog modal, and follows *Cancel* when a dialog is closed with Escape.
pub(crate) fn listen() {
    dom::on(&document(), "close", |event| {
        let Some(dialog) = dom::target(event).filter(|it| it.has_attribute(OPEN)) else { return };
        _ = dialog.remove_attribute(OPEN);
        let cancel = dom::first(&dialog, "[data-cancel]").and_then(|it| it.dyn_into::<HtmlElement>().ok());
        if let Some(cancel) = cancel {
            cancel.click();
        }
    });
    for dialog in dom::all_here("dialog[open]") {
        _ = dialog.set_attribute(OPEN, "");
    }
    settle();
}

/// Shows each dialog that the page has open, which moves the focus there, and closes all others, which restores the
/// focus.
pub(crate) fn settle() {
    for element in dom::all_here("dialog") {
        let Some(dialog) = element.dyn_ref::<HtmlDialogElement>() else { continue };
        let modal = dialog.matches(":modal").unwrap_or_default();
        if !dialog.has_attribute(OPEN) {
            close(&element);
        } else if !modal {
            _ = dialog.remove_attribute("open");
            _ = dialog.show_modal();
            if let Some(wish) = dom::first(&element, "[autofocus], [data-autofocus]") {
                dom::focus(&wish);
            }
        }
    }
}

/// Closes an element that is about to be removed, if it is a dialog, and all dialogs in it.
pub(crate) fn close_within(element: &Element) {
    for dialog in dom::all(element, "dialog[open]") {
        close(&dialog);
    }
    close(element);
}

fn close(element: &Element) {
    if let Some(dialog) = element.dyn_ref::<HtmlDialogElement>().filter(|it| it.open()) {
        // The mark goes first, so that closing the dialog does not count as *Cancel*.
        _ = dialog.remove_attribute(OPEN);
        dialog.close();
    }
}
