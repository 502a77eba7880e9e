//! The audit log as a page.

use licensing::Role;
use serde_json::json;
use service::store::{Paging, events::EventFilter};
use testing::contract;

use super::{
    devices::{page_text, send, session},
    person::{accounts, signed_in},
};
use crate::fixture::Server;

contract!(a_line_names_the_license_of_its_device, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    server.activate_with(&license, "one", json!({ "deviceName": "Studio Mac" })).await.token();
    let id = session(&server, &license, "one").await;
    let log = owner.open("/audit?kind=device.").await;
    assert!(page_text(&log).contains("Studio Macactivated License of Ingrid Solberg"), "{}", page_text(&log));
    for link in [format!("/devices/{id}"), format!("/licenses/{}", license.id)] {
        assert!(log.text().contains(&format!("href=\"{link}\"")), "{link}");
    }
    let of_license = page_text(&owner.open(&format!("/audit?license={}", license.id)).await);
    assert!(!of_license.contains("License of Ingrid Solberg"), "every line is about it: {of_license}");
});

contract!(the_log_is_filtered_by_who_and_when, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    server.activate_with(&license, "one", json!({ "deviceName": "Studio Mac" })).await.token();
    let id = session(&server, &license, "one").await.to_string();
    let page = format!("/devices/{id}");
    send(&support, &page, "devices/free", &[("id", &id), ("from", &id), ("reason", "Moved.")]).await;
    let log = async |query: &str| page_text(&support.open(&format!("/audit{query}")).await);
    let (own, activated, freed) = (licensing::Role::Support as u128 + 1, "Studio Macactivated", "freed the seat of");
    let own = uuid::Uuid::from_u128(own);
    let activations = EventFilter { kind: Some("device.activated".to_owned()), ..EventFilter::default() };
    let found = server.service.store().read().await.unwrap().on().events(&activations, Paging::First, 1).await.unwrap();
    let address = found.rows[0].address.clone().unwrap();
    for (query, has, lacks) in [
        ("", vec![activated, freed], ""),
        ("?by=devices", vec![activated], freed),
        ("?by=others", vec![freed], activated),
        (&format!("?by={own}"), vec![freed], activated),
        (&format!("?by={}", uuid::Uuid::from_u128(5)), vec!["No matching events"], freed),
        ("?by=devices&hours=24", vec![activated], freed),
        ("?q=192.0.2.77", vec!["No matching events"], freed),
        (&format!("?q={address}&by=devices"), vec![activated], freed),
    ] {
        let shown = log(query).await;
        assert!(has.iter().all(|text| shown.contains(text)), "{query}: {shown}");
        assert!(lacks.is_empty() || !shown.contains(lacks), "{query}: {shown}");
    }
    server.advance_days(3);
    let later = signed_in(&server, Role::Support).await;
    let shown = page_text(&later.open("/audit?hours=24").await);
    assert!(!shown.contains(activated) && shown.contains("signed in"), "{shown}");
    let found = later.submit("/audit", "_action=/admin/api/audit/find&_form=find&q=&by=devices&hours=168&kind=").await;
    assert_eq!(found.header("location"), "/audit?by=devices&hours=168");
});

contract!(a_list_is_exported_with_its_filter_once_by_those_who_may, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    server.activate_with(&license, "one", json!({ "deviceName": "Studio Mac" })).await.token();
    let admin = signed_in(&server, Role::Admin).await;
    for (page, act, filter, name) in [
        ("/audit?by=devices", "audit/export", "by=devices", "audit-log"),
        ("/decisions?outcome=granted", "decisions/export", "outcome=granted", "decisions"),
    ] {
        let opened = admin.open(&format!("{page}&dialog=export")).await;
        assert!(opened.text().contains("in this list are exported."), "{page}: {}", page_text(&opened));
        let form = format!("_action=/admin/api/{act}&_form=export&{filter}&format=");
        let refused = admin.submit(&format!("{page}&dialog=export"), &format!("{form}xml")).await;
        assert!(refused.text().contains("must be one of the choices"), "{page}");
        for (format, lines) in [("jsonl", 1), ("csv", 2)] {
            let admitted = admin.submit(page, &format!("{form}{format}")).await;
            assert_eq!(admitted.header("location"), "/export");
            let file = admin.open("/export").await;
            let attached = file.header("content-disposition");
            assert!(attached.contains(name) && attached.contains(format), "{attached}");
            assert_eq!(file.text().lines().count(), lines, "{}", file.text());
            assert!(file.text().contains(&license.id.to_string()));
            assert_eq!(admin.open("/export").await.header("location"), "/", "a download works once");
        }
    }
    let events = page_text(&admin.open("/audit?kind=records.").await);
    assert_eq!(events.matches("exported").count(), 4, "{events}");

    let support = signed_in(&server, Role::Support).await;
    assert!(support.open("/audit?dialog=export").await.text().contains("Only an administrator can do this."));
    let refused = support.submit("/audit", "_action=/admin/api/audit/export&_form=export&format=csv").await;
    assert_eq!(refused.status, http::StatusCode::FORBIDDEN);
});
