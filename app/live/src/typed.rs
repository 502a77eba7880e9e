//! The fields of a form while the user types.

use leptos::{ev, wasm_bindgen::JsCast};
use serde::de::{DeserializeOwned, value::MapDeserializer};
use web_sys::{Element, FormData, HtmlFormElement, js_sys};

/// Reads the form in which something was typed; `None` if its fields do not deserialize to `T`. Reads them one by one
/// as text, like a submitted form: a parser for `application/x-www-form-urlencoded` would cost the browser several
/// kilobytes.
pub(crate) fn typed<T: DeserializeOwned>(event: &ev::Event) -> Option<T> {
    let field = event.target()?.dyn_into::<Element>().ok()?;
    let form = field.closest("form").ok()??.dyn_into::<HtmlFormElement>().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let fields = js_sys::try_iter(&fields).ok()??.filter_map(|pair| {
        let pair = js_sys::Array::from(&pair.ok()?);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    });
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(fields)).ok()
}
