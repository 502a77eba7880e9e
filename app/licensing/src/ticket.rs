//! Release tickets: they let a customer list the devices of a full license, and release one of them from another
//! device.

use crate::{Email, Span, Terms, activation::Request, terms::Release};

/// Validity of a ticket.
pub const GOOD_FOR: Span = Span::minutes(10);
/// Maximum number of devices listed with a ticket.
pub const MOST_LISTED: i64 = 20;

/// Returns `true` if the sender of the request may get a ticket: the terms let devices release seats, and the request
/// proves that it comes from the customer, by the license's e-mail address or by a person whose verified address that
/// is. A license without an address gives no tickets.
pub fn may_have(terms: &Terms, own: Option<&Email>, request: &Request) -> bool {
    let theirs = [request.email.as_ref(), request.person.as_ref().and_then(|person| person.email.as_ref())];
    let proved = own.is_some_and(|own| theirs.into_iter().flatten().any(|email| email.same_mailbox(own)));
    match terms.release {
        Release::BySupport => false,
        Release::ByDevice | Release::Limited { .. } => proved,
    }
}

/// Masks a device's name so that only people who know the device recognize it: keeps the first third of every word,
/// rounded up. "Ingrid’s MacBook" becomes "In…’s Mac…". Words of one letter stay.
pub fn masked(name: &str) -> String {
    let mut masked = String::new();
    let mut word = vec![];
    for c in name.chars() {
        if is_between_words(c) {
            shorten(&mut word, &mut masked);
            masked.push(c);
        } else {
            word.push(c);
        }
    }
    shorten(&mut word, &mut masked);
    masked
}

fn is_between_words(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '’' | '‘' | '–' | '—')
}

fn shorten(word: &mut Vec<char>, masked: &mut String) {
    let shown = word.len().div_ceil(3);
    masked.extend(word.iter().take(shown));
    if word.len() > shown {
        masked.push('…');
    }
    word.clear();
}
