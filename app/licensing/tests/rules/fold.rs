//! Folding of text for search.

use licensing::fold;
use proptest::prelude::*;

#[test]
fn case_accents_and_composition_make_no_difference() {
    for (texts, folded) in [
        (&["Ingrid", "INGRID", "İNGRİD", "ıngrıd", "ｉｎｇｒｉｄ"][..], "ingrid"),
        (&["Zoë", "Zoe\u{308}", "ZOË", "zoe"], "zoe"),
        (&["Straße", "STRASSE", "STRAẞE"], "strasse"),
        (&["Sørlie", "SORLIE"], "sorlie"),
        (&["Paweł Zieliński", "pawel zielinski"], "pawel zielinski"),
        (&["Ærø", "aero"], "aero"),
        (&["Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ"], "οδυσσευσ"),
        (&["Kelvin", "\u{212A}elvin"], "kelvin"),
        (&["각", "\u{1100}\u{1161}\u{11A8}"], "각"),
        (&["شركة 👍"], "شركة 👍"),
        (&["order 100%_!\\", "Order 100%_!\\"], "order 100%_!\\"),
        (&[""], ""),
    ] {
        for text in texts {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
    }
}
