//! Text areas that a chosen file fills in. Only the text is sent, as if it had been pasted.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

use crate::dom;

/// Maximum size of a file in bytes; no file that the server accepts is as long.
const LONGEST: f64 = 1_000_000.0;

/// Reads a file that is chosen with `input[data-fills]` into the text area with that id. Shows the error with the input's
/// id and `-error` if the file is not text or too long.
pub(crate) fn listen() {
    dom::on(&document(), "change", |event| {
        if let Some(input) = dom::target(event).and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
            _ = read(&input);
        }
    });
}

fn read(input: &HtmlInputElement) -> Option<()> {
    let id = input.get_attribute("data-fills")?;
    let area = document().get_element_by_id(&id)?.dyn_into::<HtmlTextAreaElement>().ok()?;
    let error = document().get_element_by_id(&format!("{}-error", input.id()))?;
    let file = input.files()?.get(0)?;
    let text = (file.size() <= LONGEST).then(|| file.text());
    spawn_local(async move {
        let text = match text {
            Some(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()),
            None => None,
        };
        // Bytes that are not UTF-8 are read as U+FFFD.
        let text = text.filter(|text| !text.contains(['\0', '\u{FFFD}']));
        _ = error.toggle_attribute_with_force("hidden", text.is_some());
        if let Some(text) = text {
            area.set_value(&text);
            dom::focus(&area);
        }
    });
    Some(())
}
