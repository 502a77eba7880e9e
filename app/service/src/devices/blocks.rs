//! Blocks: fingerprints that may not activate, on a license, on a product, or on the whole server.

use licensing::{EventKind, Fingerprint, SubjectKind, activation::BlockScope, release::ReleaseAct};
use serde_json::json;
use store::{
    Tx,
    blocks::{BlockRow, BlockedDevice},
    revoked_seats::FoundDevice,
};
use uuid::Uuid;

use crate::{
    Actor, Clock, Devices, Error, Licenses, Result,
    actor::UNNAMED,
    audit::{Record, Subject},
    devices::release::ReleaseRequest,
    licenses::change::called,
    reason::read_reason,
    retry::retried,
};

/// Maximum number of licenses on which one act revokes a device.
pub const MOST_FOUND: i64 = 1_000;

/// The reach of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockedFor {
    /// One license.
    License(Uuid),
    /// All licenses of a product.
    Product(Uuid),
    /// Everything on this server.
    Server,
}

/// A fingerprint to block.
#[derive(Clone, Debug)]
pub struct NewBlock {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// Reach of the block.
    pub blocked_for: BlockedFor,
    /// `true` to revoke the device where the block reaches it.
    pub revoke: bool,
    /// The reason, for the audit log.
    pub reason: String,
}

impl BlockedFor {
    /// The scope that is stored for this reach.
    pub const fn scope(self) -> BlockScope {
        match self {
            Self::License(_) => BlockScope::License,
            Self::Product(_) => BlockScope::Product,
            Self::Server => BlockScope::Server,
        }
    }

    const fn id(self) -> Uuid {
        match self {
            Self::License(id) | Self::Product(id) => id,
            Self::Server => Uuid::nil(),
        }
    }

    const fn license(self) -> Option<Uuid> {
        match self {
            Self::License(id) => Some(id),
            Self::Product(_) | Self::Server => None,
        }
    }

    /// Returns `true` if the block reaches this device.
    pub fn reaches(self, device: &FoundDevice) -> bool {
        match self {
            Self::License(id) => device.device.license_id == id,
            Self::Product(id) => device.product_id == id,
            Self::Server => true,
        }
    }

    /// Returns `true` if `block` has this reach.
    pub fn is_of(self, block: &BlockedDevice) -> bool {
        block.scope == self.scope() && block.scope_id == self.id()
    }

    /// The name of what is blocked, for the audit log.
    async fn named(self, tx: &mut Tx, licenses: &Licenses) -> Result<String> {
        Ok(match self {
            Self::License(id) => called(&licenses.lock(tx, id).await?.0.license),
            Self::Product(id) => tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.name,
            Self::Server => "everything".to_owned(),
        })
    }
}

impl Devices {
    /// Blocks a fingerprint, so that it can neither activate nor renew within the block's reach. A token it already has
    /// works until it expires, unless its seat is revoked too; that includes a seat granted concurrently. Returns the
    /// number of seats revoked.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the fingerprint is already blocked with this reach; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all)]
    pub async fn block_device(&self, new: NewBlock, actor: &Actor) -> Result<u64> {
        let reason = read_reason(&new.reason)?;
        let new = NewBlock { reason, ..new };
        retried(|| self.try_to_block(&new, actor)).await
    }

    async fn try_to_block(&self, new: &NewBlock, actor: &Actor) -> Result<u64> {
        let NewBlock { fingerprint, blocked_for, revoke, reason } = new;
        let hash = fingerprint.digest();
        let mut tx = self.store.begin().await?;
        tx.lock_blocks().await?;
        let mut found = tx.on().devices_with(&hash, MOST_FOUND).await?;
        found.retain(|device| blocked_for.reaches(device));
        // Locks all licenses at once, before the account whose daily releases are counted. Every act that takes a seat
        // locks the license first and the account last, so these acts cannot deadlock.
        let mut licenses: Vec<Uuid> = found.iter().filter(|_| *revoke).map(|it| it.device.license_id).collect();
        licenses.extend(blocked_for.license());
        licenses.sort_unstable();
        licenses.dedup();
        tx.lock_licenses(&licenses).await?;
        let name = blocked_for.named(&mut tx, &self.licenses).await?;
        found.sort_by_key(|device| device.device.license_id);
        let taken = if *revoke { self.take_seats(&mut tx, &found, reason, actor).await? } else { 0 };
        let now = self.clock.now();
        let block = BlockedDevice {
            id: Clock::id_at(now),
            fingerprint_hash: hash.to_vec(),
            scope: blocked_for.scope(),
            scope_id: blocked_for.id(),
            fingerprint: fingerprint.as_str().to_owned(),
            reason: reason.clone(),
            blocked_by: actor.name.clone(),
            created_at: now,
        };
        if !tx.insert_block(&block).await? {
            return Err(Error::Conflict("This fingerprint is already blocked there.".to_owned()));
        }
        let device = found.iter().max_by_key(|device| device.device.last_seen_at).map(|found| &found.device);
        let device_name = device.and_then(|device| device.label.clone().or_else(|| device.device_name.clone()));
        Record::new(actor, EventKind::DeviceBlocked, subject(&block, device_name))
            .made(&json!({ "blocked_for": name, "fingerprint": block.fingerprint, "seats_taken": taken }))
            .because(Some(reason.clone()))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Revokes these devices, whose licenses are locked.
    async fn take_seats(&self, tx: &mut Tx, found: &[FoundDevice], reason: &str, actor: &Actor) -> Result<u64> {
        let mut taken = 0;
        for FoundDevice { device, .. } in found {
            let (license, now) = self.licenses.lock(tx, device.license_id).await?;
            // Read again under the lock: the session may have ended or been replaced.
            let Some(device) = tx.on().activation(device.id).await? else { continue };
            if device.revoked_at.is_none() && device.released_at.is_none() {
                let request = ReleaseRequest::by_support(ReleaseAct::Revoke, reason.to_owned(), actor);
                self.release_locked(tx, (&license, now), device, request).await?;
                taken += 1;
            }
        }
        Ok(taken)
    }

    /// Removes a block, so that the device may activate again; blocks with another reach stay.
    ///
    /// # Errors
    /// `NotFound` if the block no longer exists; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn unblock_device(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let now = self.clock.now();
            let BlockRow { block, device_name, .. } = tx.on().block(id).await?.ok_or(Error::NotFound("block"))?;
            if !tx.delete_block(id).await? {
                return Err(Error::NotFound("block"));
            }
            let before =
                json!({ "blocked_for": block.scope.name(), "fingerprint": block.fingerprint, "why": block.reason });
            Record::new(actor, EventKind::DeviceUnblocked, subject(&block, device_name))
                .changed(&before, &json!({}))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// The event's subject: the device by name, if it has one, and in the license's history if the block is on a license.
fn subject(block: &BlockedDevice, device_name: Option<String>) -> Subject {
    let subject = Subject::new(SubjectKind::Block, block.id, device_name.unwrap_or_else(|| UNNAMED.to_owned()));
    match block.scope {
        BlockScope::License => subject.of_license(block.scope_id),
        BlockScope::Product | BlockScope::Server => subject,
    }
}
