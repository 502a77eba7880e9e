//! User input never becomes markup of a page.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::StatusCode;
use licensing::{Permission, Role, Terms, terms::Seats};
use serde_json::json;
use server::{
    access_table::ACCESS_TABLE,
    routes::{Opens, Route},
};
use service::{Actor, LicenseForm, NewApiToken, PolicyForm, ProductForm, SubscriptionForm};
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::{
    fixture::{Answer, Html, HtmlForm, Server},
    offline::{Device, OFFLINE, bring},
};

/// Text that closes any enclosing context and then plants an element.
pub(super) const PLANT: &str = "--></script></textarea></title>\"'><i id=p0>";

/// Maximum number of pages in a crawl, so that it ends even with an endless chain of links.
const MOST_PAGES: usize = 600;

/// Functions that would end the crawl or lock its owner out.
pub(super) const LEFT_ALONE: [&str; 7] =
    ["sign-out", "see-as", "logins", "disable", "sign-in", "prove", "webhooks/delete"];

/// Query keys that a page reads without a field of that name: return path, dialog, notice, position in a list.
const QUERY: [&str; 16] = [
    "q",
    "to",
    "dialog",
    "done",
    "before",
    "after",
    "license",
    "device",
    "product",
    "policy",
    "view",
    "hours",
    "act",
    "fingerprint",
    "token",
    "again",
];

#[track_caller]
fn harmless(place: &str, answer: &Answer) -> Html {
    let html = Html::read(answer.text());
    assert!(!html.ids.contains("p0"), "{place} holds the planted element: {}", around(answer.text()));
    html
}

/// The text around the planted element.
fn around(page: &str) -> &str {
    let at = page.find("<i id=p0>").unwrap_or_default();
    let start = (0..=at.saturating_sub(200)).rev().find(|i| page.is_char_boundary(*i)).unwrap_or_default();
    let end = (at..page.len()).find(|i| *i >= at + 60 && page.is_char_boundary(*i)).unwrap_or(page.len());
    &page[start..end]
}

/// Creates one record of every kind, with the planted text wherever the API or the command line accepts text.
pub(super) async fn plant(server: &Server) {
    let (service, actor) = (&server.service, Actor::command());
    let plant = || PLANT.to_owned();
    let (device, issued) = (Device::new("never online"), server.license().seats(9).create().await);
    let product = ProductForm { name: plant(), ..ProductForm::default() };
    service.licenses().change_product(issued.product_id, product, &actor).await.unwrap();
    let mut policy = PolicyForm { name: plant(), terms: Terms::default() };
    policy.terms.seats = Seats::Limited(9);
    service.licenses().change_policy(issued.policy_id, policy, &actor).await.unwrap();
    let webhook = SubscriptionForm {
        url: "https://example.com/hooks".to_owned(),
        description: plant(),
        event_types: vec!["*".to_owned()],
        enabled: true,
        ..SubscriptionForm::default()
    };
    service.webhooks().create_subscription(webhook, None, &actor).await.unwrap();
    let many = LicenseForm { customer: plant(), ..LicenseForm::default() };
    service.jobs().create_licenses(issued.policy_id, 2, many, &actor).await.unwrap();
    let form = LicenseForm {
        customer: plant(),
        reference: plant(),
        notes: plant(),
        metadata: json!({ PLANT: PLANT }).to_string(),
        email: "ada@acme.example".to_owned(),
        ..LicenseForm::default()
    };
    service.licenses().change_license(issued.id, form, &actor).await.unwrap();
    server.activate_with(&issued, PLANT, json!({ "deviceName": PLANT, "platform": PLANT })).await.token();
    for member in ["email", "targetSoftwareVersion", "requestedLeaseDuration"] {
        server.activate_with(&issued, PLANT, json!({ member: PLANT })).await;
    }
    server.activate(&issued.typed(PLANT), PLANT).await;
    server.activate(&issued.typed("no such code"), PLANT).await;
    let mut claims = device.asks(&issued, 1, server);
    claims["deviceName"] = json!(PLANT);
    claims["platform"] = json!(PLANT);
    assert_eq!(bring(server, OFFLINE, device.request(&claims)).await.status, StatusCode::OK);
    let token = NewApiToken {
        name: plant(),
        scopes: Permission::ALL.map(Into::into).to_vec(),
        days: 1,
        ..NewApiToken::default()
    };
    service.identity().create_api_token(token, &actor).await.unwrap();
}

/// The pages and forms that one user reaches by links from every page without a variable part.
#[derive(Default)]
pub(super) struct Crawl {
    /// Every path opened, with its status.
    opened: BTreeMap<String, u16>,
    /// For each function and set of fields: a page, and a form on it.
    pub(super) forms: BTreeMap<(String, Vec<String>), (String, HtmlForm)>,
}

/// Returns `false` for a download, which is a file and works once, and for streams.
fn is_page(route: &Route) -> bool {
    matches!(route.opens, Opens::Account(_)) && !["/export", "/live"].contains(&route.path)
}

/// The path of a link on the page, if it is one of ours.
fn follow(page: &str, link: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    let path = page.split('?').next().unwrap_or_default();
    let address = if link.starts_with('?') { format!("{path}{link}") } else { link.to_owned() };
    let ours = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/api");
    (ours && !LEFT_ALONE.iter().any(|end| address.contains(end) && !address.starts_with("/settings")))
        .then_some(address)
}

pub(super) async fn crawl(person: &Person<'_>) -> Crawl {
    let start = ACCESS_TABLE.iter().filter(|route| is_page(route) && !route.path.contains('{')).map(|route| route.path);
    let mut queue: VecDeque<String> = start.map(str::to_owned).collect();
    let mut crawl = Crawl::default();
    while let Some(page) = queue.pop_front() {
        if crawl.opened.contains_key(&page) {
            continue;
        }
        assert!(crawl.opened.len() < MOST_PAGES, "the crawl does not end: {:?}", crawl.opened);
        let answer = person.open(&page).await;
        crawl.opened.insert(page.clone(), answer.status.as_u16());
        assert!(answer.status.as_u16() < 500, "{page}: {}", answer.status);
        let html = harmless(&page, &answer);
        queue.extend(html.links.iter().filter_map(|link| follow(&page, link)));
        for form in html.forms.into_iter().filter(|form| form.posts) {
            let names = form.fields.iter().map(|field| field.name.clone()).collect();
            let function = form.value("_action").expect("a posted form names its function").to_owned();
            crawl.forms.entry((function, names)).or_insert((page.clone(), form));
        }
    }
    crawl
}

/// Returns `true` if the path matches the template.
fn fits(template: &str, address: &str) -> bool {
    let address = address.split('?').next().unwrap_or_default();
    template.split('/').count() == address.split('/').count()
        && template
            .split('/')
            .zip(address.split('/'))
            .all(|(documented, part)| documented == part || documented.starts_with('{'))
        && (template.contains('{') || template == address)
}

/// Submits the form with the planted text in every field, then again with valid values in the refused fields.
pub(super) async fn plant_in(person: &Person<'_>, page: &str, form: &HtmlForm, what: &str) {
    let mut planted = form.clone();
    for field in planted.fields.iter_mut().filter(|field| field.typed) {
        field.value = what.to_owned();
    }
    for _ in 0..3 {
        let answer = person.submit(page, &planted.encoded()).await;
        let html = harmless(&format!("{page}, sent {}", planted.encoded()), &answer);
        assert!(answer.status.as_u16() < 500, "{page}, sent {}: {}", planted.encoded(), answer.status);
        let Some(again) = html.forms.into_iter().find(|again| again.id == form.id) else { return };
        let refused: BTreeSet<_> = again.fields.iter().filter(|f| f.refused).map(|f| f.name.clone()).collect();
        if answer.status != StatusCode::UNPROCESSABLE_ENTITY || refused.is_empty() {
            return;
        }
        for field in planted.fields.iter_mut().filter(|field| refused.contains(&field.name)) {
            let before = form.value(&field.name).unwrap_or_default();
            field.value = if before.is_empty() && field.value == what { "1".to_owned() } else { before.to_owned() };
        }
    }
}

contract!(no_user_input_becomes_markup, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    plant(&server).await;
    let owner = signed_in(&server, Role::Owner).await;

    let first = crawl(&owner).await;
    for route in ACCESS_TABLE.iter().filter(|route| is_page(route)) {
        assert!(
            first.opened.iter().any(|(address, status)| fits(route.path, address) && *status == 200),
            "the crawl found no {}: plant a record that leads there",
            route.path
        );
    }
    for ((function, _), (page, form)) in &first.forms {
        if !LEFT_ALONE.iter().any(|end| function.contains(end)) {
            plant_in(&owner, page, form, PLANT).await;
        }
    }
    let second = crawl(&signed_in(&server, Role::Owner).await).await;
    assert!(second.opened.len() >= first.opened.len());

    let mut people = vec![("nobody", Person::at(&server))];
    for role in Role::ALL {
        people.push((role.name(), signed_in(&server, role).await));
    }
    let escaped = app::http::address::escape(PLANT);
    let query: Vec<String> = QUERY.iter().map(|key| format!("{key}={escaped}")).collect();
    for route in ACCESS_TABLE.iter().filter(|route| route.method == "GET") {
        let known = second.opened.keys().find(|address| fits(route.path, address)).cloned();
        let known = known.unwrap_or_else(|| route.path.to_owned());
        let address = known.split('?').next().unwrap_or_default();
        let strange = route.path.split('/').map(|part| if part.starts_with('{') { &escaped } else { part });
        let strange = strange.collect::<Vec<_>>().join("/");
        for (who, person) in &people {
            for address in [address.to_owned(), format!("{address}?{}", query.join("&")), strange.clone()] {
                harmless(&format!("{who} at {address}"), &person.open(&address).await);
            }
        }
    }
    for (who, person) in &people {
        harmless(who, &person.open(&format!("/{escaped}/{escaped}")).await);
    }
});

/// Values at the limits of numbers, dates and ids.
const EXTREMES: [&str; 10] = [
    "4294967295",
    "18446744073709551615",
    "-9223372036854775808",
    "99999999999999999999999999",
    "1e308",
    "9999-12-31",
    "+262142-12-31",
    "-262143-01-01T00:00:00Z",
    "ffffffff-ffff-7fff-bfff-ffffffffffff",
    "00000000-0000-7000-8000-000000000000",
];

contract!(no_number_and_no_date_is_too_large_for_a_page, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    plant(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let found = crawl(&owner).await;
    for route in ACCESS_TABLE.iter().filter(|route| is_page(route)) {
        let known = found.opened.keys().find(|address| fits(route.path, address)).unwrap();
        let path = known.split('?').next().unwrap();
        for extreme in EXTREMES {
            let extreme = app::http::address::escape(extreme);
            let query: Vec<String> = QUERY.iter().map(|key| format!("{key}={extreme}")).collect();
            let narrow = format!("{path}?hours={extreme}&before={extreme}");
            let strange = route.path.split('/').map(|part| if part.starts_with('{') { &extreme } else { part });
            let strange = strange.collect::<Vec<_>>().join("/");
            for address in [format!("{path}?{}", query.join("&")), narrow, strange] {
                let answer = owner.open(&address).await;
                assert!(answer.status.as_u16() < 500, "{address}: {}", answer.status);
            }
        }
    }
    for ((function, _), (page, form)) in &found.forms {
        // Wrong passwords would only trigger the rate limit for the owner.
        if !function.contains("password") && !LEFT_ALONE.iter().any(|end| function.contains(end)) {
            for extreme in ["4294967295", "18446744073709551615", "+262142-12-31T23:59:59Z"] {
                plant_in(&owner, page, form, extreme).await;
            }
        }
    }
    crawl(&signed_in(&server, Role::Owner).await).await;
});
