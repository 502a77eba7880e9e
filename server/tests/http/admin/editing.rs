//! Edit forms, used by two people at a time.

use axum::http::StatusCode;
use licensing::{Permission, Role};
use service::{Actor, NewApiToken};
use testing::contract;

use super::person::{Person, accounts, signed_in, unused_account};
use crate::fixture::{Answer, Html, HtmlForm, Issued, Server};

/// A form that edits an existing record.
struct Editable {
    page: String,
    function: &'static str,
    /// The field that the tests change.
    field: &'static str,
    /// Two valid values, as they appear in the form and in the comparison.
    values: [&'static str; 2],
    /// An invalid value, if there is one.
    bad: Option<&'static str>,
}

/// Every edit form that shows the record. The form of an API token does not.
async fn editable(server: &Server, license: &Issued) -> Vec<Editable> {
    let names = ["Theirs", "Mine"];
    let of = |page: String, function, field, values, bad| Editable { page, function, field, values, bad };
    let device = server.activate(license, "one").await.token().claims["sid"].as_str().unwrap().to_owned();
    let person = unused_account(server.service.store(), "kim@example.com", Role::Viewer).await;
    vec![
        of(format!("/products/{}/edit", license.product_id), "products/change", "name", names, Some("")),
        of(format!("/policies/{}/edit", license.policy_id), "policies/change", "name", names, Some("")),
        of(format!("/licenses/{}/edit", license.id), "licenses/change", "customer", names, None),
        of(format!("/devices/{device}?dialog=name-{device}"), "devices/name", "name", names, Some(LONG)),
        of(format!("/licenses/{}?dialog=notes", license.id), "licenses/change-notes", "notes", names, Some(BAD_NOTE)),
        of("/settings/organization".to_owned(), "organization/change", "name", names, Some("")),
        of(
            format!("/settings/accounts/{person}?dialog=role"),
            "accounts/change-role",
            "role",
            ["support", "admin"],
            Some("king"),
        ),
    ]
}

/// A note with a character that none may have.
const BAD_NOTE: &str = "a\u{1}b";

/// A name that exceeds every limit.
const LONG: &str = "long long long long long long long long long long long long long long long long long";

pub(super) async fn form(person: &Person<'_>, page: &str, function: &str) -> HtmlForm {
    Html::read(person.open(page).await.text()).form(function)
}

pub(super) async fn send(person: &Person<'_>, page: &str, form: &HtmlForm) -> Answer {
    person.submit(page, &form.encoded()).await
}

contract!(the_later_of_two_saves_is_refused_and_shows_both_versions, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let (ingrid, jens) = (signed_in(&server, Role::Owner).await, signed_in(&server, Role::Owner).await);
    for Editable { page, function, field, values: [theirs, mine], .. } in editable(&server, &license).await {
        let (first, second) = (form(&ingrid, &page, function).await, form(&jens, &page, function).await);
        assert_eq!(send(&ingrid, &page, &first.clone().fill(field, theirs)).await.status, StatusCode::SEE_OTHER);

        let refused = send(&jens, &page, &second.fill(field, mine)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{page}");
        for words in ["This was changed after you opened the form", "Saved now", theirs, "In your form", mine] {
            assert!(refused.text().contains(words), "{page} does not say {words}");
        }
        assert_eq!(
            form(&jens, &page, function).await.value(field),
            Some(theirs),
            "{page}: the refused save must not be stored"
        );

        let again = Html::read(refused.text()).form(function);
        assert_eq!(again.value(field), Some(mine), "{page}: the input is kept");
        assert_eq!(
            send(&jens, &page, &again).await.status,
            StatusCode::SEE_OTHER,
            "{page}: a second save is deliberate"
        );
        assert_eq!(form(&jens, &page, function).await.value(field), Some(mine));

        let without =
            HtmlForm { fields: first.fields.into_iter().filter(|it| it.name != "revision").collect(), ..again };
        let refused = send(&jens, &page, &without).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}: every form must contain its revision");
    }
});

contract!(a_form_returned_for_another_reason_keeps_its_original_revision, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    for Editable { page, function, field, values: [theirs, mine], bad } in editable(&server, &license).await {
        let Some(bad) = bad else { continue };
        let (first, second) = (form(&owner, &page, function).await, form(&owner, &page, function).await);
        send(&owner, &page, &first.fill(field, theirs)).await;
        let refused = send(&owner, &page, &second.fill(field, bad)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let again = Html::read(refused.text()).form(function).fill(field, mine);
        assert_eq!(send(&owner, &page, &again).await.status, StatusCode::CONFLICT, "{page}");
    }
});

contract!(of_two_concurrent_saves_one_is_refused, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    for Editable { page, function, field, values, .. } in editable(&server, &license).await {
        let form = form(&owner, &page, function).await;
        let [one, two] = values.map(|value| form.clone().fill(field, value));
        let others = [owner.copied(), owner.copied()];
        let (one, two) = tokio::join!(send(&others[0], &page, &one), send(&others[1], &page, &two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{page}");
    }
});

contract!(the_later_of_two_rotations_of_a_token_is_refused, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let wish =
        NewApiToken { name: "shop".to_owned(), scopes: vec![Permission::See.into()], days: 9, ..Default::default() };
    let (token, text) = server.service.identity().create_api_token(wish, &Actor::command()).await.unwrap();
    let owner = signed_in(&server, Role::Owner).await;
    let page = format!("/settings/tokens?dialog=rotate-{}", token.id);
    let (first, second) = (form(&owner, &page, "tokens/rotate").await, form(&owner, &page, "tokens/rotate").await);
    assert_eq!(send(&owner, &page, &first).await.status, StatusCode::SEE_OTHER);
    let refused = send(&owner, &page, &second).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("This was changed after you opened the form"));
    server
        .service
        .identity()
        .api_caller(&text.0, None)
        .await
        .expect("the overlap that the first rotation promised goes on");
    let again = Html::read(refused.text()).form("tokens/rotate");
    assert_eq!(send(&owner, &page, &again).await.status, StatusCode::SEE_OTHER, "a second rotation is deliberate");
    assert!(server.service.identity().api_caller(&text.0, None).await.is_err());
});
