use licensing::product::{Algorithm, Lifecycle};

#[test]
fn a_lifecycle_is_found_by_the_name_it_is_stored_and_sent_under() {
    for (lifecycle, name) in [(Lifecycle::Active, "active"), (Lifecycle::Withdrawn, "withdrawn")] {
        assert_eq!(lifecycle.name(), name);
        assert_eq!(Lifecycle::from_name(name), Some(lifecycle));
        assert_eq!(serde_json::to_value(lifecycle).unwrap(), name);
    }
    assert_eq!(Lifecycle::from_name("retired"), None);
}

#[test]
fn an_algorithm_has_its_name_in_the_token_header() {
    for (algorithm, name) in Algorithm::ALL.into_iter().zip(["ES256", "EdDSA", "RS256"]) {
        assert_eq!(algorithm.name(), name);
        assert_eq!(Algorithm::from_name(name), Some(algorithm));
        assert_eq!(serde_json::to_value(algorithm).unwrap(), name);
    }
    assert_eq!(Algorithm::from_name("none"), None, "an unsigned token is never made");
    assert_eq!(Algorithm::default(), Algorithm::ES256);
}
