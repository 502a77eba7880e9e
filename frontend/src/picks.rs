//! The boxes of a list with acts on many: those that are checked stay so while the user pages through the list.

use std::cell::RefCell;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, Url};

use crate::dom;

/// The boxes; each belongs to the form of the acts by its `form` attribute.
const BOXES: &str = "input[type=checkbox][name=license][form]";
/// The place in the form that says how many are checked, and has the fields of those on other pages.
const PLACE: &str = "[data-picks]";
/// The page that confirms an act on the checked licenses.
const CONFIRMATION: &str = "/licenses/many";
/// Maximum number of checked boxes: the form puts them into an address, of which some proxies accept only 8 kB.
const MOST: usize = 150;

thread_local! {
    /// The list, and what is checked on all its pages.
    static PICKED: RefCell<(String, Vec<String>)> = RefCell::default();
}

/// Follows the boxes, and the button that clears them all.
pub(crate) fn listen() {
    dom::on(&document(), "change", |event| {
        if dom::target(event).is_some_and(|it| it.matches("input[type=checkbox]").unwrap_or_default()) {
            take();
            show();
        }
    });
    dom::on(&document(), "click", |event| {
        if dom::target(event).is_some_and(|it| it.closest("[data-unpick]").ok().flatten().is_some()) {
            PICKED.with_borrow_mut(|(_, picked)| picked.clear());
            boxes().iter().for_each(|it| it.set_checked(false));
            show();
        }
    });
}

/// Checks the boxes of the current page that were checked before. Another list begins with none.
pub(crate) fn settle() {
    // The page that confirms an act leads back to the list.
    if window().location().pathname().is_ok_and(|path| path == CONFIRMATION) {
        return;
    }
    let list = list().unwrap_or_default();
    PICKED.with_borrow_mut(|(of, picked)| {
        if *of != list {
            *of = list;
            picked.clear();
        }
        for one in boxes() {
            one.set_checked(picked.contains(&one.value()));
        }
    });
    show();
}

fn boxes() -> Vec<HtmlInputElement> {
    dom::all_here(BOXES).into_iter().filter_map(|it| it.dyn_into().ok()).collect()
}

/// The current list: its address without the place of the page. `None` if the page has none.
fn list() -> Option<String> {
    dom::first(&dom::html()?, PLACE)?;
    let url = Url::new(&window().location().href().ok()?).ok()?;
    for key in ["before", "after", "sort", "dialog"] {
        url.search_params().delete(key);
    }
    Some(url.pathname() + &url.search())
}

/// Notes the boxes of the current page.
fn take() {
    PICKED.with_borrow_mut(|(_, picked)| {
        for one in boxes() {
            let id = one.value();
            picked.retain(|it| *it != id);
            one.set_checked(one.checked() && picked.len() < MOST);
            if one.checked() {
                picked.push(id);
            }
        }
    });
}

/// Says how many are checked, and adds those of other pages to the form.
fn show() {
    let Some(place) = dom::html().and_then(|html| dom::first(&html, PLACE)) else { return };
    let here = boxes();
    PICKED.with_borrow(|(_, picked)| {
        for field in dom::all(&place, "input") {
            field.remove();
        }
        let mut elsewhere = 0;
        for id in picked.iter().filter(|id| here.iter().all(|it| it.value() != **id)) {
            _ = add(&place, id);
            elsewhere += 1;
        }
        let mut text = String::new();
        if !picked.is_empty() {
            text = picked.len().to_string() + " selected";
        }
        if picked.len() == MOST {
            text += ", the maximum: use a filter for more";
        } else if elsewhere > 0 {
            text += &match picked.len() {
                all if all == elsewhere => " on other pages".to_owned(),
                _ => format!(", {elsewhere} of them on other pages"),
            };
        }
        if let Some(status) = dom::first(&place, "[role=status]") {
            status.set_text_content(Some(&text));
        }
        if let Some(clear) = dom::first(&place, "[data-unpick]") {
            _ = clear.toggle_attribute_with_force("hidden", picked.is_empty());
        }
    });
}

fn add(place: &Element, id: &str) -> Option<()> {
    let field = document().create_element("input").ok()?;
    for (name, value) in [("type", "hidden"), ("name", "license"), ("value", id)] {
        field.set_attribute(name, value).ok()?;
    }
    place.append_child(&field).ok()?;
    Some(())
}
