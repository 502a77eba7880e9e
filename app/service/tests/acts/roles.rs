//! Roles that are lost while an act waits.

use licensing::{Fingerprint, Permission, Role, license::StateChange, product::Algorithm};
use service::{
    BlockedFor, Error, LicenseForm, NewApiToken, NewBlock, PolicyForm, ProductForm, store::accounts::Account,
};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, asking, assert_err, noon, of, origin, seats, signed_in};

/// Inserts an account with this role.
pub(crate) async fn account(fixture: &TestService, role: Role) -> Uuid {
    let id = Uuid::from_u128(role as u128 + 100);
    let account = Account {
        id,
        name: "Sune".to_owned(),
        email: format!("{}@example.com", role.name()),
        role,
        password_hash: None,
        failures: 0,
        failed_at: None,
        disabled_at: None,
        created_at: noon(),
        revision: 1,
    };
    let mut tx = fixture.service.store().begin().await.unwrap();
    tx.insert_account(&account).await.unwrap();
    tx.commit().await.unwrap();
    id
}

contract!(an_act_that_waited_for_a_license_is_refused_if_the_role_was_lost_meanwhile, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, code) = fixture.licensed(seats(1)).await;
    let device = fixture.activate(&code, "one").await.unwrap().session_id;
    let id = account(&fixture, Role::Support).await;
    let support = signed_in(id, "Sune", Role::Support).authorize(Permission::HelpCustomers, origin(1)).unwrap();
    for lose in [true, false] {
        let mut tx = db.begin().await.unwrap();
        tx.lock_license(license.id).await.unwrap();
        match lose {
            true => tx.set_role(id, Role::Viewer).await.unwrap(),
            false => tx.set_disabled(id, Some(fixture.clock.now())).await.unwrap(),
        }
        let (service, by) = (fixture.service.clone(), support.clone());
        let act = tokio::spawn(async move { service.devices().revoke_activation(device, "sold", &by).await });
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
        assert_err!(act.await.unwrap(), Error::Forbidden(_));
        let mut tx = db.begin().await.unwrap();
        tx.set_role(id, Role::Support).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = db.begin().await.unwrap();
    tx.set_disabled(id, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((fixture.seats(&license).await, fixture.events_of("device.revoked").await.len()), (1, 0));
    fixture.service.devices().revoke_activation(device, "sold", &support).await.unwrap();
});

contract!(no_act_succeeds_for_an_account_that_lost_its_role, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, code) = fixture.licensed(seats(2)).await;
    let (first, _) = fixture.service.activations().activate(asking(&code, "one")).await.unwrap();
    let device = first.session_id;
    let id = account(&fixture, Role::Viewer).await;
    let lost = &signed_in(id, "Sune", Role::Owner).authorize(Permission::RunServer, origin(1)).unwrap();
    let events = db.number("SELECT COUNT(*) FROM events").await;
    let service = &fixture.service;
    let fingerprint = || Fingerprint::read("one").unwrap();
    let block = NewBlock {
        fingerprint: fingerprint(),
        blocked_for: BlockedFor::Server,
        revoke: true,
        reason: "stolen".to_owned(),
    };
    let product = ProductForm { code: "other".to_owned(), name: "Other".to_owned(), ..ProductForm::default() };
    let changed = ProductForm { algorithm: Algorithm::EdDSA, ..product.clone() };
    let named = PolicyForm { name: "Another".to_owned(), terms: seats(3) };
    let token =
        NewApiToken { name: "CI".to_owned(), scopes: vec![Permission::See.into()], days: 1, ..NewApiToken::default() };
    assert_err!(service.licenses().create_product(product, lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().change_product(license.product_id, changed, lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().create_policy(license.product_id, named.clone(), lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().change_policy(policy.id, named, lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().create_license(of(&policy), lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().change_license(license.id, LicenseForm::default(), lost).await, Error::Forbidden(_));
    assert_err!(
        service.licenses().change_state(license.id, StateChange::Revoke, "refunded", lost).await,
        Error::Forbidden(_)
    );
    assert_err!(service.licenses().reveal_code(license.id, lost).await, Error::Forbidden(_));
    assert_err!(service.licenses().reissue_code(license.id, "leaked", lost).await, Error::Forbidden(_));
    assert_err!(service.devices().name_device(device, "Lab", lost).await, Error::Forbidden(_));
    assert_err!(service.devices().free_seat(device, "moved", lost).await, Error::Forbidden(_));
    assert_err!(service.devices().revoke_activation(device, "sold", lost).await, Error::Forbidden(_));
    assert_err!(service.devices().block_device(block, lost).await, Error::Forbidden(_));
    let entries = [(fingerprint(), String::new())];
    assert_err!(service.devices().authorize_devices(license.id, &entries, lost).await, Error::Forbidden(_));
    assert_err!(service.identity().create_api_token(token, lost).await, Error::Forbidden(_));
    assert_err!(service.accounts().invite("ada@example.com", "admin", lost).await, Error::Forbidden(_));
    assert_err!(service.accounts().change_role(id, "owner", lost).await, Error::Forbidden(_));
    assert_err!(service.accounts().disable_account(id, "left", lost).await, Error::Forbidden(_));
    assert_err!(service.timekeeper().confirm_time(lost).await, Error::Forbidden(_));
    assert_err!(service.keys().open_status_list(lost).await, Error::Forbidden(_));
    assert_eq!(db.number("SELECT COUNT(*) FROM events").await, events, "nothing was done");
    assert_eq!(fixture.seats(&license).await, 1);
});

contract!(owners_may_give_up_their_own_role_and_it_is_logged, async |db| {
    let fixture = TestService::open(db).await;
    let [id, other] = [account(&fixture, Role::Owner).await, account(&fixture, Role::Admin).await];
    let owner = signed_in(id, "Sune", Role::Owner).authorize(Permission::RunServer, origin(1)).unwrap();
    fixture.service.accounts().change_role(other, "owner", &owner).await.unwrap();
    fixture.service.accounts().change_role(id, "viewer", &owner).await.unwrap();
    assert_eq!(fixture.events_of("account.role_changed").await.len(), 2);
});
