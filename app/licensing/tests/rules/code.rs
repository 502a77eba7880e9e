use std::collections::HashSet;

use licensing::{
    ActivationCode, CodeShape,
    code::{CodeError, CodeOrigin, LONGEST},
};
use proptest::prelude::*;

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn made(shape: CodeShape, random: [u8; 32]) -> ActivationCode {
    ActivationCode::from_entropy(shape, &random)
}

fn read(text: &str) -> ActivationCode {
    ActivationCode::read(text).unwrap()
}

fn canonical(text: &str) -> String {
    read(text).canonical().to_owned()
}

fn any_shape() -> impl Strategy<Value = CodeShape> {
    prop::sample::select(&CodeShape::ALL)
}

/// Bytes that are all different.
const STAIRS: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 32 {
        bytes[i] = (i * 37 + 11) as u8;
        i += 1;
    }
    bytes
};

#[test]
fn a_generated_code_has_its_shape() {
    for (shape, groups, symbols) in [(CodeShape::FourBySeven, 4, 7), (CodeShape::ThreeBySix, 3, 6)] {
        let code = made(shape, STAIRS);
        let lengths: Vec<usize> = code.written().split('-').map(str::len).collect();
        assert_eq!(lengths, vec![symbols; groups]);
        assert_eq!(code.written().replace('-', ""), code.canonical());
    }
}

#[test]
fn the_check_symbol_never_changes() {
    insta::assert_snapshot!(made(CodeShape::FourBySeven, STAIRS).written(), @"T06AMQQ-S4EBQ1K-0TQS2Y6-DW8DKDM");
    insta::assert_snapshot!(made(CodeShape::ThreeBySix, STAIRS).written(), @"T06AMQ-QS4EBQ-1K0TQ1");
    insta::assert_snapshot!(made(CodeShape::ThreeBySix, [255; 32]).written(), @"ZZZZZZ-ZZZZZZ-ZZZZZP");
}

#[test]
fn each_of_the_first_bits_changes_the_code_and_no_later_bit_does() {
    for (shape, used) in [(CodeShape::FourBySeven, 135), (CodeShape::ThreeBySix, 85)] {
        let flipped = |bit: usize| {
            let mut random = STAIRS;
            random[bit / 8] ^= 1 << (bit % 8);
            made(shape, random).canonical().to_owned()
        };
        let codes: HashSet<String> = (0..used).map(flipped).collect();
        let original = made(shape, STAIRS).canonical().to_owned();
        assert_eq!(codes.len(), used);
        assert!(!codes.contains(&original));
        assert!((used..256).all(|bit| flipped(bit) == original));
    }
}

#[test]
fn reading_tolerates_case_spaces_dashes_and_look_alikes() {
    for typed in [
        "10abcd",
        " 10 AB CD ",
        "1-0-a-B-c-D",
        "--10--abcd--",
        "IOabcd",
        "ioabcd",
        "loabcd",
        "Loabcd",
        "10ab\tcd\r\n",
        "10ab\u{a0}cd",
        "10ab–cd",
        "10ab—cd",
        "10ab‑cd",
        "10ab−cd",
        "10ab－cd",
        "10ab\u{ad}cd",
        "\u{feff}10ab\u{200b}cd",
        "\u{200e}10abcd\u{200f}",
        "\u{202a}10abcd\u{202c}",
        "\u{2066}10abcd\u{2069}",
        "１０ａｂＣＤ",
        "１０－ａｂ　ＣＤ",
    ] {
        assert_eq!(canonical(typed), "10ABCD", "{typed:?}");
    }
    for other in ["10abce", "10abc", "1Qabcd", "10abcdd", "10аbcd", "10ab_cd"] {
        assert_ne!(canonical(other), "10ABCD", "{other:?}");
    }
}

#[test]
fn an_invalid_code_is_refused() {
    for (text, why) in [
        ("", CodeError::Empty),
        (" - \u{2014}\n", CodeError::Empty),
        ("AB\0CD", CodeError::BadCharacter),
        ("\u{1b}ABC", CodeError::BadCharacter),
    ] {
        assert_eq!(ActivationCode::read(text), Err(why), "{text:?}");
    }
    assert!(ActivationCode::read(&"A".repeat(LONGEST)).is_ok());
    assert!(ActivationCode::read(&format!("  {}\n", "A".repeat(LONGEST))).is_ok());
    assert_eq!(ActivationCode::read(&"A".repeat(LONGEST + 1)), Err(CodeError::TooLong));
    assert!(ActivationCode::read(&"é".repeat(LONGEST)).is_ok(), "characters count, not bytes");
}

#[test]
fn an_imported_code_has_6_to_128_printable_characters() {
    for good in ["ABCDEF", "abc def", "PRO/2026#77", "A-B-C-D-E-F", &"U".repeat(LONGEST)] {
        let code = ActivationCode::import(good).unwrap();
        assert_eq!(code.written(), good);
        assert_eq!(code.origin(), CodeOrigin::Foreign);
    }
    for (bad, why) in [
        ("", CodeError::Empty),
        ("ABCDE", CodeError::TooShort),
        ("A-B-C-D-E", CodeError::TooShort),
        ("ABCDÉF", CodeError::BadCharacter),
        ("ABC\tDEF", CodeError::BadCharacter),
        ("ABC–DEF", CodeError::BadCharacter),
        ("ABC\0DEF", CodeError::BadCharacter),
        (&"A".repeat(LONGEST + 1), CodeError::TooLong),
    ] {
        assert_eq!(ActivationCode::import(bad), Err(why), "{bad:?}");
    }
}

#[test]
fn an_imported_code_may_not_look_like_a_mistyped_generated_one() {
    for length in [18, 28] {
        let looks = "A".repeat(length);
        assert_eq!(read(&looks).origin(), CodeOrigin::Mistyped);
        assert_eq!(ActivationCode::import(&looks), Err(CodeError::Reserved));
        assert!(ActivationCode::import(&format!("X{looks}")).is_ok(), "a prefix helps, as the message says");
        assert!(ActivationCode::import(&"U".repeat(length)).is_ok(), "generated codes have no U");
    }
    let own = made(CodeShape::ThreeBySix, STAIRS);
    assert_eq!(ActivationCode::import(own.written()), Ok(own), "codes of another Latchkey server can be imported");
}

#[test]
fn lists_show_four_characters_and_never_more_than_a_third() {
    for (code, tail) in [
        ("ABCDEF", "EF"),
        ("ABCDEFGH", "GH"),
        ("ABCDEFGHJ", "GHJ"),
        ("ABCDEFGHJKMN", "JKMN"),
        ("ABCDEFG-HJKM-NPQ", "MNPQ"),
        ("AB", ""),
    ] {
        assert_eq!(read(code).tail(), tail, "{code}");
    }
    for shape in CodeShape::ALL {
        let code = made(shape, STAIRS);
        assert_eq!(code.tail().len(), 4);
        assert!(code.canonical().ends_with(&code.tail()));
    }
}

#[test]
fn debug_shows_nothing_of_a_code() {
    assert_eq!(format!("{:?}", read("SECRET-42")), "ActivationCode(secret)");
    assert_eq!(format!("{:#?}", Some(read("SECRET-42"))).matches("SECRET").count(), 0);
}

#[test]
fn a_shape_is_found_by_the_name_it_is_stored_and_sent_under() {
    for (shape, name) in CodeShape::ALL.into_iter().zip(["four-by-seven", "three-by-six"]) {
        assert_eq!(shape.name(), name);
        assert_eq!(CodeShape::from_name(name), Some(shape));
        assert_eq!(serde_json::to_value(shape).unwrap(), name);
    }
    assert_eq!(CodeShape::from_name("five-by-five"), None);
}

#[test]
fn a_generated_code_is_found_inside_pasted_text() {
    for shape in CodeShape::ALL {
        let code = made(shape, STAIRS);
        let (written, groups) = (code.written(), code.written().split('-').collect::<Vec<_>>());
        for pasted in [
            format!("\"{written}\""),
            format!("“{written}”"),
            format!("{written}."),
            format!("{written},"),
            format!("<{written}>"),
            format!("({written});"),
            format!("> {written}"),
            format!("*{written}*"),
            format!("License key: {written}"),
            format!("Your license key {written}"),
            format!("Activation code={}", code.canonical()),
            format!("Lizenzschlüssel:{written}"),
            format!("序列号：{written}。"),
            format!("License key:\r\n{}", groups.join("-\r\n")),
            format!("> > License key:\n> > {}", groups.join("-\n> > ")),
            format!("key: {}", groups.join(" ")),
            format!("key: {}", groups.join(".")),
            format!("key:\u{7}{written}"),
            format!(
                "\u{ff02}{}\u{ff02}",
                written.chars().map(|c| if c == '-' { '－' } else { wide(c) }).collect::<String>()
            ),
            format!(
                "Hello Ingrid,\n\nthank you for order 2026-0711. {}\n\nYour key is {written}. Enjoy!",
                "Bla. ".repeat(40)
            ),
        ] {
            let read = read(&pasted);
            assert_eq!(read.origin(), CodeOrigin::Generated, "{pasted}");
            let found = read.inside().unwrap_or(read);
            assert_eq!(found.canonical(), code.canonical(), "{pasted}");
            assert_eq!(found.tail(), code.tail());
        }
        assert!(read(written).inside().is_none() && read(&written.to_lowercase()).inside().is_none());
    }
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c) + 0xfee0).unwrap()
}

#[test]
fn no_code_is_found_without_a_valid_check_symbol() {
    let slip = made(CodeShape::FourBySeven, STAIRS).written().replace("T06AMQQ", "T06AMQR");
    for text in [format!("License key: {slip}"), "License key: PRO/2026#77".to_owned(), format!("x{slip}")] {
        assert!(read(&text).inside().is_none(), "{text}");
        assert_eq!(read(&text).origin(), CodeOrigin::Foreign, "{text}");
    }
    assert_eq!(ActivationCode::read(&format!("{} {slip}", "A".repeat(LONGEST))), Err(CodeError::TooLong));
}

#[test]
fn an_imported_code_is_exact_whatever_it_contains() {
    let holds = format!("PRO-{}", made(CodeShape::ThreeBySix, STAIRS).written());
    let code = ActivationCode::import(&holds).unwrap();
    assert_eq!(code.written(), holds);
    assert_eq!(code.canonical(), holds.replace('-', "").replace('O', "0"));
    assert_eq!(read(&holds), code, "and it is tried first");
}

proptest! {
    #[test]
    fn a_generated_code_is_found_in_any_surrounding_text(
        shape in any_shape(), random: [u8; 32], before in "[\\s\\p{P}\\p{S}\\p{Lo}]{0,40}", after in "[\\s\\p{P}\\p{S}\\p{Lo}]{0,40}",
    ) {
        let code = made(shape, random);
        let read = read(&format!("{before} {} {after}", code.written()));
        let found = read.inside().unwrap_or(read);
        prop_assert_eq!(found.canonical(), code.canonical());
    }

    #[test]
    fn a_generated_code_uses_the_alphabet_and_reads_as_itself(shape in any_shape(), random: [u8; 32]) {
        let code = made(shape, random);
        prop_assert!(code.canonical().chars().all(|c| ALPHABET.contains(c)));
        prop_assert_eq!(code.origin(), CodeOrigin::Generated);
        prop_assert_eq!(&read(code.written()), &code);
        prop_assert_eq!(canonical(&code.written().to_lowercase()), code.canonical());
        prop_assert_eq!(canonical(&code.canonical().replace('0', "o").replace('1', "l")), code.canonical());
    }

    #[test]
    fn every_single_wrong_symbol_is_detected(shape in any_shape(), random: [u8; 32]) {
        let right = made(shape, random).canonical().to_owned();
        for place in 0..right.len() {
            for wrong in ALPHABET.chars().filter(|c| !right[place..].starts_with(*c)) {
                let mut slip = right.clone();
                slip.replace_range(place..=place, &wrong.to_string());
                prop_assert_eq!(read(&slip).origin(), CodeOrigin::Mistyped, "{} for {}", slip, right);
            }
        }
    }

    #[test]
    fn every_swap_of_two_symbols_is_detected(shape in any_shape(), random: [u8; 32]) {
        let right: Vec<char> = made(shape, random).canonical().chars().collect();
        for i in 0..right.len() {
            for j in (0..i).filter(|j| right[*j] != right[i]) {
                let mut slip = right.clone();
                slip.swap(i, j);
                prop_assert_eq!(read(&String::from_iter(slip)).origin(), CodeOrigin::Mistyped, "{} and {}", i, j);
            }
        }
    }

    #[test]
    fn the_canonical_form_is_its_own_canonical_form(text in "(\\PC|[-IiLlOo \u{200b}]){1,40}") {
        if let Ok(once) = ActivationCode::read(&text) {
            let twice = read(once.canonical());
            prop_assert_eq!(twice.canonical(), once.canonical());
            prop_assert_eq!(twice.written(), once.canonical());
        }
    }
}

#[test]
fn a_generated_code_is_told_from_a_name_and_an_order_number() {
    for code in ["7K3QD9X-W2MZ0HV-8R4JTC6-PY1E5GB", "7k3qd9 xw2mz0 hv8r4j"] {
        assert!(ActivationCode::generated_in(code).is_some(), "{code}");
    }
    for text in ["Aurora Sound Studio", "lena@aurora-sound.example", "NW-18077", "T95G", "Alexander Petersen"] {
        assert!(ActivationCode::generated_in(text).is_none(), "{text}");
    }
}
