//! Text inside `<title>` and `<textarea>`.
//!
//! Leptos writes the content of these two elements unescaped, so a value that contains `</title>` or `</textarea>` would
//! end the element and continue as markup. Every title passes through [`escaped`] in the formatter of `App`; every text
//! area through [`TextArea`](super::TextArea). No other place may write a `<textarea>` or a title formatter.

/// Escapes text for such an element. Browsers decode it again (RCDATA, HTML §13.2.5.2); the script sets the text itself
/// and so does not escape it.
pub(crate) fn escaped(text: String) -> String {
    html_escape::encode_text(&text).into_owned()
}

/// Escapes text for a text area, whose parser drops one line break at the start.
pub(super) fn escaped_lines(text: String) -> String {
    let text = escaped(text);
    if text.starts_with('\n') { format!("\n{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_element_that_holds_it() {
        assert_eq!(escaped("</title><i> & \"".to_owned()), "&lt;/title&gt;&lt;i&gt; &amp; \"");
        assert_eq!(escaped_lines("\n</textarea>".to_owned()), "\n\n&lt;/textarea&gt;");
        assert_eq!(escaped_lines("a\nb".to_owned()), "a\nb");
    }
}
