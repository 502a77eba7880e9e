//! The page of the server's data in the settings.

use axum::http::StatusCode;
use licensing::Role;
use testing::contract;

use super::{
    devices::page_text,
    many_licenses::sent,
    person::{accounts, signed_in},
};
use crate::fixture::Server;

contract!(the_data_page_states_retention_size_and_running_jobs, async |db| {
    let server = Server::with(db, &[("LATCHKEY_DECISIONS_DAYS", "45"), ("LATCHKEY_WEBHOOKS_DAYS", "7")]).await;
    accounts(&server).await;
    server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    let page = "/settings/data";
    let shown = page_text(&owner.open(page).await);
    for text in
        ["45 days", "90 days", "7 days", "decisions_days", "permanently", "No job is running.", "latchkey restore"]
    {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let software = if shown.contains("pg_dump") { "PostgreSQL" } else { "SQLite" };
    assert!(shown.contains(&format!("Software{software}")), "{shown}");
    assert!(shown.contains("kB, with indexes") || shown.contains("MB, with indexes"), "{shown}");

    let started = sent(&owner, "/licenses/new", "licenses/create", &[("quantity", "120")]).await;
    let job = started.header("location").split('?').next().unwrap().to_owned();
    let answer = owner.open(page).await;
    assert!(answer.text().contains(&format!("href=\"{job}\"")), "{}", page_text(&answer));
    assert!(page_text(&answer).contains("0 of 120 licenses done"), "{}", page_text(&answer));
    while server.service.jobs().run_some().await.unwrap() {}
    assert!(page_text(&owner.open(page).await).contains("No job is running."));
    for role in [Role::Admin, Role::Support, Role::Viewer] {
        let person = signed_in(&server, role).await;
        assert_eq!(person.open(page).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
});

contract!(events_of_devices_are_kept_as_long_as_decisions, async |db| {
    let server = Server::with(db, &[("LATCHKEY_DECISIONS_DAYS", "30"), ("LATCHKEY_DEVICE_EVENTS_DAYS", "60")]).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let shown = page_text(&owner.open("/settings/data").await);
    assert!(shown.contains("30 days") && shown.contains("60 days"), "{shown}");
});
