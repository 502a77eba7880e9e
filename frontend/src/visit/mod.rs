//! Navigation without reloads: fetches a link's or a form's page, and turns the current page into it.
//!
//! Turbo does the same, but it replaces the body after a refused form, and so loses what was typed; and its script is
//! larger than all of this.

mod answer;
mod form;
mod guard;
mod history;
mod link;
mod notice;
mod sent;

use std::cell::Cell;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};

use self::{answer::Answer, history::HistoryChange, sent::Sent};
use crate::{
    dialog, dom, follow, islands,
    morph::{self, Page},
    picks, recent, toast,
};

thread_local! {
    /// Counts visits: an answer is dropped if a later visit has begun.
    static LATEST: Cell<u32> = const { Cell::new(0) };
}

/// Set on `<html>` while a page is awaited; the style sheet shows a bar if that takes long.
const VISITING: &str = "data-visiting";

/// Takes over links, forms, and the browser's back and forward buttons.
pub(crate) fn listen() {
    link::listen(|url| visit(url, None, HistoryChange::Push));
    form::listen(|url, sent| visit(url, sent, HistoryChange::Push));
    history::listen(|url| visit(url, None, HistoryChange::Traverse));
    guard::listen();
}

/// Returns `true` while the page is about to change, or while it has typed text that is not saved.
pub(crate) fn is_busy() -> bool {
    dom::html().is_some_and(|html| html.has_attribute(VISITING)) || guard::has_typed_text()
}

/// Fetches the current page again, and shows what has changed there. Any visit in the meantime takes precedence.
pub(crate) fn refresh() {
    let (this, url) = (LATEST.get(), history::shown());
    spawn_local(async move {
        let answer = answer::ask_again(&url).await;
        if let Some(answer) = answer.filter(|_| LATEST.get() == this && !is_busy()) {
            renew(&answer, &url);
        }
    });
}

/// Turns the current page into its present state. The login may have ended: then it stays as it is.
fn renew(answer: &Answer, url: &str) {
    let (Some(here), Some(body), Some(new_body)) = (dom::html(), document().body(), dom::first(&answer.html, "body"))
    else {
        return;
    };
    if answer.url != url || is_foreign(&here, answer, true) {
        return follow::close();
    }
    let had_focus = document().active_element().is_some_and(|active| active.tag_name() != "BODY");
    morph::morph(&body, &new_body, Page::Same);
    islands::wake();
    dialog::settle();
    follow::settle();
    recent::settle();
    picks::settle();
    if had_focus {
        settle_focus(&here, None, true);
    }
}

/// Fetches a page, or submits a form, and shows the answer.
fn visit(url: String, sent: Option<Sent>, step: HistoryChange) {
    let this = LATEST.get().wrapping_add(1);
    LATEST.set(this);
    mark(true);
    spawn_local(async move {
        let answer = answer::ask(&url, sent.as_ref().map(Sent::fields)).await;
        // Before the page changes, since the new page may disable this button.
        if let Some(sent) = &sent {
            sent.arrived();
        }
        if LATEST.get() != this {
            return;
        }
        match (answer, &sent) {
            (Some(answer), _) => show(&answer, sent.as_ref(), step),
            // The browser can open what a script may not read: another website's page, a file.
            (None, None) => leave_for(&url),
            (None, Some(sent)) => notice::unanswered(sent),
        }
        mark(false);
    });
}

fn mark(visiting: bool) {
    if let Some(html) = dom::html() {
        _ = html.toggle_attribute_with_force(VISITING, visiting);
    }
}

fn show(answer: &Answer, sent: Option<&Sent>, step: HistoryChange) {
    if sent.is_some_and(|sent| answer.refused && notice::form_is_gone(sent, &answer.html)) {
        return;
    }
    let (Some(here), Some(body), Some(new_body)) = (dom::html(), document().body(), dom::first(&answer.html, "body"))
    else {
        return;
    };
    if !answer.refused && is_foreign(&here, answer, sent.is_none()) {
        return leave_for(&answer.url);
    }
    let before = history::shown();
    if !answer.refused {
        close_menus();
        history::enter(&answer.url, step);
    }
    let page = if answer.refused || history::is_same_page(&before) { Page::Same } else { Page::Other };
    if let Some(title) = dom::first(&answer.html, "title") {
        document().set_title(&title.text_content().unwrap_or_default());
    }
    _ = here.set_attribute("data-theme", &answer.html.get_attribute("data-theme").unwrap_or_default());

    morph::morph(&body, &new_body, page);
    match (page, sent) {
        (Page::Other, _) => morph::forget(&body),
        (Page::Same, Some(sent)) if !answer.refused => morph::forget(sent.form()),
        (Page::Same, _) => {}
    }
    islands::wake();
    dialog::settle();
    toast::settle();
    recent::settle();
    picks::settle();
    if page == Page::Other {
        follow::begin();
    }
    follow::settle();
    settle_focus(&here, answer.refused.then_some(sent).flatten(), history::is_same_path(&before));
    if page == Page::Other {
        history::scroll(step);
    }
}

/// Returns `true` if the browser has to load the page itself: another version of the server rendered it, whose islands
/// have other names; or it is outside the app's frame, like the sign-in page, and has a policy of its own. The answer
/// to a form is shown nevertheless, if possible, since it may contain something that is shown only once.
fn is_foreign(here: &Element, answer: &Answer, is_link: bool) -> bool {
    let framed = |html: &Element| dom::first(html, ".shell").is_some();
    let build = |html: &Element| dom::first(html, "link[rel=stylesheet]").and_then(|it| it.get_attribute("href"));
    framed(here) != framed(&answer.html) || (is_link && build(here) != build(&answer.html))
}

fn leave_for(url: &str) {
    guard::leave_freely();
    _ = window().location().set_href(url);
}

/// Closes the menus and, on a phone, the navigation drawer.
fn close_menus() {
    for menu in dom::all_here(":popover-open").iter().filter_map(|it| it.dyn_ref::<HtmlElement>()) {
        _ = menu.hide_popover();
    }
}

/// Moves the focus to where a new page would have it, or back into the page if the focused element is gone.
fn settle_focus(here: &Element, refused: Option<&Sent>, same_path: bool) {
    let lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
    let wish = if let Some(sent) = refused {
        dom::first(sent.form(), "[role=alert]")
    } else if dom::first(here, "dialog[data-open]").is_some() {
        None
    } else if !same_path {
        dom::first(here, "main [autofocus], main [data-autofocus]").or_else(|| dom::first(here, "#main"))
    } else {
        lost.then(|| dom::first(here, "#main")).flatten()
    };
    match wish {
        // Scrolled into view, since it says what is wrong.
        Some(wish) if refused.is_some() => {
            dom::focus(&wish);
            wish.scroll_into_view_with_scroll_into_view_options(&nearest());
        }
        Some(wish) => dom::focus(&wish),
        None => {}
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}
