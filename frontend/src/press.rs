//! Copy buttons, and the box that checks all boxes of a list.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, HtmlInputElement};

use crate::dom;

/// Time for which a button shows that it has copied, in milliseconds.
const SAID_FOR: i32 = 2000;

/// Handles clicks on buttons with `data-copy`, and on boxes with `data-checks`.
pub(crate) fn listen() {
    dom::on(&document(), "click", |event| {
        let button = dom::target(event).and_then(|it| it.closest("button[data-copy]").ok().flatten());
        if let Some(button) = button {
            copy(&button);
        }
    });
    dom::on(&document(), "change", |event| {
        let all = dom::target(event).and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        if let Some((all, name)) = all.and_then(|it| Some((it.clone(), it.get_attribute("data-checks")?))) {
            for one in dom::all_here(&format!("input[type=checkbox][name={name}]")) {
                if let Some(one) = one.dyn_ref::<HtmlInputElement>() {
                    one.set_checked(all.checked());
                }
            }
        }
    });
}

fn copy(button: &Element) {
    // The clipboard answers later and may refuse; then the text can still be selected.
    _ = window().navigator().clipboard().write_text(&button.get_attribute("data-copy").unwrap_or_default());
    show(button, "#check", "Copied", "Copied");
    let button = button.clone();
    let later = Closure::once_into_js(move || show(&button, "#copy", "Copy", ""));
    _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(later.unchecked_ref(), SAID_FOR);
}

/// Shows an icon and a word on the button, and announces a text to screen readers.
fn show(button: &Element, icon: &str, word: &str, aloud: &str) {
    if let Some(icon_of) = dom::first(button, "use") {
        _ = icon_of.set_attribute("href", icon);
    }
    if let Some(label) = dom::first(button, "span") {
        label.set_text_content(Some(word));
    }
    if let Some(status) = button.next_element_sibling() {
        status.set_text_content(Some(aloud));
    }
}
