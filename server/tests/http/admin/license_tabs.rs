//! The tabs of a license's page.

use axum::http::StatusCode;
use licensing::Role;
use testing::contract;

use super::{
    devices::{page_text, send, session},
    many_licenses::sent,
    person::{accounts, signed_in},
};
use crate::{
    decisions::explained,
    fixture::{Answer, Html, Server},
};

contract!(each_tab_of_a_license_has_an_address_and_its_own_content, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let refused = server.activate(&license, "two").await.json();
    explained(&server, refused["decision"].as_str().unwrap()).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let page = format!("/licenses/{}", license.id);
    let devices = ["Devices, those that hold a seat first", "Blocked devices", "Details", "License ID"];
    let activity =
        ["Try it", "Everything", "was refused activation: no free seat", "All decisions for this license", "activated"];
    let terms = ["Terms in effect", "terms come from the policy", "Seats may be transferred"];
    let notes = ["No notes.", "Edit notes"];
    let all: [(&str, &[&str]); 4] = [("", &devices), ("/activity", &activity), ("/terms", &terms), ("/notes", &notes)];
    for (tab, own) in all {
        let answer = viewer.open(&format!("{page}{tab}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{tab}");
        let shown = page_text(&answer);
        for text in own.iter().chain(&["Ingrid Solberg", "Suspend", "Drift Pro"]) {
            assert!(shown.contains(text), "{tab} lacks {text}: {shown}");
        }
        for (other, texts) in all.iter().filter(|(other, _)| *other != tab) {
            assert!(!shown.contains(texts[0]), "{tab} shows {} of {other}", texts[0]);
        }
        let current = format!("href=\"{page}{tab}\" aria-current=\"page\"");
        assert!(answer.text().contains(&current), "{tab}: {}", answer.text());
        for (other, _) in all {
            assert!(Html::read(answer.text()).links.contains(&format!("{page}{other}")), "{tab} links to {other}");
        }
    }
    assert_eq!(viewer.open(&format!("{page}/elsewhere")).await.status, StatusCode::NOT_FOUND);
    let unknown = "/licenses/019ab2c4-0000-7000-8000-000000000000/activity";
    assert_eq!(viewer.open(unknown).await.status, StatusCode::NOT_FOUND);
});

contract!(every_dialog_of_a_license_opens_on_every_tab_and_knows_the_devices, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let id = session(&server, &license, "one").await;
    let admin = signed_in(&server, Role::Admin).await;
    let free = format!("free-{id}");
    for tab in ["", "/activity", "/terms", "/notes"] {
        for (dialog, function) in [
            ("suspend", "licenses/suspend"),
            ("revoke", "licenses/revoke"),
            ("reissue", "licenses/reissue-code"),
            ("seats", "licenses/add-seats"),
            ("tags", "licenses/tag"),
            ("notes", "licenses/change-notes"),
            (&free, "devices/free"),
        ] {
            let answer = admin.open(&format!("/licenses/{}{tab}?dialog={dialog}", license.id)).await;
            assert!(answer.text().contains(function), "{tab} {dialog}");
            if dialog == "suspend" {
                assert!(answer.text().contains("until the last token ends"), "{tab}: {}", page_text(&answer));
            }
        }
    }
    let page = format!("/licenses/{}/terms?dialog=suspend", license.id);
    let refused = sent(&admin, &page, "licenses/suspend", &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Terms in effect"), "the form comes back on the same tab");
});

contract!(an_act_in_a_dialog_leads_back_to_its_tab, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let admin = signed_in(&server, Role::Admin).await;
    let page = format!("/licenses/{}", license.id);
    for tab in ["", "/activity", "/terms", "/notes"] {
        for (dialog, function, fields, toast) in [
            ("suspend", "licenses/suspend", [("reason", "late")], "license_suspended"),
            ("reinstate", "licenses/reinstate", [("reason", "paid")], "license_reinstated"),
            ("tags", "licenses/tag", [("tags", "nfr")], "tags_changed"),
        ] {
            let done = sent(&admin, &format!("{page}{tab}?dialog={dialog}"), function, &fields).await;
            assert_eq!(done.header("location"), format!("{page}{tab}?done={toast}"));
        }
    }
    let edited = sent(&admin, &format!("{page}/edit"), "licenses/change", &[("customer", "Aurora")]).await;
    assert_eq!(edited.header("location"), format!("{page}?done=license_changed"), "{}", edited.text());
});

contract!(the_notes_say_who_changed_them, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let support = signed_in(&server, Role::Support).await;
    let page = format!("/licenses/{}/notes", license.id);
    let long = format!("Pays in May. {}", "x".repeat(400));
    for notes in ["Calls from Oslo.", &long] {
        let form = Html::read(support.open(&format!("{page}?dialog=notes")).await.text()).form("licenses/change-notes");
        let saved = support.submit(&page, &form.fill("notes", notes).encoded()).await;
        assert_eq!(saved.header("location"), format!("{page}?done=notes_saved"), "{}", saved.text());
    }
    let suspended = [("id", license.id.to_string()), ("reason", "Late.".to_owned())];
    let suspended = suspended.each_ref().map(|(name, value)| (*name, value.as_str()));
    send(&support, &format!("/licenses/{}", license.id), "licenses/suspend", &suspended).await;
    let shown = page_text(&support.open(&page).await);
    assert_eq!(shown.matches("Olga Owner changed").count(), 2, "{shown}");
    assert!(shown.contains("Calls from Oslo. →"), "before and after: {shown}");
    assert!(!shown.contains("suspended this license"), "only changes of the notes: {shown}");
    let devices = page_text(&support.open(&format!("/licenses/{}", license.id)).await);
    assert!(devices.contains("Pays in May. xxx") && devices.contains("x …"), "their beginning: {devices}");
    assert!(!devices.contains(&long), "{devices}");
});

contract!(a_new_code_is_shown_once_and_then_revealed_alone, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    let admin = signed_in(&server, Role::Admin).await;
    let new = format!("/licenses/new?policy={policy}");
    let created = sent(&admin, &new, "licenses/create", &[("customer", "Aurora")]).await;
    let page = created.header("location").to_owned();
    let other_tab = page_text(&admin.open(&format!("{page}/terms")).await);
    assert!(!other_tab.contains("License created."), "only the tab that it leads to takes it: {other_tab}");
    let first = page_text(&admin.open(&page).await);
    assert!(first.contains("License created.") && first.contains("This uses a seat."), "{first}");
    let code =
        first.split("Copy it now. You can reveal it again later; that is recorded in the audit log.").nth(1).unwrap();
    // Four groups of seven characters with hyphens between them.
    let code: String = code.trim_start().chars().take(31).collect();
    assert!(licensing::ActivationCode::generated_in(&code).is_some(), "{code}");

    let again = page_text(&admin.open(&page).await);
    assert!(!again.contains(&code) && again.contains("Reveal"), "{again}");
    assert!(!again.contains("License created."), "{again}");
    assert_eq!(sent(&admin, &page, "licenses/reveal-code", &[]).await.status, StatusCode::SEE_OTHER);
    let revealed = page_text(&admin.open(&page).await);
    assert!(revealed.contains(&code), "{revealed}");
    for stranger in ["License created.", "This uses a seat.", "New license"] {
        assert!(!revealed.contains(stranger), "{stranger}: {revealed}");
    }
});

contract!(the_activity_of_a_license_has_events_and_refusals_in_one_order, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let mut last = String::new();
    for n in 0..55 {
        server.clock.advance(15);
        let refused = server.activate(&license, &format!("refused {n}")).await.json();
        last = refused["decision"].as_str().unwrap().to_owned();
    }
    explained(&server, &last).await;
    let support = signed_in(&server, Role::Support).await;
    let page = format!("/licenses/{}/activity", license.id);
    let first = support.open(&page).await;
    assert_eq!(page_text(&first).matches("was refused activation").count(), 50);
    assert!(first.text().contains(&format!("/decisions/{last}")), "the newest is on the first page");
    let next = |answer: &Answer| {
        let links = Html::read(answer.text()).links;
        links.into_iter().find(|link| link.contains("after=")).expect("a link to the next page")
    };
    let second = support.open(&next(&first)).await;
    let shown = page_text(&second);
    assert_eq!(shown.matches("was refused activation").count(), 5);
    let order: Vec<_> = ["was refused activation", " activated", "created this license"]
        .map(|text| shown.find(text).unwrap_or_else(|| panic!("lacks {text}: {shown}")))
        .into();
    assert!(order.is_sorted(), "newest first: {shown}");
    let back = Html::read(second.text()).links.into_iter().find(|link| link.contains("before=")).unwrap();
    assert_eq!(page_text(&support.open(&back).await).matches("was refused activation").count(), 50);

    for (part, has, lacks) in [
        ("decisions", ["was refused activation", "Everything"], "created this license"),
        ("changes", ["created this license", "All events in the audit log"], "was refused"),
        ("unknown", ["was refused activation", "All decisions for this license"], "was granted"),
    ] {
        let shown = page_text(&support.open(&format!("{page}?part={part}")).await);
        assert!(has.iter().all(|text| shown.contains(text)), "{part}: {shown}");
        assert!(!shown.contains(lacks), "{part}: {shown}");
    }
});

contract!(renewals_in_a_row_are_one_line, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    for _ in 0..4 {
        server.activate(&license, "one").await.token();
        server.clock.advance(2 * 86_400);
    }
    let support = signed_in(&server, Role::Support).await;
    for page in [format!("/licenses/{}/activity", license.id), "/audit".to_owned()] {
        let shown = page_text(&support.open(&page).await);
        assert_eq!(shown.matches("renewed its lease").count(), 1, "{page}: {shown}");
        assert!(shown.contains("3 times, first "), "{page}: {shown}");
    }
});
