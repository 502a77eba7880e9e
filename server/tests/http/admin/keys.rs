//! The page of the signing keys.

use axum::http::StatusCode;
use licensing::{Role, product::Algorithm};
use testing::contract;

use super::{
    editing::{form, send},
    person::{accounts, signed_in},
};
use crate::fixture::Server;

const PAGE: &str = "/settings/keys";

/// The id of the key that signs tokens of ES256.
async fn signing(server: &Server) -> String {
    let keys = server.service.keys().signing_keys().await.unwrap();
    let signs = |key: &&service::ListedKey| {
        key.algorithm == Algorithm::ES256 && matches!(key.state, service::KeyState::Signs(_))
    };
    keys.iter().find(signs).unwrap().kid.clone()
}

contract!(an_owner_rotates_retires_and_revokes_keys, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().seats(5).create().await;
    let first = signing(&server).await;
    let dialog = format!("{PAGE}?dialog=rotate");
    let asked = form(&owner, &dialog, "keys/rotate").await;
    let done = send(&owner, &dialog, &asked.fill("target", "ES256")).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/settings/keys?done=key_rotated"));
    server.clock.advance(601);
    server.service.keys().refresh_keys().await.unwrap();
    let second = signing(&server).await;
    assert_ne!(second, first);
    // The proof is no longer fresh after ten minutes.
    let owner = signed_in(&server, Role::Owner).await;

    for device in ["one", "two"] {
        server.activate(&license, device).await.token();
    }
    let dialog = format!("{PAGE}?dialog=retire-{second}");
    let shown = owner.open(&dialog).await;
    assert!(shown.text().contains("2 devices hold tokens of this key. They stay valid"), "{}", shown.text());
    let asked = form(&owner, &dialog, "keys/retire").await;
    assert_eq!(send(&owner, &dialog, &asked).await.status, StatusCode::UNPROCESSABLE_ENTITY, "without a reason");
    let done = send(&owner, &dialog, &asked.fill("reason", "On schedule.")).await;
    assert_eq!(done.header("location"), "/settings/keys?done=key_retired", "{}", done.text());
    assert_eq!(signing(&server).await, first);

    let dialog = format!("{PAGE}?dialog=revoke-{second}");
    let shown = owner.open(&dialog).await;
    assert!(shown.text().contains("2 devices hold tokens of this key; they must renew online"), "{}", shown.text());
    let asked = form(&owner, &dialog, "keys/revoke").await.fill("reason", "Stolen.");
    let done = send(&owner, &dialog, &asked).await;
    assert_eq!(done.header("location"), "/settings/keys?done=key_revoked", "{}", done.text());
    assert!(owner.open(PAGE).await.text().contains("Revoked"));
});

contract!(a_revocation_stops_if_far_more_devices_would_be_lost_than_the_dialog_showed, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let license = server.license().seats(50).create().await;
    let key = signing(&server).await;
    let dialog = format!("{PAGE}?dialog=revoke-{key}");
    let asked = form(&owner, &dialog, "keys/revoke").await.fill("reason", "Stolen.");
    for n in 0..11 {
        server.activate(&license, &format!("device {n}")).await.token();
    }
    let refused = send(&owner, &dialog, &asked).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("11 devices hold a valid token of this key"), "{}", refused.text());
    assert_eq!(signing(&server).await, key);
});

contract!(a_public_key_is_shown_to_everyone_who_is_signed_in_and_replaced_by_owners_alone, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let kid = signing(&server).await;
    let shown = viewer.open(&format!("{PAGE}?dialog=public-{kid}")).await;
    assert!(shown.text().contains("-----BEGIN PUBLIC KEY-----"), "{}", shown.text());
    assert!(shown.text().contains("&quot;kty&quot;: &quot;EC&quot;"), "{}", shown.text());
    for dialog in [format!("retire-{kid}"), format!("revoke-{kid}"), "rotate".to_owned()] {
        let text = viewer.open(&format!("{PAGE}?dialog={dialog}")).await.text().to_owned();
        assert!(!text.contains("/admin/api/keys/"), "{dialog}");
    }
    let body = format!("kid={kid}&reason=x&devices=0");
    assert_eq!(viewer.call("/admin/api/keys/revoke", &body).await.status, StatusCode::FORBIDDEN);
    let owner = signed_in(&server, Role::Owner).await;
    server.clock.advance(11 * 60);
    let needs_proof = owner.call("/admin/api/keys/revoke", &body).await;
    assert_ne!(needs_proof.status, StatusCode::SEE_OTHER);
    assert_eq!(signing(&server).await, kid, "an owner must prove who they are first");
});
