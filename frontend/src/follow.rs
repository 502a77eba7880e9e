//! Pages that follow their changes. The server says that a page has changed, and the page fetches itself.

use std::cell::{Cell, RefCell};

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, EventSource, Url};

use crate::dom;

/// The parts of visits that following needs.
#[derive(Clone, Copy)]
pub(crate) struct Visits {
    /// Returns `true` while a page must not change.
    pub(crate) is_busy: fn() -> bool,
    /// Fetches the current page again.
    pub(crate) refresh: fn(),
}

/// Time after which a change is tried again if the page could not show it, in milliseconds.
const AGAIN_AFTER: i32 = 1_500;
const PAUSED: &str = "data-paused";

thread_local! {
    /// The open stream, and its address without the state that the page shows.
    static STREAM: RefCell<Option<(String, EventSource)>> = const { RefCell::new(None) };
    static VISITS: Cell<Option<Visits>> = const { Cell::new(None) };
    static IS_PAUSED: Cell<bool> = const { Cell::new(false) };
    /// `true` while the page has a change to show.
    static IS_BEHIND: Cell<bool> = const { Cell::new(false) };
    static CHANGED: Closure<dyn Fn()> = Closure::new(changed);
    static ENDED: Closure<dyn Fn()> = Closure::new(ended);
    static AGAIN: Closure<dyn Fn()> = Closure::new(catch_up);
}

/// Follows the first page, and handles the pause button. A page in the background follows nothing: browsers open only six
/// connections to a server.
pub(crate) fn listen(visits: Visits) {
    VISITS.set(Some(visits));
    dom::on(&document(), "click", |event| {
        let button = dom::target(event).and_then(|it| it.closest("[data-live-pause]").ok().flatten());
        if button.is_some() {
            IS_PAUSED.set(!IS_PAUSED.get());
            IS_BEHIND.set(!IS_PAUSED.get());
            settle();
            catch_up();
        }
    });
    dom::on(&document(), "visibilitychange", |_| settle());
    dom::on(&window(), "pagehide", |_| close());
    settle();
}

/// Follows another page, which is not paused.
pub(crate) fn begin() {
    IS_PAUSED.set(false);
    IS_BEHIND.set(false);
}

/// Opens or closes the stream, as the current page needs it.
pub(crate) fn settle() {
    let mark = dom::html().and_then(|html| dom::first(&html, "[data-live]"));
    let paused = IS_PAUSED.get();
    if let Some(mark) = &mark {
        show(mark, paused);
    }
    let address = mark.and_then(|mark| mark.get_attribute("data-live")).filter(|_| !paused && !document().hidden());
    let Some(address) = address else { return close() };
    let topic = topic(&address);
    let is_open = STREAM.with_borrow(|open| {
        open.as_ref().is_some_and(|(of, stream)| *of == topic && stream.ready_state() != EventSource::CLOSED)
    });
    if is_open {
        return;
    }
    close();
    let Ok(stream) = EventSource::new(&address) else { return };
    CHANGED.with(|act| _ = stream.add_event_listener_with_callback("changed", act.as_ref().unchecked_ref()));
    ENDED.with(|act| _ = stream.add_event_listener_with_callback("ended", act.as_ref().unchecked_ref()));
    STREAM.set(Some((topic, stream)));
}

/// Closes the stream.
pub(crate) fn close() {
    if let Some((_, stream)) = STREAM.take() {
        stream.close();
    }
}

/// The address of a stream without the state that the page shows.
fn topic(address: &str) -> String {
    let base = window().location().href().unwrap_or_default();
    let Ok(url) = Url::new_with_base(address, &base) else { return String::new() };
    url.search_params().get("of").unwrap_or_default()
}

fn show(mark: &Element, paused: bool) {
    _ = mark.toggle_attribute_with_force(PAUSED, paused);
    if let Some(button) = dom::first(mark, "[data-live-pause]") {
        _ = button.set_attribute("aria-pressed", if paused { "true" } else { "false" });
    }
}

fn changed() {
    IS_BEHIND.set(true);
    catch_up();
}

/// The login has ended, or has got a new secret: the page shows which.
fn ended() {
    close();
    changed();
}

/// Shows a change, or tries again later if the user would be disturbed now.
fn catch_up() {
    let Some(visits) = VISITS.get().filter(|_| IS_BEHIND.get() && !document().hidden()) else { return };
    if (visits.is_busy)() || !dom::all_here("dialog:modal, :popover-open, .toast").is_empty() {
        AGAIN.with(|again| {
            let again = again.as_ref().unchecked_ref();
            _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(again, AGAIN_AFTER);
        });
        return;
    }
    IS_BEHIND.set(false);
    (visits.refresh)();
}
