//! Blocks: the list, the reach of a new one, and the acts that create and remove them.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{Act, activation::BlockScope};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, guard, guard_also, guard_read, licenses::name_of, paging::PageLinks, read_id, service},
    http::done::Done,
};

/// A page of the list of blocks, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// The blocks on this page.
    pub lines: Vec<BlockLine>,
    /// The keys of the previous and the next page.
    pub page_links: PageLinks,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A block in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockLine {
    /// The block's id.
    pub id: Uuid,
    /// The block's scope.
    pub scope: BlockScope,
    /// The address and the name of what it applies to; `None` for the whole server.
    pub of: Option<(String, String)>,
    /// The name of a device with this fingerprint.
    pub device: Option<String>,
    /// The fingerprint.
    pub fingerprint: String,
    /// The reason.
    pub reason: String,
    /// The name of the person who created it.
    pub by: String,
    /// The time of creation.
    pub at: DateTime<Utc>,
}

/// The data of the page that blocks a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocking {
    /// The fingerprint; empty if it is not known yet.
    pub fingerprint: String,
    /// The name of a device with this fingerprint.
    pub device: Option<String>,
    /// The license that it can be blocked for: id and name.
    pub license: Option<(Uuid, String)>,
    /// The product that it can be blocked for: id and name.
    pub product: Option<(Uuid, String)>,
    /// The reach of a block in each scope, from narrow to wide.
    pub reach: Vec<Reach>,
}

/// The reach of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The block's scope.
    pub scope: BlockScope,
    /// Number of licenses on which the device was activated.
    pub licenses: u64,
    /// Number of seats that it holds there now.
    pub seats: u64,
    /// The end of its last token there, if one is still valid.
    pub runs_until: Option<DateTime<Utc>>,
    /// `true` if it is already blocked in this scope.
    pub blocked: bool,
}

/// Number of blocks per page.
const IN_SIGHT: usize = 50;

pub const LIST_BLOCKS: ReadName = ReadName("devices/blocks");

/// A page of blocks: those that apply to a license or its devices, those of a product, or all.
pub async fn list_blocks(license: String, product: String, before: String, after: String) -> Result<Blocks, Error> {
    use service::store::blocks::BlockFilter;

    guard_read(LIST_BLOCKS)?;
    let service = service()?;
    let (license, product): (Option<Uuid>, Option<Uuid>) = (license.parse().ok(), product.parse().ok());
    let filter = BlockFilter { scope_id: product, reaching: license, ..BlockFilter::default() };
    let paging = crate::admin::paging::paging(&before, &after);
    let page = service.store().read().await?.on().blocks(filter, paging, IN_SIGHT).await?;
    let page_links = PageLinks::of(&page);
    Ok(Blocks { lines: page.rows.into_iter().map(BlockLine::from).collect(), page_links, now: service.clock().now() })
}

pub const BLOCK_FORM: ReadName = ReadName("devices/block-form");

/// The possible blocks of the device with that id, or of a fingerprint: for a license, its product, or the whole
/// server.
pub async fn block_form(
    device: String,
    fingerprint: String,
    license: String,
    product: String,
) -> Result<Blocking, Error> {
    use licensing::Fingerprint;
    use service::{BlockedFor, store::blocks::BlockFilter};

    guard_read(BLOCK_FORM)?;
    let service = service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let (mut license, mut fingerprint, mut name) = (license.parse().ok(), fingerprint, None);
    if !device.is_empty() {
        let found = on.activation(read_id(&device)?).await?.ok_or(Error::NotFound)?;
        name = found.label.or(found.device_name);
        (license, fingerprint) = (Some(found.license_id), found.fingerprint);
    }
    let license = match license {
        Some(id) => Some(on.license(id, now).await?.ok_or(Error::NotFound)?),
        None => None,
    };
    let product = match (&license, product.parse().ok()) {
        (Some(row), _) => Some((row.license.product_id, row.product_name.clone())),
        (None, Some(id)) => Some((id, on.product(id).await?.ok_or(Error::NotFound)?.name)),
        (None, None) => None,
    };
    let license = license.map(|row| (row.license.id, name_of(&row.license)));
    let places = license.iter().map(|(id, _)| BlockedFor::License(*id));
    let places = places.chain(product.iter().map(|(id, _)| BlockedFor::Product(*id))).chain([BlockedFor::Server]);
    let mut reach = Vec::new();
    if let Ok(read) = Fingerprint::read(&fingerprint) {
        let hash = read.digest();
        let found = on.devices_with(&hash, service::MOST_FOUND).await?;
        let known = found.iter().find_map(|it| it.device.label.clone().or_else(|| it.device.device_name.clone()));
        name = name.or(known);
        let filter = BlockFilter { fingerprint_hash: Some(hash), ..BlockFilter::default() };
        let blocks = on.blocks(filter, Default::default(), 1_000).await?.rows;
        reach = places
            .map(|place| {
                let there: Vec<_> = found.iter().filter(|it| place.reaches(it)).map(|it| &it.device).collect();
                let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
                Reach {
                    scope: place.scope(),
                    licenses: count(there.len()),
                    seats: count(there.iter().filter(|it| it.hold_until > now).count()),
                    runs_until: there.iter().map(|it| it.token_expires_at).max().filter(|end| *end > now),
                    blocked: blocks.iter().any(|row| place.is_of(&row.block)),
                }
            })
            .collect();
    }
    Ok(Blocking { fingerprint, device: name, license, product, reach })
}

/// Blocks a fingerprint for a license, a product, or the whole server, according to `scope`; revokes its seats there if
/// `revoke` is `on`.
#[server(endpoint = "devices/block")]
pub async fn block_device(
    #[server(default)] fingerprint: String,
    #[server(default)] scope: String,
    #[server(default)] license: String,
    #[server(default)] product: String,
    #[server(default)] device: String,
    #[server(default)] revoke: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    use licensing::{Fingerprint, Invalid};
    use service::{BlockedFor, NewBlock};

    let actor = guard::<BlockDevice>()?;
    let mut wrong = Invalid::default();
    let fingerprint = wrong.keep("fingerprint", Fingerprint::read(&fingerprint));
    let blocked_for = match BlockScope::from_name(&scope) {
        Some(BlockScope::License) => license.parse().ok().map(BlockedFor::License),
        Some(BlockScope::Product) => product.parse().ok().map(BlockedFor::Product),
        Some(BlockScope::Server) => Some(BlockedFor::Server),
        None => None,
    };
    let blocked_for = wrong.keep("scope", blocked_for.ok_or("Choose a scope."));
    wrong.keep("reason", licensing::text::name(&reason, 500));
    let (Some(fingerprint), Some(blocked_for), true) = (fingerprint, blocked_for, wrong.0.is_empty()) else {
        return Err(wrong.into());
    };
    let revoke = revoke == "on";
    if revoke && blocked_for.scope() != BlockScope::License {
        guard_also(Act::DevicesRevokeAll)?;
    }
    service()?.devices().block_device(NewBlock { fingerprint, blocked_for, revoke, reason }, &actor).await?;
    let to = match (read_id(&device), license.parse::<Uuid>(), product.parse::<Uuid>()) {
        (Ok(id), _, _) => format!("/devices/{id}"),
        (Err(_), Ok(id), _) => format!("/licenses/{id}"),
        (Err(_), Err(_), Ok(id)) => format!("/products/{id}"),
        (Err(_), Err(_), Err(_)) => "/devices/blocked".to_owned(),
    };
    Done::DeviceBlocked.at(&to);
    Ok(())
}

/// Removes a block. `from` is the path of the form's page.
#[server(endpoint = "devices/unblock")]
pub async fn unblock_device(
    #[server(default)] id: String,
    #[server(default)] from: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<UnblockDevice>()?;
    service()?.devices().unblock_device(read_id(&id)?, &reason, &actor).await?;
    let to = if from.is_empty() || from.contains('?') { "/devices/blocked" } else { crate::http::address::own(&from) };
    Done::DeviceUnblocked.at(to);
    Ok(())
}

impl From<service::store::blocks::BlockRow> for BlockLine {
    fn from(row: service::store::blocks::BlockRow) -> Self {
        let block = row.block;
        let of = match block.scope {
            BlockScope::License => {
                let code = row.code_tail.map(|tail| format!("License {tail}"));
                let name = row.customer.or(row.email).or(code).unwrap_or_default();
                Some((format!("/licenses/{}", block.scope_id), name))
            }
            BlockScope::Product => {
                Some((format!("/products/{}", block.scope_id), row.product_name.unwrap_or_default()))
            }
            BlockScope::Server => None,
        };
        Self {
            id: block.id,
            scope: block.scope,
            of,
            device: row.device_name,
            fingerprint: block.fingerprint,
            reason: block.reason,
            by: block.blocked_by,
            at: block.created_at,
        }
    }
}
