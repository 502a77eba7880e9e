//! The meaning of a text that was typed or pasted into Find.

use std::net::IpAddr;

use uuid::Uuid;

use crate::admin::decisions::find::ids;

/// The meaning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// An empty text.
    Nothing,
    /// An API token.
    ApiToken,
    /// A license token: the ids of its session and its license.
    Token(Vec<Uuid>),
    /// Ids, alone or in a problem document.
    Ids(Vec<Uuid>),
    /// An IP address.
    Address(IpAddr),
    /// Any other text, without the words around an order number and without the mask of a code.
    Text(String),
}

/// Number of characters from which a text is taken for a pasted message.
const MESSAGE: usize = 120;

impl Wanted {
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Nothing;
        }
        if live::token::holds_token(text) {
            return live::token::claims(text).map_or(Self::ApiToken, |claims| Self::Token(of_token(&claims)));
        }
        let ids = ids(text);
        if !ids.is_empty() {
            return Self::Ids(ids);
        }
        if let Ok(address) = text.parse() {
            return Self::Address(address);
        }
        Self::Text(plain(text))
    }
}

/// The ids of a token's session and license.
fn of_token(claims: &serde_json::Map<String, serde_json::Value>) -> Vec<Uuid> {
    ["sid", "sub"].iter().filter_map(|claim| claims.get(*claim)?.as_str()?.parse().ok()).collect()
}

/// Removes what people write around an order number and before the end of a code. Of a long message, only an e-mail
/// address or the beginning is left.
fn plain(text: &str) -> String {
    if text.chars().count() > MESSAGE || text.contains('\n') {
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | ',' | ';' | ':');
        let address = text.split(ends).find(|word| word.len() <= 254 && word.split_once('@').is_some_and(is_address));
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let beginning: String = line.chars().take(MESSAGE).collect();
        return address.map_or(beginning, |address| address.trim_end_matches('.').to_owned());
    }
    let unmasked = text.trim_start_matches(['•', '*', '…', '.', ' ']);
    let mut left = if unmasked.is_empty() { text } else { unmasked };
    while let Some((word, rest)) = left.split_once(char::is_whitespace) {
        let word = word.trim_end_matches([':', '.', '#']).to_lowercase();
        let is_label = matches!(word.as_str(), "order" | "invoice" | "reference" | "ref" | "no" | "nr" | "number" | "");
        if !is_label || !rest.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        left = rest.trim_start();
    }
    left.trim_start_matches('#').trim().to_owned()
}

fn is_address((local, domain): (&str, &str)) -> bool {
    !local.is_empty() && domain.contains('.')
}

/// The last characters of a text that looks like a part of a generated code; `None` for any other text. The part itself
/// is as secret as a part of a password, and only the last four characters of codes are searchable.
pub(super) fn end_of_code_part(text: &str) -> Option<String> {
    const ENDS: usize = 4;
    let groups: Vec<&str> = text.split(['-', ' ']).filter(|group| !group.is_empty()).collect();
    let of_code = |c: char| c.is_ascii_alphanumeric() && !matches!(c.to_ascii_uppercase(), 'I' | 'L' | 'O' | 'U');
    let is_full = |group: &&str| matches!(group.len(), 6 | 7);
    let all: String = groups.concat();
    let is_part = all.chars().all(of_code)
        && all.contains(|c: char| c.is_ascii_digit())
        && all.contains(|c: char| c.is_ascii_alphabetic())
        && groups.iter().any(is_full)
        && groups.iter().all(|group| group.len() <= 7)
        && groups.iter().skip(1).rev().skip(1).all(is_full);
    let end = all.get(all.len().checked_sub(ENDS)?..)?;
    is_part.then(|| end.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(typed: &str) -> String {
        match Wanted::read(typed) {
            Wanted::Text(text) => text,
            other => panic!("{typed}: {other:?}"),
        }
    }

    #[test]
    fn an_order_number_and_the_end_of_a_code_stand_alone() {
        for typed in ["2361", "#2361", "order 2361", "Order no. 2361", "order #2361", "Invoice: 2361", "# 2361"] {
            assert_eq!(text(typed), "2361", "{typed}");
        }
        for typed in ["SFYX", "••• SFYX", "•••SFYX", "***SFYX", "…SFYX", "... SFYX"] {
            assert_eq!(text(typed), "SFYX", "{typed}");
        }
        for typed in ["Order of Malta", "Pixel & Reel", "Ref", "lena@aurora-sound.example"] {
            assert_eq!(text(typed), typed);
        }
    }

    #[test]
    fn of_a_message_the_address_is_left() {
        let message = "Hello,\n\nmy activation fails since yesterday. I bought it as Lena <lena@aurora-sound.example>.";
        assert_eq!(text(message), "lena@aurora-sound.example");
        assert_eq!(text("Aurora Sound Studio\nFreiburg"), "Aurora Sound Studio");
    }

    #[test]
    fn ids_addresses_and_tokens_are_recognized() {
        let id: Uuid = "01a2078f-b6d1-74cd-aa81-dec1391627ff".parse().unwrap();
        assert_eq!(Wanted::read(&format!(r#"{{"status": 409, "decision": "{id}"}}"#)), Wanted::Ids(vec![id]));
        assert_eq!(Wanted::read(" 203.0.113.7 "), Wanted::Address("203.0.113.7".parse().unwrap()));
        assert_eq!(Wanted::read("lk_019ab2c4000070008000000000000000_c2VjcmV0"), Wanted::ApiToken);
        // {"alg":"ES256","typ":"license+jwt"} . {"sid":"01a2078f-b6d1-74cd-aa81-dec1391627ff"}
        let token = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImxpY2Vuc2Urand0In0.eyJzaWQiOiIwMWEyMDc4Zi1iNmQxLTc0Y2QtYWE4MS1kZWMxMzkxNjI3ZmYifQ.c2lnbmF0dXJl";
        for pasted in [token.to_owned(), format!("\"{token}\""), format!("Authorization: Bearer {token}")] {
            assert_eq!(Wanted::read(&pasted), Wanted::Token(vec![id]), "{pasted}");
        }
        assert_eq!(Wanted::read("  "), Wanted::Nothing);
    }

    #[test]
    fn a_part_of_a_code_is_told_from_an_order_number() {
        for (part, end) in [
            ("8R4JTC6-PY1E5GB", "E5GB"),
            ("w2mz0hv-8r4jtc6", "JTC6"),
            ("PY1E5GB", "E5GB"),
            ("0HV-8R4JTC6-PY1E5GB", "E5GB"),
        ] {
            assert_eq!(end_of_code_part(part).as_deref(), Some(end), "{part}");
        }
        for other in ["NW-18077", "2361", "T95G", "Aurora Sound", "203.0.113.7", "ORDER-18", ""] {
            assert_eq!(end_of_code_part(other), None, "{other}");
        }
    }
}
