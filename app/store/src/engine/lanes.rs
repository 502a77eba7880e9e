//! Connection pools of the desk, the API and the pages.

use std::sync::Arc;

use sqlx_postgres::Postgres;

use super::{
    backend::Backend,
    faults::Losses,
    pool::{InUse, Pool, Role},
    postgres::{Dialer, PAGES},
};

/// Connections reserved for the desk: one reads, one writes.
const DESK: u32 = 2;
/// Maximum number of connections reserved for the API: requests of devices and programs that do not go through the
/// desk.
const API: u32 = 3;

/// User of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Desk,
    Api,
    Pages,
}

#[derive(Debug)]
pub(super) struct Lanes<DB: Backend> {
    pub(super) desk: Pool<DB>,
    pub(super) api: Pool<DB>,
    pub(super) pages: Pool<DB>,
}

impl<DB: Backend> Lanes<DB> {
    pub(super) fn of(&self, lane: Lane) -> &Pool<DB> {
        match lane {
            Lane::Desk => &self.desk,
            Lane::Api => &self.api,
            Lane::Pages => &self.pages,
        }
    }

    pub(super) async fn close(&self) {
        self.desk.close().await;
        self.api.close().await;
        self.pages.close().await;
    }
}

/// Divides the connections that the desk leaves between the API and the pages; each gets at least one.
pub(super) fn shares(connections: u32) -> (u32, u32) {
    let api = (connections / 5).clamp(1, API);
    (api, connections.saturating_sub(DESK + api).max(1))
}

impl Lanes<Postgres> {
    /// Divides the server's connections among the lanes.
    pub(super) fn divide(dialer: &Dialer, connections: u32, losses: &Arc<Losses>) -> Self {
        let (for_api, for_pages) = shares(connections);
        let in_use = InUse::default();
        let pages = Pool::new(dialer.within(PAGES), for_pages, losses, Role::Pages { desk: in_use.clone() });
        let desk = Pool::new(dialer.clone(), DESK, losses, Role::Desk { in_use, gives_way: Some(pages.clone()) });
        let api = Pool::new(dialer.clone(), for_api, losses, Role::Api { gives_way: Some(pages.clone()) });
        Self { desk, api, pages }
    }

    /// Opens the connections that each lane needs at least.
    pub(super) async fn reserve(&self) -> Result<(), sqlx::Error> {
        let (_read, _write) = (self.desk.take().await?, self.desk.take().await?);
        let (_api, _page) = (self.api.take().await?, self.pages.take().await?);
        Ok(())
    }
}
