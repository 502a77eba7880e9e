//! Decisions: every attempt is recorded and can be explained.

use std::time::Duration;

use licensing::{
    Refusal, Span, Terms, Version,
    activation::{Request, Verdict},
    license::StateChange,
    terms::{EmailTerm, Holding, Release},
};
use service::{Decision, Error, PolicyForm, Renewal};
use testing::{Database, contract};
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, origin, seats};

/// The decision; a refusal is stored shortly after the answer.
pub(crate) async fn explained(fixture: &TestService, id: Uuid) -> Decision {
    for _ in 0..100 {
        if let Ok(decision) = fixture.service.decisions().decision(id).await {
            return decision;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the decision {id} was not stored");
}

/// The decision id of the refusal.
pub(crate) fn refused<T: std::fmt::Debug>(result: service::Result<T>) -> Uuid {
    match result.unwrap_err() {
        Error::Refused(declined) => declined.decision,
        other => panic!("not a refusal: {other:?}"),
    }
}

/// The trace, one line for each rule that was checked.
fn reported(decision: &Decision) -> String {
    let lines = decision.steps.iter().filter_map(|step| match &step.verdict {
        Verdict::Passed => Some(format!("✓ {}: {}", step.words, step.facts)),
        Verdict::Failed(refusal) => Some(format!("✗ {}: {} ({})", step.words, step.facts, refusal.code())),
        Verdict::NotAsked => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

contract!(a_refusal_is_explained_with_the_facts_as_they_were, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(1)).await;
    fixture.activate(&code, "one").await.unwrap();
    let mut asks = asking(&code, "two");
    asks.device_name = Some("Rehearsal Mac".to_owned());
    asks.request = Request {
        email: Some(licensing::Email::read("ingrid@acme.com").unwrap()),
        version: Some(Version::read("2.1.0").unwrap()),
        lease: Some(Span::days(3)),
        ..Request::default()
    };
    let id = refused(fixture.service.activations().activate(asks).await);
    // Later changes must not affect it.
    let form = PolicyForm { name: "Larger".to_owned(), terms: seats(9) };
    fixture.service.licenses().change_policy(policy.id, form, &fixture.actor).await.unwrap();
    fixture.service.licenses().change_state(license.id, StateChange::Suspend, "unpaid", &fixture.actor).await.unwrap();

    let decision = explained(&fixture, id).await;
    assert!(!decision.is_granted() && decision.grant.is_none());
    insta::assert_snapshot!(reported(&decision), @r"
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
    assert_eq!((row.at, row.activation_id), (fixture.clock.now(), None));
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

contract!(a_grant_is_explained_and_a_repeat_refers_to_its_grant, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(2)).await;
    let first = fixture.activate(&code, "one").await.unwrap();
    let again = fixture.activate(&code, "one").await.unwrap();
    assert_eq!(again.decision, first.decision);
    // A grant is stored in the same transaction, so it can be read at once.
    let decision = fixture.service.decisions().decision(first.decision).await.unwrap();
    assert!(decision.is_granted() && decision.refusal.is_none());
    assert_eq!(decision.grant.as_ref().unwrap().lease_ends_at, first.lease_ends_at);
    assert_eq!(decision.row.activation_id, Some(first.session_id));
    assert_eq!(decision.row.license_id, Some(license.id));
    assert!(reported(&decision).ends_with("✓ A seat is free: seats 0 of 2"), "{}", reported(&decision));

    let second =
        fixture.service.decisions().decision(fixture.activate(&code, "two").await.unwrap().decision).await.unwrap();
    assert!(
        reported(&second).ends_with("✓ A seat is free: seats 1 of 2"),
        "counted before this grant: {}",
        reported(&second)
    );
    assert_eq!(db.number("SELECT COUNT(*) FROM decisions").await, 2, "the repeat wrote nothing");
    let bytes = serde_json::to_vec(&second.row.facts).unwrap().len();
    assert!(bytes < 500, "{bytes} bytes of facts");
});

contract!(unknown_codes_have_a_decision_too, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let mut slip = code.canonical().to_owned();
    let last = if slip.pop() == Some('7') { '8' } else { '7' };
    slip.push(last);
    for (typed, tail) in [("NOBODY-HAS-THIS-ONE", "SONE".replace('O', "0")), (&slip, slip[slip.len() - 4..].to_owned())]
    {
        let typed = licensing::ActivationCode::read(typed).unwrap();
        let decision = explained(&fixture, refused(fixture.activate(&typed, "one").await)).await;
        assert_eq!(reported(&decision), "✗ Code is known: no license has this code (code_not_found)");
        assert_eq!((decision.row.license_id, decision.row.code_tail), (None, Some(tail)));
        assert_eq!(decision.refusal.unwrap(), Refusal::CodeNotFound { ended: false });
    }
    assert_ne!(license.code_tail, "");
});

contract!(refusals_to_sessions_are_explained, async |db| {
    let fixture = TestService::open(db).await;
    let terms = Terms { holding: Holding::Fixed, release: Release::BySupport, email: EmailTerm::Required, ..seats(1) };
    let (_, license, code) = fixture.licensed(terms).await;
    let mut asks = asking(&code, "one");
    asks.request.email = Some(licensing::Email::read("ingrid@acme.com").unwrap());
    let (activated, token) = fixture.service.activations().activate(asks).await.unwrap();
    let session = fixture.service.activations().session(&token).await.unwrap();

    let decision = explained(&fixture, refused(fixture.service.activations().release(&session, origin(3)).await)).await;
    insta::assert_snapshot!(reported(&decision), @r"
    ✓ Session is valid: the session was neither revoked nor released
    ✗ Device may release its seat: seats are freed by: support only (release_not_allowed)
    ✓ Transfers are left: transferred 0 times in the last 30 days; allowed: 5 times
    ");
    assert_eq!((decision.row.purpose.as_str(), decision.row.rule.as_str()), ("release", "may_release"));
    assert_eq!((decision.row.activation_id, decision.row.license_id), (Some(activated.session_id), Some(license.id)));
    assert_eq!(decision.row.address.as_deref(), Some("192.0.2.3"));

    let decision =
        explained(&fixture, refused(fixture.service.activations().check_out(&session, origin(3)).await)).await;
    assert_eq!((decision.row.purpose.as_str(), decision.row.outcome.as_str()), ("check_out", "release_not_allowed"));

    fixture.service.devices().revoke_activation(activated.session_id, "lost", &fixture.actor).await.unwrap();
    for purpose in ["renew", "check_in"] {
        let asked = match purpose {
            "renew" => refused(fixture.service.activations().renew(&session, Renewal::default()).await),
            _ => refused(fixture.service.activations().check_in(&session, Renewal::default()).await),
        };
        let decision = explained(&fixture, asked).await;
        assert_eq!((decision.row.purpose.as_str(), decision.row.rule.as_str()), (purpose, "session_alive"));
        assert_eq!(decision.row.activation_id, Some(activated.session_id));
        assert!(reported(&decision).contains("✗ Session is valid: the session was revoked"), "{}", reported(&decision));
    }
    // The device returns with a new session; the old session stays ended.
    let mut asks = asking(&code, "one");
    asks.request.email = Some(licensing::Email::read("ingrid@acme.com").unwrap());
    fixture.service.activations().activate(asks).await.unwrap();
    let decision =
        explained(&fixture, refused(fixture.service.activations().session_status(&session, &origin(3)).await)).await;
    assert_eq!(reported(&decision), "✗ Session is valid: there is no such session (session_not_found)");
    assert_eq!((decision.row.purpose.as_str(), decision.row.license_id), ("standing", Some(license.id)));
});

contract!(a_flood_of_unknown_codes_is_capped_and_does_not_affect_others, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let unknown = licensing::ActivationCode::read("NOBODY-HAS-THIS-ONE").unwrap();
    let floods = (0..40).map(|_| async {
        for _ in 0..500 {
            refused(fixture.activate(&unknown, "one").await);
        }
    });
    futures_util::future::join_all(floods).await;
    fixture.activate(&code, "one").await.unwrap();
    let last = refused(fixture.activate(&code, "two").await);
    assert_eq!(
        explained(&fixture, last).await.row.license_id,
        Some(license.id),
        "refusals of known codes are still recorded"
    );
    fixture.service.close().await;
    let kept = reopened(db).await;
    assert!((500..=1_000).contains(&kept), "{kept} of 20,000 refusals are stored");
});

/// Number of recorded refusals of unknown codes.
async fn reopened(db: &Database) -> i64 {
    let store = service::store::Store::open(db.url()).await.unwrap();
    let filter =
        service::store::decisions::DecisionFilter { code: Some("code_not_found".to_owned()), ..Default::default() };
    let page = store.read().await.unwrap().on().decisions(&filter, Default::default(), 100_000).await.unwrap();
    i64::try_from(page.rows.len()).unwrap()
}

contract!(closing_the_service_stores_the_last_refusals, async |db| {
    let fixture = TestService::open(db).await;
    let unknown = licensing::ActivationCode::read("NOBODY-HAS-THIS-ONE").unwrap();
    for _ in 0..300 {
        refused(fixture.activate(&unknown, "one").await);
    }
    fixture.service.close().await;
    assert_eq!(reopened(db).await, 300);
});

contract!(expired_decisions_are_deleted, async |db| {
    let fixture = TestService::open(db).await;
    let (_, _, code) = fixture.licensed(seats(1)).await;
    let old = [fixture.activate(&code, "one").await.unwrap().decision, refused(fixture.activate(&code, "two").await)];
    explained(&fixture, old[1]).await;
    fixture.clock.advance(89 * 86_400);
    let young = fixture.activate(&code, "three").await.unwrap().decision;
    assert_eq!(fixture.service.decisions().sweep_decisions(Span::days(90)).await.unwrap(), 0);
    fixture.clock.advance(2 * 86_400);
    assert_eq!(fixture.service.decisions().sweep_decisions(Span::days(90)).await.unwrap(), 2);
    for id in old {
        assert_err!(fixture.service.decisions().decision(id).await, Error::NotFound("decision"));
    }
    assert!(fixture.service.decisions().decision(young).await.is_ok());
});
