//! The browser's history: the current page, and the scroll position of each page.

use std::cell::{Cell, RefCell};

use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;
use web_sys::{History, ScrollRestoration, Url};

use super::guard;
use crate::dom;

/// Query keys that do not make it another page: the open dialog, and the act that has just succeeded.
const PASSING: [&str; 3] = [live::query::DIALOG, live::query::DONE, live::query::UNDO];
/// Query keys of the toast. They are removed once it is shown, so that a reload or a copied address does not repeat it.
const SHOWN_ONCE: [&str; 2] = [live::query::DONE, live::query::UNDO];

thread_local! {
    /// The address of the current page. Compared with the browser's address, since `popstate` also fires for fragments
    /// (`#…`).
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
    /// The number of the current history entry. The first page that this script saw has 0.
    static ENTRY: Cell<usize> = const { Cell::new(0) };
    /// `true` while the browser returns to the page that the user chose to stay on.
    static STAYS: Cell<bool> = const { Cell::new(false) };
    /// The scroll position of each entry's page when it was left, by entry number.
    static SCROLLED: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// The effect of a visit on the browser's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HistoryChange {
    /// A new entry.
    Push,
    /// No entry: the browser has already gone back or forward.
    Traverse,
}

/// Follows the back and forward buttons.
pub(super) fn listen(visit: fn(String)) {
    number(entry().unwrap_or_default());
    SHOWN.set(address());
    dom::on(&window(), "popstate", move |_| {
        if STAYS.take() || stay() {
            return;
        }
        remember_scroll();
        match entry() {
            Some(entry) => ENTRY.set(entry),
            // The browser followed a fragment and added an entry without a number.
            None => number(ENTRY.get() + 1),
        }
        if without_hash(&address()) != without_hash(&shown()) {
            visit(address());
        }
    });
    // The browser handles reloads, including the scroll position.
    dom::on(&window(), "pagehide", |_| restore_scroll_by(ScrollRestoration::Auto));
}

/// Returns to the page that the browser has just left, if the user prefers not to lose what was typed there.
fn stay() -> bool {
    let Some(entry) = entry() else { return false };
    let back = ENTRY.get() as i32 - entry as i32;
    if back == 0 || is_same_page(&address()) || guard::may_leave() {
        return false;
    }
    STAYS.set(true);
    if let Some(history) = history() {
        _ = history.go_with_delta(back);
    }
    true
}

/// The address of the current page.
pub(super) fn shown() -> String {
    SHOWN.with_borrow(String::clone)
}

/// Records that the page at this address is about to be shown.
pub(super) fn enter(url: &str, step: HistoryChange) {
    if step == HistoryChange::Push && lasting(url) != address() {
        remember_scroll();
        restore_scroll_by(ScrollRestoration::Manual);
        let entry = ENTRY.get() + 1;
        if let Some(history) = history() {
            _ = history.push_state_with_url(&JsValue::from_f64(entry as f64), "", Some(&lasting(url)));
        }
        ENTRY.set(entry);
    }
    SHOWN.set(address());
}

/// Scrolls to where the page was left, if it was visited before; otherwise to the address's fragment, or to the top.
pub(super) fn scroll(step: HistoryChange) {
    let left_at = SCROLLED.with_borrow(|all| all.get(ENTRY.get()).copied()).filter(|_| step == HistoryChange::Traverse);
    let hash = window().location().hash().unwrap_or_default();
    let place = hash.strip_prefix('#').and_then(|id| document().get_element_by_id(id));
    match (left_at, place) {
        (None, Some(place)) => place.scroll_into_view(),
        (left_at, _) => window().scroll_to_with_x_and_y(0.0, left_at.unwrap_or_default()),
    }
}

/// Returns `true` if the address has the current page, whichever dialog is open there.
pub(super) fn is_same_page(other: &str) -> bool {
    page(other) == page(&shown())
}

/// Returns `true` if the address differs from the current one only in its query.
pub(super) fn is_same_path(other: &str) -> bool {
    let path = |url: &str| Url::new(url).map(|url| url.pathname()).ok();
    path(other) == path(&shown())
}

fn page(url: &str) -> Option<String> {
    let url = Url::new(url).ok()?;
    PASSING.iter().for_each(|key| url.search_params().delete(key));
    Some(format!("{}?{}", url.pathname(), url.search_params().to_string()))
}

/// The address without the keys of the toast.
fn lasting(url: &str) -> String {
    let Ok(parsed) = Url::new(url) else { return url.to_owned() };
    if !SHOWN_ONCE.iter().any(|key| parsed.search_params().has(key)) {
        return url.to_owned();
    }
    SHOWN_ONCE.iter().for_each(|key| parsed.search_params().delete(key));
    parsed.href()
}

fn without_hash(url: &str) -> &str {
    url.split('#').next().unwrap_or(url)
}

fn address() -> String {
    window().location().href().unwrap_or_default()
}

fn history() -> Option<History> {
    window().history().ok()
}

/// The number of the browser's history entry.
fn entry() -> Option<usize> {
    Some(history()?.state().ok()?.as_f64()? as usize)
}

/// Numbers the current entry.
fn number(entry: usize) {
    if let Some(history) = history() {
        _ = history.replace_state_with_url(&JsValue::from_f64(entry as f64), "", Some(&lasting(&address())));
    }
    ENTRY.set(entry);
}

fn restore_scroll_by(whom: ScrollRestoration) {
    if let Some(history) = history() {
        _ = history.set_scroll_restoration(whom);
    }
}

fn remember_scroll() {
    let (entry, scrolled) = (ENTRY.get(), window().scroll_y().unwrap_or_default());
    SCROLLED.with_borrow_mut(|all| {
        if all.len() <= entry {
            all.resize(entry + 1, 0.0);
        }
        if let Some(at) = all.get_mut(entry) {
            *at = scrolled;
        }
    });
}
