//! Fresh proof before acts with a wide effect, and sign-in after a login has expired during typing.

use app::admin::{Row, TABLE};
use axum::http::StatusCode;
use licensing::Role;
use testing::contract;

use super::person::{PASSWORD, Person, accounts, signed_in};
use crate::fixture::Server;

const MINUTE: i64 = 60;
const INVITE: &str = "_action=/admin/api/accounts/invite&_form=invite&email=ada@example.com&role=admin";
const PRODUCT: &str = "_action=/admin/api/products/create&_form=product&name=Drift+Pro&code=drift-pro&algorithm=ES256\
    &code_shape=four-by-seven";

fn typed(password: &str) -> String {
    password.replace(' ', "+")
}

contract!(every_act_with_a_wide_effect_requires_a_fresh_proof, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let grave: Vec<_> = TABLE.iter().filter(|row| row.needs_fresh_proof()).filter_map(Row::path).collect();
    for act in ["change-role", "reissue-code", "invite", "licenses/revoke"] {
        assert!(grave.iter().any(|path| path.ends_with(act)), "{act}: {grave:?}");
    }
    server.clock.advance(10 * MINUTE - 1);
    for path in &grave {
        assert_ne!(owner.call(path, "").await.status, StatusCode::UNAUTHORIZED, "{path}: the proof is fresh enough");
    }
    server.clock.advance(1);
    for path in &grave {
        let answer = owner.call(path, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.text().contains("ProofNeeded"), "{path}: {}", answer.text());
    }
    let light = TABLE.iter().filter(|row| !row.needs_fresh_proof() && row.act.is_some()).filter_map(Row::path);
    for path in light.filter(|path| !path.ends_with("/prove")) {
        let answer = owner.copied().call(path, "").await;
        assert!(!answer.text().contains("ProofNeeded"), "{path}");
    }
    assert!(TABLE.iter().all(|row| row.path().is_some() || !row.needs_fresh_proof()), "reads require no proof");
});

contract!(a_block_that_revokes_seats_of_many_licenses_requires_a_fresh_proof, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    server.clock.advance(10 * MINUTE);
    let block = async |scope: &str, revoke: &str| {
        let fields =
            format!("fingerprint=one&scope={scope}&product={}&revoke={revoke}&reason=Stolen.", license.product_id);
        let fields = format!("{fields}&license={}", license.id);
        support.call("/admin/api/devices/block", &fields).await
    };
    for scope in ["server", "product"] {
        let asked = block(scope, "on").await;
        assert_eq!(asked.status, StatusCode::UNAUTHORIZED, "{scope}");
        assert!(asked.text().contains("ProofNeeded"), "{}", asked.text());
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 1), "no seat was revoked");
    for (scope, revoke) in [("server", ""), ("license", "on")] {
        assert_ne!(block(scope, revoke).await.status, StatusCode::UNAUTHORIZED, "{scope} {revoke}");
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 0));
});

contract!(a_proof_is_sent_with_the_form_and_no_input_is_lost, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    server.clock.advance(11 * MINUTE);
    let page = "/settings/accounts?dialog=invite";
    let asked = owner.submit(page, INVITE).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.text().contains("_proof_password") && asked.text().contains("ada@example.com"), "filled in");
    let wrong = owner.submit(page, &format!("{INVITE}&_proof_password=not+the+right+password")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text().contains("is not your password") && !wrong.text().contains("not the right password"));
    let before = owner.copied();
    let done = owner.submit(page, &format!("{INVITE}&_proof_password={}", typed(PASSWORD))).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/settings/accounts"));
    assert_ne!(owner.login(), before.login(), "a proof renews the secret of the login");
    assert_eq!(before.open("/").await.status, StatusCode::SEE_OTHER, "the previous secret is dead");
    assert_eq!(owner.open("/").await.status, StatusCode::OK);
    let again = owner.submit(page, &INVITE.replace("ada@", "bo@")).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "no further proof is required for ten minutes");
});

contract!(a_user_whose_login_expired_while_typing_signs_in_within_the_form, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Admin).await;
    server.clock.advance(31 * MINUTE);
    let asked = person.submit("/products/new", PRODUCT).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    for kept in
        ["Sign in to continue", "value=\"Drift Pro\"", "value=\"drift-pro\"", "_sign_in_password", "products/create"]
    {
        assert!(asked.text().contains(kept), "{kept}");
    }
    let sign_in =
        |password: &str| format!("{PRODUCT}&_sign_in_email=admin@example.com&_sign_in_password={}", typed(password));
    let wrong = person.submit("/products/new", &sign_in("not the right password")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text().contains("the password is wrong") && wrong.text().contains("value=\"Drift Pro\""));
    assert!(!wrong.text().contains("not the right password"));
    let done = person.submit("/products/new", &sign_in(PASSWORD)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(done.header("location").starts_with("/products/"));
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});

contract!(a_bad_form_returns_filled_in_after_signing_in, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = Person::at(&server);
    let form = PRODUCT.replace("code=drift-pro", "code=NOT+GOOD");
    let form = format!("{form}&_sign_in_email=admin@example.com&_sign_in_password={}", typed(PASSWORD));
    let answer = person.submit("/products/new", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.text().contains("value=\"NOT GOOD\"") && answer.text().contains("Olga Owner"),
        "signed in, filled in"
    );
    let viewer = Person::at(&server);
    let form = format!("{PRODUCT}&_sign_in_email=viewer@example.com&_sign_in_password={}", typed(PASSWORD));
    assert_eq!(
        viewer.submit("/products/new", &form).await.status,
        StatusCode::FORBIDDEN,
        "checked for the account that has signed in"
    );
});
