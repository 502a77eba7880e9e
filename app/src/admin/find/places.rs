//! Pages, acts and ready filters that Find knows by name.

use licensing::{Permission, fold};

use super::hit::{Hit, HitKind};
use crate::components::may;

/// A page, an act or a filter: its name, its address, further words by which it is found, and its permission.
type Place = (&'static str, &'static str, &'static str, Permission);

/// Acts and ready filters, which Find offers before anything is typed.
const SHORTCUTS: &[Place] = &[
    ("New license", "/licenses/new", "create issue sell code", Permission::ManageLicenses),
    ("Refusals in the last 24 hours", "/decisions?outcome=refused&hours=24", "errors today refused", Permission::See),
    ("Refusals by reason", "/decisions?view=grouped&hours=168", "grouped errors why", Permission::See),
    ("Devices not seen for 90 days", "/devices?seen=not-90d&seat=held", "filter silent stale", Permission::See),
    ("Suspended licenses", "/licenses?state=suspended", "filter", Permission::See),
    ("Revoked licenses", "/licenses?state=revoked", "filter", Permission::See),
];

const PAGES: &[Place] = &[
    ("Home", "/", "overview dashboard start", Permission::See),
    ("Licenses", "/licenses", "customers codes", Permission::See),
    ("Devices", "/devices", "machines activations seats", Permission::See),
    ("Offline devices", "/offline", "file request response qr", Permission::See),
    ("Products", "/products", "integrate keys", Permission::See),
    ("New product", "/products/new", "create", Permission::ManageLicenses),
    ("Policies", "/policies", "terms", Permission::See),
    ("New policy", "/policies/new", "create terms", Permission::ManageLicenses),
    ("Decisions", "/decisions", "requests activations refusals", Permission::See),
    ("Blocked devices", "/devices/blocked", "blocks ban", Permission::See),
    ("Block a device", "/devices/block", "ban fingerprint", Permission::HelpCustomers),
    ("Audit log", "/audit", "events history changes", Permission::See),
    ("Your account", "/settings/account", "settings password profile", Permission::See),
    ("Your logins", "/settings/logins", "settings sessions", Permission::See),
    ("Accounts", "/settings/accounts", "settings people roles invite", Permission::RunServer),
    ("All logins", "/settings/all-logins", "settings sessions", Permission::RunServer),
    ("Sign-in settings", "/settings/sign-in", "settings oidc provider password", Permission::RunServer),
    ("API tokens", "/settings/tokens", "settings management key secret", Permission::RunServer),
    ("New API token", "/settings/tokens/new", "settings create", Permission::RunServer),
    ("Webhooks", "/settings/webhooks", "settings events messages subscriptions cloudevents", Permission::RunServer),
    ("New webhook", "/settings/webhooks/new", "settings create subscription", Permission::RunServer),
    ("Signing keys", "/settings/keys", "settings rotate retire revoke pem jwk public", Permission::See),
    ("Data", "/settings/data", "settings retention backup database size export", Permission::RunServer),
    ("Organization", "/settings/organization", "settings company name support vendor legal", Permission::RunServer),
    ("Jobs", "/jobs", "background progress bulk", Permission::See),
];

/// The acts and ready filters that the account may use.
pub(crate) fn shortcuts() -> Vec<Hit> {
    SHORTCUTS.iter().filter(|place| may(place.3)).map(hit).collect()
}

/// The pages that the account may see.
pub(crate) fn pages() -> Vec<Hit> {
    PAGES.iter().filter(|place| may(place.3)).map(hit).collect()
}

/// The places whose words begin with all words of the text.
pub(super) fn named(text: &str) -> Vec<Hit> {
    let wanted = fold(text);
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let all = SHORTCUTS.iter().chain(PAGES);
    all.filter(|place| may(place.3) && is_named(place, &wanted)).map(hit).collect()
}

fn is_named((name, _, words, _): &Place, wanted: &[&str]) -> bool {
    let words = format!("{} {words}", name.to_lowercase());
    let has = |word: &&str| words.split([' ', '-']).any(|known| known.starts_with(word));
    !wanted.is_empty() && wanted.iter().all(|word| word.chars().count() >= 2 && has(word))
}

fn hit((name, to, words, _): &Place) -> Hit {
    Hit { kind: HitKind::Page, to: (*to).to_owned(), title: (*name).to_owned(), note: String::new(), words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let wanted: Vec<&str> = text.split_whitespace().collect();
        SHORTCUTS.iter().chain(PAGES).filter(|place| is_named(place, &wanted)).map(|place| place.0).collect()
    }

    #[test]
    fn a_page_is_found_by_the_beginnings_of_its_words() {
        assert_eq!(names("new lic"), ["New license"]);
        assert_eq!(names("api tok"), ["API tokens", "New API token"]);
        assert_eq!(names("people"), ["Accounts"]);
        for text in ["", "a", "aurora", "new aurora"] {
            assert!(names(text).is_empty(), "{text}");
        }
    }
}
