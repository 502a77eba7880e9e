//! The minimum number of database connections.

use licensing::Role;
use service::store::Store;
use testing::contract;

use super::{
    markup::{LEFT_ALONE, PLANT, crawl, plant, plant_in},
    person::{accounts, signed_in},
};
use crate::fixture::Server;

// Pages have one of the four connections. A page that needed a second one would wait in vain and answer 503.
contract!(no_page_and_no_form_takes_two_connections_at_a_time, async |db| {
    let server = Server::on(&Store::open_with(db.url(), 4).await.unwrap()).await;
    accounts(&server).await;
    plant(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    for ((function, _), (page, form)) in &crawl(&owner).await.forms {
        if !LEFT_ALONE.iter().any(|end| function.contains(end)) {
            plant_in(&owner, page, form, PLANT).await;
        }
    }
});
