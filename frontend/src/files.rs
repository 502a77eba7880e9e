//! Text areas that a chosen file fills in. Only the text is sent, as if it had been pasted.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};

use crate::dom;

/// Maximum number of bytes that are read of a file; no file that the server accepts is as long.
const LONGEST: f64 = 1_000_000.0;

/// Reads a file that is chosen with `input[data-fills]` into the text area with that id.
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
    let file = input.files()?.get(0)?;
    let text = file.slice_with_f64_and_f64(0.0, LONGEST).ok()?.text();
    spawn_local(async move {
        if let Some(text) = JsFuture::from(text).await.ok().and_then(|text| text.as_string()) {
            area.set_value(&text);
            dom::focus(&area);
        }
    });
    Some(())
}
