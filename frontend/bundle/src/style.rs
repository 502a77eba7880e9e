//! Combines the style sheets into one: imports inlined, comments removed.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files;

/// The style sheet with each `@import "file.css";` or `@import "file.css" layer(name);` on a line of its own replaced
/// by that file. Imported files must not import others. Fails on any other form of import.
pub(crate) fn inline(stylesheet: &Path) -> Result<String> {
    let folder = stylesheet.parent().unwrap_or(Path::new("."));
    let mut whole = String::new();
    for line in load(stylesheet)?.lines() {
        let Some(import) = line.trim().strip_prefix("@import ") else {
            whole.push_str(line);
            whole.push('\n');
            continue;
        };
        let (file, layer) =
            parse(import).with_context(|| format!("unsupported import in {}: {line}", stylesheet.display()))?;
        let imported = load(&folder.join(file))?;
        if imported.contains("@import") {
            bail!("{file} imports another file: only {} may", stylesheet.display());
        }
        match layer {
            Some(layer) => whole.push_str(&format!("@layer {layer} {{\n{imported}}}\n")),
            None => whole.push_str(&imported),
        }
    }
    Ok(whole)
}

fn load(stylesheet: &Path) -> Result<String> {
    let text = String::from_utf8(files::read(stylesheet)?)
        .with_context(|| format!("{} is not UTF-8", stylesheet.display()))?;
    Ok(without_comments(&text))
}

/// Parses `"file.css" layer(name);` into the file and the layer, if any.
fn parse(import: &str) -> Option<(&str, Option<&str>)> {
    let (file, rest) = import.trim().strip_prefix('"')?.strip_suffix(';')?.split_once('"')?;
    match rest.trim() {
        "" => Some((file, None)),
        layer => Some((file, Some(layer.strip_prefix("layer(")?.strip_suffix(')')?))),
    }
}

/// Removes comments, indentation and empty lines; quoted text stays.
fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let length = if from.starts_with("/*") {
            from.find("*/").map_or(from.len(), |end| end + 2)
        } else {
            let length = if from.starts_with('/') { 1 } else { quoted(from) };
            kept.push_str(from.get(..length).unwrap_or_default());
            length
        };
        rest = from.get(length..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

/// The length in bytes of the quoted text at the start of `css`, including both quotes.
fn quoted(css: &str) -> usize {
    let mut characters = css.char_indices();
    let quote = characters.next().map(|(_, quote)| quote);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if Some(character) == quote {
            return at + 1;
        }
    }
    css.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_may_name_a_layer() {
        assert_eq!(parse(r#""base.css" layer(base);"#), Some(("base.css", Some("base"))));
        assert_eq!(parse(r#""tokens.css";"#), Some(("tokens.css", None)));
    }

    #[test]
    fn an_import_of_another_shape_is_not_understood() {
        assert_eq!(parse("url(base.css);"), None);
        assert_eq!(parse(r#""base.css" print;"#), None);
        assert_eq!(parse(r#""base.css""#), None);
    }

    #[test]
    fn comments_go_and_quoted_text_stays() {
        let css =
            "/* one */\na { content: \"/* kept */ \\\" '\"; }\n\n  b { inset: calc(1px / 2) } /* two\n three */\n";
        assert_eq!(without_comments(css), "a { content: \"/* kept */ \\\" '\"; }\nb { inset: calc(1px / 2) }\n");
    }

    #[test]
    fn a_comment_that_never_ends_takes_the_rest() {
        assert_eq!(without_comments("a{}\n/* b{}"), "a{}\n");
    }
}
