//! Rotation of signing keys on two instances, seen by a client that caches the key set for five minutes.

mod ahead;

use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use licensing::{ActivationCode, Span, Terms, product::Algorithm};
use serde_json::Value;
use service::{Error, KeyState, ListedKey, Service, store::Store};
use testing::contract;

use crate::test_service::{TestService, asking, assert_err, lease, seats};

/// Two instances and their clients while time passes.
struct World<'a> {
    fixture: &'a TestService,
    instances: [&'a Service; 2],
    /// The key set that each client has cached, and when it was fetched. Each client uses one of the instances.
    clients: [Option<(JwkSet, DateTime<Utc>)>; 2],
    tokens: Vec<IssuedToken>,
}

/// A token, and the number of clients that have verified its signature.
struct IssuedToken {
    token: String,
    kid: String,
    until: DateTime<Utc>,
    by: usize,
}

impl<'a> World<'a> {
    fn new(fixture: &'a TestService, other: &'a Service) -> Self {
        Self { fixture, instances: [&fixture.service, other], clients: [None, None], tokens: vec![] }
    }

    /// Advances the clock, then refreshes the keys of both instances.
    async fn pass(&self, seconds: i64) {
        self.fixture.clock.advance(seconds);
        for instance in self.instances {
            instance.keys().refresh_keys().await.unwrap();
        }
    }

    /// Activates a device at each instance.
    async fn activate(&mut self, code: &ActivationCode, device: &str) {
        for instance in self.instances {
            let (activated, token) = instance.activations().activate(asking(code, device)).await.unwrap();
            self.tokens.push(IssuedToken { kid: kid_of(&token), token, until: activated.token_expires_at, by: 0 });
        }
    }

    /// Has every client look up the key of every unexpired token in its cached key set. A client fetches a new key set
    /// only when its own is five minutes old. It verifies the signature of each token once.
    async fn verify(&mut self, when: &str) {
        let now = self.fixture.clock.now();
        self.tokens.retain(|seen| seen.until > now);
        for (n, instance) in self.instances.into_iter().enumerate() {
            let client = &mut self.clients[n];
            if client.as_ref().is_none_or(|(_, at)| (now - *at).num_seconds() >= 300) {
                *client = Some((serde_json::from_value(Value::clone(&*instance.keys().jwks().await)).unwrap(), now));
            }
            let (keys, fetched_at) = client.as_ref().unwrap();
            for seen in &mut self.tokens {
                let key = keys.find(&seen.kid);
                let key = key.unwrap_or_else(|| panic!("{when}: {} is not in the key set of {fetched_at}", seen.kid));
                if seen.by == n {
                    let algorithm = jsonwebtoken::decode_header(&seen.token).unwrap().alg;
                    let mut rules = Validation::new(algorithm);
                    (rules.validate_exp, rules.validate_aud, rules.validate_nbf) = (false, false, false);
                    jsonwebtoken::decode::<Value>(&seen.token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap();
                    seen.by += 1;
                }
            }
        }
    }
}

/// A lease of one hour without grace.
fn an_hour() -> Terms {
    Terms { lease: lease(Span::hours(1)), grace: Span::ZERO, ..seats(1) }
}

async fn listed(service: &Service, kid: &str) -> ListedKey {
    service.keys().signing_keys().await.unwrap().into_iter().find(|key| key.kid == kid).unwrap()
}

fn kid_of(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

async fn key_set(service: &Service) -> Vec<String> {
    let set = service.keys().jwks().await;
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

contract!(a_hundred_rotations_leave_every_token_verifiable_at_any_time, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let product = fixture.product("drift", Algorithm::ES256).await;
    let policy = fixture.policy(&product, an_hour()).await;
    let (_, code) = fixture.license(&policy).await;
    let mut world = World::new(&fixture, &other);
    world.pass(0).await;
    let mut signers = std::collections::HashSet::new();
    for rotation in 0..100 {
        // Every tenth rotation is of the product's own key; the instances alternate.
        let own = (rotation % 10 == 9).then_some(product.id);
        let instance = world.instances[rotation % 2];
        instance.keys().rotate_key(Algorithm::ES256, own, &fixture.actor).await.unwrap();
        for minute in 0..11 {
            world.activate(&code, "the device").await;
            world.verify(&format!("rotation {rotation}, minute {minute}")).await;
            world.pass(61).await;
        }
        signers.extend(world.tokens.iter().map(|seen| seen.kid.clone()));
    }
    assert_eq!(fixture.events_of("signing_key.rotated").await.len(), 100);
    // The shared keys before the product's first own key, and the product's own keys.
    assert!(signers.len() >= 19, "only {} keys have signed", signers.len());
    world.pass(2 * 86_400).await;
    assert_eq!(key_set(&fixture.service).await.len(), 2, "the last shared key and the last of the product");
    other.close().await;
});

contract!(shared_keys_rotate_a_hundred_times, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let product = fixture.product("drift", Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, an_hour()).await;
    let (_, code) = fixture.license(&policy).await;
    let mut world = World::new(&fixture, &other);
    world.pass(0).await;
    let mut signers = std::collections::HashSet::new();
    for rotation in 0..100 {
        world.instances[rotation % 2].keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
        for step in 0..6 {
            world.activate(&code, "the device").await;
            world.verify(&format!("rotation {rotation}, step {step}")).await;
            world.pass([100, 200, 299, 1, 30, 3000][step]).await;
        }
        signers.extend(world.tokens.iter().map(|seen| seen.kid.clone()));
    }
    assert!(signers.len() >= 99, "only {} keys have signed", signers.len());
    other.close().await;
});

contract!(the_next_key_waits_for_an_instance_that_does_not_publish_it, async |db| {
    let fixture = TestService::open(db).await;
    let slow = fixture.second_instance(db).await;
    for instance in [&fixture.service, &slow] {
        instance.keys().refresh_keys().await.unwrap();
    }
    let (next, at) = fixture.service.keys().rotate_key(Algorithm::ES256, None, &fixture.actor).await.unwrap();
    assert_eq!((at - fixture.clock.now()).num_seconds(), 600);

    // The slow instance is alive but has not refreshed its keys since.
    fixture.clock.advance(40);
    fixture.service.keys().refresh_keys().await.unwrap();
    let at = fixture.clock.now() + chrono::TimeDelta::seconds(600);
    assert_eq!(listed(&fixture.service, &next).await.state, KeyState::Next(at), "at least ten minutes from now");

    slow.keys().refresh_keys().await.unwrap();
    for _ in 0..20 {
        fixture.clock.advance(30);
        for instance in [&fixture.service, &slow] {
            instance.keys().refresh_keys().await.unwrap();
        }
    }
    assert_eq!(listed(&fixture.service, &next).await.state, KeyState::Signs(at));

    // An instance that has stopped is waited for only one minute.
    slow.close().await;
    let (next, at) = fixture.service.keys().rotate_key(Algorithm::ES256, None, &fixture.actor).await.unwrap();
    fixture.clock.advance(60);
    fixture.service.keys().refresh_keys().await.unwrap();
    let later = at + chrono::TimeDelta::seconds(60);
    assert_eq!(listed(&fixture.service, &next).await.state, KeyState::Next(later));
    fixture.clock.advance(1);
    fixture.service.keys().refresh_keys().await.unwrap();
    assert_eq!(listed(&fixture.service, &next).await.state, KeyState::Next(later), "it is not postponed any further");
});

contract!(a_key_stays_published_until_its_last_token_ends, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(Terms { grace: Span::days(7), ..seats(1) }).await;
    let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let first = kid_of(&token);
    fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    fixture.clock.advance(601);
    fixture.service.keys().refresh_keys().await.unwrap();
    let KeyState::Stopped(until) = listed(&fixture.service, &first).await.state else {
        panic!("the key has stopped signing")
    };
    assert!(until >= activated.token_expires_at, "not before its token has ended");
    assert!(until <= Span::days(2).after(activated.token_expires_at), "not indefinitely");

    fixture.clock.advance((activated.token_expires_at - fixture.clock.now()).num_seconds() - 1);
    assert!(key_set(&fixture.service).await.contains(&first));
    fixture.clock.advance(2 * 86_400);
    assert!(!key_set(&fixture.service).await.contains(&first));
    assert!(fixture.service.keys().read_token(&token).await.is_some(), "this server still reads its own token");
});

contract!(a_key_is_retired_only_if_another_can_take_over, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let first = kid_of(&token);
    assert_err!(fixture.service.keys().retire_key(&first, None, &fixture.actor).await, Error::Conflict(_));
    assert_err!(
        fixture.service.keys().retire_key("nobody", None, &fixture.actor).await,
        Error::NotFound("signing key")
    );
    let (next, _) = fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    assert_err!(fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await, Error::Conflict(_));
    assert_err!(fixture.service.keys().retire_key(&first, None, &fixture.actor).await, Error::Conflict(_));

    fixture.clock.advance(601);
    fixture.service.keys().refresh_keys().await.unwrap();
    assert_err!(fixture.service.keys().retire_key(&first, None, &fixture.actor).await, Error::Conflict(_));
    fixture.service.keys().retire_key(&next, None, &fixture.actor).await.unwrap();
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(kid_of(&token), first, "the previous key is still published");
    let set = key_set(&fixture.service).await;
    assert!(set.contains(&first) && set.contains(&next));
    assert_eq!(fixture.events_of("signing_key.retired").await.len(), 1);
});

contract!(a_revoked_key_leaves_the_key_set_at_once_and_another_takes_over, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let first = kid_of(&token);
    for _ in 0..2 {
        assert!(fixture.service.activations().session(&token).await.is_ok());
    }
    db.execute(&format!("UPDATE activations SET kid = '{first}'")).await;
    assert_eq!(listed(&fixture.service, &first).await.devices, 1);
    assert_err!(fixture.service.keys().revoke_key(&first, " ", None, &fixture.actor).await, Error::Invalid(_));
    assert_eq!(
        fixture.service.keys().revoke_key(&first, "The disk was stolen.", None, &fixture.actor).await.unwrap(),
        1
    );
    assert!(!key_set(&fixture.service).await.contains(&first));
    assert!(fixture.service.keys().read_token(&token).await.is_none());
    assert_err!(fixture.service.activations().session(&token).await, Error::InvalidToken(_));
    other.keys().refresh_keys().await.unwrap();
    assert!(!key_set(&other).await.contains(&first));
    for instance in [&fixture.service, &other] {
        let (_, token) = instance.activations().activate(asking(&code, "one")).await.unwrap();
        assert_ne!(kid_of(&token), first);
        assert!(key_set(&other).await.contains(&kid_of(&token)));
    }
    assert_err!(fixture.service.keys().revoke_key(&first, "Again.", None, &fixture.actor).await, Error::Conflict(_));
    let event = fixture.events_of("signing_key.revoked").await.remove(0);
    assert_eq!(
        (event.reason.as_deref(), event.after.unwrap()["devices"].as_u64()),
        (Some("The disk was stolen."), Some(1))
    );
    other.close().await;
});

contract!(when_the_signing_key_is_revoked_the_next_one_signs_at_once, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let (next, _) = fixture.service.keys().rotate_key(Algorithm::EdDSA, None, &fixture.actor).await.unwrap();
    fixture.clock.advance(60);
    fixture.service.keys().revoke_key(&kid_of(&token), "Stolen.", None, &fixture.actor).await.unwrap();
    assert_eq!(listed(&fixture.service, &next).await.state, KeyState::Signs(fixture.clock.now()));
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(kid_of(&token), next);
    assert_eq!(db.number("SELECT COUNT(*) FROM signing_keys WHERE algorithm = 'EdDSA'").await, 2);
});

contract!(only_the_public_key_is_exported, async |db| {
    let fixture = TestService::open(db).await;
    for algorithm in Algorithm::ALL {
        fixture.product(&algorithm.name().to_lowercase(), algorithm).await;
    }
    for key in fixture.service.keys().signing_keys().await.unwrap() {
        let public = fixture.service.keys().public_key(&key.kid).await.unwrap();
        assert!(
            public.pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && public.pem.lines().all(|line| line.len() <= 64)
        );
        let pem = match key.algorithm {
            Algorithm::ES256 => DecodingKey::from_ec_pem(public.pem.as_bytes()),
            Algorithm::EdDSA => DecodingKey::from_ed_pem(public.pem.as_bytes()),
            Algorithm::RS256 => DecodingKey::from_rsa_pem(public.pem.as_bytes()),
        };
        assert!(pem.is_ok());
        assert_eq!(public.jwk["kid"], key.kid);
        assert!(["d", "p", "q"].iter().all(|secret| public.jwk.get(*secret).is_none()));
    }
    assert_err!(fixture.service.keys().public_key("nobody").await, Error::NotFound("signing key"));
});

contract!(a_token_of_another_instance_is_read_even_if_its_key_is_new, async |db| {
    let fixture = TestService::open(db).await;
    let other = fixture.second_instance(db).await;
    // Keys of other instances are looked up at most once a second.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (activated, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert_eq!(other.keys().read_token(&token).await.unwrap().sid, activated.session_id);
    other.close().await;
});

contract!(a_token_of_another_issuer_is_not_read, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let (_, token) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    assert!(fixture.service.keys().read_token(&token).await.is_some());
    fixture.clock.advance(-301);
    assert!(fixture.service.keys().read_token(&token).await.is_none(), "it is from the future");
    fixture.clock.advance(301);

    let part = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(text)
    };
    let [_, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let kid = kid_of(&token);
    for header in [
        format!(r#"{{"alg":"none","typ":"license+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"HS256","typ":"license+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"license+jwt","kid":"{kid}","jku":"https://example.com"}}"#),
        r#"{"alg":"EdDSA","typ":"license+jwt","kid":"nobody"}"#.to_owned(),
        r#"{"alg":"EdDSA","typ":"license+jwt"}"#.to_owned(),
    ] {
        let forged = format!("{}.{claims}.{signature}", part(&header));
        assert!(fixture.service.keys().read_token(&forged).await.is_none(), "{header}");
    }
    let id = fixture.service.keys().open_status_list(&fixture.actor).await.unwrap();
    let list = fixture.service.keys().status_list(id).await.unwrap();
    assert!(fixture.service.keys().read_token(&list.token).await.is_none(), "a status list is not a license token");

    let elsewhere =
        Service::open(Store::clone(db), &fixture.key, fixture.clock.clone(), "https://other.example".to_owned());
    assert!(elsewhere.await.unwrap().keys().read_token(&token).await.is_none(), "it is another server's token");
});
