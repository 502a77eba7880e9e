//! Seats on pages: devices without one, and licenses over their limit.

use licensing::{Role, Span, Terms, terms::Seats};
use testing::contract;

use super::{
    devices::{page_text, send, session, went_to},
    person::{accounts, signed_in},
};
use crate::fixture::Server;

contract!(a_license_over_its_limit_counts_the_seats_in_use, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().seats(10).create().await;
    for n in 1..=10 {
        server.activate(&license, &format!("device {n}")).await.token();
    }
    license.change_terms(&server, |terms| terms.seats = Seats::Limited(5)).await;
    let id = session(&server, &license, "device 1").await;
    let page = format!("/licenses/{}", license.id);
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("6 seats must become free before another device can activate."), "{shown}");
    assert!(!shown.contains("The next seat becomes free"), "{shown}");
    let asked = page_text(&support.open(&format!("{page}?dialog=free-{id}")).await);
    assert!(asked.contains(", up to 10 devices may run on 5 seats."), "nine keep their seats: {asked}");
});

contract!(a_device_without_a_seat_has_a_session_to_end, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let short = |terms: &mut Terms| terms.grace = Span::days(1);
    let license = server.license().terms(short).create().await;
    server.activate(&license, "one").await.token();
    server.advance_days(60);
    let support = signed_in(&server, Role::Support).await;
    let id = session(&server, &license, "one").await.to_string();
    let page = format!("/licenses/{}", license.id);
    let shown = page_text(&support.open(&page).await);
    assert!(shown.contains("End session") && !shown.contains("Free"), "{shown}");
    let shown = page_text(&support.open(&format!("/devices/{id}")).await);
    assert!(shown.contains("End session") && shown.contains("Ran Drift Pro"), "{shown}");
    let asked = page_text(&support.open(&format!("{page}?dialog=free-{id}")).await);
    assert!(asked.contains("End the session of unnamed device?") && !asked.contains("Undo"), "{asked}");
    let ended = send(&support, &page, "devices/free", &[("id", &id), ("reason", "Sold.")]).await;
    assert_eq!(went_to(&ended), (303, format!("{page}?done=session_ended")));
});

contract!(a_blocked_device_is_not_said_to_activate_again, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let id = session(&server, &license, "one").await.to_string();
    let page = format!("/devices/{id}");
    let fields = [("fingerprint", "one"), ("scope", "server"), ("revoke", "on"), ("reason", "Stolen.")];
    assert_eq!(send(&support, "/devices/block?fingerprint=one", "devices/block", &fields).await.status, 303);
    let answer = support.open(&page).await;
    let shown = page_text(&answer);
    assert!(shown.contains("It is blocked, so it cannot activate again."), "{shown}");
    assert!(!shown.contains("may activate again"), "{shown}");
    assert!(!answer.text().contains("/devices/block?device="), "nothing is left to block");
    let unblock = answer.text().split("dialog=unblock-").nth(1).expect("the page itself unblocks");
    let asked = support.open(&format!("{page}?dialog=unblock-{}", &unblock[..36])).await;
    assert!(page_text(&asked).contains("Once unblocked, it can activate again"), "{}", page_text(&asked));
});
