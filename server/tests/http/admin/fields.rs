//! Fields that are hidden from some roles must not be in any answer to them.

use app::admin::{Row, TABLE};
use axum::http::StatusCode;
use licensing::Role;
use server::{access_table::ACCESS_TABLE, routes::Opens};
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::fixture::Server;

const CUSTOMER: &str = "ada.lovelace@customer.example";

/// The answer to this user for every page, and for every act that needs only ids.
async fn everything(person: &Person<'_>, license: uuid::Uuid) -> Vec<(String, String)> {
    let mut answers = vec![];
    for route in ACCESS_TABLE.iter().filter(|route| matches!(route.opens, Opens::Account(_))) {
        let page = route.path.replace("{id}", &license.to_string());
        for page in [page.clone(), format!("{page}?q=ada.lovelace"), format!("{page}?license={license}")] {
            answers.push((page.clone(), person.open(&page).await.text().to_owned()));
        }
    }
    for path in TABLE.iter().filter_map(Row::path).filter(|path| !path.contains("sign-out")) {
        let answer = person.call(path, &format!("id={license}&license={license}")).await;
        answers.push((path.to_owned(), answer.text().to_owned()));
    }
    answers
}

contract!(only_permitted_roles_get_a_whole_code_and_only_by_revealing_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().email(CUSTOMER).create().await;
    for role in [Role::Viewer, Role::Support] {
        let person = signed_in(&server, role).await;
        for (place, text) in everything(&person, issued.id).await {
            for code in [issued.code.clone(), issued.code.replace('-', "")] {
                assert!(!text.contains(&code), "{role:?} {place}");
            }
        }
    }
});

contract!(viewers_see_email_addresses_of_customers_unless_the_settings_hide_them, async |db| {
    let open = Server::on(db).await;
    accounts(&open).await;
    let issued = open.license().email(CUSTOMER).create().await;
    let viewer = signed_in(&open, Role::Viewer).await;
    assert!(
        everything(&viewer, issued.id).await.iter().any(|(_, text)| text.contains(CUSTOMER)),
        "the address must be there to be hidden"
    );
    let hiding =
        Server::with(db, &[("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_HIDE_EMAILS_FROM_VIEWERS", "on")]).await;
    let viewer = signed_in(&hiding, Role::Viewer).await;
    for (place, text) in everything(&viewer, issued.id).await {
        assert!(!text.contains("customer.example"), "{place}");
    }
    assert!(viewer.open("/settings/account").await.text().contains("viewer@example.com"), "their own address is shown");
    let support = signed_in(&hiding, Role::Support).await;
    let page = support.open(&format!("/licenses/{}", issued.id)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(CUSTOMER), "support helps customers");
    let owner = signed_in(&hiding, Role::Owner).await;
    owner.call("/admin/api/own-account/see-as", "role=viewer").await;
    assert!(
        !owner.open(&format!("/licenses/{}", issued.id)).await.text().contains(CUSTOMER),
        "hidden in the view as a viewer"
    );
});

contract!(support_frees_a_limited_number_of_seats_a_day_and_is_told_when_more_are_possible, async |db| {
    let limits = [("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_SUPPORT_RELEASES_PER_DAY", "2")];
    let server = Server::with(db, &limits).await;
    accounts(&server).await;
    let issued = server.license().seats(9).create().await;
    for device in ["one", "two", "three", "four"] {
        server.activate(&issued, device).await;
    }
    let devices = server.service.store().read().await.unwrap().on().activations(issued.id, 10).await.unwrap();
    let forms: Vec<String> =
        devices.iter().map(|it| format!("id={}&license={}&reason=sold", it.id, issued.id)).collect();
    let support = signed_in(&server, Role::Support).await;
    let revoke = async |person: &Person<'_>, form: &str| person.call("/admin/api/devices/revoke", form).await;
    let both = [support.copied(), support.copied()];
    let (one, two) = tokio::join!(revoke(&both[0], &forms[0]), revoke(&both[1], &forms[1]));
    assert!(one.status.is_redirection() || one.status.is_success(), "{}", one.text());
    assert!(two.status.is_redirection() || two.status.is_success(), "{}", two.text());
    let third = revoke(&support, &forms[2]).await;
    assert_eq!(third.status, StatusCode::CONFLICT);
    assert!(third.text().contains("at most 2 devices") && third.text().contains("in 1 day;"), "{}", third.text());
    let admin = signed_in(&server, Role::Admin).await;
    assert!(revoke(&admin, &forms[2]).await.status != StatusCode::CONFLICT, "administrators have no limit");
    server.clock.advance(24 * 3600);
    let support = signed_in(&server, Role::Support).await;
    assert!(revoke(&support, &forms[3]).await.status != StatusCode::CONFLICT, "the budget is renewed the next day");
});
