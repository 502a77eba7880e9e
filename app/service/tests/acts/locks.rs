//! The order of locks, and what acts read under them.

use licensing::{
    Act, Fingerprint, Permission, Role, Terms,
    feature::FeatureValue,
    license::StateChange,
    terms::{Devices, Identity, Seats},
};
use service::{BlockedFor, Error, LicenseForm, NewApiToken, NewBlock, NewLicense, PolicyForm, ProductForm};
use testing::{Database, Engine, contract};

use crate::{
    desk::ask,
    products::text_feature,
    roles::account,
    test_service::{TestService, asking, assert_err, origin, refusal, seats, signed_in},
};

contract!(a_block_and_a_freed_seat_of_the_same_supporter_lock_in_one_order, async |db| {
    let fixture = TestService::open(db).await;
    let id = account(&fixture, Role::Support).await;
    // With a daily budget, each freed seat is counted under the account's lock.
    let support = signed_in(id, "Sune", Role::Support).oneself(origin(1)).with_daily_revocations(Some(10_000));
    let product = fixture.product("drift", Default::default()).await;
    let policy = fixture.policy(&product, seats(2)).await;
    let licenses = [fixture.license(&policy).await, fixture.license(&policy).await];
    for round in 0..15 {
        let blocked = format!("blocked {round}");
        let mut others = vec![];
        for (_, code) in &licenses {
            fixture.activate(code, &blocked).await.unwrap();
            others.push(fixture.activate(code, &format!("freed {round}")).await.unwrap().session_id);
        }
        let block = fixture.service.devices().block_device(
            NewBlock {
                fingerprint: Fingerprint::read(&blocked).unwrap(),
                blocked_for: BlockedFor::Server,
                revoke: true,
                reason: "stolen".to_owned(),
            },
            &support,
        );
        let [first, last] =
            [others[0], others[1]].map(|device| fixture.service.devices().free_seat(device, "moved", &support));
        let (taken, first, last) = tokio::join!(block, first, last);
        assert_eq!(taken.unwrap(), 2, "round {round}");
        first.unwrap();
        last.unwrap();
        assert_eq!(
            db.number("SELECT COUNT(*) FROM activations WHERE revoked_at IS NULL AND released_at IS NULL").await,
            0
        );
    }
});

contract!(a_license_is_locked_and_changed_without_reading_its_devices, async |db| {
    let fixture = TestService::open(db).await;
    let terms = licensing::Terms { devices: Devices::Authorized, ..seats(1) };
    let (_, license, _) = fixture.licensed(terms).await;
    // Reading the devices would fail from here on.
    db.execute("ALTER TABLE activations RENAME TO activations_elsewhere").await;
    let (service, actor) = (&fixture.service, &fixture.actor);
    service.licenses().change_state(license.id, StateChange::Suspend, "unpaid", actor).await.unwrap();
    service.licenses().change_state(license.id, StateChange::Reinstate, "paid", actor).await.unwrap();
    let form = LicenseForm { customer: "Acme Nordic".to_owned(), ..LicenseForm::default() };
    service.licenses().change_license(license.id, form, actor).await.unwrap();
    let entries = [(Fingerprint::read("one").unwrap(), String::new())];
    service.devices().authorize_devices(license.id, &entries, actor).await.unwrap();
    service.licenses().reissue_code(license.id, "leaked", actor).await.unwrap();
    service.licenses().reveal_code(license.id, actor).await.unwrap();
});

/// Returns once a statement waits for a lock in this database.
async fn a_lock_is_waited_for(db: &Database) {
    locks_are_waited_for(db, 1).await;
}

/// Returns once this many statements wait for locks in this database.
async fn locks_are_waited_for(db: &Database, n: i64) {
    const WAITING: &str = "SELECT COUNT(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while db.number(WAITING).await < n {
        tokio::task::yield_now().await;
    }
}

/// Acts are retried after a deadlock, which hides a wrong order of locks, so this looks at the order itself.
#[test]
fn a_block_that_waits_for_a_license_has_not_locked_the_account_yet() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let id = account(&fixture, Role::Support).await;
        // With a daily budget, each freed seat is counted under the account's lock.
        let support = signed_in(id, "Sune", Role::Support).oneself(origin(1)).with_daily_revocations(Some(10_000));
        let product = fixture.product("drift", Default::default()).await;
        let policy = fixture.policy(&product, seats(2)).await;
        let mut licenses = vec![];
        for _ in 0..3 {
            licenses.push(fixture.license(&policy).await);
        }
        licenses.sort_by_key(|(license, _)| license.id);
        let [first, last, other] = &licenses[..] else { unreachable!() };
        for (_, code) in [first, last] {
            fixture.activate(code, "blocked").await.unwrap();
        }
        let released = fixture.activate(&other.1, "freed").await.unwrap().session_id;

        let mut held = db.begin().await.unwrap();
        held.lock_license(last.0.id).await.unwrap();
        let (service, by) = (fixture.service.clone(), support.clone());
        let block = tokio::spawn(async move {
            let (fingerprint, reason) = (Fingerprint::read("blocked").unwrap(), "stolen".to_owned());
            let new = NewBlock { fingerprint, blocked_for: BlockedFor::Server, revoke: true, reason };
            service.devices().block_device(new, &by).await
        });
        a_lock_is_waited_for(db).await;
        fixture.service.devices().free_seat(released, "moved", &support).await.unwrap();
        drop(held);
        assert_eq!(block.await.unwrap().unwrap(), 2);
    });
}

/// A role that is lost while the act waits no longer counts.
#[test]
fn acts_on_api_tokens_wait_for_changes_to_accounts() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let id = account(&fixture, Role::Owner).await;
        let owner = signed_in(id, "Olga", Role::Owner).oneself(origin(1));
        let scopes = vec![Permission::See.into()];
        let form = NewApiToken { name: "CI".to_owned(), scopes, days: 1, ..NewApiToken::default() };
        let token = fixture.service.identity().create_api_token(form.clone(), &owner).await.unwrap().0.id;
        for act in ["create", "rotate", "revoke"] {
            let mut held = db.begin().await.unwrap();
            held.lock_accounts().await.unwrap();
            held.set_role(id, Role::Viewer).await.unwrap();
            let (service, by, form) = (fixture.service.clone(), owner.clone(), form.clone());
            let mut waiting = tokio::spawn(async move {
                match act {
                    "create" => service.identity().create_api_token(form, &by).await.map(drop),
                    "rotate" => service.identity().rotate_api_token(token, 1, &by).await.map(drop),
                    _ => service.identity().revoke_api_token(token, "leaked", &by).await,
                }
            });
            tokio::select! {
                () = a_lock_is_waited_for(db) => {}
                done = &mut waiting => panic!("{act} did not wait: {done:?}"),
            }
            held.commit().await.unwrap();
            assert_err!(waiting.await.unwrap(), Error::Forbidden(_));
            let mut tx = db.begin().await.unwrap();
            tx.set_role(id, Role::Owner).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
}

/// PostgreSQL only: on SQLite nothing can be saved once a batch has begun.
#[test]
fn terms_saved_while_the_desk_waits_for_its_locks_are_applied() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        for identity in [Identity::License, Identity::Product] {
            let terms = Terms { identity, ..seats(2) };
            let (policy, license, code) = fixture.licensed(terms.clone()).await;
            fixture.activate(&code, "one").await.unwrap();
            let mut held = db.begin().await.unwrap();
            match identity {
                Identity::License => held.lock_license(license.id).await.unwrap(),
                Identity::Policy | Identity::Product => held.lock_products(&[license.product_id]).await.unwrap(),
            }
            let waiting = ask(&fixture, asking(&code, "two"));
            a_lock_is_waited_for(db).await;
            let tighter = PolicyForm { name: policy.name, terms: Terms { seats: Seats::Limited(1), ..terms } };
            fixture.service.licenses().change_policy(policy.id, tighter, &fixture.actor).await.unwrap();
            drop(held);
            assert_eq!(refusal(waiting.await.unwrap()).code(), "seat_limit", "{identity:?}");
            assert_eq!(fixture.seats(&license).await, 1);
        }
    });
}

/// PostgreSQL only: SQLite has one writer at a time.
#[test]
fn a_feature_that_a_license_sets_at_that_moment_is_not_deleted() {
    testing::run(Engine::Postgres, async |db| {
        let fixture = TestService::open(db).await;
        let owner = signed_in(account(&fixture, Role::Owner).await, "Olga", Role::Owner).oneself(origin(1));
        let scopes = vec![Permission::ManageLicenses.into()];
        let form = NewApiToken { name: "Webshop".to_owned(), scopes, days: 1, ..NewApiToken::default() };
        let (token, text) = fixture.service.identity().create_api_token(form, &owner).await.unwrap();
        let caller = fixture.service.identity().api_caller(&text.0, None).await.unwrap();
        for changes in [false, true] {
            let product = fixture.product(&format!("drift-{changes}"), Default::default()).await;
            let form = ProductForm { features: vec![text_feature("tier", "basic")], ..ProductForm::of(&product) };
            fixture.service.licenses().change_product(product.id, form, &fixture.actor).await.unwrap();
            let policy = fixture.policy(&product, seats(1)).await;
            let license = fixture.license(&policy).await.0;
            // The license is written, and its act waits for its actor.
            let mut held = db.begin().await.unwrap();
            held.note_api_token_used(token.id, fixture.clock.now()).await.unwrap();
            let by = caller.authorize(Act::LicensesCreate, origin(1)).unwrap();
            let service = fixture.service.clone();
            let sets = tokio::spawn(async move {
                let features = [("tier".to_owned(), FeatureValue::Text("pro".to_owned()))].into();
                let form = LicenseForm { features, ..LicenseForm::default() };
                match changes {
                    true => service.licenses().change_license(license.id, form, &by).await.map(drop),
                    false => {
                        let new = NewLicense { policy_id: policy.id, code: String::new(), form };
                        service.licenses().create_license(new, &by).await.map(drop)
                    }
                }
            });
            a_lock_is_waited_for(db).await;
            let (service, actor) = (fixture.service.clone(), fixture.actor.clone());
            let mut deletes =
                tokio::spawn(async move { service.licenses().delete_feature(product.id, "tier", &actor).await });
            tokio::select! {
                () = locks_are_waited_for(db, 2) => {}
                done = &mut deletes => panic!("the deletion did not wait: {done:?}"),
            }
            drop(held);
            sets.await.unwrap().unwrap();
            assert_err!(deletes.await.unwrap(), Error::Conflict(_));
        }
    });
}
