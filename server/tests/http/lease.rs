//! `POST /api/v1/activations/jwt`: length of leases and tokens.

use licensing::{
    Period, Span, Terms,
    terms::{Lease, Validity},
};
use serde_json::{Value, json};
use testing::contract;

use crate::fixture::{Issued, Server};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// A lease of 10 days by default and 1 to 20 on request; two days of grace.
fn ten_days(terms: &mut Terms) {
    terms.lease = Lease { default: Span::days(10), minimum: Span::days(1), maximum: Span::days(20) };
    terms.grace = Span::days(2);
}

/// Remaining time of the lease and of the token that a device is granted.
async fn granted(server: &Server, license: &Issued, device: &str, more: Value) -> (i64, i64) {
    let token = server.activate_with(license, device, more).await.token();
    let now = server.now().timestamp();
    (token.claims["license"]["leaseEndsAt"].as_i64().unwrap() - now, token.seconds("exp") - now)
}

contract!(a_requested_lease_is_granted_within_the_bounds_of_the_policy, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(100).terms(ten_days).create().await;
    for (asked, lease) in [
        (json!(null), 10 * DAY),
        (json!("3"), 3 * DAY),
        (json!(3), 3 * DAY),
        (json!("3.00:00:00"), 3 * DAY),
        (json!("1.12:30"), DAY + 12 * HOUR + HOUR / 2),
        (json!("1.00:00:01.9999999"), DAY + 1),
        (json!("P3D"), 3 * DAY),
        (json!("P1DT12H"), 36 * HOUR),
        (json!("08:00"), DAY),
        (json!("PT8H"), DAY),
        (json!(400), 20 * DAY),
        (json!("10675199.02:48:05.4775807"), 20 * DAY),
    ] {
        let device = format!("device that asks for {asked}");
        let granted = granted(&server, &license, &device, json!({ "requestedLeaseDuration": asked })).await;
        assert_eq!(granted, (lease, lease + 2 * DAY), "{asked}");
    }
});

contract!(neither_lease_nor_token_outlasts_the_license, async |db| {
    let server = Server::on(db).await;
    let end = server.now() + chrono::TimeDelta::days(15);
    let until = |terms: &mut Terms| {
        ten_days(terms);
        terms.validity = Validity::Until(end);
    };
    let license = server.license().seats(3).terms(until).create().await;

    assert_eq!(granted(&server, &license, "device-1", json!({})).await, (10 * DAY, 12 * DAY));
    server.advance_days(4);
    assert_eq!(granted(&server, &license, "device-2", json!({})).await, (10 * DAY, 11 * DAY), "the grace is cut");
    server.advance_days(5);
    assert_eq!(granted(&server, &license, "device-3", json!({})).await, (6 * DAY, 6 * DAY), "so is the lease");
    server.advance_days(5);
    server.clock.advance(DAY - 1);
    assert_eq!(granted(&server, &license, "device-1", json!({})).await, (1, 1));
    server.clock.advance(1);
    assert_eq!(server.activate(&license, "device-1").await.problem().1, "code_not_found");
});

contract!(a_period_runs_from_the_first_activation_only, async |db| {
    let server = Server::on(db).await;
    let year = |terms: &mut Terms| terms.validity = Validity::FromFirstActivation(Period::YEAR);
    let license = server.license().seats(2).terms(year).create().await;

    server.advance_days(1000);
    server.activate(&license, "device-1").await.token();
    server.advance_days(364);
    assert_eq!(granted(&server, &license, "device-2", json!({})).await, (DAY, DAY));
    server.advance_days(1);
    assert_eq!(server.activate(&license, "device-1").await.problem().1, "code_not_found");
});

contract!(a_period_from_issue_runs_even_without_activations, async |db| {
    let server = Server::on(db).await;
    let month = |terms: &mut Terms| terms.validity = Validity::FromIssue(Span::days(30).into());
    let license = server.license().terms(month).create().await;

    server.advance_days(29);
    assert_eq!(granted(&server, &license, "device-1", json!({})).await, (DAY, DAY));
    server.advance_days(1);
    assert_eq!(server.activate(&license, "device-1").await.problem().1, "code_not_found");
});

contract!(a_perpetual_license_never_ends, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(ten_days).create().await;
    for _ in 0..5 {
        assert_eq!(granted(&server, &license, "device-1", json!({})).await, (10 * DAY, 12 * DAY));
        server.advance_days(365 * 20);
    }
});

contract!(new_terms_apply_at_the_next_request_of_a_device, async |db| {
    let server = Server::on(db).await;
    let license = server.license().terms(ten_days).create().await;
    assert_eq!(granted(&server, &license, "device-1", json!({})).await, (10 * DAY, 12 * DAY));

    license
        .change_terms(&server, |terms| {
            ten_days(terms);
            terms.grace = Span::days(5);
        })
        .await;

    assert_eq!(granted(&server, &license, "device-1", json!({})).await, (10 * DAY, 15 * DAY));
});
