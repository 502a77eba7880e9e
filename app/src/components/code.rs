//! Codes, ids and fingerprints: monospaced, shortened in the middle when shown, copied in full.

use leptos::prelude::*;

use super::CopyButton;

/// Number of characters at the end that always stay visible.
const TAIL: usize = 4;
/// Maximum length of a text that is not shortened, in characters.
const UNCUT: usize = 24;

/// An id or a fingerprint. Only the style sheet shortens a long one, so that selecting it selects all of it.
#[component]
pub fn Code(
    /// The whole text.
    #[prop(into)]
    text: String,
    /// The text's name in the copy button's label, such as `the fingerprint of Mix Room A`; no button if `None`.
    #[prop(optional, into)]
    copies: Option<String>,
) -> impl IntoView {
    let (head, tail) = if text.chars().count() > UNCUT { cut(&text) } else { (String::new(), text.clone()) };
    view! {
        <span class="code" title=text.clone()>
            <span class="whole">
                <span class="head">{head}</span>
                <span>{tail}</span>
            </span>
            {copies.map(|what| view! { <CopyButton text=text.clone() what /> })}
        </span>
    }
}

fn cut(text: &str) -> (String, String) {
    let at = text.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    let (head, tail) = text.split_at(at);
    (head.to_owned(), tail.to_owned())
}

/// A code of which only the end is shown.
#[component]
pub fn MaskedCode(
    /// The code's last characters.
    #[prop(into)]
    tail: String,
) -> impl IntoView {
    view! {
        <span class="code">
            <span class="visually-hidden">"ends in "</span>
            <i aria-hidden="true">"•••"</i>
            {tail}
        </span>
    }
}

/// Text to run or to paste, with a button that copies it.
#[component]
pub fn CodeBlock(
    /// The title.
    #[prop(into)]
    title: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="code-block">
            <header>
                <span>{title.clone()}</span>
                <span class="push">
                    <CopyButton text=text.clone() what=title.clone() labelled=true />
                </span>
            </header>
            <pre tabindex="0" role="region" aria-label=title>
                <code>{text}</code>
            </pre>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn the_end_stays_in_sight_and_nothing_is_lost() {
        assert_eq!(cut("SHA256:9f3ce41b"), ("SHA256:9f3c".to_owned(), "e41b".to_owned()));
        assert_eq!(cut("äöü"), (String::new(), "äöü".to_owned()));
    }
}
