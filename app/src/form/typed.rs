//! What stands in a form while one types.

use leptos::{
    ev,
    form::FromFormData,
    wasm_bindgen::JsCast,
    web_sys::{Element, FormData, HtmlFormElement},
};

/// The fields of the form in which something was typed; `None` where they cannot be read as a `T`.
pub(crate) fn typed<T: FromFormData>(event: &ev::Event) -> Option<T> {
    let field = event.target()?.dyn_into::<Element>().ok()?;
    let form = field.closest("form").ok()??.dyn_into::<HtmlFormElement>().ok()?;
    T::from_form_data(&FormData::new_with_form(&form).ok()?).ok()
}
