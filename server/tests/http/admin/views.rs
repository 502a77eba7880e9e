//! Views of the list of licenses that accounts have saved.

use axum::http::StatusCode;
use licensing::Role;
use service::store::events::EventFilter;
use testing::contract;
use uuid::Uuid;

use super::{
    devices::{page_text, went_to},
    many_licenses::{ending, sent},
    person::{Person, accounts, signed_in},
};
use crate::fixture::{Html, Server};

const LIST: &str = "/licenses?status=ending&sort=-ends";

async fn save(person: &Person<'_>, list: &str, name: &str) -> crate::fixture::Answer {
    sent(person, &format!("{list}&dialog=save-view"), "licenses/save-view", &[("name", name)]).await
}

async fn events(server: &Server, act: &str) -> usize {
    let filter = EventFilter { kind: Some(act.to_owned()), ..EventFilter::default() };
    let mut reading = server.service.store().read().await.unwrap();
    reading.on().events(&filter, Default::default(), 100).await.unwrap().rows.len()
}

contract!(a_saved_view_keeps_filters_and_order_for_its_account_alone, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    ending(&server, policy, "Soon Ltd", 5).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    assert!(!page_text(&viewer.open("/licenses").await).contains("Save this view"), "nothing to save");
    assert!(page_text(&viewer.open(LIST).await).contains("Save this view"));
    assert_eq!(save(&viewer, LIST, " ").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = save(&viewer, LIST, "Renewals").await;
    assert_eq!(went_to(&saved), (303, format!("{LIST}&done=view_saved")));

    let all = viewer.open("/licenses").await;
    let tab = "/licenses?status=ending&amp;sort=-ends";
    assert!(all.text().contains(tab) && page_text(&all).contains("Renewals"), "{}", page_text(&all));
    let shown = viewer.open("/licenses?sort=-ends&status=ending").await;
    assert!(shown.text().contains(&format!("href=\"{tab}\" aria-current=\"page\"")), "in any order of the address");
    assert!(page_text(&shown).contains("Delete view") && !page_text(&shown).contains("Save this view"));
    let support = signed_in(&server, Role::Support).await;
    assert!(!page_text(&support.open("/licenses").await).contains("Renewals"), "only its account sees it");
    assert_eq!(events(&server, "account.view_saved").await, 1);
});

contract!(saving_again_renames_or_replaces_a_view_and_deleting_removes_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    server.license().create().await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let names = async || {
        let account = Uuid::from_u128(Role::Viewer as u128 + 1);
        let views = server.service.licenses().views(account).await.unwrap();
        views.into_iter().map(|view| (view.name, view.query.status, view.query.tag)).collect::<Vec<_>>()
    };
    let view = |name: &str, status: &str, tag: &str| (name.to_owned(), status.to_owned(), tag.to_owned());
    save(&viewer, LIST, "Renewals").await;
    save(&viewer, LIST, "Spring").await;
    assert_eq!(names().await, [view("Spring", "ending", "")], "the same filter under a new name");
    save(&viewer, "/licenses?tag=nfr", "SPRING").await;
    assert_eq!(names().await, [view("SPRING", "", "nfr")], "another filter under the same name");
    save(&viewer, LIST, "Renewals").await;
    save(&viewer, "/licenses?tag=nfr", "Renewals").await;
    assert_eq!(names().await, [view("Renewals", "", "nfr")], "never two names for one filter");

    let support = signed_in(&server, Role::Support).await;
    let account = Uuid::from_u128(Role::Viewer as u128 + 1);
    let id = server.service.licenses().views(account).await.unwrap()[0].id;
    let theirs = support.call("/admin/api/licenses/delete-view", &format!("id={id}")).await;
    assert!(theirs.status.is_success() || theirs.status.is_redirection(), "{}", theirs.status);
    assert_eq!(names().await.len(), 1, "nobody deletes the view of another account");
    let deleted = sent(&viewer, "/licenses?tag=nfr&dialog=delete-view", "licenses/delete-view", &[]).await;
    assert_eq!(went_to(&deleted), (303, "/licenses?done=view_deleted".to_owned()));
    assert_eq!(names().await, []);
    assert_eq!(events(&server, "account.view_deleted").await, 1);
});

contract!(a_view_never_holds_a_code_or_a_token_and_their_number_is_limited, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let foreign = server.license().code("OLD CODE 0815").create().await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let token = server.activate(&license, "one").await.text().trim_matches('"').to_owned();
    for (secret, why) in [
        (license.code.as_str(), "holds an activation code"),
        (&license.code.to_lowercase().replace('-', " "), "holds an activation code"),
        (&foreign.code, "holds an activation code"),
        (&token, "That is a token"),
    ] {
        let list = format!("/licenses?q={}", app::http::address::escape(secret));
        let refused = save(&viewer, &list, "Mine").await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
        assert!(refused.text().contains(why), "{why}: {}", page_text(&refused));
    }
    let form = "name=Mine";
    let empty = viewer.call("/admin/api/licenses/save-view", form).await;
    assert!(empty.text().contains("not filtered or sorted"), "{}", empty.text());
    let long = format!("q={}&name=Mine", "long ".repeat(120));
    let long = viewer.call("/admin/api/licenses/save-view", &long.replace(' ', "+")).await;
    assert!(long.text().contains("too long"), "{}", long.text());
    for n in 0..service::MOST_VIEWS {
        let saved = save(&viewer, &format!("/licenses?tag=tag-{n}"), &format!("View {n}")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{n}");
    }
    let refused = save(&viewer, "/licenses?tag=more", "More").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("You have 20 views"), "{}", page_text(&refused));
    assert_eq!(Html::read(refused.text()).form("licenses/save-view").value("name"), Some("More"), "it is kept");
    let again = save(&viewer, "/licenses?tag=tag-3", "Renamed").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "an existing one can be renamed");
});
