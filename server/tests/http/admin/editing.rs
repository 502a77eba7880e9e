//! Forms that change what is there: two people at a time, and changes that reach many.

use axum::http::StatusCode;
use licensing::{Role, product::Lifecycle, terms::Seats};
use service::store::events::{Event, EventFilter};
use testing::contract;
use uuid::Uuid;

use super::person::{Person, accounts, signed_in};
use crate::fixture::{Answer, Html, HtmlForm, Issued, Server};

/// What can be edited: the page with the form, its function, and the field that the tests change.
fn editable(license: &Issued) -> [(String, &'static str, &'static str); 3] {
    [
        (format!("/products/{}/edit", license.product_id), "products/change", "name"),
        (format!("/policies/{}/edit", license.policy_id), "policies/change", "name"),
        (format!("/licenses/{}/edit", license.id), "licenses/change", "customer"),
    ]
}

async fn form(person: &Person<'_>, page: &str, function: &str) -> HtmlForm {
    Html::read(person.open(page).await.text()).form(function)
}

async fn send(person: &Person<'_>, page: &str, form: &HtmlForm) -> Answer {
    person.submit(page, &form.encoded()).await
}

async fn last_event(server: &Server, subject: Uuid) -> Event {
    let filter = EventFilter { subject_id: Some(subject), ..EventFilter::default() };
    let page = server.service.store().read().await.unwrap().on().events(&filter, Default::default(), 1).await.unwrap();
    page.rows.into_iter().next().unwrap()
}

contract!(the_later_of_two_saves_is_refused_and_shows_both_versions, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let (ingrid, jens) = (signed_in(&server, Role::Owner).await, signed_in(&server, Role::Admin).await);
    for (page, function, field) in editable(&license) {
        let (first, second) = (form(&ingrid, &page, function).await, form(&jens, &page, function).await);
        assert_eq!(send(&ingrid, &page, &first.clone().fill(field, "Theirs")).await.status, StatusCode::SEE_OTHER);

        let refused = send(&jens, &page, &second.fill(field, "Mine")).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{page}");
        for words in ["Somebody changed this meanwhile", "They saved", "Theirs", "You typed", "Mine"] {
            assert!(refused.text().contains(words), "{page} does not say {words}");
        }
        assert_eq!(form(&jens, &page, function).await.value(field), Some("Theirs"), "{page}: nothing was saved");

        let again = Html::read(refused.text()).form(function);
        assert_eq!(again.value(field), Some("Mine"), "{page}: nothing typed is lost");
        assert_eq!(send(&jens, &page, &again).await.status, StatusCode::SEE_OTHER, "{page}: seen, and meant");
        assert_eq!(form(&jens, &page, function).await.value(field), Some("Mine"));

        let without =
            HtmlForm { fields: first.fields.into_iter().filter(|it| it.name != "revision").collect(), ..again };
        let refused = send(&jens, &page, &without).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}: every form says what it was opened at");
    }
});

contract!(a_form_that_comes_back_for_another_reason_is_still_of_the_revision_it_was_opened_at, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    for (page, function, field) in editable(&license) {
        if field == "customer" {
            continue; // which may be empty
        }
        let (first, second) = (form(&owner, &page, function).await, form(&owner, &page, function).await);
        send(&owner, &page, &first.fill(field, "Theirs")).await;
        let refused = send(&owner, &page, &second.fill(field, "")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let again = Html::read(refused.text()).form(function).fill(field, "Mine");
        assert_eq!(send(&owner, &page, &again).await.status, StatusCode::CONFLICT, "{page}");
    }
});

contract!(of_two_saves_at_the_same_moment_one_is_refused, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    for (page, function, field) in editable(&license) {
        let form = form(&owner, &page, function).await;
        let (one, two) = (form.clone().fill(field, "One"), form.fill(field, "Two"));
        let others = [owner.copied(), owner.copied()];
        let (one, two) = tokio::join!(send(&others[0], &page, &one), send(&others[1], &page, &two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{page}");
    }
});

contract!(withdrawing_a_product_says_how_many_licenses_it_stops_and_asks_for_a_reason_and_the_name, async |db| {
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
    assert_eq!(lifecycle().await, Lifecycle::Active, "no ordinary save withdraws it");

    let dialog = format!("{page}?dialog=withdraw");
    let shown = admin.open(&dialog).await;
    assert!(shown.text().contains("It stops 1 license."));
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
    assert_eq!((event.act.as_str(), event.reason.as_deref()), ("product.withdrawn", Some("Replaced.")));

    let dialog = format!("{page}?dialog=offer-again");
    let asked = form(&admin, &dialog, "products/offer-again").await.fill("reason", "A slip.");
    assert_eq!(send(&admin, &dialog, &asked).await.status, StatusCode::SEE_OTHER);
    server.activate(&license, "one").await.token();
});

contract!(a_policy_that_gives_less_than_before_asks_why, async |db| {
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
    assert_eq!(send(&admin, &page, &wider).await.status, StatusCode::SEE_OTHER, "more is asked nothing");

    let fewer = form(&admin, &page, "policies/change").await.fill("seats", "2");
    let asked = send(&admin, &page, &fewer).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("This gives 1 license less than before. Seats: 6 devices → 2 devices."));
    assert_eq!(seats().await, Seats::Limited(6));
    let because = Html::read(asked.text()).form("policies/change");
    assert_eq!(because.value("seats"), Some("2"), "nothing typed is lost");
    let done = send(&admin, &page, &because.fill("reason", "The plan of 2027.")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(seats().await, Seats::Limited(2));
    assert_eq!(last_event(&server, license.policy_id).await.reason.as_deref(), Some("The plan of 2027."));
});

contract!(the_command_that_a_new_license_shows_activates_a_device_under_every_template, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (owner, product) = (signed_in(&server, Role::Owner).await, server.license().create().await.product_id);
    for template in app::terms_form::TEMPLATES {
        let page = format!("/policies/new?product={product}&template={}", template.key);
        let policy = form(&owner, &page, "policies/create").await.fill("name", template.key);
        let made = send(&owner, &page, &policy).await;
        let policy = made.header("location").trim_start_matches("/policies/").split('?').next().unwrap().to_owned();
        for email in ["", "ada@acme.example"] {
            let page = format!("/licenses/new?policy={policy}");
            let license = form(&owner, &page, "licenses/create").await.fill("email", email);
            let made = send(&owner, &page, &license).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}: {}", template.key, made.text());
            let shown = owner.open(made.header("location")).await;
            let html = Html::read(shown.text());
            let command = html.blocks.iter().find(|block| block.contains("curl")).expect("a command");
            let address = command.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
            let path = address.trim_start_matches("https://licenses.example.com");
            let body = command.split_once("-d '").unwrap().1.trim_end().trim_end_matches('\'').replace("'\\''", "'");
            let answer = server.post_text(path, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{} for {email:?}: {command}", template.key);
        }
    }
});
