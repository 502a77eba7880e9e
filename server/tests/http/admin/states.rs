//! The state of a license and of a page, in words.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{Role, terms::Maintenance};
use service::{Actor, LicenseForm, NewLicense};
use testing::contract;

use super::{
    devices::page_text,
    person::{Person, accounts, signed_in},
};
use crate::{
    fixture::{Html, Server},
    offline::Device,
};

contract!(a_license_says_one_thing_about_its_state, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    let page = format!("/licenses/{}", license.id);
    let fresh = page_text(&owner.open(&page).await);
    assert!(fresh.contains("Not started") && fresh.contains("No device has activated yet. No end date."), "{fresh}");
    assert!(!fresh.contains("Active."), "{fresh}");
    server.activate(&license, "one").await.token();
    let active = page_text(&owner.open(&page).await);
    assert!(active.contains("Active") && active.contains(". No end date."), "{active}");
    server
        .service
        .licenses()
        .set_lifecycle(license.product_id, licensing::product::Lifecycle::Withdrawn, "Replaced.", &Actor::command())
        .await
        .unwrap();
    let answer = owner.open(&page).await;
    let stopped = page_text(&answer);
    assert!(stopped.contains("Product withdrawn"), "{stopped}");
    assert!(stopped.contains("The product is withdrawn: no device can activate or renew."), "{stopped}");
    assert!(!answer.text().contains("data-state=\"active\""), "nothing on the page is active: {stopped}");
});

contract!(a_license_says_until_when_new_versions_are_covered, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    let page = format!("/licenses/{}", license.id);
    let says = async |until: Option<DateTime<Utc>>| {
        let maintenance = until.map_or(Maintenance::Always, Maintenance::Until);
        license.change_terms(&server, |terms| terms.maintenance = maintenance).await;
        page_text(&owner.open(&page).await)
    };
    assert!(!says(None).await.contains("versions"));
    let later = says(Some(server.now() + TimeDelta::days(9))).await;
    assert!(later.contains("New versions are covered until "), "{later}");
    let earlier = says(Some(server.now() - TimeDelta::days(9))).await;
    assert!(earlier.contains("Versions released after ") && earlier.contains(" are not covered."), "{earlier}");
});

contract!(a_name_holds_no_character_that_turns_text_around, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    let form = LicenseForm {
        customer: "\u{202e}moc.live\u{202c} \u{2067}Audio\u{2069}".to_owned(),
        reference: "שלום\u{200f}!".to_owned(),
        ..LicenseForm::default()
    };
    let new = NewLicense { policy_id: license.policy_id, code: String::new(), form };
    let (made, _) = server.service.licenses().create_license(new, &Actor::command()).await.unwrap();
    assert_eq!(made.customer.as_deref(), Some("moc.live Audio"));
    assert_eq!(made.reference.as_deref(), Some("שלום\u{200f}!"), "marks are part of right-to-left writing");
});

contract!(settings_are_one_place_with_its_current_tab, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    for (page, tab) in [
        ("/settings", "/settings/account"),
        ("/settings/account", "/settings/account"),
        ("/settings/accounts", "/settings/accounts"),
        ("/settings/tokens", "/settings/tokens"),
    ] {
        let answer = owner.open(page).await;
        assert_eq!(answer.status, 200, "{page}");
        let current = |link: &str| {
            let link = format!("<a href=\"{link}\"");
            answer
                .text()
                .split(&link)
                .skip(1)
                .any(|rest| rest.split('>').next().is_some_and(|tag| tag.contains("aria-current=\"page\"")))
        };
        assert!(current("/settings"), "{page}: the navigation marks Settings");
        assert!(current(tab), "{page}: the tabs mark {tab}");
    }
});

contract!(a_template_keeps_the_product_and_the_typed_name, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let (_, second) = (server.license().create().await, server.license().create().await);
    let read = async |query: &str| {
        let answer = owner.open(&format!("/policies/new?product={}&{query}", second.product_id)).await;
        let form = Html::read(answer.text()).form("policies/create");
        (form.value("product").unwrap().to_owned(), form.value("name").unwrap().to_owned())
    };
    let product = second.product_id.to_string();
    assert_eq!(read("template=subscription&name=Team+2027").await, (product.clone(), "Team 2027".to_owned()));
    let (_, first) = read("template=subscription").await;
    let other = format!("template=trial&name={first}");
    assert_ne!(read(&other).await.1, first, "the title of another template was not typed");
});

contract!(a_page_of_a_list_does_not_pass_for_all_of_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    assert!(page_text(&owner.open("/licenses").await).contains("1 license"));
    let forms = (0..60).map(|n| LicenseForm { customer: format!("Customer {n}"), ..LicenseForm::default() }).collect();
    server.service.licenses().create_licenses(license.policy_id, forms, &Actor::command()).await.unwrap();
    let first = owner.open("/licenses").await;
    assert!(page_text(&first).contains("1–50 of 61 licenses"), "{}", page_text(&first));
    let next = first.text().split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let last = owner.open(&next.replace("&amp;", "&")).await;
    assert!(page_text(&last).contains("Last 11 licenses"), "{}", page_text(&last));
});

contract!(the_message_to_sign_in_again_has_its_own_button, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let form = "_action=/admin/api/products/create&_form=product&name=Drift+Pro&code=drift-pro";
    let refused = Person::at(&server).submit("/products/new", form).await;
    let notice = refused.text().split("class=\"notice\"").nth(1).expect("a notice").to_owned();
    assert!(notice.contains("Sign in and send the form"), "{notice}");
    assert!(notice.find("type=\"password\"") < notice.find("Sign in and send the form"), "{notice}");
});

contract!(staff_search_for_the_license_of_a_request_without_a_code, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    let forms = (0..60).map(|n| LicenseForm { customer: format!("Customer {n:02}"), ..LicenseForm::default() });
    server.service.licenses().create_licenses(license.policy_id, forms.collect(), &Actor::command()).await.unwrap();
    let device = Device::new("without code");
    let mut claims = device.asks(&license, 1, &server);
    claims.as_object_mut().unwrap().remove("activationCode");
    let file = app::http::address::escape(&device.request(&claims));
    let read = support.submit("/offline", &format!("_action=/admin/api/offline/read&_form=file&file={file}")).await;
    assert_eq!(read.header("location"), "/offline/read", "{}", read.text());
    let all = support.open("/offline/read").await;
    assert!(!all.text().contains("Ingrid Solberg") && all.text().contains("Search for others"), "she is the oldest");

    let find =
        |q: &str| format!("_action=/admin/api/offline/find-license&_form=find&q={}", app::http::address::escape(q));
    let found = support.submit("/offline/read", &find("solberg")).await;
    assert_eq!(found.header("location"), "/offline/read?q=solberg", "{}", found.text());
    let narrowed = support.open("/offline/read?q=solberg").await;
    assert!(narrowed.text().contains("Ingrid Solberg") && !narrowed.text().contains("Customer 01"));
    let none = support.open("/offline/read?q=nobody").await;
    assert!(page_text(&none).contains("No license of this product matches the search."), "{}", page_text(&none));
    let by_code = support.submit("/offline/read", &find(&license.code)).await;
    assert_eq!(by_code.header("location"), format!("/offline/read?license={}", license.id), "no code in an address");
    let chosen = support.open(by_code.header("location")).await;
    let form = Html::read(chosen.text()).form("offline/grant");
    let granted = support.submit("/offline/read", &form.encoded()).await;
    assert!(granted.header("location").ends_with("?done=offline_granted"), "{}", granted.text());
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(support_keeps_notes_and_sees_first_what_a_license_overrides, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    let page = format!("/licenses/{}", license.id);
    let terms = format!("{page}/terms");
    let shown = page_text(&support.open(&terms).await);
    assert!(shown.contains("All 21 terms come from the policy"), "{shown}");

    let form = Html::read(support.open(&format!("{page}?dialog=notes")).await.text()).form("licenses/change-notes");
    let saved = support.submit(&page, &form.fill("notes", "Pays in May.").encoded()).await;
    assert_eq!(saved.header("location"), format!("{page}/notes?done=notes_saved"), "{}", saved.text());
    let overrides = licensing::Overrides { seats: Some(licensing::terms::Seats::Limited(7)), ..Default::default() };
    let notes = "Pays in May.".to_owned();
    let form = LicenseForm { overrides, notes, customer: "Ingrid Solberg".to_owned(), ..LicenseForm::default() };
    server.service.licenses().change_license(license.id, form, &Actor::command()).await.unwrap();
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("Pays in May."), "{shown}");
    let shown = page_text(&support.open(&terms).await);
    let first = shown.find("set here; otherwise 1 device").expect("the override");
    assert!(first < shown.find("20 more from the policy").unwrap(), "{shown}");
    let viewer = signed_in(&server, Role::Viewer).await;
    let form = format!("_action=/admin/api/licenses/change-notes&_form=notes&id={}&revision=9&notes=x", license.id);
    assert_eq!(viewer.submit(&page, &form).await.status, 403);
});
