//! The list of licenses with its filters, extending licenses, and jobs, as a browser without script uses them.

use axum::http::StatusCode;
use licensing::{Overrides, Role, Span, terms::Validity};
use service::{Actor, LicenseForm, NewLicense};
use testing::contract;
use uuid::Uuid;

use super::person::{Person, accounts, signed_in};
use crate::fixture::{Html, Server};

/// Fills in the form of an act on this page, and sends it.
pub(super) async fn sent(
    person: &Person<'_>,
    page: &str,
    act: &str,
    fields: &[(&str, &str)],
) -> crate::fixture::Answer {
    let opened = person.open(page).await;
    let form = Html::read(opened.text()).form(act);
    let form = fields.iter().fold(form, |form, (name, value)| form.fill(name, value));
    person.submit(page, &form.encoded()).await
}

pub(super) async fn ending(server: &Server, policy: Uuid, customer: &str, days: u64) -> Uuid {
    let end = Span::days(days).after(server.service.clock().now());
    let overrides = Overrides { validity: Some(Validity::Until(end)), ..Overrides::default() };
    let form = LicenseForm { customer: customer.to_owned(), overrides, ..LicenseForm::default() };
    let new = NewLicense { policy_id: policy, code: String::new(), form };
    server.service.licenses().create_license(new, &Actor::command()).await.unwrap().0.id
}

contract!(the_list_has_views_filters_and_orders, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    ending(&server, policy, "Soon Ltd", 5).await;
    ending(&server, policy, "Later Ltd", 100).await;
    let person = signed_in(&server, Role::Viewer).await;
    for (address, shown, hidden) in [
        ("/licenses", &["Soon Ltd", "Later Ltd"][..], &[][..]),
        ("/licenses?status=ending", &["Soon Ltd"], &["Later Ltd"]),
        ("/licenses?ends=30d", &["Soon Ltd"], &["Later Ltd"]),
        ("/licenses?seats=over", &["No matching licenses"], &["Soon Ltd", "Later Ltd"]),
        ("/licenses?seen_before=-90d", &["No matching licenses"], &["Soon Ltd"]),
        ("/licenses?never_activated=true", &["Soon Ltd", "Later Ltd"], &[]),
        ("/licenses?status=nonsense", &["Soon Ltd", "Later Ltd"], &[]),
    ] {
        let answer = person.open(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert!(shown.iter().all(|text| answer.text().contains(text)), "{address} does not show {shown:?}");
        assert!(!hidden.iter().any(|text| answer.text().contains(text)), "{address} shows one of {hidden:?}");
    }
    let page = person.open("/licenses?sort=ends").await;
    let text = page.text();
    assert!(text.find("Soon Ltd") < text.find("Later Ltd"));
    let page = person.open("/licenses?sort=-ends").await;
    assert!(page.text().find("Later Ltd") < page.text().find("Soon Ltd"));
});

contract!(a_license_is_extended_gets_seats_and_tags_in_dialogs, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let id = ending(&server, policy, "Aurora", 10).await;
    let person = signed_in(&server, Role::Admin).await;
    let page = |dialog: &str| format!("/licenses/{id}?dialog={dialog}");
    let stored = async || server.service.licenses().license(id).await.unwrap().license;
    let before = stored().await;

    let refused = sent(&person, &page("extend"), "licenses/extend", &[("by", "year"), ("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = sent(&person, &page("extend"), "licenses/extend", &[("by", "year"), ("reason", "renewed")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let year = before.ends_at.unwrap().checked_add_months(chrono::Months::new(12));
    assert_eq!(stored().await.ends_at, year);
    let both = [("by", "year"), ("until", "2040-01-01"), ("reason", "x")];
    let refused = sent(&person, &page("extend"), "licenses/extend", &both).await;
    assert!(refused.text().contains("must be empty if you extend by 1 year"), "{}", refused.status);
    assert_eq!(stored().await.ends_at, year, "nothing is guessed");
    let past = [("by", "date"), ("until", "2020-01-01"), ("reason", "x")];
    let refused = sent(&person, &page("extend"), "licenses/extend", &past).await;
    assert!(refused.text().contains("must be after the present end"), "{}", refused.status);

    let seats = u64::try_from(before.seat_limit.unwrap()).unwrap() + 2;
    let more = [("seats", seats.to_string()), ("reason", "two desks".to_owned())];
    let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(sent(&person, &page("seats"), "licenses/add-seats", &more).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored().await.seat_limit, i64::try_from(seats).ok());

    let tags = [("tags", "Reseller, nfr")];
    assert_eq!(sent(&person, &page("tags"), "licenses/tag", &tags).await.status, StatusCode::SEE_OTHER);
    assert!(person.open("/licenses?tag=reseller").await.text().contains("Aurora"));
    assert!(!person.open("/licenses?tag=other").await.text().contains("Aurora"));
    let history = person.open(&format!("/licenses/{id}/activity")).await;
    for text in ["extended this license", "added seats", "changed the tags"] {
        assert!(history.text().contains(text), "{text}");
    }

    assert!(person.open(&page("seats")).await.text().contains("licenses/add-seats"));
    server.clock.advance(2 * 365 * 86_400);
    let later = signed_in(&server, Role::Admin).await.open(&page("seats")).await;
    assert!(later.text().contains("dialog=extend"), "it has ended: {}", later.text());
    assert!(!later.text().contains("licenses/add-seats") && !later.text().contains("dialog=seats"));
});

contract!(many_licenses_are_created_by_a_job_with_a_page, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    server.license().create().await;
    let person = signed_in(&server, Role::Admin).await;
    let new = "/licenses/new";
    let wrong = [("quantity", "10,001")];
    assert_eq!(sent(&person, new, "licenses/create", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let both = [("quantity", "2"), ("code", "OLD-CODE-0815")];
    assert!(sent(&person, new, "licenses/create", &both).await.text().contains("must be empty for more than one"));

    let done = sent(&person, new, "licenses/create", &[("quantity", "120"), ("customer", "Reseller")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = done.header("location").split('?').next().unwrap().to_owned();
    assert!(person.open(&page).await.text().contains("0 of 120 licenses done"));
    assert!(server.service.jobs().run_some().await.unwrap());
    assert!(person.open(&page).await.text().contains("100 of 120 licenses done"));

    let cancelled = sent(&person, &page, "jobs/cancel", &[]).await;
    assert_eq!(cancelled.status, StatusCode::SEE_OTHER);
    assert!(!server.service.jobs().run_some().await.unwrap());
    assert_eq!(sent(&person, &page, "jobs/resume", &[]).await.status, StatusCode::SEE_OTHER);
    while server.service.jobs().run_some().await.unwrap() {}
    let shown = person.open(&page).await;
    assert!(shown.text().contains("120 of 120 licenses done") && shown.text().contains("Show 120 licenses"));
    let batch = page.rsplit('/').next().unwrap();
    assert!(person.open(&format!("/licenses?batch={batch}")).await.text().contains("Reseller"));
    assert!(person.open("/jobs").await.text().contains("Create 120 licenses"));

    let viewer = signed_in(&server, Role::Viewer).await;
    assert!(viewer.open(&page).await.text().contains("120 of 120 licenses done"));
    assert_eq!(viewer.call("/admin/api/jobs/cancel", &format!("id={batch}")).await.status, StatusCode::FORBIDDEN);
});
