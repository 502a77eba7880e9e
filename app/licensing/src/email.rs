//! E-mail addresses, as far as a license server needs to understand them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest address, in bytes (RFC 5321 §4.5.3.1.3 less the angle brackets).
pub const LONGEST: usize = 254;

/// An address: trimmed, its domain in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than 254 bytes.
    #[error("is longer than 254 characters, the longest an e-mail address can be")]
    TooLong,
    /// Not `name@domain`.
    #[error("is not an e-mail address: write it like name@example.com")]
    Unreadable,
}

impl Email {
    /// Reads `local@domain`, at most 254 bytes, without spaces, control characters or what surrounds an address in a mail
    /// (`<`, `>`, `,`, `;`).
    pub fn read(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::Unreadable)?;
        let stray = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
        let good = |part: &str| !part.is_empty() && !part.contains(stray);
        if !good(local) || !good(domain) || local.contains('@') || local.len() > 64 {
            return Err(EmailError::Unreadable);
        }
        if domain.starts_with(['.', '-']) || domain.ends_with(['.', '-']) || domain.contains("..") {
            return Err(EmailError::Unreadable);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address as those see it who need not know it: `i…@acme.com`. Of a domain longer than 64 characters, its end.
    pub fn masked(&self) -> String {
        let first = self.0.chars().next().unwrap_or('…');
        let domain: Vec<char> = self.domain().chars().collect();
        let end: String = domain.iter().skip(domain.len().saturating_sub(64)).collect();
        format!("{first}…@{}{end}", if domain.len() > 64 { "…" } else { "" })
    }

    /// Whether mail to both reaches the same person, as far as people think: ASCII case does not matter.
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
