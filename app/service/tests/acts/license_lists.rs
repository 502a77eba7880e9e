//! Extending licenses, adding seats, tags, and the filters and orders of the list.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Span, Terms,
    extension::Extension,
    license::{self, StateChange},
    terms::{Seats, Validity},
};
use serde_json::json;
use service::{Error, ExportFormat, LicenseForm, LicenseQuery, NewLicense, Parts as _, PolicyForm, TagChange};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, noon, of, seats};

const YEAR: Span = Span::days(365);

fn lasting(validity: Validity) -> Terms {
    Terms { validity, ..seats(2) }
}

fn days(n: u64) -> DateTime<Utc> {
    Span::days(n).after(noon())
}

/// The customers on all pages of two licenses each, in their order.
async fn listed(fixture: &TestService, query: LicenseQuery) -> Vec<String> {
    let (filter, wrong) = fixture.service.licenses().read_filter(&query).await.unwrap();
    assert!(wrong.0.is_empty(), "{wrong:?}");
    let (mut names, mut paging) = (vec![], service::store::Paging::First);
    loop {
        let mut reading = fixture.service.store().read().await.unwrap();
        let page = reading.on().licenses(&filter, paging, 2, fixture.clock.now()).await.unwrap();
        names.extend(page.rows.into_iter().map(|row| row.license.customer.unwrap()));
        let Some(next) = page.next else { break };
        paging = service::store::Paging::After(next);
    }
    names
}

async fn issued(fixture: &TestService, policy: Uuid, customer: &str, overrides: Overrides) -> Uuid {
    let form = LicenseForm { customer: customer.to_owned(), overrides, ..LicenseForm::default() };
    let new = NewLicense { policy_id: policy, code: String::new(), form };
    fixture.service.licenses().create_license(new, &fixture.actor).await.unwrap().0.id
}

contract!(a_license_is_extended_from_its_end_and_the_event_has_both_ends, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(lasting(Validity::Until(days(10)))).await;
    let (licenses, actor) = (fixture.service.licenses(), &fixture.actor);
    let extended = licenses.extend_license(license.id, Extension::By(YEAR), "renewed", actor).await.unwrap();
    assert_eq!(extended.ends_at, Some(YEAR.after(days(10))));
    assert_eq!(extended.overrides.validity, Some(Validity::Until(YEAR.after(days(10)))));
    assert_eq!(licenses.license(license.id).await.unwrap().license, extended);
    let [event] = fixture.events_of("license.extended").await.try_into().unwrap();
    assert_eq!((event.license_id, event.reason.as_deref()), (Some(license.id), Some("renewed")));
    assert_eq!(event.before.unwrap(), json!({ "ends_at": days(10) }));

    let sooner = Extension::Until(days(9));
    assert_eq!(bad_fields(licenses.extend_license(license.id, sooner, "x", actor).await), ["until"]);
    assert_eq!(bad_fields(licenses.extend_license(license.id, Extension::By(YEAR), " ", actor).await), ["reason"]);
    let (_, endless, _) = fixture.licensed(seats(1)).await;
    assert_err!(licenses.extend_license(endless.id, Extension::Months(1), "x", actor).await, Error::Conflict(_));
    licenses.change_state(license.id, StateChange::Revoke, "gone", actor).await.unwrap();
    assert_err!(licenses.extend_license(license.id, Extension::Months(1), "x", actor).await, Error::Conflict(_));
});

contract!(seats_are_added_and_never_taken_away, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(3)).await;
    let (licenses, actor) = (fixture.service.licenses(), &fixture.actor);
    let more = licenses.add_seats(license.id, 5, "two more desks", actor).await.unwrap();
    assert_eq!((more.overrides.seats, more.seat_limit), (Some(Seats::Limited(5)), Some(5)));
    for wrong in [0, 5, 4, 1_000_001] {
        assert_eq!(bad_fields(licenses.add_seats(license.id, wrong, "x", actor).await), ["seats"], "{wrong}");
    }
    let (_, unlimited, _) = fixture.licensed(Terms { seats: Seats::Unlimited, ..Terms::default() }).await;
    assert_err!(licenses.add_seats(unlimited.id, 5, "x", actor).await, Error::Conflict(_));
    assert_eq!(fixture.events_of("license.seats_added").await.len(), 1);
});

contract!(tags_have_one_spelling_and_only_a_change_writes_an_event, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(3)).await;
    let (licenses, actor) = (fixture.service.licenses(), &fixture.actor);
    let tag = |text: &str| TagChange::Add(text.to_owned());
    licenses.change_tags(license.id, tag(" NFR "), actor).await.unwrap();
    licenses.change_tags(license.id, tag("nfr"), actor).await.unwrap();
    assert_eq!(licenses.change_tags(license.id, tag("beta"), actor).await.unwrap(), ["beta", "nfr"]);
    let removed = TagChange::Remove("NFR".to_owned());
    assert_eq!(licenses.change_tags(license.id, removed, actor).await.unwrap(), ["beta"]);
    let all = TagChange::Set(vec!["b".to_owned(), "a".to_owned()]);
    assert_eq!(licenses.change_tags(license.id, all, actor).await.unwrap(), ["a", "b"]);
    assert_eq!(fixture.events_of("license.tags_changed").await.len(), 4);
    assert_eq!(bad_fields(licenses.change_tags(license.id, tag("a,b"), actor).await), ["tags"]);
    let many = TagChange::Set((0..21).map(|n| n.to_string()).collect());
    assert_eq!(bad_fields(licenses.change_tags(license.id, many, actor).await), ["tags"]);
    assert_err!(licenses.change_tags(Uuid::nil(), tag("x"), actor).await, Error::NotFound("license"));
    assert_eq!(fixture.service.store().read().await.unwrap().on().tags_in_use(10).await.unwrap(), ["a", "b"]);
});

contract!(each_status_filter_finds_the_licenses_that_lists_show_with_it, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", licensing::product::Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, seats(2)).await;
    let (licenses, actor) = (fixture.service.licenses(), &fixture.actor);
    // Every state, started or not, with ends around each bound.
    let ends = [None, Some(days(1)), Some(days(30)), Some(days(31)), Some(days(400))];
    for (n, end) in ends.into_iter().enumerate() {
        for state in ["active", "suspended", "revoked"] {
            for started in [true, false] {
                let overrides = Overrides { validity: end.map(Validity::Until), ..Overrides::default() };
                let form =
                    LicenseForm { customer: format!("{n}-{state}-{started}"), overrides, ..LicenseForm::default() };
                let new = NewLicense { form, ..of(&policy) };
                let (license, code) = licenses.create_license(new, actor).await.unwrap();
                if started {
                    fixture.activate(&code, "device").await.unwrap();
                }
                let step = match state {
                    "suspended" => StateChange::Suspend,
                    "revoked" => StateChange::Revoke,
                    _ => continue,
                };
                licenses.change_state(license.id, step, "x", actor).await.unwrap();
            }
        }
    }
    for passes in [0, 1, 1, 368, 1] {
        fixture.clock.advance(passes * 86_400);
        let mut reading = fixture.service.store().read().await.unwrap();
        let now = fixture.clock.now();
        let all = reading.on().licenses(&Default::default(), Default::default(), 100, now).await.unwrap().rows;
        for status in ["not-started", "active", "ending", "ended", "suspended", "revoked"] {
            let is_shown = |row: &&service::store::licenses::LicenseRow| {
                let it = &row.license;
                let shown = license::status(it.state, it.ends_at, it.first_activated_at, now);
                serde_json::to_value(shown).unwrap() == status
            };
            let mut shown: Vec<_> =
                all.iter().filter(is_shown).map(|row| row.license.customer.clone().unwrap()).collect();
            let mut found = listed(&fixture, LicenseQuery { status: status.to_owned(), ..Default::default() }).await;
            shown.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, shown, "{status} at {now}");
        }
    }
});

contract!(filters_by_tag_seats_and_last_seen_find_their_licenses_in_the_chosen_order, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", licensing::product::Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, seats(1)).await;
    let (licenses, actor) = (fixture.service.licenses(), &fixture.actor);
    for (name, ends, devices) in [("Émile", 300, 1), ("anna", 100, 0), ("Zoé", 200, 2), ("Bert", 400, 1)] {
        let overrides = Overrides {
            validity: Some(Validity::Until(days(ends))),
            seats: Some(Seats::Limited(2)),
            ..Overrides::default()
        };
        let form = LicenseForm { customer: name.to_owned(), overrides, ..LicenseForm::default() };
        let (license, code) = licenses.create_license(NewLicense { form, ..of(&policy) }, actor).await.unwrap();
        for device in 0..devices {
            fixture.activate(&code, &format!("device {device}")).await.unwrap();
        }
        if name != "Bert" {
            licenses.change_tags(license.id, TagChange::Add("team".to_owned()), actor).await.unwrap();
        }
        if name == "Zoé" {
            // Without the exception for its seats, it is over the limit.
            let overrides = Overrides { validity: Some(Validity::Until(days(ends))), ..Overrides::default() };
            let form = LicenseForm { customer: name.to_owned(), overrides, ..LicenseForm::default() };
            licenses.change_license(license.id, form, actor).await.unwrap();
        }
    }
    let query = |set: fn(&mut LicenseQuery)| {
        let mut query = LicenseQuery::default();
        set(&mut query);
        query
    };
    for (query, expected) in [
        (query(|q| q.sort = "customer".to_owned()), &["anna", "Bert", "Émile", "Zoé"][..]),
        (query(|q| q.sort = "-customer".to_owned()), &["Zoé", "Émile", "Bert", "anna"]),
        (query(|q| q.sort = "ends".to_owned()), &["anna", "Zoé", "Émile", "Bert"]),
        (query(|q| q.sort = "-ends".to_owned()), &["Bert", "Émile", "Zoé", "anna"]),
        (query(|q| q.sort = "created".to_owned()), &["Émile", "anna", "Zoé", "Bert"]),
        (query(|q| q.tag = "TEAM".to_owned()), &["Zoé", "anna", "Émile"]),
        (query(|q| q.never_activated = "true".to_owned()), &["anna"]),
        (query(|q| q.seats = "free".to_owned()), &["Bert", "anna", "Émile"]),
        (query(|q| q.seats = "full".to_owned()), &["Zoé"]),
        (query(|q| q.seats = "over".to_owned()), &["Zoé"]),
        (query(|q| q.ends_before = "250d".to_owned()), &["anna", "Zoé"]),
        (query(|q| q.seen_before = "-90d".to_owned()), &[]),
        (query(|q| q.seen_after = "-90d".to_owned()), &["Bert", "Zoé", "Émile"]),
    ] {
        assert_eq!(listed(&fixture, query.clone()).await, expected, "{query:?}");
    }
    fixture.clock.advance(91 * 86_400);
    assert_eq!(listed(&fixture, query(|q| q.seen_before = "-90d".to_owned())).await, ["Bert", "Zoé", "Émile"]);
});

contract!(a_change_of_a_policy_reaches_the_ends_and_seats_of_lists, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", licensing::product::Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, lasting(Validity::FromFirstActivation(YEAR.into()))).await;
    let licenses = fixture.service.licenses();
    let id = issued(&fixture, policy.id, "Anna", Overrides::default()).await;
    let hint = async || {
        let license = licenses.license(id).await.unwrap().license;
        (license.ends_at, license.seat_limit)
    };
    assert_eq!(hint().await, (None, Some(2)));
    let (license, code) = fixture.license(&policy).await;
    fixture.activate(&code, "device").await.unwrap();
    assert_eq!(licenses.license(license.id).await.unwrap().license.ends_at, Some(YEAR.after(noon())));

    let form = PolicyForm {
        name: policy.name.clone(),
        terms: Terms { seats: Seats::Limited(9), ..lasting(Validity::Until(days(5))) },
    };
    licenses.change_policy(policy.id, form, &fixture.actor).await.unwrap();
    while licenses.refresh_hints().await.unwrap() {}
    assert_eq!(hint().await, (Some(days(5)), Some(9)));
    assert!(!licenses.refresh_hints().await.unwrap(), "nothing is left to do");
});

contract!(an_export_leaves_out_nothing_for_its_order_and_refuses_a_filter_that_it_cannot_read, async |db| {
    let fixture = TestService::open(db).await;
    let product = fixture.product("drift", licensing::product::Algorithm::EdDSA).await;
    let policy = fixture.policy(&product, lasting(Validity::Perpetual)).await;
    issued(&fixture, policy.id, "Anna", Overrides::default()).await;
    let licenses = fixture.service.licenses();
    let export = async |query: &LicenseQuery| {
        let mut export = licenses.export(query, ExportFormat::Jsonl, false, &fixture.actor).await?;
        Ok::<_, Error>(export.part().await?.unwrap_or_default())
    };
    let by_end = LicenseQuery { sort: "ends".to_owned(), ..LicenseQuery::default() };
    assert!(export(&by_end).await.unwrap().contains("Anna"), "a license without an end");
    let unreadable = LicenseQuery { policy: "?".to_owned(), ..LicenseQuery::default() };
    assert_eq!(bad_fields(export(&unreadable).await), ["policy"]);
});

#[test]
fn an_invalid_part_of_a_filter_is_named_and_ignored() {
    let wrong = || "?".to_owned();
    let query = LicenseQuery {
        product: wrong(),
        status: wrong(),
        tag: "a,b".to_owned(),
        ends_before: wrong(),
        sort: "name".to_owned(),
        seats: "over".to_owned(),
        ..LicenseQuery::default()
    };
    let (filter, errors) = query.read(noon());
    let fields: Vec<_> = errors.0.into_iter().map(|error| error.field).collect();
    assert_eq!(fields, ["product", "status", "tag", "ends_before", "sort"]);
    assert!(filter.product_id.is_none() && filter.seats.is_some());
}
