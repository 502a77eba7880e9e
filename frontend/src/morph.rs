//! Makes one tree of elements equal to another. Elements that both have stay, with their focus, their scroll position
//! and their typed text.
//!
//! The usual library for this is idiomorph. It would add 1,460 lines of script to the repository, or npm to the build;
//! and the special cases here (dialogs, islands, autofocus, typed text) would still be our own code, in its callbacks.

use std::collections::BTreeSet;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, HtmlTextAreaElement, Node};

use crate::{
    dialog, dom,
    islands::{CHILDREN, ISLAND},
};

/// Marks content that the server shows only once.
const ONCE: &str = "data-once";

/// The relation between the new page and the current one. On the same page, disclosures stay as they are and islands
/// keep running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Same,
    Other,
}

/// Makes `old` equal to `new`. Fields keep their typed text: see [`forget`].
pub(crate) fn morph(old: &Element, new: &Element, page: Page) {
    let before: BTreeSet<String> = ids(old).collect();
    let lasting = ids(new).filter(|id| before.contains(id)).collect();
    Morph { page, lasting }.element(old, new);
}

/// Resets every field to the value from the server.
pub(crate) fn forget(within: &Element) {
    for field in dom::all(within, "input, textarea, option") {
        if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "checkbox" | "radio" => input.set_checked(input.default_checked()),
                "hidden" | "submit" | "button" => {}
                "file" => input.set_value(""),
                _ => input.set_value(&input.default_value()),
            }
        } else if let Some(text) = field.dyn_ref::<HtmlTextAreaElement>() {
            text.set_value(&text.default_value().unwrap_or_default());
        } else if let Some(option) = field.dyn_ref::<HtmlOptionElement>() {
            option.set_selected(option.default_selected());
        }
    }
}

struct Morph {
    page: Page,
    /// The ids that both pages have.
    lasting: BTreeSet<String>,
}

impl Morph {
    fn element(&self, old: &Element, new: &Element) {
        self.attributes(old, new);
        self.children(old, new);
    }

    fn attributes(&self, old: &Element, new: &Element) {
        let is_dialog = old.tag_name() == "DIALOG";
        let keeps_open = is_dialog || (self.page == Page::Same && old.tag_name() == "DETAILS");
        for name in old.get_attribute_names().iter().filter_map(|name| name.as_string()) {
            if !(new.has_attribute(original(&name)) || name == "open" && keeps_open) {
                _ = old.remove_attribute(&name);
            }
        }
        for name in new.get_attribute_names().iter().filter_map(|name| name.as_string()) {
            let value = new.get_attribute(&name).unwrap_or_default();
            let name = match name.as_str() {
                "autofocus" if !old.has_attribute("autofocus") => AUTOFOCUS,
                "open" if is_dialog => dialog::OPEN,
                "open" if keeps_open => continue,
                same => same,
            };
            if old.get_attribute(name).as_ref() != Some(&value) {
                _ = old.set_attribute(name, &value);
            }
        }
    }

    fn children(&self, old: &Element, new: &Element) {
        let mut at = old.first_child();
        let mut next = new.first_child();
        while let Some(wanted) = next {
            next = wanted.next_sibling();
            while let Some(kept) = at.clone().filter(|at| self.is_kept(at) && !self.are_alike(at, &wanted)) {
                at = kept.next_sibling();
            }
            match at.as_ref().and_then(|at| self.alike_from(at, &wanted)) {
                Some(found) => {
                    while let Some(passed) = at.filter(|node| *node != found) {
                        at = passed.next_sibling();
                        self.remove(&passed);
                    }
                    at = found.next_sibling();
                    self.nodes(&found, &wanted);
                }
                None => insert(old, &wanted, at.as_ref()),
            }
        }
        while let Some(left) = at {
            at = left.next_sibling();
            self.remove(&left);
        }
    }

    fn nodes(&self, old: &Node, new: &Node) {
        match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
            // An island renders itself; only its children come from the server.
            (Some(old), Some(new)) if old.tag_name() == ISLAND => {
                if let (Some(old), Some(new)) = (dom::first(old, CHILDREN), dom::first(new, CHILDREN)) {
                    self.children(&old, &new);
                }
            }
            (Some(old), Some(new)) => self.element(old, new),
            _ if old.node_value() != new.node_value() => old.set_node_value(new.node_value().as_deref()),
            _ => {}
        }
    }

    /// Returns `true` if a node stays whatever the new page has in its place: content that the server shows only once,
    /// such as a new token, until the user leaves the page.
    fn is_kept(&self, node: &Node) -> bool {
        self.page == Page::Same && node.dyn_ref::<Element>().is_some_and(|element| element.has_attribute(ONCE))
    }

    fn remove(&self, node: &Node) {
        if self.is_kept(node) {
            return;
        }
        if let Some(element) = node.dyn_ref::<Element>() {
            dialog::close_within(element);
        }
        if let Some(parent) = node.parent_node() {
            _ = parent.remove_child(node);
        }
    }

    /// The old node to turn into `new`: the one at `at`, or a later sibling that shares an id with it.
    fn alike_from(&self, at: &Node, new: &Node) -> Option<Node> {
        if self.are_alike(at, new) {
            return Some(at.clone());
        }
        new.dyn_ref::<Element>().filter(|new| new.has_attribute("id") || self.lasting_ids(new).next().is_some())?;
        let mut next = at.next_sibling();
        while let Some(node) = next {
            if self.are_alike(&node, new) {
                return Some(node);
            }
            next = node.next_sibling();
        }
        None
    }

    /// Returns `true` if `old` can be turned into `new`: elements of the same kind that share an id, or neither of
    /// which has an id that both pages have.
    fn are_alike(&self, old: &Node, new: &Node) -> bool {
        let (old, new) = match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
            (Some(old), Some(new)) => (old, new),
            _ => return old.node_type() == new.node_type(),
        };
        let same = |name| old.get_attribute(name) == new.get_attribute(name);
        let same_kind = old.tag_name() == new.tag_name() && same("id") && same(ONCE);
        same_kind
            && match old.tag_name().as_str() {
                // A submitted form is matched by its id, whatever else the page shows now.
                "FORM" => true,
                "INPUT" => same("name") && same("type"),
                ISLAND => same("data-component") && (self.page == Page::Same || same("data-props")),
                _ => old.has_attribute("id") || self.have_id_in_common(old, new),
            }
    }

    fn have_id_in_common(&self, old: &Element, new: &Element) -> bool {
        let of_new: Vec<String> = self.lasting_ids(new).collect();
        let mut of_old = self.lasting_ids(old).peekable();
        if of_new.is_empty() { of_old.peek().is_none() } else { of_old.any(|id| of_new.contains(&id)) }
    }

    fn lasting_ids(&self, of: &Element) -> impl Iterator<Item = String> {
        ids(of).filter(|id| self.lasting.contains(id))
    }
}

/// Every id in an element.
fn ids(within: &Element) -> impl Iterator<Item = String> + use<> {
    // Not read as a property, which a field named `id` hides.
    dom::all(within, "[id]").into_iter().filter_map(|element| element.get_attribute("id"))
}

/// The name under which `autofocus` is inserted into an existing page: browsers log a console warning otherwise.
const AUTOFOCUS: &str = "data-autofocus";

/// The server's name for an attribute that is renamed here.
fn original(name: &str) -> &str {
    match name {
        AUTOFOCUS => "autofocus",
        dialog::OPEN => "open",
        other => other,
    }
}

fn insert(parent: &Element, node: &Node, before: Option<&Node>) {
    let Ok(node) = document().import_node_with_deep(node, true) else { return };
    if let Some(element) = node.dyn_ref::<Element>() {
        for (selector, from, to) in [("[autofocus]", "autofocus", AUTOFOCUS), ("dialog[open]", "open", dialog::OPEN)] {
            let itself = element.matches(selector).unwrap_or_default().then(|| element.clone());
            for element in dom::all(element, selector).into_iter().chain(itself) {
                _ = element.remove_attribute(from);
                _ = element.set_attribute(to, "");
            }
        }
    }
    _ = parent.insert_before(&node, before);
}
