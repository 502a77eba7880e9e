//! E-mail addresses: their one canonical form, and which of them reach the same person.
//!
//! Everything that stores, compares or looks up an address uses this module, so that two spellings of an address match
//! whether they come from a form, a device, an identity provider or a search.

use std::{borrow::Cow, fmt};

use icu_normalizer::ComposingNormalizerBorrowed;
use serde::{Deserialize, Serialize};

use crate::text::is_invisible;

/// Maximum length of an address, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
pub const LONGEST: usize = 254;
/// Maximum length of the local part, in bytes (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// E-mail address without surrounding spaces and invisible characters, in Unicode normalization form C (RFC 6532 §3.1),
/// with its domain mapped by UTS #46 and in Unicode: `xn--xample-9ta.com` and `ÄXAMPLE.com` both become `äxample.com`.
///
/// The local part keeps its case, since only its own mail server knows whether case matters.
/// [`canonical`](Self::canonical) folds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Error for a text that is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than 254 bytes.
    #[error("is longer than 254 characters, the longest an e-mail address can be")]
    TooLong,
    /// Not of the form `name@domain`.
    #[error("is not an e-mail address: write it like name@example.com")]
    Unreadable,
}

impl Email {
    /// Reads `local@domain`, at most 254 bytes, without spaces, control characters or the characters that surround an
    /// address in a mail (`<`, `>`, `,`, `;`).
    pub fn read(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = split(text)?;
        let domain = unicode_domain(&domain).ok_or(EmailError::Unreadable)?;
        Self::of(&local, &domain)
    }

    /// Reads an address that an identity provider vouches for. Rejects invisible characters instead of removing them:
    /// at the provider the address may be another mailbox, whose owner must not be able to accept this one's
    /// invitation.
    pub fn vouched(text: &str) -> Option<Self> {
        if text.contains(is_invisible) { None } else { Self::read(text).ok() }
    }

    /// Reads an address that an earlier version stored. Keeps the domain unmapped (in ASCII lower case) if UTS #46
    /// rejects it, since a license must not lose its address in an update.
    pub fn stored(text: &str) -> Option<Self> {
        let (local, domain) = split(text).ok()?;
        let domain = unicode_domain(&domain).unwrap_or_else(|| domain.to_ascii_lowercase());
        Self::of(&local, &domain).ok()
    }

    fn of(local: &str, domain: &str) -> Result<Self, EmailError> {
        let stray = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '@');
        let good = |part: &str| !part.is_empty() && !part.contains(stray);
        if !good(local) || !good(domain) || local.len() > LONGEST_LOCAL {
            return Err(EmailError::Unreadable);
        }
        if domain.starts_with(['.', '-']) || domain.ends_with(['.', '-']) || domain.contains("..") {
            return Err(EmailError::Unreadable);
        }
        let address = format!("{local}@{domain}");
        if address.len() > LONGEST { Err(EmailError::TooLong) } else { Ok(Self(address)) }
    }

    /// Address as shown to people.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Form used to compare and look up addresses: this address with its local part in lower case.
    ///
    /// Lowercases ASCII only. Unicode lowercasing maps letters of other scripts onto each other and, like the Kelvin
    /// sign, onto ASCII, so two people could share an address.
    pub fn canonical(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        format!("{}@{domain}", local.to_ascii_lowercase())
    }

    /// Masks the address for accounts that may not see it: `i…@acme.com`. Only the last 64 characters of a longer
    /// domain are kept.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or('…');
        let domain: Vec<char> = self.domain().chars().collect();
        let end: String = domain.iter().skip(domain.len().saturating_sub(64)).collect();
        format!("{first}…@{}{end}", if domain.len() > 64 { "…" } else { "" })
    }

    /// Returns `true` if both addresses have the same canonical form.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// Returns `true` if the address belongs to this domain, in any spelling.
    pub fn is_of(&self, domain: &str) -> bool {
        unicode_domain(domain).is_some_and(|domain| self.domain() == domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the form used to look up an account by what a user typed: the canonical form of an address, or any other
/// text trimmed and in ASCII lower case.
pub fn lookup_form(typed: &str) -> String {
    Email::stored(typed).map_or_else(|| typed.trim().to_ascii_lowercase(), |email| email.canonical())
}

/// Maps a domain by UTS #46 and returns it in Unicode: in lower case, normalized, and without A-labels. Two domains
/// have the same A-labels if and only if these forms are equal.
#[cfg(not(target_family = "wasm"))]
pub fn unicode_domain(domain: &str) -> Option<String> {
    use idna::uts46::{AsciiDenyList, Hyphens, Uts46};

    let (domain, good) = Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
    good.is_ok().then(|| domain.into_owned())
}

/// Returns the domain in lower case. The browser only describes terms that the server checks, and the tables of UTS #46
/// would make up a fifth of its download.
#[cfg(target_family = "wasm")]
pub fn unicode_domain(domain: &str) -> Option<String> {
    Some(domain.to_ascii_lowercase())
}

/// Returns `true` if an address may have this domain.
pub fn is_domain(domain: &str) -> bool {
    unicode_domain(domain).is_some_and(|domain| Email::of("someone", &domain).is_ok())
}

/// Splits an address into the normalized local part and the domain as written, both without invisible characters.
fn split(text: &str) -> Result<(String, String), EmailError> {
    // Far above the limit, however much normalization and mapping may shorten the text.
    if text.len() > 16 * LONGEST {
        return Err(EmailError::TooLong);
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let (local, domain) = visible.trim().rsplit_once('@').ok_or(EmailError::Unreadable)?;
    let normalized: Cow<'_, str> = ComposingNormalizerBorrowed::new_nfc().normalize(local);
    // The Kelvin sign normalizes to `K`. A letter that became ASCII could turn the address into another person's.
    let ascii = |text: &str| text.bytes().filter(u8::is_ascii).count();
    if ascii(&normalized) > ascii(local) {
        return Err(EmailError::Unreadable);
    }
    Ok((normalized.into_owned(), domain.to_owned()))
}
