//! Every reader accepts or rejects any input from strangers, and never panics.

use licensing::{ActivationCode, Email, Fingerprint, Role, Span, Version, VersionRange, feature::FeatureKind, text};
use proptest::prelude::*;

/// Passes `text` to every reader. A value that was read is written again if it can be.
fn read_as_everything(text: &str) {
    if let Ok(code) = ActivationCode::read(text) {
        let _ = (code.tail(), code.origin(), format!("{code:?}"));
    }
    let _ = ActivationCode::import(text);
    let _ = Email::read(text).map(|email| email.to_string());
    let _ = Fingerprint::read(text).map(|fingerprint| fingerprint.digest());
    let _ = Span::read(text).map(|span| (span.to_string(), span.unit()));
    let _ = Role::from_name(text);
    if let (Ok(version), Ok(range)) = (Version::read(text), VersionRange::read(text)) {
        let _ = range.covers(&version);
    }
    let choice = FeatureKind::Choice(vec![text.to_owned()]);
    for kind in [FeatureKind::Boolean, FeatureKind::Number, FeatureKind::Text, choice] {
        if let Ok(value) = kind.read(text) {
            assert!(kind.takes(&value), "{kind:?} takes what it read from {text:?}");
        }
    }
    for longest in [0, 1, 80] {
        let _ = (
            text::name(text, longest),
            text::line(text, longest),
            text::note(text, longest),
            text::slug(text, longest),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_makes_any_reader_panic(text: String) {
        read_as_everything(&text);
    }

    #[test]
    fn control_characters_make_no_reader_panic(text in "(?s).{0,20}[\0\r\n\u{85}\u{2028}\u{202e}]?.{0,140}") {
        read_as_everything(&text);
    }

    #[test]
    fn no_nearly_valid_text_makes_any_reader_panic(
        text in "-?[Pp]?[0-9]{0,22}[.:T@<>=^~*]?[0-9WDHMSYwdhms.:,T-]{0,24}[é１\u{200b} ]?",
    ) {
        read_as_everything(&text);
    }
}
