//! The licenses, products and decisions that were opened last, which Find lists before anything is typed.
//!
//! The browser keeps the address and the name of each, for the account that is signed in. Signing out forgets them.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, Storage};

use crate::dom;

/// The lists. The server sends them empty and hidden, with the account and an example line for each kind.
const LISTS: &str = "[data-recent]";
/// The key of the stored text: the account, then a line for each item, newest first.
const KEY: &str = "recent";
/// Maximum number of items.
const MOST: usize = 10;
/// Maximum length of a name, in characters.
const LONGEST_NAME: usize = 120;
/// Pages below that of a license that show the same license.
const TABS: [&str; 3] = ["activity", "terms", "notes"];

/// Forgets the items when the user signs out.
pub(crate) fn listen() {
    dom::on(&document(), "submit", |event| {
        let signs_out = dom::target(event).is_some_and(|form| form.matches("#sign-out").unwrap_or_default());
        if let Some(storage) = storage().filter(|_| signs_out) {
            _ = storage.remove_item(KEY);
        }
    });
}

/// Adds the current page to the items, if it is one of them, and fills the lists.
pub(crate) fn settle() {
    let lists = dom::all_here(LISTS);
    let account = lists.iter().find_map(|list| list.get_attribute("data-account"));
    let (Some(storage), Some(account)) = (storage(), account) else { return };
    let mut items = read(&storage, &account);
    if let Some((to, name)) = here() {
        items.retain(|(known, _)| *known != to);
        items.insert(0, (to, name));
        items.truncate(MOST);
        let lines = items.iter().map(|(to, name)| format!("\n{to}\t{name}"));
        _ = storage.set_item(KEY, &(account + &lines.collect::<String>()));
    }
    for list in lists {
        fill(&list, &items);
    }
}

/// The browser's storage; `None` if the user has turned it off.
fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The items of this account.
fn read(storage: &Storage, account: &str) -> Vec<(String, String)> {
    let text = storage.get_item(KEY).ok().flatten().unwrap_or_default();
    let mut lines = text.lines();
    if lines.next() != Some(account) {
        return Vec::new();
    }
    let items = lines.filter_map(|line| line.split_once('\t'));
    items.map(|(to, name)| (to.to_owned(), name.to_owned())).collect()
}

/// The address and the name of the current page, if it shows an item.
fn here() -> Option<(String, String)> {
    let path = window().location().pathname().ok()?;
    let mut parts = path.split('/').skip(1);
    let (kind, id, tab) = (parts.next()?, parts.next()?, parts.next());
    let is_item = matches!(kind, "licenses" | "products" | "decisions") && id.len() == 36;
    let is_tab = tab.is_none_or(|tab| kind == "licenses" && TABS.contains(&tab));
    if !is_item || !is_tab || parts.next().is_some() {
        return None;
    }
    let name = dom::first(&dom::html()?, ".page-head h1")?.text_content()?;
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    (!name.is_empty()).then(|| (format!("/{kind}/{id}"), name))
}

fn fill(list: &Element, items: &[(String, String)]) {
    let Some(lines) = dom::first(list, ".hits") else { return };
    lines.set_text_content(None);
    for (to, name) in items {
        let kind = to.split('/').nth(1).unwrap_or_default();
        let example = dom::first(list, &format!("[data-kind={kind}]"));
        let line = example.and_then(|it| it.clone_node_with_deep(true).ok()?.dyn_into::<Element>().ok());
        let Some(line) = line else { continue };
        if let (Some(link), Some(text)) = (dom::first(&line, "a"), dom::first(&line, "bdi")) {
            _ = link.set_attribute("href", to);
            text.set_text_content(Some(name));
            _ = lines.append_child(&line);
        }
    }
    _ = list.toggle_attribute_with_force("hidden", items.is_empty());
}
