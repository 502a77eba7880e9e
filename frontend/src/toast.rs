//! The message that confirms the last act. It disappears after a while, unless the user is about to use it.

use std::cell::Cell;

use leptos::prelude::window;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::dom;

/// Time for which the message is shown, in milliseconds.
const SHOWN_FOR: i32 = 10_000;

thread_local! {
    /// Counts pages, so that the message of a later page is shown for its whole time.
    static PAGE: Cell<u32> = const { Cell::new(0) };
}

/// Lets the message of the current page disappear later.
pub(crate) fn settle() {
    let page = PAGE.get().wrapping_add(1);
    PAGE.set(page);
    hide_later(page);
}

fn hide_later(page: u32) {
    if dom::all_here(".toast").is_empty() {
        return;
    }
    let later = Closure::once_into_js(move || {
        if PAGE.get() != page {
            return;
        }
        if dom::all_here(".toast:is(:hover, :focus-within)").is_empty() {
            dom::all_here(".toast").iter().for_each(|toast| toast.remove());
        } else {
            hide_later(page);
        }
    });
    _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(later.unchecked_ref(), SHOWN_FOR);
}
