//! The form of a webhook.

use axum::http::StatusCode;
use licensing::Role;
use testing::contract;

use super::person::{accounts, signed_in};
use crate::fixture::Server;

contract!(a_webhook_of_one_product_is_told_of_products, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let license = server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    let form = format!(
        "_action=/admin/api/webhooks/create&_form=webhook&url=https%3A%2F%2Fshop.example.com%2Fhook&product=on&of_product={}",
        license.product_id,
    );
    let made = owner.submit("/settings/webhooks/new", &form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let rows = server.service.store().read().await.unwrap().on().subscriptions().await.unwrap();
    assert_eq!(rows[0].products, [license.product_id]);
    assert_eq!(rows[0].event_types, ["product.*"]);
});
