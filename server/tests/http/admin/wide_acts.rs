//! Acts with a wide effect and what they require.

use axum::http::StatusCode;
use licensing::{Permission, Role, product::Lifecycle, terms::Seats};
use service::{
    Actor, NewApiToken,
    store::events::{Event, EventFilter},
};
use testing::contract;
use uuid::Uuid;

use super::{
    editing::{form, send},
    person::{accounts, signed_in},
};
use crate::fixture::{Html, Server};

async fn last_event(server: &Server, subject: Uuid) -> Event {
    let filter = EventFilter { subject_id: Some(subject), ..EventFilter::default() };
    let page = server.service.store().read().await.unwrap().on().events(&filter, Default::default(), 1).await.unwrap();
    page.rows.into_iter().next().unwrap()
}

contract!(taking_something_from_others_requires_a_reason_which_is_logged, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let wish =
        NewApiToken { name: "shop".to_owned(), scopes: vec![Permission::See.into()], days: 9, ..Default::default() };
    let (token, _) = server.service.identity().create_api_token(wish, &Actor::command()).await.unwrap();
    let (owner, _admin) = (signed_in(&server, Role::Owner).await, signed_in(&server, Role::Admin).await);
    let _again = signed_in(&server, Role::Admin).await;
    let admin = Uuid::from_u128(Role::Admin as u128 + 1);
    let login = server.service.identity().logins(Some(admin)).await.unwrap()[0].id.unwrap();
    for (page, function, act, subject) in [
        (format!("/settings/tokens?dialog=revoke-{}", token.id), "tokens/revoke", "api_token.revoked", token.id),
        (format!("/settings/all-logins?dialog=end-{login}"), "logins/end", "account.login_ended", admin),
        (format!("/settings/accounts/{admin}?dialog=end-logins"), "accounts/end-logins", "account.logins_ended", admin),
    ] {
        let asked = form(&owner, &page, function).await;
        let silent = send(&owner, &page, &asked).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert_ne!(last_event(&server, subject).await.kind, act, "{page}");
        let done = send(&owner, &page, &asked.fill("reason", "Stolen in Oslo.")).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{page}");
        let event = last_event(&server, subject).await;
        assert_eq!((event.kind.as_str(), event.reason.as_deref()), (act, Some("Stolen in Oslo.")), "{page}");
    }
});

contract!(withdrawing_a_product_shows_how_many_licenses_it_stops_and_requires_a_reason_and_the_name, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let admin = signed_in(&server, Role::Admin).await;
    let (page, id) = (format!("/products/{}", license.product_id), license.product_id);
    let lifecycle =
        async || server.service.store().read().await.unwrap().on().product(id).await.unwrap().unwrap().lifecycle;

    let edit = form(&admin, &format!("{page}/edit"), "products/change").await;
    let sneaking = format!("{}&lifecycle=withdrawn", edit.encoded());
    assert_eq!(admin.submit(&format!("{page}/edit"), &sneaking).await.status, StatusCode::SEE_OTHER);
    assert_eq!(lifecycle().await, Lifecycle::Active, "an ordinary save cannot withdraw it");

    let dialog = format!("{page}?dialog=withdraw");
    let shown = admin.open(&dialog).await;
    assert!(shown.text().contains("This stops 1 license."));
    let asked = Html::read(shown.text()).form("products/withdraw");
    for (reason, name) in [("", "Drift Pro"), ("Replaced.", ""), ("Replaced.", "Drift")] {
        let wrong = asked.clone().fill("reason", reason).fill("name", name);
        let refused = send(&admin, &dialog, &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason:?} {name:?}");
    }
    assert_eq!(lifecycle().await, Lifecycle::Active);
    let meant = asked.fill("reason", "Replaced.").fill("name", "Drift Pro");
    let done = send(&admin, &dialog, &meant).await;
    assert_eq!(done.header("location"), format!("{page}?done=product_withdrawn"));
    assert_eq!(lifecycle().await, Lifecycle::Withdrawn);
    assert_eq!(server.activate(&license, "one").await.status, StatusCode::FORBIDDEN);
    let event = last_event(&server, id).await;
    assert_eq!((event.kind.as_str(), event.reason.as_deref()), ("product.withdrawn", Some("Replaced.")));

    let dialog = format!("{page}?dialog=offer-again");
    let asked = form(&admin, &dialog, "products/offer-again").await.fill("reason", "A slip.");
    assert_eq!(send(&admin, &dialog, &asked).await.status, StatusCode::SEE_OTHER);
    server.activate(&license, "one").await.token();
});

contract!(a_narrower_policy_requires_a_reason_and_its_name, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().seats(5).create().await;
    let admin = signed_in(&server, Role::Admin).await;
    let page = format!("/policies/{}/edit", license.policy_id);
    let seats = async || {
        let mut reading = server.service.store().read().await.unwrap();
        reading.on().policy(license.policy_id).await.unwrap().unwrap().terms.seats
    };
    let wider = form(&admin, &page, "policies/change").await.fill("seats", "6");
    assert_eq!(send(&admin, &page, &wider).await.status, StatusCode::SEE_OTHER, "wider terms require nothing");

    let fewer = form(&admin, &page, "policies/change").await.fill("seats", "2");
    let asked = send(&admin, &page, &fewer).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["1 license gets less than before.", "Seats: 6 devices → 2 devices."] {
        assert!(asked.text().contains(text), "{text}");
    }
    assert_eq!(seats().await, Seats::Limited(6));
    let because = Html::read(asked.text()).form("policies/change");
    assert_eq!(because.value("seats"), Some("2"), "the input is kept");
    assert!(
        because.fields.iter().all(|field| !field.refused),
        "fields that were not shown before are not marked as errors"
    );
    let name = because.value("name").unwrap().to_owned();
    for (reason, typed, refused) in
        [("", name.as_str(), "reason"), ("Fewer.", "", "typed_name"), ("Fewer.", "X", "typed_name")]
    {
        let wrong = because.clone().fill("reason", reason).fill("typed_name", typed);
        let answer = send(&admin, &page, &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason:?} {typed:?}");
        let fields = Html::read(answer.text()).form("policies/change").fields;
        let named: Vec<_> = fields.iter().filter(|it| it.refused).map(|it| it.name.as_str()).collect();
        assert_eq!(named, [refused], "{reason:?} {typed:?}");
    }
    assert_eq!(seats().await, Seats::Limited(6));
    let meant = because.fill("reason", "The plan of 2027.").fill("typed_name", &name);
    let done = send(&admin, &page, &meant).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(seats().await, Seats::Limited(2));
    assert_eq!(last_event(&server, license.policy_id).await.reason.as_deref(), Some("The plan of 2027."));
});

contract!(a_policy_with_fewer_seats_says_how_many_devices_would_be_over_the_limit, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let license = server.license().seats(5).create().await;
    for n in 0..4 {
        server.activate(&license, &format!("device {n}")).await.token();
    }
    let page = format!("/policies/{}/edit", license.policy_id);
    let asked = send(&admin, &page, &form(&admin, &page, "policies/change").await.fill("seats", "2")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("2 devices would be over the limit on 1 license"), "{}", asked.text());
    let enough = send(&admin, &page, &form(&admin, &page, "policies/change").await.fill("seats", "4")).await;
    assert!(!enough.text().contains("over the limit on"), "four fit");
});

contract!(a_policy_is_duplicated_under_another_name, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let license = server.license().seats(5).create().await;
    let detail = admin.open(&format!("/policies/{}", license.policy_id)).await;
    let page = format!("/policies/new?copy={}", license.policy_id);
    assert!(detail.text().contains(&page), "the policy's page leads there");
    let copy = form(&admin, &page, "policies/create").await;
    assert_eq!((copy.value("name"), copy.value("seats")), (Some("Studio (copy)"), Some("5")));
    assert_eq!(copy.value("product"), Some(license.product_id.to_string().as_str()));
    assert_eq!(send(&admin, &page, &copy).await.status, StatusCode::SEE_OTHER);
});
