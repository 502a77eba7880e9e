//! Pages for support: devices, blocks, pre-registered devices and codes; without script.

use axum::http::StatusCode;
use licensing::{
    Role, Span, Terms,
    terms::{Devices, Seats, Strictness, Transfers},
};
use serde_json::json;
use testing::contract;
use uuid::Uuid;

use super::person::{Person, accounts, signed_in};
use crate::fixture::{Answer, Issued, Server};

/// The session id of the device.
pub(super) async fn session(server: &Server, license: &Issued, device: &str) -> Uuid {
    let devices = server.service.store().read().await.unwrap().on().activations(license.id, 100).await.unwrap();
    devices.iter().find(|found| found.fingerprint == device).expect("the device has activated").id
}

/// Sends the form of this server function from this page.
pub(super) async fn send(person: &Person<'_>, page: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
    let form = if function == "devices/authorize" { "enter" } else { function.split('/').next_back().unwrap() };
    let form = fields.iter().fold(format!("_action=/admin/api/{function}&_form={form}"), |form, (name, value)| {
        format!("{form}&{name}={}", app::http::address::escape(value))
    });
    person.submit(page, &form).await
}

pub(super) fn went_to(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.header("location").to_owned())
}

/// The text of a page without its markup and scripts.
pub(super) fn page_text(answer: &Answer) -> String {
    let mut text = String::new();
    let mut inside = false;
    let main = answer.text().split_once("<main").and_then(|(_, rest)| rest.split_once("</main>"));
    for c in main.map_or("", |(main, _)| main).chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn five(strictness: Strictness) -> impl FnOnce(&mut Terms) {
    move |terms| (terms.seats, terms.strictness) = (Seats::Limited(5), strictness)
}

contract!(the_dialog_explains_the_strictness_before_the_click, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let (lenient, strict) = (
        server.license().terms(five(Strictness::Lenient)).create().await,
        server.license().terms(five(Strictness::Strict)).create().await,
    );
    for license in [&lenient, &strict] {
        for n in 1..=5 {
            server.activate(license, &format!("device {n}")).await.token();
        }
    }
    for act in ["free", "revoke"] {
        for from in ["license", "device"] {
            let ask = async |license: &Issued| {
                let id = session(&server, license, "device 1").await;
                let page =
                    if from == "device" { format!("/devices/{id}") } else { format!("/licenses/{}", license.id) };
                page_text(&support.open(&format!("{page}?dialog={act}-{id}")).await)
            };
            let (loose, tight) = (ask(&lenient).await, ask(&strict).await);
            assert!(loose.contains("The seat is free immediately."), "{loose}");
            assert!(loose.contains(", up to 6 devices may run on 5 seats."), "{loose}");
            assert!(tight.contains("The seat becomes free in 37 days, when its last token"), "{tight}");
            assert!(!tight.contains("may run on"), "{tight}");
        }
    }
    // Afterwards the page lists the tokens that are still valid.
    for device in ["device 1", "device 2"] {
        let id = session(&server, &lenient, device).await.to_string();
        let page = format!("/licenses/{}", lenient.id);
        let answer = send(&support, &page, "devices/revoke", &[("id", &id), ("reason", "Sold.")]).await;
        assert_eq!(went_to(&answer), (303, format!("{page}?done=device_revoked&undo={id}")));
    }
    let page = page_text(&support.open(&format!("/licenses/{}", lenient.id)).await);
    assert!(page.contains("The tokens of some freed seats are still valid."), "{page}");
    assert!(page.contains(", up to 7 devices may run on 5 seats."), "{page}");
    server.advance_days(38);
    let support = signed_in(&server, Role::Support).await;
    let page = page_text(&support.open(&format!("/licenses/{}", lenient.id)).await);
    assert!(!page.contains("may run on"), "{page}");
});

contract!(support_frees_a_seat_and_undoes_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let id = session(&server, &license, "one").await.to_string();
    let page = format!("/devices/{id}");
    let without = send(&support, &page, "devices/free", &[("id", &id), ("from", &id)]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is required");
    let released = send(&support, &page, "devices/free", &[("id", &id), ("from", &id), ("reason", "Moved.")]).await;
    assert_eq!(went_to(&released), (303, format!("{page}?done=device_freed&undo={id}")));
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("Released") && shown.contains("Undo"), "{shown}");
    assert!(shown.contains("freed the seat of unnamed deviceMoved."), "{shown}");
    let undone = send(&support, &page, "devices/restore", &[("id", &id), ("from", &id)]).await;
    assert_eq!(went_to(&undone), (303, format!("{page}?done=device_restored")));
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
    let again = send(&support, &page, "devices/restore", &[("id", &id), ("from", &id)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
});

contract!(a_block_shows_its_effect_beforehand_and_is_listed_where_it_applies, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let (license, other) = (server.license().create().await, server.license().create().await);
    for license in [&license, &other] {
        server.activate_with(license, "one", json!({ "deviceName": "Laptop" })).await.token();
    }
    let id = session(&server, &license, "one").await.to_string();
    let page = format!("/devices/block?device={id}");
    let asked = page_text(&support.open(&page).await);
    assert!(asked.contains("The license of Ingrid Solberg: activated on 1 license, holds 1 seat now;"), "{asked}");
    assert!(asked.contains("Everything on this server: activated on 2 licenses, holds 2 seats now;"), "{asked}");

    let (license_id, product) = (license.id.to_string(), license.product_id.to_string());
    let fields = |scope, reason| {
        [("fingerprint", "one"), ("scope", scope), ("license", &license_id), ("product", &product)]
            .into_iter()
            .chain([("device", id.as_str()), ("revoke", "on"), ("reason", reason)])
            .collect::<Vec<_>>()
    };
    let wrong = send(&support, &page, "devices/block", &fields("galaxy", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("Check 2 fields"), "all that is wrong at once");
    let blocked = send(&support, &page, "devices/block", &fields("product", "Stolen.")).await;
    assert_eq!(went_to(&blocked), (303, format!("/devices/{id}?done=device_blocked")));
    assert_eq!(license.devices_and_seats(&server).await, (1, 0));
    assert_eq!(other.devices_and_seats(&server).await, (1, 1));
    for (page, listed) in [
        ("/devices/blocked".to_owned(), true),
        (format!("/licenses/{license_id}"), true),
        (format!("/products/{product}"), true),
        (format!("/devices/{id}"), true),
        (format!("/licenses/{}", other.id), false),
        (format!("/products/{}", other.product_id), false),
    ] {
        assert_eq!(page_text(&support.open(&page).await).contains("Stolen."), listed, "{page}");
    }
    let again = page_text(&support.open(&page).await);
    assert!(again.contains("Already blocked."), "{again}");

    let mut reading = server.service.store().read().await.unwrap();
    let block = reading.on().blocks(Default::default(), Default::default(), 9).await.unwrap().rows.remove(0).block.id;
    let fields =
        [("id", block.to_string()), ("from", format!("/licenses/{license_id}")), ("reason", "Found.".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let unblocked = send(&support, "/devices/blocked", "devices/unblock", &fields).await;
    assert_eq!(went_to(&unblocked), (303, format!("/licenses/{license_id}?done=device_unblocked")));
    assert!(page_text(&support.open("/devices/blocked").await).contains("No device is blocked"));
    server.activate(&license, "one").await.token();
});

contract!(devices_are_pre_registered_one_per_line_and_no_input_is_lost, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().terms(|terms| terms.devices = Devices::Authorized).create().await;
    let (id, page) = (license.id.to_string(), format!("/licenses/{}?dialog=enter", license.id));
    assert!(page_text(&support.open(&page).await).contains("there are none yet: no device can activate"));
    let enter = async |devices: &str| {
        send(&support, &page, "devices/authorize", &[("license", &id), ("devices", devices)]).await
    };
    let bad = enter(&format!("lab 1 # Desk 4\n{}\n # nothing", "x".repeat(513))).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = page_text(&bad);
    assert!(
        shown.contains("Line 2: the fingerprint is longer") && shown.contains("Line 3: the fingerprint must"),
        "{shown}"
    );
    assert!(shown.contains("lab 1 # Desk 4"), "the input is kept");
    assert_eq!(
        went_to(&enter("lab 1 # Desk 4\nlab 2").await),
        (303, format!("/licenses/{id}?done=devices_authorized"))
    );
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("2 pre-registered") && shown.contains("Desk 4"), "{shown}");
    server.activate(&license, "lab 1").await.token();
    let fields = [("license", id.as_str()), ("fingerprint", "lab 1"), ("reason", "Scrapped.")];
    let out = send(&support, &page, "devices/unauthorize", &fields).await;
    assert_eq!(went_to(&out), (303, format!("/licenses/{id}?done=device_unauthorized")));
    assert!(page_text(&support.open(&page).await).contains("1 pre-registered"));
});

contract!(transfers_are_shown_and_forgiven, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let five = |terms: &mut Terms| {
        (terms.seats, terms.transfers) = (Seats::Limited(9), Transfers::Limited { moves: 5, per: Span::days(30) });
    };
    let license = server.license().terms(five).create().await;
    for n in 0..4 {
        let answer = server.activate(&license, &format!("device {n}")).await;
        let session = server.service.activations().session(answer.json().as_str().unwrap()).await.unwrap();
        server.service.activations().release(&session, Default::default()).await.unwrap();
    }
    let (id, page) = (license.id.to_string(), format!("/licenses/{}", license.id));
    assert!(page_text(&support.open(&page).await).contains("4 of 5 transfers used in the last 30 days."));
    assert!(page_text(&support.open(&format!("{page}?dialog=lift")).await).contains("Reset the transfer count?"));
    let lifted =
        send(&support, &page, "licenses/reset-transfers", &[("id", &id), ("reason", "Two broken disks.")]).await;
    assert_eq!(went_to(&lifted), (303, format!("{page}?done=moves_lifted")));
    assert!(!page_text(&support.open(&page).await).contains("transfers used"));
});

contract!(a_new_code_is_shown_once_and_only_with_the_permission, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let (id, page) = (license.id.to_string(), format!("/licenses/{}", license.id));
    let support = signed_in(&server, Role::Support).await;
    let refused = send(&support, &page, "licenses/reissue-code", &[("id", &id), ("reason", "Leaked.")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    server.activate(&license, "one").await.token();

    let admin = signed_in(&server, Role::Admin).await;
    let asked = page_text(&admin.open(&format!("{page}?dialog=reissue")).await);
    assert!(asked.contains("The 1 device that holds a seat keeps it"), "{asked}");
    let done = send(&admin, &page, "licenses/reissue-code", &[("id", &id), ("reason", "Leaked.")]).await;
    assert_eq!(went_to(&done), (303, format!("{page}?done=code_reissued")));
    let new = server.service.licenses().reveal_code(license.id, &service::Actor::command()).await.unwrap();
    assert!(admin.open(&page).await.text().contains(&new), "once");
    assert!(!admin.open(&page).await.text().contains(&new), "the code is not shown again");
    assert_eq!(server.activate(&license, "one").await.problem().1, "code_not_found");
    server.activate(&license.typed(new), "one").await.token();
});

contract!(a_device_page_shows_its_details_and_similar_devices, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().seats(2).create().await;
    let same = json!({ "deviceName": "Mix Room A", "platform": "Windows 11", "targetSoftwareVersion": "4.2.1" });
    server.activate_with(&license, "before", same.clone()).await.token();
    server.clock.advance(86_400);
    server.activate_with(&license, "after", same).await.token();
    let support = signed_in(&server, Role::Support).await;
    let (old, new) = (session(&server, &license, "before").await, session(&server, &license, "after").await);
    let shown = page_text(&support.open(&format!("/devices/{new}")).await);
    for fact in ["Mix Room A", "Windows 11", "4.2.1", "192.0.2.1", "looks like the same machine as", "index ", "voices"]
    {
        assert!(shown.contains(fact), "{fact}: {shown}");
    }
    assert!(!page_text(&support.open(&format!("/devices/{old}")).await).contains("looks like the same machine"));
    assert_eq!(support.open(&format!("/devices/{}", Uuid::nil())).await.status, StatusCode::NOT_FOUND);

    let (old, new) = (old.to_string(), new.to_string());
    let page = format!("/devices/{new}");
    let named =
        send(&support, &page, "devices/name", &[("id", &new), ("revision", "1"), ("name", "Lena’s tower")]).await;
    assert_eq!(went_to(&named), (303, format!("{page}?done=device_named")));
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("Lena’s tower") && shown.contains("Reported nameMix Room A"), "{shown}");
    let fields = [("id", old.as_str()), ("from", &new), ("reason", "Looks like the same machine.")];
    let replaced = send(&support, &page, "devices/revoke", &fields).await;
    assert_eq!(went_to(&replaced), (303, format!("{page}?done=device_revoked&undo={old}")));
    assert_eq!(license.devices_and_seats(&server).await, (2, 1));
    assert!(!page_text(&support.open(&page).await).contains("looks like the same machine"));
});

contract!(a_viewer_can_look_but_not_change_anything, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let id = session(&server, &license, "one").await;
    let page = format!("/devices/{id}");
    let shown = viewer.open(&page).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(page_text(&shown).contains("Only support or an administrator can do this."));
    assert_eq!(viewer.open(&format!("/devices/block?device={id}")).await.status, StatusCode::FORBIDDEN);
    let id = id.to_string();
    for function in ["devices/free", "devices/revoke", "devices/restore", "devices/name", "devices/block"] {
        let answer = send(&viewer, &page, function, &[("id", &id), ("reason", "x"), ("fingerprint", "one")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{function}");
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(support_is_warned_if_several_machines_may_share_a_seat, async |db| {
    let server =
        Server::with(db, &[("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_PLACEHOLDER_FINGERPRINTS", "on")]).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().seats(2).create().await;
    server.activate(&license, "Default string").await.token();
    let page = support.open(&format!("/devices/{}", session(&server, &license, "Default string").await)).await;
    assert!(page_text(&page).contains("Its fingerprint is a placeholder"), "{}", page_text(&page));

    for name in ["Mix Room", "Mix Room", "Stage", "Ingrid’s Mac"] {
        server.activate_with(&license, "device-1", json!({ "deviceName": name })).await.token();
        server.advance_days(3);
    }
    let support = signed_in(&server, Role::Support).await;
    let page = support.open(&format!("/devices/{}", session(&server, &license, "device-1").await)).await;
    assert!(page_text(&page).contains("several names: Ingrid’s Mac, Mix Room, Stage"), "{}", page_text(&page));
    assert!(!page_text(&page).contains("placeholder"));
});

contract!(the_page_of_a_license_lists_its_devices_in_pages, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().terms(|terms| terms.seats = Seats::Limited(60)).create().await;
    for n in 0..60 {
        server.activate(&license, &format!("device-{n:02}")).await.token();
    }
    let page = format!("/licenses/{}", license.id);
    let devices = |answer: &Answer| answer.text().matches("the fingerprint of").count();
    let first = owner.open(&page).await;
    assert_eq!(devices(&first), 50);
    assert!(page_text(&first).contains("Full. The next seat becomes free"), "though that device is out of sight");
    let next = first.text().split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let second = owner.open(&next.replace("&amp;", "&")).await;
    assert_eq!(devices(&second), 10);
    assert!(second.text().contains("rel=\"prev\""));
});
