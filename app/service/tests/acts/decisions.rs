//! Every attempt is kept, and can be explained.

use std::time::Duration;

use licensing::{
    Refusal, Span, Terms, Version,
    activation::{Request, Verdict},
    license::Step,
    terms::{EmailTerm, Holding, Release},
};
use service::{Decision, Error, PolicyForm, Renewal};
use testing::{Database, contract};
use uuid::Uuid;

use crate::house::{House, asking, assert_err, origin, seats};

/// The decision, which is there a moment after it was told.
pub(crate) async fn explained(house: &House, id: Uuid) -> Decision {
    for _ in 0..100 {
        if let Ok(decision) = house.service.decision(id).await {
            return decision;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the decision {id} was not written down");
}

/// The refusal's id.
fn refused<T: std::fmt::Debug>(result: service::Result<T>) -> Uuid {
    match result.unwrap_err() {
        Error::Refused(declined) => declined.decision,
        other => panic!("not a refusal but: {other:?}"),
    }
}

/// What the trace says, a line a rule that said something.
fn told(decision: &Decision) -> String {
    let lines = decision.steps.iter().filter_map(|step| match &step.verdict {
        Verdict::Passed => Some(format!("✓ {}: {}", step.words, step.facts)),
        Verdict::Failed(refusal) => Some(format!("✗ {}: {} ({})", step.words, step.facts, refusal.code())),
        Verdict::NotAsked => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

contract!(a_refusal_is_explained_with_the_facts_as_they_were, async |db| {
    let house = House::open(db).await;
    let (policy, license, code) = house.licensed(seats(1)).await;
    house.activate(&code, "one").await.unwrap();
    let mut asks = asking(&code, "two");
    asks.device_name = Some("Rehearsal Mac".to_owned());
    asks.request = Request {
        email: Some(licensing::Email::read("ingrid@acme.com").unwrap()),
        version: Some(Version::read("2.1.0").unwrap()),
        lease: Some(Span::days(3)),
        ..Request::default()
    };
    let id = refused(house.service.activate(asks).await);
    // What comes afterwards is none of its business.
    let form = PolicyForm { name: "Larger".to_owned(), terms: seats(9) };
    house.service.change_policy(policy.id, form, &house.actor).await.unwrap();
    house.service.step_license(license.id, Step::Suspend, "unpaid", &house.actor).await.unwrap();

    let decision = explained(&house, id).await;
    assert!(!decision.is_granted() && decision.grant.is_none());
    insta::assert_snapshot!(told(&decision), @r"
    ✓ Code is known: a license has this code
    ✓ License has not ended: the license never ends
    ✓ Product is available: the product is active
    ✓ License is not revoked: the license is active
    ✓ License is not suspended: the license is active
    ✓ Device is not blocked: the device is not blocked
    ✗ A seat is free: seats 1 of 1 (seat_limit)
    ");
    let row = &decision.row;
    assert_eq!(
        (row.purpose.as_str(), row.outcome.as_str(), row.rule.as_str()),
        ("activate", "seat_limit", "seat_free")
    );
    assert_eq!((row.license_id, row.product_id), (Some(license.id), Some(license.product_id)));
    assert_eq!((row.at, row.activation_id), (house.clock.now(), None));
    assert_eq!(row.code_tail.as_deref(), Some(license.code_tail.as_str()));
    assert_eq!(row.email.as_deref(), Some("i…@acme.com"));
    assert_eq!(row.device_name.as_deref(), Some("Rehearsal Mac"));
    assert_eq!(row.fingerprint_hash.as_deref(), Some(&licensing::Fingerprint::read("two").unwrap().digest()[..]));
    assert_eq!((row.address.as_deref(), row.request_id.as_deref()), (Some("192.0.2.9"), Some("request-9")));
    let facts = row.facts.as_ref().unwrap();
    assert_eq!(facts.customer.as_deref(), Some("Acme"));
    assert_ne!(facts.policy.as_deref(), Some("Larger"));
    assert_eq!(facts.saw.as_ref().unwrap().lease(), Some(Span::days(3)));
    assert!(matches!(decision.refusal, Some(Refusal::SeatLimit { used: 1, allowed: 1, .. })));
});

contract!(a_grant_is_explained_and_a_repeat_leads_to_the_grant_that_it_repeats, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(2)).await;
    let first = house.activate(&code, "one").await.unwrap();
    let again = house.activate(&code, "one").await.unwrap();
    assert_eq!(again.decision, first.decision);
    // In the same transaction: it is there at once.
    let decision = house.service.decision(first.decision).await.unwrap();
    assert!(decision.is_granted() && decision.refusal.is_none());
    assert_eq!(decision.grant.as_ref().unwrap().lease_ends_at, first.lease_ends_at);
    assert_eq!(decision.row.activation_id, Some(first.session_id));
    assert_eq!(decision.row.license_id, Some(license.id));
    assert!(told(&decision).ends_with("✓ A seat is free: seats 0 of 2"), "{}", told(&decision));

    let second = house.service.decision(house.activate(&code, "two").await.unwrap().decision).await.unwrap();
    assert!(told(&second).ends_with("✓ A seat is free: seats 1 of 2"), "as it was before it: {}", told(&second));
    assert_eq!(db.number("SELECT COUNT(*) FROM decisions").await, 2, "the repeat wrote nothing");
    let bytes = serde_json::to_vec(&second.row.facts).unwrap().len();
    assert!(bytes < 500, "{bytes} bytes of facts");
});

contract!(codes_that_no_license_has_lead_to_their_decision_too, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let mut slip = code.canonical().to_owned();
    let last = if slip.pop() == Some('7') { '8' } else { '7' };
    slip.push(last);
    for (typed, tail) in [("NOBODY-HAS-THIS-ONE", "SONE".replace('O', "0")), (&slip, slip[slip.len() - 4..].to_owned())]
    {
        let typed = licensing::ActivationCode::read(typed).unwrap();
        let decision = explained(&house, refused(house.activate(&typed, "one").await)).await;
        assert_eq!(told(&decision), "✗ Code is known: no license has this code (code_not_found)");
        assert_eq!((decision.row.license_id, decision.row.code_tail), (None, Some(tail)));
        assert_eq!(decision.refusal.unwrap(), Refusal::CodeNotFound { ended: false });
    }
    assert_ne!(license.code_tail, "");
});

contract!(what_sessions_are_refused_is_explained, async |db| {
    let house = House::open(db).await;
    let terms = Terms { holding: Holding::Fixed, release: Release::BySupport, email: EmailTerm::Required, ..seats(1) };
    let (_, license, code) = house.licensed(terms).await;
    let mut asks = asking(&code, "one");
    asks.request.email = Some(licensing::Email::read("ingrid@acme.com").unwrap());
    let (activated, token) = house.service.activate(asks).await.unwrap();
    let session = house.service.session(&token).await.unwrap();

    let decision = explained(&house, refused(house.service.release(&session, origin(3)).await)).await;
    insta::assert_snapshot!(told(&decision), @r"
    ✓ Session is valid: the session was neither revoked nor released
    ✗ Device may give its seat up: seats are freed by: support only (release_not_allowed)
    ✓ Moves are left: moved 0 times in the last 30 days; allowed: 5 times
    ");
    assert_eq!((decision.row.purpose.as_str(), decision.row.rule.as_str()), ("release", "may_release"));
    assert_eq!((decision.row.activation_id, decision.row.license_id), (Some(activated.session_id), Some(license.id)));
    assert_eq!(decision.row.address.as_deref(), Some("192.0.2.3"));

    let decision = explained(&house, refused(house.service.check_out(&session, origin(3)).await)).await;
    assert_eq!((decision.row.purpose.as_str(), decision.row.outcome.as_str()), ("check_out", "release_not_allowed"));

    house.service.revoke_activation(activated.session_id, "lost", &house.actor).await.unwrap();
    for purpose in ["renew", "check_in"] {
        let asked = match purpose {
            "renew" => refused(house.service.renew(&session, Renewal::default()).await),
            _ => refused(house.service.check_in(&session, Renewal::default()).await),
        };
        let decision = explained(&house, asked).await;
        assert_eq!((decision.row.purpose.as_str(), decision.row.rule.as_str()), (purpose, "session_alive"));
        assert_eq!(decision.row.activation_id, Some(activated.session_id));
        assert!(told(&decision).contains("✗ Session is valid: the session was revoked"), "{}", told(&decision));
    }
    // The device is back, under a new session: the old one never comes back.
    let mut asks = asking(&code, "one");
    asks.request.email = Some(licensing::Email::read("ingrid@acme.com").unwrap());
    house.service.activate(asks).await.unwrap();
    let decision = explained(&house, refused(house.service.standing(&session, &origin(3)).await)).await;
    assert_eq!(told(&decision), "✗ Session is valid: there is no such session (session_not_found)");
    assert_eq!((decision.row.purpose.as_str(), decision.row.license_id), ("standing", Some(license.id)));
});

contract!(a_flood_of_unknown_codes_leaves_at_most_the_cap_and_shuts_nobody_out, async |db| {
    let house = House::open(db).await;
    let (_, license, code) = house.licensed(seats(1)).await;
    let unknown = licensing::ActivationCode::read("NOBODY-HAS-THIS-ONE").unwrap();
    let floods = (0..40).map(|_| async {
        for _ in 0..500 {
            refused(house.activate(&unknown, "one").await);
        }
    });
    futures_util::future::join_all(floods).await;
    house.activate(&code, "one").await.unwrap();
    let last = refused(house.activate(&code, "two").await);
    assert_eq!(explained(&house, last).await.row.license_id, Some(license.id), "others are kept all the same");
    house.service.close().await;
    let kept = reopened(db).await;
    assert!((500..=1_000).contains(&kept), "{kept} of 20,000 were kept");
});

/// How many refusals of unknown codes there are.
async fn reopened(db: &Database) -> i64 {
    let store = service::store::Store::open(db.url()).await.unwrap();
    let filter =
        service::store::decisions::DecisionFilter { code: Some("code_not_found".to_owned()), ..Default::default() };
    let page = store.read().await.unwrap().on().decisions(&filter, Default::default(), 100_000).await.unwrap();
    i64::try_from(page.rows.len()).unwrap()
}

contract!(what_was_refused_last_is_on_disk_when_the_house_closes, async |db| {
    let house = House::open(db).await;
    let unknown = licensing::ActivationCode::read("NOBODY-HAS-THIS-ONE").unwrap();
    for _ in 0..300 {
        refused(house.activate(&unknown, "one").await);
    }
    house.service.close().await;
    assert_eq!(reopened(db).await, 300);
});

contract!(decisions_past_their_time_are_forgotten, async |db| {
    let house = House::open(db).await;
    let (_, _, code) = house.licensed(seats(1)).await;
    let old = [house.activate(&code, "one").await.unwrap().decision, refused(house.activate(&code, "two").await)];
    explained(&house, old[1]).await;
    house.clock.advance(89 * 86_400);
    let young = house.activate(&code, "three").await.unwrap().decision;
    assert_eq!(house.service.sweep_decisions(Span::days(90)).await.unwrap(), 0);
    house.clock.advance(2 * 86_400);
    assert_eq!(house.service.sweep_decisions(Span::days(90)).await.unwrap(), 2);
    for id in old {
        assert_err!(house.service.decision(id).await, Error::NotFound("decision"));
    }
    assert!(house.service.decision(young).await.is_ok());
});
