//! Reading the form of a subscription.

use std::collections::BTreeMap;

use licensing::{Invalid, text, webhook};
use store::webhooks::Subscription;
use url::{Host, Url};
use uuid::Uuid;

/// Maximum length of an address, in characters.
const LONGEST_URL: usize = 2_000;
/// Maximum length of the description, in characters.
const LONGEST_DESCRIPTION: usize = 200;
/// Maximum length of the value of an attribute, in characters.
const LONGEST_ATTRIBUTE: usize = 200;
/// Maximum number of products.
const MOST_PRODUCTS: usize = 100;

/// Input for creating or changing a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionForm {
    /// Address: https, on port 443 or a port from 1024 on.
    pub url: String,
    /// Text for people; may be empty.
    pub description: String,
    /// Patterns of types: at least one.
    pub event_types: Vec<String>,
    /// Products that it is limited to; empty for all.
    pub products: Vec<Uuid>,
    /// Kinds of objects that it is limited to; empty for all.
    pub kinds: Vec<String>,
    /// Attributes of the envelope that it is limited to, with their values; empty for all messages.
    pub attributes: BTreeMap<String, String>,
    /// `false` to hold its messages.
    pub enabled: bool,
}

impl SubscriptionForm {
    /// Reads the form into the subscription, except `enabled`.
    pub(super) fn read(self, plain_http: bool, old: Subscription) -> Result<Subscription, Invalid> {
        let mut wrong = Invalid::default();
        let url = wrong.keep("url", address(&self.url, plain_http)).unwrap_or_default();
        let description = wrong.keep("description", text::line(&self.description, LONGEST_DESCRIPTION)).flatten();
        let patterns = wrong.keep("event_types", webhook::patterns(self.event_types.iter().map(String::as_str)));
        let event_types = patterns.unwrap_or_default().iter().map(ToString::to_string).collect();
        let (mut products, mut kinds) = (self.products, self.kinds);
        products.sort_unstable();
        products.dedup();
        if products.len() > MOST_PRODUCTS {
            wrong.add("products", format!("has more than {MOST_PRODUCTS} products"));
        }
        kinds.sort_unstable();
        kinds.dedup();
        if let Some(unknown) = kinds.iter().find(|kind| webhook::Entity::from_name(kind).is_none()) {
            let known: Vec<_> = webhook::Entity::ALL.into_iter().map(webhook::Entity::name).collect();
            let unknown: String = unknown.chars().take(40).collect();
            wrong.add("kinds", format!("contains “{unknown}”, but there are only {}", known.join(", ")));
        }
        let attributes = wrong.keep("attributes", attributes(self.attributes)).unwrap_or_default();
        wrong.or(Subscription { url, description, event_types, products, kinds, attributes, ..old })
    }
}

/// Reads the attributes that a subscription is limited to.
fn attributes(given: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    if let Some(unknown) = given.keys().find(|name| !webhook::ATTRIBUTES.contains(&name.as_str())) {
        let unknown: String = unknown.chars().take(40).collect();
        return Err(format!("contains “{unknown}”, but there are only {}", webhook::ATTRIBUTES.join(", ")));
    }
    match given.iter().find(|(_, value)| value.is_empty() || value.chars().count() > LONGEST_ATTRIBUTE) {
        Some((name, _)) => Err(format!("must give {name} a value of 1 to {LONGEST_ATTRIBUTE} characters")),
        None => Ok(given),
    }
}

/// Reads an address. Written as browsers normalize it, so that the host of `https://0x7f.1` is 127.0.0.1.
fn address(text: &str, plain_http: bool) -> Result<String, &'static str> {
    const SCHEME: &str = "must be an https address, such as https://example.com/hooks";
    let text = text.trim();
    if text.chars().count() > LONGEST_URL {
        return Err("is longer than 2,000 characters");
    }
    let url = Url::parse(text).map_err(|_| SCHEME)?;
    if !(url.scheme() == "https" || (plain_http && url.scheme() == "http")) {
        return Err(SCHEME);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password");
    }
    if url.fragment().is_some() {
        return Err("must not contain a fragment (#…)");
    }
    if url.port().is_some_and(|port| port < 1024) {
        return Err("must use port 443, or a port from 1024 on");
    }
    match url.host() {
        Some(Host::Domain(name)) if name.is_empty() || name.ends_with("..") => Err(SCHEME),
        Some(_) => Ok(url.to_string()),
        None => Err(SCHEME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_without_a_user_and_on_an_ordinary_port() {
        for (given, read) in [
            ("https://example.com", "https://example.com/"),
            (" https://EXAMPLE.com:443/hooks?x=1 ", "https://example.com/hooks?x=1"),
            ("https://example.com:8443/", "https://example.com:8443/"),
            ("https://0x7f.1/", "https://127.0.0.1/"),
            ("https://017700000001/", "https://127.0.0.1/"),
            ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ] {
            assert_eq!(address(given, false).as_deref(), Ok(read), "{given}");
        }
        for bad in [
            "",
            "example.com",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://",
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https://example.com/#x",
            "https://example.com:22/",
            "https://example.com:80/",
            &format!("https://example.com/{}", "x".repeat(2_000)),
        ] {
            assert!(address(bad, false).is_err(), "{bad}");
        }
        assert_eq!(address("http://127.0.0.1:8080/", true).as_deref(), Ok("http://127.0.0.1:8080/"));
    }
}
