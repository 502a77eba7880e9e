//! The dialog of Find: its keys, its list, and license tokens, which are read here instead of on the server.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent, MouseEvent};

use crate::dom;

/// The links that open the dialog. Without script, they lead to the page of Find.
const OPENERS: &str = "a[data-find]";
const DIALOG: &str = "#find-dialog";

/// Opens the dialog by its links and keys, and filters its list while the user types.
pub(crate) fn listen() {
    dom::on(&document(), "click", |event| {
        let Some(pressed) =
            event.dyn_ref::<MouseEvent>().filter(|it| !it.ctrl_key() && !it.meta_key() && !it.shift_key())
        else {
            return;
        };
        let near = |selector| dom::target(pressed).and_then(|it| it.closest(selector).ok().flatten());
        // The backdrop belongs to the dialog itself.
        let is_backdrop = dom::target(pressed).is_some_and(|it| it.matches(DIALOG).unwrap_or_default());
        let leaves = is_backdrop || near("#find-dialog [data-cancel]").is_some();
        if (near(OPENERS).is_some() && open().is_some()) || (leaves && close()) {
            event.prevent_default();
        }
    });
    dom::on(&document(), "keydown", |event| {
        if let Some(key) = event.dyn_ref::<KeyboardEvent>()
            && (is_shortcut(key) && open().is_some() || step(key).is_some())
        {
            event.prevent_default();
        }
    });
    dom::on(&document(), "input", |event| _ = filter(dom::target(event)));
}

/// `Ctrl` or `⌘` with `K`; or `/`, unless the user is typing.
fn is_shortcut(key: &KeyboardEvent) -> bool {
    let types = || {
        let field = "input, textarea, select, [contenteditable]";
        document().active_element().is_some_and(|it| it.matches(field).unwrap_or_default())
    };
    let with_control = key.ctrl_key() || key.meta_key();
    match key.key().as_str() {
        "k" | "K" => with_control && !key.shift_key() && !key.alt_key(),
        "/" => !with_control && !key.alt_key() && !types(),
        _ => false,
    }
}

/// Opens the dialog, or moves to the field of the page that is Find itself. `None` if neither is there, or another
/// dialog is open.
fn open() -> Option<()> {
    let html = dom::html()?;
    let field = match dom::first(&html, "#find-page input[name=q]") {
        Some(field) => field,
        None => {
            let dialog = dom::first(&html, DIALOG)?.dyn_into::<HtmlDialogElement>().ok()?;
            if !dialog.open() {
                if dom::first(&html, "dialog:modal").is_some() {
                    return None;
                }
                close_menus(&html);
                dialog.show_modal().ok()?;
            }
            dom::first(&dialog, "input[name=q]")?
        }
    };
    dom::focus(&field);
    field.dyn_ref::<HtmlInputElement>()?.select();
    Some(())
}

fn close_menus(html: &Element) {
    for menu in dom::all(html, ":popover-open").iter().filter_map(|it| it.dyn_ref::<HtmlElement>()) {
        _ = menu.hide_popover();
    }
}

/// Closes the dialog. `false` if the server sent it open: its link then leads to the page without it.
fn close() -> bool {
    let dialog = dom::html().and_then(|html| dom::first(&html, DIALOG));
    let dialog = dialog.filter(|it| !it.has_attribute(crate::dialog::OPEN));
    dialog.and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()).is_some_and(|it| {
        it.close();
        true
    })
}

/// Moves between the field and the links below it with the arrow keys.
fn step(key: &KeyboardEvent) -> Option<()> {
    let by: isize = match key.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return None,
    };
    let within = dom::target(key)?.closest("#find-dialog, .find-page").ok()??;
    let places = dom::all(&within, "input[name=q], .hits li:not([hidden]) a");
    let at = places.iter().position(|it| document().active_element().as_ref() == Some(it))?;
    dom::focus(places.get(at.checked_add_signed(by)?)?);
    Some(())
}

/// Shows only the links whose words begin with the typed words. The dialog says that the server searches for more.
fn filter(typed: Option<Element>) -> Option<()> {
    let field = typed?.dyn_into::<HtmlInputElement>().ok()?;
    let dialog = field.closest(DIALOG).ok()??;
    let typed = field.value().to_lowercase();
    let all = dom::all(&dialog, ".hits li");
    let is_named = |link: &Element| {
        let words = [link.text_content(), link.get_attribute("data-words")].into_iter().flatten().collect::<Vec<_>>();
        let words = words.join(" ").to_lowercase();
        typed.split_whitespace().all(|word| words.split([' ', '-', '\n']).any(|known| known.starts_with(word)))
    };
    for link in all {
        _ = link.toggle_attribute_with_force("hidden", !is_named(&link));
    }
    Some(())
}

/// Shows the claims of a token in the form's field, and leaves only the id of its session there. Returns `false` if the
/// field holds no license token.
pub(crate) fn reads_token(form: &HtmlFormElement) -> bool {
    let field = dom::first(form, "input[name=q]").and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else { return false };
    let Some(claims) = live::token::claims(&field.value()) else { return false };
    let id = ["sid", "sub"].iter().find_map(|claim| claims.get(*claim)?.as_str());
    field.set_value(id.unwrap_or_default());
    let text = serde_json::to_string_pretty(&claims).unwrap_or_default();
    let notice = match id {
        Some(_) => "A license token, read in this browser. Only the ID of its session is sent:",
        None => "A token that names no session. It was read in this browser and not sent:",
    };
    if let Some(place) = dom::first(form, "[data-claims]") {
        place.set_text_content(None);
        for (tag, content) in [("p", notice), ("pre", &text)] {
            if let Ok(element) = document().create_element(tag) {
                element.set_text_content(Some(content));
                _ = element.set_attribute("tabindex", "0");
                _ = place.append_child(&element);
            }
        }
        _ = place.set_attribute("role", "status");
    }
    if let Some(button) = dom::first(form, "button[type=submit]").filter(|_| id.is_some()) {
        dom::focus(&button);
    }
    true
}
