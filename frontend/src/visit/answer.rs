//! The server's response to a visit.

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomParser, Element, Request, RequestInit, Response, SupportedType, Url, UrlSearchParams};

/// A page from the server.
pub(super) struct Answer {
    /// The page's address, after redirects.
    pub(super) url: String,
    /// `true` if a form was submitted and refused: accepted forms are answered with a redirect.
    pub(super) refused: bool,
    /// The page's `<html>`.
    pub(super) html: Element,
}

/// Fetches a page again without the user's doing, which must not keep an idle login from ending.
pub(super) async fn ask_again(url: &str) -> Option<Answer> {
    fetch(url, None, true).await
}

/// Fetches a page, or submits a form's fields. `None` if the response is not a page that a script may read.
pub(super) async fn ask(url: &str, fields: Option<&UrlSearchParams>) -> Option<Answer> {
    fetch(url, fields, false).await
}

async fn fetch(url: &str, fields: Option<&UrlSearchParams>, unattended: bool) -> Option<Answer> {
    let how = RequestInit::new();
    if let Some(fields) = fields {
        how.set_method("POST");
        how.set_body(fields);
    }
    let request = Request::new_with_str_and_init(url, &how).ok()?;
    // This header tells the server that a page sends the form, not an API client.
    request.headers().set("Accept", "text/html").ok()?;
    if unattended {
        request.headers().set("Latchkey-Unattended", "1").ok()?;
    }
    let answer: Response = JsFuture::from(window().fetch_with_request(&request)).await.ok()?.dyn_into().ok()?;
    answer.headers().get("Content-Type").ok()?.filter(|kind| kind.starts_with("text/html"))?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let html = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?.document_element()?;
    let url = if answer.redirected() { answer.url() } else { format!("{}{}", answer.url(), hash(url)) };
    Some(Answer { url, refused: fields.is_some() && !answer.redirected(), html })
}

/// The fragment of an address, which no response repeats.
fn hash(url: &str) -> String {
    Url::new(url).map(|url| url.hash()).unwrap_or_default()
}
