//! Messages at the top of a form, if no page with the form was received.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement};

use super::sent::Sent;
use crate::dom;

/// Shows the message of an answer without the form, for example because the login has ended or the role has changed.
/// The typed text stays visible. If the message asks the user to sign in, those fields are sent with the form the next
/// time. Returns `false` if the answer has the form.
pub(super) fn form_is_gone(sent: &Sent, answer: &Element) -> bool {
    let Some(id) = sent.form().get_attribute("id") else { return false };
    if dom::all(answer, "form[id]").iter().any(|form| form.get_attribute("id").as_ref() == Some(&id)) {
        return false;
    }
    if let Some(question) = dom::first(answer, "form#go-on .notice") {
        if let Ok(Ok(question)) = document().import_node_with_deep(&question, true).map(JsCast::dyn_into::<Element>) {
            place(sent.form(), &question);
        }
        return true;
    }
    match dom::first(answer, "#refused p, .fault > p, main > p").and_then(|message| message.text_content()) {
        Some(message) => refuse(sent.form(), &message),
        None => unanswered(sent),
    }
    true
}

/// Says that the server did not answer.
pub(super) fn unanswered(sent: &Sent) {
    refuse(
        sent.form(),
        "The server did not answer. It may or may not have done what you asked: check the page before you send this \
         again.",
    );
}

/// Says why a form is refused.
pub(super) fn refuse(form: &HtmlFormElement, why: &str) {
    let made = || {
        let notice = document().create_element("div").ok()?;
        notice.set_attribute("class", "notice").ok()?;
        notice.set_attribute("data-tone", "bad").ok()?;
        let message = document().create_element("p").ok()?;
        message.set_text_content(Some(why));
        notice.append_child(&message).ok()?;
        Some(notice)
    };
    if let Some(notice) = made() {
        place(form, &notice);
    }
}

/// Inserts a notice where the server would, replacing an existing one, and focuses it.
fn place(form: &HtmlFormElement, notice: &Element) {
    _ = notice.set_attribute("role", "alert");
    _ = notice.set_attribute("tabindex", "-1");
    if let Some(old) = dom::first(form, ":scope > .notice") {
        old.remove();
    }
    let after = dom::first(form, ":scope > input[name=_form]").and_then(|it| it.next_sibling());
    _ = form.insert_before(notice, after.or_else(|| form.first_child()).as_ref());
    dom::focus(notice);
    notice.scroll_into_view();
}
