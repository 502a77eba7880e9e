//! Rules that look at more than one license or at other records: trials, blocks, pre-registered devices, one seat for
//! several licenses; and how support resolves such cases.

use axum::http::StatusCode;
use licensing::{
    Fingerprint, Span, Terms,
    terms::{Devices, Identity, Transfers, Trial},
};
use serde_json::json;
use service::{Actor, BlockedFor, LicenseForm, NewBlock, NewLicense};
use testing::contract;
use uuid::Uuid;

use crate::fixture::{Answer, Issued, Server, Token};

const RENEW: &str = "/renew";

/// A second license of the same product, under the same policy or under another one with the same terms.
async fn beside(server: &Server, license: &Issued, same_policy: bool) -> Issued {
    let (service, actor) = (&server.service, Actor::command());
    let policy_id = match same_policy {
        true => license.policy_id,
        false => {
            let policy = service.store().read().await.unwrap().on().policy(license.policy_id).await.unwrap().unwrap();
            let form = service::PolicyForm { name: "Beside".to_owned(), terms: policy.terms };
            service.licenses().create_policy(license.product_id, form, &actor).await.unwrap().id
        }
    };
    let new = NewLicense { policy_id, code: String::new(), form: LicenseForm::default() };
    let (made, code) = service.licenses().create_license(new, &actor).await.unwrap();
    let mut issued = license.typed(code.written());
    (issued.id, issued.policy_id) = (made.id, policy_id);
    issued
}

async fn block(server: &Server, device: &str, blocked_for: BlockedFor, revoke: bool) {
    let fingerprint = Fingerprint::read(device).unwrap();
    let new = NewBlock { fingerprint, blocked_for, revoke, reason: "Stolen.".to_owned() };
    server.service.devices().block_device(new, &Actor::command()).await.unwrap();
}

/// The session id of the device.
async fn session(server: &Server, license: &Issued, device: &str) -> Uuid {
    let devices = server.service.store().read().await.unwrap().on().activations(license.id, 100).await.unwrap();
    devices.iter().find(|found| found.fingerprint == device).expect("the device has activated").id
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Sends a request of the session that the token proves.
async fn ask(server: &Server, token: &str, method: &str, call: &str) -> Answer {
    let sid = Token::read(token).claims["sid"].as_str().unwrap().to_owned();
    let request = axum::http::Request::builder().method(method).uri(format!("/api/v1/activations/{sid}{call}"));
    let request = request.header("authorization", format!("Bearer {token}"));
    server.send(request.body(axum::body::Body::empty()).unwrap()).await
}

async fn token(server: &Server, license: &Issued, device: &str) -> String {
    let answer = server.activate(license, device).await;
    answer.json().as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

contract!(a_device_tries_a_product_once_with_any_code, async |db| {
    let server = Server::on(db).await;
    let trial = |terms: &mut Terms| {
        terms.trial = Some(Trial { lasts: Span::days(14), features: Default::default() });
    };
    let first = server.license().seats(5).terms(trial).create().await;
    let second = beside(&server, &first, false).await;
    let ends = server.activate(&first, "one").await.token().seconds("exp");
    assert_eq!(ends - server.now().timestamp(), 14 * 86_400);
    server.advance_days(10);
    assert_eq!(
        server.activate(&second, "one").await.token().seconds("exp"),
        ends,
        "another code does not restart the trial"
    );
    server.advance_days(5);
    for license in [&first, &second] {
        assert_eq!(server.activate(license, "one").await.problem(), problem(404, "code_not_found"));
    }
    assert_eq!(server.activate(&second, "two").await.status, StatusCode::OK, "another device has a trial of its own");
});

contract!(a_block_refuses_a_device_within_its_scope, async |db| {
    let server = Server::on(db).await;
    let first = server.license().seats(9).create().await;
    let (second, other) = (beside(&server, &first, true).await, server.license().seats(9).create().await);
    for (n, (blocked_for, reached)) in [
        (BlockedFor::License(first.id), [true, false, false]),
        (BlockedFor::Product(first.product_id), [true, true, false]),
        (BlockedFor::Server, [true, true, true]),
    ]
    .into_iter()
    .enumerate()
    {
        let device = format!("device {n}");
        block(&server, &device, blocked_for, false).await;
        for (license, reached) in [&first, &second, &other].into_iter().zip(reached) {
            let answer = server.activate(license, &device).await;
            match reached {
                true => assert_eq!(answer.problem(), problem(403, "device_blocked"), "{blocked_for:?}"),
                false => drop(answer.token()),
            }
            assert_eq!(server.activate(license, "another").await.status, StatusCode::OK);
        }
    }
});

contract!(a_device_blocked_while_it_runs_cannot_renew, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = token(&server, &license, "one").await;
    block(&server, "one", BlockedFor::License(license.id), false).await;
    assert_eq!(ask(&server, &held, "POST", RENEW).await.problem(), problem(403, "device_blocked"));
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"), "its seat stays");
    let other = server.license().create().await;
    token(&server, &other, "one").await;
    block(&server, "one", BlockedFor::Server, true).await;
    assert_eq!(license.devices_and_seats(&server).await, (1, 0));
    assert_eq!(other.devices_and_seats(&server).await, (1, 0), "both seats are revoked");
    assert_eq!(server.activate(&license, "two").await.status, StatusCode::OK);
    assert_eq!(ask(&server, &held, "POST", RENEW).await.problem(), problem(404, "session_not_found"));
});

contract!(only_pre_registered_devices_activate_where_the_terms_say_so, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).terms(|terms| terms.devices = Devices::Authorized).create().await;
    assert_eq!(server.activate(&license, "lab 1").await.problem(), problem(403, "device_not_authorized"));
    let entries = ["lab 1", "lab 2", "lab 3"].map(|device| (Fingerprint::read(device).unwrap(), String::new()));
    server.service.devices().authorize_devices(license.id, &entries, &Actor::command()).await.unwrap();
    let held = token(&server, &license, "lab 1").await;
    token(&server, &license, "lab 2").await;
    assert_eq!(
        server.activate(&license, "lab 3").await.problem(),
        problem(409, "seat_limit"),
        "pre-registration reserves no seat"
    );
    assert_eq!(server.activate(&license, "Lab 1").await.problem(), problem(403, "device_not_authorized"));
    let [(gone, _), ..] = &entries;
    server.service.devices().unauthorize_device(license.id, gone, "Scrapped.", &Actor::command()).await.unwrap();
    assert_eq!(ask(&server, &held, "POST", RENEW).await.problem(), problem(403, "device_not_authorized"));
});

contract!(a_device_holds_one_seat_for_several_licenses_as_the_terms_say, async |db| {
    let server = Server::on(db).await;
    for (identity, same_policy, refused) in [
        (Identity::License, true, false),
        (Identity::Policy, true, true),
        (Identity::Policy, false, false),
        (Identity::Product, true, true),
        (Identity::Product, false, true),
    ] {
        let first = server.license().seats(3).terms(|terms| terms.identity = identity).create().await;
        let second = beside(&server, &first, same_policy).await;
        let held = token(&server, &first, "one").await;
        let answer = server.activate(&second, "one").await;
        match refused {
            true => assert_eq!(answer.problem(), problem(409, "already_activated"), "{identity:?} {same_policy}"),
            false => drop(answer.token()),
        }
        assert_eq!(ask(&server, &held, "DELETE", "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(server.activate(&second, "one").await.status, StatusCode::OK, "{identity:?}");
    }
});

contract!(an_old_code_is_answered_like_an_unknown_one, async |db| {
    let server = Server::on(db).await;
    let license = server.license().seats(2).create().await;
    let held = token(&server, &license, "one").await;
    let new = server.service.licenses().reissue_code(license.id, "Leaked.", &Actor::command()).await.unwrap();
    let (old, never) = (server.activate(&license, "one").await, {
        let never = licensing::ActivationCode::from_entropy(licensing::CodeShape::FourBySeven, &[7; 32]);
        server.activate(&license.typed(never.written()), "one").await
    });
    assert_eq!(old.problem(), problem(404, "code_not_found"));
    assert_eq!(old.snapshot().replace(&license.code, ""), never.snapshot(), "the answers must be identical");
    assert_eq!(ask(&server, &held, "POST", RENEW).await.status, StatusCode::OK, "an active device keeps running");
    let again = server.activate(&license.typed(new.written()), "one").await.token();
    assert_eq!(again.claims["sid"], Token::read(&held).claims["sid"], "on the same seat");
});

contract!(transfers_forgiven_by_support_no_longer_count, async |db| {
    let server = Server::on(db).await;
    let once = |terms: &mut Terms| terms.transfers = Transfers::Limited { moves: 1, per: Span::days(30) };
    let license = server.license().terms(once).create().await;
    let first = token(&server, &license, "one").await;
    assert_eq!(ask(&server, &first, "DELETE", "").await.status, StatusCode::NO_CONTENT);
    let second = token(&server, &license, "two").await;
    assert_eq!(ask(&server, &second, "DELETE", "").await.problem(), problem(403, "transfer_limit"));
    server.service.devices().reset_transfers(license.id, "A broken disk.", &Actor::command()).await.unwrap();
    assert_eq!(ask(&server, &second, "DELETE", "").await.status, StatusCode::NO_CONTENT);
});

contract!(a_session_continues_after_support_undid_its_revocation, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let held = token(&server, &license, "one").await;
    server.revoke(&license, "one").await;
    assert_eq!(ask(&server, &held, "POST", RENEW).await.problem(), problem(404, "session_not_found"));
    let id = session(&server, &license, "one").await;
    server.clock.advance(9 * 60);
    server.service.devices().undo_release(id, &Actor::command()).await.unwrap();
    let renewed = ask(&server, &held, "POST", RENEW).await.json();
    let renewed = Token::read(renewed["licenseToken"].as_str().unwrap());
    assert_eq!(renewed.claims["sid"], json!(id));
    assert_eq!(server.activate(&license, "two").await.problem(), problem(409, "seat_limit"));
    let list = renewed.claims["status"]["status_list"].clone();
    assert_eq!(list, Token::read(&held).claims["status"]["status_list"], "its index in the status list is unchanged");
});
