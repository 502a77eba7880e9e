//! `?dryRun=true`: the answer of an activation without its effects.

use axum::http::StatusCode;
use licensing::{
    Span,
    terms::{EmailTerm, Validity},
};
use serde_json::{Value, json};
use testing::{Database, contract};

use crate::fixture::{Answer, Issued, JWT, LICENSE, Server};

async fn tried(server: &Server, license: &Issued, device: &str) -> Answer {
    server.post(&format!("{JWT}?dryRun=true"), &license.asks(device, json!({}))).await
}

/// Number of rows in each table that an activation writes.
async fn rows(db: &Database) -> Vec<i64> {
    let mut rows = vec![];
    for table in ["activations", "events", "decisions", "trials", "releases", "status_entries"] {
        rows.push(db.number(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    rows
}

contract!(a_dry_run_returns_the_grant_and_takes_nothing, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let before = rows(db).await;
    let answer = server.post(&format!("{LICENSE}?dryRun=true"), &license.asks("device-1", json!({}))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    insta::assert_snapshot!(answer.snapshot(), @r#"
    200 OK
    {
      "detail": "A seat is available for this device.",
      "leaseEndsAt": "2026-03-31T12:00:00Z",
      "outcome": "granted",
      "seatsAllowed": 2,
      "seatsUsed": 0,
      "takesSeat": true,
      "tokenExpiresAt": "2026-04-07T12:00:00Z"
    }
    "#);
    assert_eq!(tried(&server, &license, "device-1").await.json(), answer.json());
    assert_eq!(rows(db).await, before);
    assert_eq!(license.devices_and_seats(&server).await, (0, 0));

    server.activate(&license, "device-1").await.token();
    let again = tried(&server, &license, "device-1").await.json();
    assert_eq!((again["takesSeat"].clone(), again["seatsUsed"].clone()), (json!(false), json!(1)));
});

contract!(a_dry_run_is_refused_like_a_real_attempt, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    server.activate(&license, "device-1").await.token();
    let plain = server.activate(&license, "device-2").await.json();
    let dry = tried(&server, &license, "device-2").await;
    assert_eq!(dry.status, StatusCode::OK);
    let dry = dry.json();
    assert_eq!((&dry["outcome"], &dry["rule"]), (&json!("refused"), &json!("seat_free")));
    for member in ["code", "detail", "seatsUsed", "seatsAllowed", "nextSeatAt"] {
        assert_eq!(dry[member], plain[member], "{member}");
    }
    let asks = server.license().terms(|terms| terms.email = EmailTerm::Required).create().await;
    let dry = tried(&server, &asks, "device-1").await.json();
    assert_eq!((&dry["code"], &dry["rule"]), (&json!("email_required"), &json!("email_given")));
    assert_eq!(dry.get("seatsUsed"), None::<&Value>, "a real attempt does not return it either");
});

contract!(a_dry_run_reveals_no_more_of_codes_than_a_real_attempt, async |db| {
    let server = Server::on(db).await;
    let ended =
        server.license().terms(|terms| terms.validity = Validity::FromIssue(Span::hours(1).into())).create().await;
    server.advance_days(1);
    let nameless = |answer: &Answer| {
        let mut body = answer.json();
        for member in ["instance", "decision"] {
            body.as_object_mut().unwrap().remove(member).expect(member);
        }
        body
    };
    let plain = server.activate(&ended, "device-1").await;
    for license in [ended.clone(), ended.typed("COMPLETELY-UNKNOWN"), ended.typed("0000000-0000000-0000000-0000000")] {
        let dry = tried(&server, &license, "device-1").await;
        assert_eq!(dry.problem(), (404, "code_not_found".to_owned()));
        assert_eq!(nameless(&dry), nameless(&plain));
    }
});

contract!(guessing_codes_in_dry_runs_is_rate_limited_too, async |db| {
    let server = Server::limited_on(db).await;
    let license = server.license().create().await;
    for _ in 0..30 {
        assert_eq!(tried(&server, &license.typed("COMPLETELY-UNKNOWN"), "x").await.problem().0, 404);
    }
    assert_eq!(tried(&server, &license.typed("COMPLETELY-UNKNOWN"), "x").await.problem().0, 429);
    assert_eq!(server.activate(&license.typed("COMPLETELY-UNKNOWN"), "x").await.problem().0, 429);
});

contract!(a_dry_run_is_requested_in_exactly_one_way, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let body = license.asks("device-1", json!({}));
    assert_eq!(server.post(&format!("{JWT}?dryRun=yes"), &body).await.bad_fields(), ["dryRun"]);
    server.post(&format!("{JWT}?dryRun=false"), &body).await.token();
});
