//! Every answer names its decision, and the decision states the reason.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, header::AUTHORIZATION},
};
use licensing::{
    Span, Terms, VersionRange,
    activation::Verdict,
    license::StateChange,
    terms::{Devices, EmailTerm, Reactivation, Release, SignIn, Transfers, Trial, Validity, Versions},
};
use serde_json::{Value, json};
use service::{Actor, Decision};
use testing::contract;

use crate::fixture::{Answer, Issued, LICENSE, Server};

/// The decision with this id; it is stored shortly after the answer.
pub(crate) async fn explained(server: &Server, id: &str) -> Decision {
    let id = id.parse().unwrap_or_else(|_| panic!("not an id: {id:?}"));
    for _ in 0..100 {
        if let Ok(decision) = server.service.decisions().decision(id).await {
            return decision;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the decision {id} was not stored");
}

/// Asserts that the answer's decision exists and that its first failed rule matches the answer.
async fn leads_to_its_rule(server: &Server, answer: &Answer, code: &str, rule: &str) {
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{problem}");
    let decision = explained(server, problem["decision"].as_str().unwrap()).await;
    let failed = decision.steps.iter().find_map(|step| match &step.verdict {
        Verdict::Failed(refusal) => Some((step.rule, refusal.clone())),
        Verdict::Passed | Verdict::NotAsked => None,
    });
    let (first, refusal) = failed.unwrap_or_else(|| panic!("no rule failed with {code}: {:?}", decision.steps));
    assert_eq!((first, refusal.code()), (rule, code));
    assert_eq!(decision.row.outcome, code);
    assert_eq!(decision.refusal, Some(refusal));
    let instance = problem["instance"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap();
    assert_eq!(decision.row.request_id.as_deref(), Some(instance));
    assert_eq!(decision.row.address.as_deref(), Some("192.0.2.1"));
}

async fn step(server: &Server, license: &Issued, step: StateChange) {
    server.service.licenses().change_state(license.id, step, "The invoice is open.", &Actor::command()).await.unwrap();
}

/// Sends a request of the session that the token proves.
async fn of_session(server: &Server, token: &str, method: Method, call: &str) -> Answer {
    let sid = crate::fixture::Token::read(token).claims["sid"].as_str().unwrap().to_owned();
    let request = Request::builder().method(method).uri(format!("/api/v1/activations/{sid}{call}"));
    server.send(request.header(AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap()).await
}

contract!(each_refused_activation_refers_to_the_rule_that_failed, async |db| {
    let server = Server::on(db).await;
    let with = async |change: fn(&mut Terms)| server.license().email("ingrid@example.com").terms(change).create().await;
    let below_3: fn(&mut Terms) = |terms| terms.versions = Versions::Range(VersionRange::read("<3").unwrap());
    for (terms, more, code, rule) in [
        ((|t| t.email = EmailTerm::Required) as fn(&mut Terms), json!({}), "email_required", "email_given"),
        (|t| t.email = EmailTerm::MustMatch, json!({ "email": "eve@example.com" }), "email_mismatch", "email_matches"),
        (below_3, json!({ "targetSoftwareVersion": "3.0.0" }), "version_not_covered", "version_covered"),
        (|t| t.sign_in = SignIn::Required, json!({}), "authentication_required", "signed_in"),
        (|t| t.devices = Devices::Authorized, json!({}), "device_not_authorized", "device_authorized"),
    ] {
        let license = with(terms).await;
        let answer = server.activate_with(&license, "device-1", more).await;
        leads_to_its_rule(&server, &answer, code, rule).await;
    }

    let full = with(|_| ()).await;
    leads_to_its_rule(
        &server,
        &server.activate(&full.typed("NOBODY-HAS-IT"), "x").await,
        "code_not_found",
        "code_known",
    )
    .await;
    server.activate(&full, "device-1").await.token();
    leads_to_its_rule(&server, &server.activate(&full, "device-2").await, "seat_limit", "seat_free").await;
    step(&server, &full, StateChange::Suspend).await;
    leads_to_its_rule(&server, &server.activate(&full, "device-1").await, "license_suspended", "not_suspended").await;
    step(&server, &full, StateChange::Revoke).await;
    leads_to_its_rule(&server, &server.activate(&full, "device-1").await, "license_revoked", "not_revoked").await;
    full.withdraw(&server).await;
    leads_to_its_rule(&server, &server.activate(&full, "device-1").await, "product_unavailable", "product_available")
        .await;

    let once = with(|t| t.reactivation = Reactivation::Refuse).await;
    server.activate(&once, "device-1").await.token();
    leads_to_its_rule(&server, &server.activate(&once, "device-1").await, "already_activated", "may_activate_again")
        .await;

    let short = with(|t| t.validity = Validity::FromIssue(Span::hours(1).into())).await;
    let trial = with(|t| t.trial = Some(Trial { lasts: Span::hours(1), features: Default::default() })).await;
    server.activate(&trial, "device-1").await.token();
    server.advance_days(1);
    leads_to_its_rule(&server, &server.activate(&short, "device-1").await, "code_not_found", "not_ended").await;
    leads_to_its_rule(&server, &server.activate(&trial, "device-1").await, "code_not_found", "trial_open").await;
});

contract!(each_refusal_to_a_session_refers_to_the_rule_that_failed, async |db| {
    let server = Server::on(db).await;
    let token = async |license: &Issued, device: &str| {
        server.activate(license, device).await.json().as_str().unwrap().to_owned()
    };
    let kept = server.license().terms(|terms| terms.release = Release::BySupport).create().await;
    let held = token(&kept, "device-1").await;
    let answer = of_session(&server, &held, Method::DELETE, "").await;
    leads_to_its_rule(&server, &answer, "release_not_allowed", "may_release").await;
    let answer = of_session(&server, &held, Method::POST, "/check-out").await;
    leads_to_its_rule(&server, &answer, "release_not_allowed", "may_release").await;

    let moved = server
        .license()
        .terms(|terms| terms.transfers = Transfers::Limited { moves: 1, per: Span::days(30) })
        .create()
        .await;
    let held = token(&moved, "device-1").await;
    assert_eq!(of_session(&server, &held, Method::DELETE, "").await.status, 204);
    let next = token(&moved, "device-2").await;
    let answer = of_session(&server, &next, Method::DELETE, "").await;
    leads_to_its_rule(&server, &answer, "transfer_limit", "moves_left").await;

    server.revoke(&moved, "device-2").await;
    for call in ["/renew", "/check-in"] {
        let answer = of_session(&server, &next, Method::POST, call).await;
        leads_to_its_rule(&server, &answer, "session_not_found", "session_alive").await;
    }
    // Another session replaces it.
    token(&moved, "device-2").await;
    let answer = of_session(&server, &next, Method::GET, "").await;
    leads_to_its_rule(&server, &answer, "session_not_found", "session_alive").await;
});

contract!(a_grant_names_its_decision_and_a_repeat_that_of_the_grant, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let first = server.activate(&license, "device-1").await;
    let id = first.header("latchkey-decision").to_owned();
    assert!(
        server.service.decisions().decision(id.parse().unwrap()).await.unwrap().is_granted(),
        "the decision of a grant is stored with it"
    );
    assert_eq!(server.activate(&license, "device-1").await.header("latchkey-decision"), id);

    let answer = server.post(LICENSE, &license.asks("device-1", json!({}))).await;
    assert_eq!((answer.json()["decision"].as_str(), answer.header("latchkey-decision")), (Some(&*id), &*id));

    server.advance_days(1);
    let token = first.json().as_str().unwrap().to_owned();
    let renewed = of_session(&server, &token, Method::POST, "/renew").await;
    let renewal = renewed.json()["decision"].as_str().unwrap().to_owned();
    assert_ne!(renewal, id);
    let decision = server.service.decisions().decision(renewal.parse().unwrap()).await.unwrap();
    assert_eq!((decision.row.purpose.as_str(), decision.is_granted()), ("renew", true));

    let checked_in = of_session(&server, &token, Method::POST, "/check-in").await;
    assert_eq!(checked_in.json()["decision"].as_str(), Some(&*renewal), "the check-in changed nothing");
    assert_eq!(of_session(&server, &token, Method::GET, "").await.json().get("decision"), None::<&Value>);
});
