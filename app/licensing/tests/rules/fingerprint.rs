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
fn a_fingerprint_holds_anything_but_the_character_that_postgresql_cannot_keep() {
    for odd in [" ", "\n", "\u{1}", "🦀", "\u{feff}"] {
        assert!(Fingerprint::read(odd).is_ok(), "{odd:?}");
    }
    for nul in ["\0", "a\0b", "\0a"] {
        assert_eq!(Fingerprint::read(nul), Err(FingerprintError::Nul), "{nul:?}");
    }
}

#[test]
fn fingerprints_are_compared_byte_for_byte() {
    // Last pair: é as one character and as e with an accent; they look the same.
    for (a, b) in [("AB", "ab"), ("ab", "ab "), (" ab", "ab"), ("a-b", "ab"), ("\u{e9}", "e\u{301}")] {
        let (a, b) = (Fingerprint::read(a).unwrap(), Fingerprint::read(b).unwrap());
        assert_ne!(a, b);
        assert_ne!(a.digest(), b.digest());
    }
}

#[test]
fn a_fingerprint_is_kept_as_it_came() {
    assert_eq!(Fingerprint::read(" a B\t").unwrap().as_str(), " a B\t");
}

#[test]
fn the_digest_is_the_sha_256_of_the_bytes() {
    // FIPS 180-2 appendix B.1.
    let hex: String = Fingerprint::read("abc").unwrap().digest().iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
