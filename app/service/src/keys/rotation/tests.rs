use serde_json::Value;
use uuid::Uuid;

use super::*;

/// That many minutes after the start.
fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + 60 * minutes, 0).unwrap()
}

/// A shared key that signs from that time on, with tokens that are valid for an hour after it.
fn key(kid: &str, signs_from: i64) -> KeyRow {
    KeyRow {
        kid: kid.to_owned(),
        algorithm: Algorithm::ES256,
        product_id: None,
        product_code: None,
        public_jwk: Value::Null,
        sealed: vec![],
        created_at: at(signs_from - 10),
        signs_from: at(signs_from),
        tokens_until: at(signs_from + 60),
        retired_at: None,
        revoked_at: None,
        revoked_because: None,
    }
}

/// The same, for one product only.
fn own(kid: &str, signs_from: i64) -> KeyRow {
    KeyRow { product_id: Some(Uuid::from_u128(1)), product_code: Some("drift".to_owned()), ..key(kid, signs_from) }
}

fn signs<'a>(keys: &'a [KeyRow], product: Option<&str>, minutes: i64) -> Option<&'a str> {
    signer(keys, Algorithm::ES256, product, at(minutes)).map(|key| key.kid.as_str())
}

fn standings(keys: &[KeyRow], minutes: i64) -> Vec<KeyState> {
    keys.iter().map(|key| state(keys, key, at(minutes))).collect()
}

#[test]
fn keys_rotate_and_stay_published_until_their_last_token_ends() {
    use KeyState::{Gone, Next, Signs, Stopped};
    let keys = [key("a", 0), key("b", 30)];
    assert_eq!(standings(&keys, 0), [Signs(at(0)), Next(at(30))]);
    assert_eq!(standings(&keys, 29), [Signs(at(0)), Next(at(30))]);
    assert_eq!(standings(&keys, 30), [Stopped(at(60)), Signs(at(30))]);
    assert_eq!(standings(&keys, 59), [Stopped(at(60)), Signs(at(30))]);
    assert_eq!(standings(&keys, 60), [Gone(at(60)), Signs(at(30))]);
    assert_eq!(standings(&keys, 100_000), [Gone(at(60)), Signs(at(30))], "the last one signs forever");
}

#[test]
fn a_key_that_signed_nothing_stays_published_for_instances_that_missed_the_rotation() {
    let idle = KeyRow { tokens_until: at(0), ..key("a", 0) };
    let keys = [idle, key("b", 30)];
    assert_eq!(state(&keys, &keys[0], at(39)), KeyState::Stopped(at(40)));
    assert_eq!(state(&keys, &keys[0], at(40)), KeyState::Gone(at(40)));
}

#[test]
fn a_product_key_is_used_once_it_signs() {
    let keys = [key("shared", 0), own("own", 30)];
    assert_eq!(signs(&keys, Some("drift"), 29), Some("shared"));
    assert_eq!(signs(&keys, Some("drift"), 30), Some("own"));
    assert_eq!(signs(&keys, Some("other"), 30), Some("shared"));
    assert_eq!(signs(&keys, None, 30), Some("shared"));
    assert_eq!(signer(&keys, Algorithm::EdDSA, Some("drift"), at(30)), None, "a key has one algorithm");
    let retired = [key("shared", 0), KeyRow { retired_at: Some(at(40)), ..own("own", 30) }];
    assert_eq!(signs(&retired, Some("drift"), 40), Some("shared"));
}

#[test]
fn the_previous_key_replaces_a_retired_or_revoked_one_while_it_is_published() {
    for taken in
        [KeyRow { retired_at: Some(at(40)), ..key("b", 30) }, KeyRow { revoked_at: Some(at(40)), ..key("b", 30) }]
    {
        let keys = [key("a", 0), taken];
        assert_eq!(signs(&keys, None, 40), Some("a"));
        let later = current_signer(&keys, Algorithm::ES256, None, at(60));
        assert_eq!(later, None, "it is no longer published");
    }
}

#[test]
fn a_key_removed_before_it_signs_does_not_stop_the_current_one() {
    for taken in
        [KeyRow { retired_at: Some(at(20)), ..key("b", 30) }, KeyRow { revoked_at: Some(at(20)), ..key("b", 30) }]
    {
        let idle = KeyRow { tokens_until: at(0), ..key("a", 0) };
        let keys = [idle, taken];
        assert_eq!(state(&keys, &keys[0], at(100)), KeyState::Signs(at(0)));
        assert!(!matches!(state(&keys, &keys[1], at(25)), KeyState::Next(_)));
    }
}

#[test]
fn a_clock_set_back_before_the_first_key_leaves_it_signing() {
    let keys = [key("a", 0), key("b", 30)];
    assert_eq!(signs(&keys, None, -600), Some("a"));
    assert_eq!(signs(&[own("own", 0)], Some("drift"), -600), None, "a product's own key waits for its turn");
}

#[test]
fn a_revoked_key_is_never_published() {
    let keys = [KeyRow { revoked_at: Some(at(5)), ..key("a", 0) }, key("b", 30)];
    for minutes in [5, 29, 30, 1000] {
        assert_eq!(state(&keys, &keys[0], at(minutes)), KeyState::Revoked(at(5)));
        assert_eq!(signs(&keys, None, minutes), Some("b"), "the next one is better than none");
    }
}
