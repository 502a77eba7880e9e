use licensing::text::{TextError, line, name, note, slug, slug_of};

#[test]
fn a_line_is_trimmed_and_may_be_empty() {
    for (typed, kept) in [("", None), (" \t\n ", None), ("  Ada \n", Some("Ada")), ("Ada  L.", Some("Ada  L."))] {
        assert_eq!(line(typed, 80), Ok(kept.map(str::to_owned)), "{typed:?}");
    }
}

#[test]
fn a_name_is_a_non_empty_line() {
    assert_eq!(name(" Drift Pro ", 80), Ok("Drift Pro".to_owned()));
    assert_eq!(name("  ", 80), Err(TextError::Empty));
}

#[test]
fn length_is_counted_in_characters_after_trimming() {
    assert_eq!(line(" ééé ", 3), Ok(Some("ééé".to_owned())));
    assert_eq!(line("éééé", 3), Err(TextError::TooLong(3)));
    assert_eq!(name("abcd", 3), Err(TextError::TooLong(3)));
    assert_eq!(note("abcd", 3), Err(TextError::TooLong(3)));
    assert_eq!(slug("abcd", 3), Err(TextError::TooLong(3)));
}

#[test]
fn a_line_holds_no_line_break_and_no_control_character() {
    for bad in ["a\0b", "\0", "a\nb", "a\r\nb", "a\tb", "a\u{7f}b", "a\u{85}b", "a\u{9b}b", "a\u{2028}b", "a\u{2029}b"]
    {
        assert_eq!(line(bad, 80), Err(TextError::Control), "{bad:?}");
    }
}

#[test]
fn a_note_has_lines_and_tabs_but_no_other_control_character() {
    assert_eq!(note(" one\r\ntwo\n\tthree\n", 80), Ok(Some("one\ntwo\n\tthree".to_owned())));
    assert_eq!(note("\r\n", 80), Ok(None));
    for bad in ["a\0b", "a\rb", "a\u{1b}b"] {
        assert_eq!(note(bad, 80), Err(TextError::Control), "{bad:?}");
    }
}

#[test]
fn a_slug_is_lower_case_letters_digits_and_single_inner_dashes() {
    for good in ["a", "7", "drift-pro", "a-1-b", "  drift  "] {
        assert_eq!(slug(good, 40), Ok(good.trim().to_owned()));
    }
    for bad in ["Drift", "drift_pro", "-drift", "drift-", "drift--pro", "-", "drift pro", "dríft", "a.b", "a/b"] {
        assert_eq!(slug(bad, 40), Err(TextError::NotASlug), "{bad:?}");
    }
    assert_eq!(slug(" ", 40), Err(TextError::Empty));
}

#[test]
fn a_slug_is_derived_from_a_name() {
    for (name, slug) in [
        ("Drift Pro 2", "drift-pro-2"),
        ("  Crème Brûlée! ", "creme-brulee"),
        ("A & B -- C", "a-b-c"),
        ("漢字 🎹", ""),
        ("Long-winded name", "long-winded"),
    ] {
        assert_eq!(slug_of(name, 12), slug, "{name}");
    }
}
