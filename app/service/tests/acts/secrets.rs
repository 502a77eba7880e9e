//! Secrets that must not be stored or logged in the clear.

use licensing::product::Algorithm;
use service::{Clock, Error, NewLicense, SealingKey, Service, store::Store};
use testing::{Engine, contract};

use crate::decisions::explained;
use crate::test_service::{ISSUER, TestService, asking, assert_err, noon, of, seats};

contract!(neither_codes_nor_private_keys_are_stored_in_the_clear, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, generated) = fixture.licensed(seats(1)).await;
    let bring = NewLicense { code: "VENDOR-CODE-4711".to_owned(), ..of(&policy) };
    let (_, imported) = fixture.service.licenses().create_license(bring, &fixture.actor).await.unwrap();
    fixture.product("with-rsa", Algorithm::RS256).await;
    let mut asks = asking(&generated, "one");
    asks.request.email = Some(licensing::Email::read("ingrid.secret@acme.example").unwrap());
    let (_, token) = fixture.service.activations().activate(asks.clone()).await.unwrap();
    let unknown = licensing::ActivationCode::read("NOBODY-HAS-THIS-SECRET").unwrap();
    for code in [&with_a_slip(&generated), &unknown, &generated] {
        let asks = service::Activation { code: code.clone(), ..asks.clone() };
        let asks = service::Activation { fingerprint: licensing::Fingerprint::read("two").unwrap(), ..asks };
        let refused = match fixture.service.activations().activate(asks).await.unwrap_err() {
            Error::Refused(declined) => declined.decision,
            other => panic!("not a refusal: {other:?}"),
        };
        let row = explained(&fixture, refused).await.row;
        let written = format!("{row:?} {}", serde_json::to_string(&row.facts).unwrap());
        assert!(!written.contains(code.written()) && !written.contains(code.canonical()), "{written}");
        assert!(!written.contains("ingrid.secret") && written.contains("i…@acme.example"), "{written}");
        assert!(!written.contains(&token) && !written.contains("SECRET"), "{written}");
    }
    fixture.service.licenses().reveal_code(license.id, &fixture.actor).await.unwrap();

    let mut everything = vec![];
    if db.engine() == Engine::Sqlite {
        let path = db.url().strip_prefix("sqlite:").unwrap();
        for file in [path.to_owned(), format!("{path}-wal")] {
            everything.extend(std::fs::read(file).unwrap());
        }
    } else {
        let row =
            db.read().await.unwrap().on().license(license.id, fixture.clock.now()).await.unwrap().unwrap().license;
        everything.extend([row.code_hmac, row.code_sealed].concat());
        for key in db.read().await.unwrap().on().signing_keys().await.unwrap() {
            everything.extend(key.sealed);
        }
    }
    let holds = |bytes: &[u8]| everything.windows(bytes.len()).any(|window| window == bytes);
    for code in [&generated, &imported] {
        assert!(!holds(code.written().as_bytes()) && !holds(code.canonical().as_bytes()));
    }
    assert!(!holds(b"ingrid.secret") && !holds(token.as_bytes()) && !holds(b"NOBODY-HAS-THIS-SECRET"));
    // Every private key begins with a version and the name of its algorithm (RFC 5958 §2).
    let names: [&[u8]; 3] = [
        b"\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
        b"\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70",
        b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
    ];
    assert!(!names.into_iter().any(holds), "a private key in the clear");
    if db.engine() == Engine::Sqlite {
        assert!(holds(license.code_tail.as_bytes()) && holds(b"Acme"), "the search finds values that are in the file");
    }
});

/// The code with one wrong symbol.
fn with_a_slip(code: &licensing::ActivationCode) -> licensing::ActivationCode {
    let mut slip = code.canonical().to_owned();
    let last = if slip.pop() == Some('7') { '8' } else { '7' };
    slip.push(last);
    licensing::ActivationCode::read(&slip).unwrap()
}

contract!(debug_shows_no_secret, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let key = fixture.key.to_text();
    let shown = format!("{:?} {:?} {:?} {:?}", fixture.service, fixture.key, asking(&code, "one"), code);
    assert!(!shown.contains(&key) && !shown.contains(code.written()) && !shown.contains(code.canonical()));
    assert!(!shown.contains("BEGIN"), "{shown}");
});

contract!(with_another_sealing_key_the_service_refuses_to_open, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let other = SealingKey::generate().unwrap();
    let opened = Service::open(Store::clone(db), &other, Clock::fixed(noon()), ISSUER.to_owned()).await;
    assert_err!(&opened, Error::Internal(_));
    assert!(format!("{}", opened.unwrap_err()).contains("is this the sealing key it was sealed with?"));
    fixture.activate(&code, "one").await.unwrap();
});

#[test]
fn a_sealing_key_is_read_as_it_is_written() {
    let key = SealingKey::generate().unwrap();
    let again = SealingKey::read(&format!(" {}\n", key.to_text())).unwrap();
    assert_eq!(again.to_text(), key.to_text());
    assert_ne!(SealingKey::generate().unwrap().to_text(), key.to_text());
    for bad in ["", "c2hvcnQ=", "not base64 at all", &format!("{}AAAA", key.to_text())] {
        assert!(SealingKey::read(bad).is_err(), "{bad}");
    }
}
