//! The message that confirms an act.

use axum::{
    body::Body,
    http::{Request, header::ACCEPT},
};
use licensing::Role;
use testing::contract;

use super::{
    devices::{page_text, send, session, went_to},
    person::{Person, accounts, signed_in},
};
use crate::fixture::{Answer, Html, Server};

/// Opens an address as a browser does that came from this site (Fetch Metadata).
async fn open_from(person: &Person<'_>, site: &str, address: &str) -> Answer {
    let request = Request::get(address).header(ACCEPT, "text/html").header("sec-fetch-site", site);
    person.send(request.body(Body::empty()).unwrap()).await
}

contract!(only_an_act_of_this_app_is_confirmed, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    let address = format!("/licenses/{}?done=license_revoked", license.id);
    let shown = "The license is revoked, and its seats are free.";
    assert!(open_from(&owner, "same-origin", &address).await.text().contains(shown));
    for site in ["none", "cross-site", "same-site"] {
        assert!(!open_from(&owner, site, &address).await.text().contains(shown), "{site}: pasted or forged");
    }
});

contract!(the_message_after_freeing_a_seat_offers_to_undo_it, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let support = signed_in(&server, Role::Support).await;
    let license = server.license().create().await;
    server.activate(&license, "one").await.token();
    let id = session(&server, &license, "one").await.to_string();
    for page in [format!("/licenses/{}", license.id), format!("/devices/{id}")] {
        let from = page.strip_prefix("/devices/").unwrap_or_default();
        let fields = [("id", id.as_str()), ("from", from), ("reason", "Moved.")];
        let (_, shown) = went_to(&send(&support, &page, "devices/free", &fields).await);
        let toast = support.open(&shown).await;
        let form = Html::read(toast.text()).forms.into_iter().find(|form| form.id == "undo").expect("an undo");
        let undone = support.submit(&shown, &form.encoded()).await;
        assert_eq!(went_to(&undone), (303, format!("{page}?done=device_restored")));
        assert_eq!(license.devices_and_seats(&server).await, (1, 1));
    }
    let viewer = signed_in(&server, Role::Viewer).await;
    let page = viewer.open(&format!("/licenses/{}?done=device_freed&undo={id}", license.id)).await;
    assert!(!Html::read(page.text()).ids.contains("undo"));
});

contract!(a_revealed_code_comes_without_the_first_steps_of_a_new_license, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().create().await;
    let page = format!("/licenses/{}", license.id);
    send(&owner, &page, "licenses/reveal-code", &[("id", &license.id.to_string())]).await;
    let shown = owner.open(&page).await;
    assert!(shown.text().contains(&license.code));
    assert!(!page_text(&shown).contains("This uses a seat."), "{}", page_text(&shown));
});
