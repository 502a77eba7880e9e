use licensing::{
    Fingerprint,
    fingerprint::{FingerprintError, LONGEST},
};

#[test]
fn a_fingerprint_is_one_to_512_bytes() {
    assert_eq!(Fingerprint::read(""), Err(FingerprintError::Empty));
    assert!(Fingerprint::read("x").is_ok());
    assert!(Fingerprint::read(&"x".repeat(LONGEST)).is_ok());
    assert_eq!(Fingerprint::read(&"x".repeat(LONGEST + 1)), Err(FingerprintError::TooLong));
    assert!(Fingerprint::read(&"é".repeat(256)).is_ok());
    assert_eq!(Fingerprint::read(&"é".repeat(257)), Err(FingerprintError::TooLong), "bytes count, not characters");
}

#[test]
fn a_fingerprint_holds_any_character_that_postgresql_can_store() {
    for odd in [" ", "\n", "\u{1}", "🦀", "\u{feff}"] {
        assert!(Fingerprint::read(odd).is_ok(), "{odd:?}");
    }
    for nul in ["\0", "a\0b", "\0a"] {
        assert_eq!(Fingerprint::read(nul), Err(FingerprintError::Nul), "{nul:?}");
    }
}

#[test]
fn fingerprints_are_compared_byte_for_byte() {
    // Last pair: é as one character, and as e with a combining accent; they look the same.
    for (a, b) in [("AB", "ab"), ("ab", "ab "), (" ab", "ab"), ("a-b", "ab"), ("\u{e9}", "e\u{301}")] {
        let (a, b) = (Fingerprint::read(a).unwrap(), Fingerprint::read(b).unwrap());
        assert_ne!(a, b);
        assert_ne!(a.digest(), b.digest());
    }
}

#[test]
fn a_fingerprint_is_kept_unchanged() {
    assert_eq!(Fingerprint::read(" a B\t").unwrap().as_str(), " a B\t");
}

#[test]
fn the_digest_is_the_sha_256_of_the_bytes() {
    // FIPS 180-2 appendix B.1.
    let hex: String = Fingerprint::read("abc").unwrap().digest().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn default_texts_of_firmware_are_placeholders() {
    for text in [
        "Default string",
        "Default_String",
        "To be filled by O.E.M.",
        "System Serial Number",
        "None",
        "Not Specified",
        "N/A",
        "(null)",
        "0",
        "00000000-0000-0000-0000-000000000000",
        "{00000000-0000-0000-0000-000000000000}",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "03000200-0400-0500-0006-000700080009",
        "00:00:00:00:00:00",
        "ff-ff-ff-ff-ff-ff",
        "02:00:00:00:00:00",
        "20:41:53:59:4E:FF",
        "  ",
    ] {
        assert!(Fingerprint::read(text).unwrap().is_placeholder(), "{text}");
    }
    for text in [
        "device-1",
        "1",
        "f",
        "-",
        "4C4C4544-0042-3510-8052-B3C04F4B4E32",
        "Default string 2",
        "none of it",
        "0x1",
        "nön-e",
        "02:00:00:00:00:01",
        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
    ] {
        assert!(!Fingerprint::read(text).unwrap().is_placeholder(), "{text}");
    }
}
