//! Solving a refusal on the page of its decision.

use licensing::{Role, terms::EmailTerm};
use serde_json::json;
use service::{Actor, LicenseForm};
use testing::contract;

use super::{
    devices::page_text,
    person::{accounts, signed_in},
};
use crate::{
    decisions::explained,
    fixture::{Html, Server},
};

const PASSES: &str = "Would pass now";
const PASSES_NOT: &str = "Would not pass now";

contract!(a_seat_is_freed_where_the_refusal_is_explained, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().seats(2).create().await;
    let mac = |name: &str| json!({ "deviceName": name, "platform": "macOS 15" });
    server.activate_with(&issued, "device-1", mac("Stale")).await.token();
    server.service.clock().advance(60);
    let twin = server.activate_with(&issued, "device-2", mac("Rehearsal Mac")).await.token();
    server.service.clock().advance(60);
    let problem = server.activate_with(&issued, "device-3", mac("Rehearsal Mac")).await.json();
    explained(&server, problem["decision"].as_str().unwrap()).await;
    let page = format!("/decisions/{}", problem["decision"].as_str().unwrap());

    let support = signed_in(&server, Role::Support).await;
    let html = support.open(&page).await;
    let text = html.text();
    assert!(text.contains(PASSES_NOT) && text.contains("Who holds the seats"), "{text}");
    let place = |name: &str| text.find(&format!("Free seat of {name}")).unwrap();
    assert!(place("Rehearsal Mac") < place("Stale"), "the same machine comes first");
    assert!(text.contains("Probably the same machine"));
    assert!(text.contains("One of them belongs to “Rehearsal Mac”"), "the text for the customer");
    assert!(page_text(&html).contains("rules did not apply"));

    let id = twin.claims["sid"].as_str().unwrap();
    let dialog = format!("{page}?dialog=free-{id}");
    let form = Html::read(support.open(&dialog).await.text()).form("devices/free");
    let answer = support.submit(&dialog, &form.fill("reason", "new computer").encoded()).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(answer.header("location").starts_with(&format!("{page}?done=device_freed")), "back to the decision");
    let after = support.open(&page).await;
    assert!(after.text().contains(PASSES) && after.text().contains("Please try again"), "{}", after.text());
    server.activate_with(&issued, "device-3", mac("Rehearsal Mac")).await.token();
});

contract!(a_viewer_sees_who_holds_the_seats_but_may_not_free_one, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    server.activate(&issued, "device-1").await.token();
    let problem = server.activate(&issued, "device-2").await.json();
    explained(&server, problem["decision"].as_str().unwrap()).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let page = viewer.open(&format!("/decisions/{}", problem["decision"].as_str().unwrap())).await;
    assert!(page.text().contains("Who holds the seats"));
    assert!(!Html::read(page.text()).links.iter().any(|link| link.contains("dialog=free-")));
});

contract!(a_corrected_address_is_seen_to_help, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let terms = |terms: &mut licensing::Terms| terms.email = EmailTerm::MustMatch;
    let issued = server.license().email("lena@aurora.example").terms(terms).create().await;
    let asks = json!({ "email": "magda@studio.example" });
    let problem = server.activate_with(&issued, "device-1", asks.clone()).await.json();
    explained(&server, problem["decision"].as_str().unwrap()).await;
    let page = format!("/decisions/{}", problem["decision"].as_str().unwrap());
    let support = signed_in(&server, Role::Support).await;
    assert!(support.open(&page).await.text().contains(PASSES_NOT));
    let form = LicenseForm { email: "magda@studio.example".to_owned(), ..LicenseForm::default() };
    server.service.licenses().change_license(issued.id, form, &Actor::command()).await.unwrap();
    assert!(support.open(&page).await.text().contains(PASSES));
    server.activate_with(&issued, "device-1", asks).await.token();
});

contract!(a_suspended_license_and_a_replaced_code_still_refuse, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    let licenses = server.service.licenses();
    let actor = Actor::command();
    let step = licensing::license::StateChange::Suspend;
    licenses.change_state(issued.id, step, "unpaid", &actor).await.unwrap();
    let problem = server.activate(&issued, "device-1").await.json();
    explained(&server, problem["decision"].as_str().unwrap()).await;
    let page = format!("/decisions/{}", problem["decision"].as_str().unwrap());
    let support = signed_in(&server, Role::Support).await;
    let html = Html::read(support.open(&page).await.text());
    assert!(html.links.contains(&format!("/licenses/{}?dialog=reinstate", issued.id)), "{:?}", html.links);
    licenses.change_state(issued.id, licensing::license::StateChange::Reinstate, "paid", &actor).await.unwrap();
    assert!(support.open(&page).await.text().contains(PASSES));
    licenses.reissue_code(issued.id, "leaked", &actor).await.unwrap();
    assert!(support.open(&page).await.text().contains(PASSES_NOT), "the request has the old code");
});
