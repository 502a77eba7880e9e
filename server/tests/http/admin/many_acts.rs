//! Acts on many licenses of the list: the choice, the confirmation and the job.

use axum::http::StatusCode;
use licensing::{Role, license::State};
use testing::contract;
use uuid::Uuid;

use super::{
    many_licenses::{ending, sent},
    person::{PASSWORD, accounts, signed_in},
};
use crate::fixture::Server;

async fn state(server: &Server, id: Uuid) -> State {
    server.service.licenses().license(id).await.unwrap().license.state
}

async fn run_jobs(server: &Server) {
    while server.service.jobs().run_some().await.unwrap() {}
}

contract!(selected_licenses_are_suspended_after_a_confirmation_that_names_their_number, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let first = ending(&server, policy, "First Ltd", 10).await;
    let second = ending(&server, policy, "Second Ltd", 20).await;
    let third = ending(&server, policy, "Third Ltd", 30).await;
    let admin = signed_in(&server, Role::Admin).await;
    let list = admin.open("/licenses").await;
    assert!(list.text().contains(&format!("value=\"{first}\"")), "each row has a box");

    let page = format!("/licenses/many?act=suspend&license={first}&license={second}");
    let confirms = admin.open(&page).await;
    for text in ["Suspend 2 licenses?", "No device holds a seat now.", "Second Ltd, First Ltd"] {
        assert!(confirms.text().contains(text), "{text}: {}", confirms.text());
    }
    let act = "licenses/suspend-many";
    assert_eq!(sent(&admin, &page, act, &[("reason", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(state(&server, first).await, State::Active);
    let started = sent(&admin, &page, act, &[("reason", "not paid")]).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER);
    run_jobs(&server).await;
    for (id, expected) in [(first, State::Suspended), (second, State::Suspended), (third, State::Active)] {
        assert_eq!(state(&server, id).await, expected);
    }

    let page = format!("{page}&license={third}");
    assert!(admin.open(&page).await.text().contains("2 of them are suspended or revoked already"));
    let started = sent(&admin, &page, act, &[("reason", "again")]).await;
    run_jobs(&server).await;
    assert_eq!(state(&server, third).await, State::Suspended);
    let job = admin.open(started.header("location")).await;
    for text in ["1 of 3 licenses done, 2 skipped", "First Ltd", "Second Ltd", "already suspended"] {
        assert!(job.text().contains(text), "{text}: {}", job.text());
    }
    assert!(!job.text().contains("Resume job"), "nothing is left to do");
    let viewer = signed_in(&server, Role::Viewer).await;
    let wanted = sent(&viewer, started.header("location"), "jobs/export", &[]).await;
    assert_eq!(wanted.header("location"), "/export");
    let result = viewer.open("/export").await;
    assert!(result.header("content-disposition").contains("job-"), "{:?}", result.headers);
    let lines: Vec<_> = result.text().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "n,state,license,error");
    for line in [format!(",skipped,{first},"), format!(",skipped,{second},"), format!(",done,{third},")] {
        assert!(lines.iter().any(|it| it.contains(&line)), "{line}: {lines:?}");
    }
    assert!(admin.open(&page).await.text().contains("There is nothing to do: all of them are suspended"));
});

contract!(an_act_on_all_that_match_is_refused_if_the_list_has_changed, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let first = ending(&server, policy, "First Ltd", 4).await;
    let later = ending(&server, policy, "Later Ltd", 100).await;
    let admin = signed_in(&server, Role::Admin).await;
    let page = "/licenses/many?act=tag&scope=all&status=ending";
    let opened = admin.open(page).await;
    assert!(opened.text().contains("Add a tag to 1 license?"), "{}", opened.text());
    let form = crate::fixture::Html::read(opened.text()).form("licenses/tag-many").fill("tag_name", "Reseller");
    ending(&server, policy, "New Ltd", 5).await;
    let refused = admin.submit(page, &form.encoded()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("it has 2 licenses now"), "{}", refused.text());
    assert!(refused.text().contains("Add a tag to 2 licenses?"));

    assert_eq!(
        sent(&admin, page, "licenses/tag-many", &[("tag_name", "Reseller")]).await.status,
        StatusCode::SEE_OTHER
    );
    run_jobs(&server).await;
    let tagged = admin.open("/licenses?tag=reseller").await;
    assert!(tagged.text().contains("First Ltd") && tagged.text().contains("New Ltd"));
    assert!(!tagged.text().contains("Later Ltd"));
    let page = format!("/licenses/many?act=untag&scope=page:{first},{later}");
    assert_eq!(
        sent(&admin, &page, "licenses/untag-many", &[("tag_name", "reseller")]).await.status,
        StatusCode::SEE_OTHER
    );
    run_jobs(&server).await;
    assert!(!admin.open("/licenses?tag=reseller").await.text().contains("First Ltd"));
});

contract!(many_licenses_are_extended_reinstated_revoked_and_exported, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let id = ending(&server, policy, "First Ltd", 10).await;
    let admin = signed_in(&server, Role::Admin).await;
    let end = async || server.service.licenses().license(id).await.unwrap().license.ends_at.unwrap();
    let before = end().await;
    let page = |act: &str| format!("/licenses/many?act={act}&license={id}");
    let extended = [("by", "month"), ("reason", "outage")];
    assert_eq!(sent(&admin, &page("extend"), "licenses/extend-many", &extended).await.status, StatusCode::SEE_OTHER);
    run_jobs(&server).await;
    assert_eq!(end().await, before.checked_add_months(chrono::Months::new(1)).unwrap());

    sent(&admin, &page("suspend"), "licenses/suspend-many", &[("reason", "not paid")]).await;
    run_jobs(&server).await;
    sent(&admin, &page("reinstate"), "licenses/reinstate-many", &[("reason", "paid")]).await;
    run_jobs(&server).await;
    assert_eq!(state(&server, id).await, State::Active);

    let wrong = [("reason", "leaked"), ("typed", "2")];
    let refused = sent(&admin, &page("revoke"), "licenses/revoke-many", &wrong).await;
    assert!(refused.text().contains("does not match: type 1"), "{}", refused.text());
    let right = [("reason", "leaked"), ("typed", "1")];
    assert_eq!(sent(&admin, &page("revoke"), "licenses/revoke-many", &right).await.status, StatusCode::SEE_OTHER);
    run_jobs(&server).await;
    assert_eq!(state(&server, id).await, State::Revoked);

    let export = admin.open(&page("export")).await;
    assert_eq!(export.status, StatusCode::SEE_OTHER);
    assert_eq!(export.header("location"), format!("/licenses?ids={id}&dialog=export"));
    assert!(admin.open(export.header("location")).await.text().contains("The licenses in this list are exported."));
});

contract!(only_administrators_change_many_licenses_and_never_by_an_unreadable_filter, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let id = ending(&server, policy, "First Ltd", 10).await;
    let support = signed_in(&server, Role::Support).await;
    assert_eq!(support.open(&format!("/licenses/many?act=suspend&license={id}")).await.status, StatusCode::FORBIDDEN);
    assert!(!support.open("/licenses").await.text().contains("/licenses/many"));
    let form = format!("ids={id}&expected=1&reason=x");
    assert_eq!(support.call("/admin/api/licenses/suspend-many", &form).await.status, StatusCode::FORBIDDEN);

    let admin = signed_in(&server, Role::Admin).await;
    let page = "/licenses/many?act=suspend&scope=all&status=nonsense";
    assert_eq!(admin.open(page).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = "status=nonsense&expected=2&reason=x";
    let called = admin.call("/admin/api/licenses/suspend-many", form).await;
    assert_eq!(called.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (page, text) in [
        ("/licenses/many", "Choose an act"),
        ("/licenses/many?act=suspend", "No license is selected"),
        ("/licenses/many?act=suspend&scope=page:", "No license is selected"),
        ("/licenses/many?act=suspend&license=x", "ids"),
    ] {
        assert!(admin.open(page).await.text().contains(text), "{page}");
    }
    assert_eq!(state(&server, id).await, State::Active);
});

contract!(the_list_says_which_part_of_its_address_cannot_be_read, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    ending(&server, policy, "First Ltd", 10).await;
    let admin = signed_in(&server, Role::Admin).await;
    let page = admin.open("/licenses?status=nonsense&sort=shoe-size&ends=soon&q=first").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for part in ["“status” is not one of", "“sort” is not one of", "“ends” must be a time", "First Ltd"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("href=\"/licenses?q=first\""), "a link leads to the readable part");
    assert!(!text.contains("All that match"), "nothing is offered for a list that is not meant");
    assert!(!admin.open("/licenses?status=active").await.text().contains("cannot be read"));
});

contract!(a_search_without_an_index_goes_on_until_it_finds_something, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().email("lena@aurora.example").create().await;
    server.activate(&license, "device-1").await.token();
    server.advance_days(100);
    let many = service::LicenseForm { customer: "Reseller".to_owned(), ..service::LicenseForm::default() };
    let jobs = server.service.jobs();
    jobs.create_licenses(license.policy_id, 2_100, many, &service::Actor::command()).await.unwrap();
    run_jobs(&server).await;
    let admin = signed_in(&server, Role::Admin).await;
    let page = admin.open("/licenses?seen_before=-90d").await;
    assert!(page.text().contains("lena@aurora.example"), "{}", page.text());
    assert!(!page.text().contains("Continue the search"));
});

contract!(a_selection_outlasts_an_expired_proof_and_an_expired_login, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let mut ids = Vec::new();
    for n in 0..50 {
        ids.push(ending(&server, policy, &format!("Customer {n}"), 10).await);
    }
    let (half, others) = ids.split_at(25);
    let selected = |ids: &[Uuid]| ids.iter().map(|id| format!("&license={id}")).collect::<String>();
    let (act, reason) = ("licenses/suspend-many", [("reason", "not paid")]);
    let admin = signed_in(&server, Role::Admin).await;

    // The proof has expired: the same form asks for the password.
    server.clock.advance(11 * 60);
    let page = format!("/licenses/many?act=suspend{}", selected(half));
    let asked = sent(&admin, &page, act, &reason).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    for text in ["Confirm that it is you.", "Suspend 25 licenses?", "not paid"] {
        assert!(asked.text().contains(text), "{text}: {}", asked.text());
    }
    let form = crate::fixture::Html::read(asked.text()).form(act);
    let done = admin.submit(&page, &form.fill("_proof_password", PASSWORD).encoded()).await;
    assert!(done.header("location").starts_with("/jobs/"), "{}", done.text());
    run_jobs(&server).await;
    for id in half {
        assert_eq!(state(&server, *id).await, State::Suspended);
    }

    // The login has expired: signing in leads back to the page, with all that were selected.
    server.clock.advance(9 * 3_600);
    let page = format!("/licenses/many?act=suspend{}", selected(others));
    let away = admin.open(&page).await;
    let sign_in = away.header("location").to_owned();
    assert!(sign_in.starts_with("/sign-in?to="), "{sign_in}");
    let form = crate::fixture::Html::read(admin.open(&sign_in).await.text()).form("sign-in");
    let form = form.fill("email", "admin@example.com").fill("password", PASSWORD);
    let back = admin.submit(&sign_in, &form.encoded()).await;
    assert_eq!(back.header("location"), page);
    assert!(admin.open(&page).await.text().contains("Suspend 25 licenses?"));
    let done = sent(&admin, &page, act, &reason).await;
    assert!(done.header("location").starts_with("/jobs/"), "{}", done.text());
    run_jobs(&server).await;
    for id in others {
        assert_eq!(state(&server, *id).await, State::Suspended);
    }
});
