//! Blocks: fingerprints that may not activate, for a license, a product, or anything this server licenses.

use licensing::{Fingerprint, activation::BlockScope, release::Act};
use serde_json::json;
use store::{
    Tx,
    blocks::{BlockRow, BlockedDevice},
    taken::FoundDevice,
};
use uuid::Uuid;

use crate::{
    Actor, Clock, Error, Result, Service,
    activations::Giving,
    actor::UNNAMED,
    licenses::{called, read_reason},
    record::{Record, Subject},
    retry::retried,
};

/// The most licenses on which one act takes a device's seat.
pub const MOST_FOUND: i64 = 1_000;

/// For what a fingerprint is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockedFor {
    /// One license.
    License(Uuid),
    /// All licenses of a product.
    Product(Uuid),
    /// Everything that this server licenses.
    Server,
}

/// A fingerprint to be blocked.
#[derive(Clone, Debug)]
pub struct NewBlock {
    /// The fingerprint.
    pub fingerprint: Fingerprint,
    /// For what.
    pub blocked_for: BlockedFor,
    /// Whether to take the seats that it holds there, too.
    pub revoke: bool,
    /// Why.
    pub reason: String,
}

impl BlockedFor {
    /// How far it reaches.
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

    /// Whether it reaches a device of some license.
    pub fn reaches(self, device: &FoundDevice) -> bool {
        match self {
            Self::License(id) => device.device.license_id == id,
            Self::Product(id) => device.product_id == id,
            Self::Server => true,
        }
    }

    /// Whether that block is of this reach.
    pub fn is_of(self, block: &BlockedDevice) -> bool {
        block.scope == self.scope() && block.scope_id == self.id()
    }

    /// What it is for, as the audit log calls it.
    async fn named(self, tx: &mut Tx, service: &Service) -> Result<String> {
        Ok(match self {
            Self::License(id) => called(&service.lock(tx, id).await?.0.license),
            Self::Product(id) => tx.on().product(id).await?.ok_or(Error::NotFound("product"))?.name,
            Self::Server => "everything".to_owned(),
        })
    }
}

impl Service {
    /// Blocks a fingerprint: it neither activates nor renews there any more. What token it has runs on until it ends,
    /// unless its seat is taken too, also one that it gets in this very moment. Gives how many seats were taken.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where it is blocked there already; `Invalid` with the field `reason`.
    pub async fn block_device(&self, new: NewBlock, actor: &Actor) -> Result<u64> {
        let reason = read_reason(&new.reason)?;
        let new = NewBlock { reason, ..new };
        retried(|| self.try_to_block(&new, actor)).await
    }

    async fn try_to_block(&self, new: &NewBlock, actor: &Actor) -> Result<u64> {
        let NewBlock { fingerprint, blocked_for, revoke, reason } = new;
        let hash = fingerprint.digest();
        let mut tx = self.store().begin().await?;
        tx.lock_blocks().await?;
        let mut found = tx.on().devices_with(&hash, MOST_FOUND).await?;
        found.retain(|device| blocked_for.reaches(device));
        // All licenses at once, before the account that the first of the seats is counted for: whoever else takes a seat of
        // theirs locks the license first and the account last, too.
        let mut licenses: Vec<Uuid> = found.iter().filter(|_| *revoke).map(|it| it.device.license_id).collect();
        licenses.extend(blocked_for.license());
        licenses.sort_unstable();
        licenses.dedup();
        tx.lock_licenses(&licenses).await?;
        let name = blocked_for.named(&mut tx, self).await?;
        found.sort_by_key(|device| device.device.license_id);
        let taken = if *revoke { self.take_seats(&mut tx, &found, reason, actor).await? } else { 0 };
        let now = self.clock().now();
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
            return Err(Error::Conflict("This fingerprint is blocked there already.".to_owned()));
        }
        let device = found.iter().max_by_key(|device| device.device.last_seen_at).map(|found| &found.device);
        let device_name = device.and_then(|device| device.label.clone().or_else(|| device.device_name.clone()));
        Record::new(actor, "device.blocked", subject(&block, device_name))
            .made(&json!({ "blocked_for": name, "fingerprint": block.fingerprint, "seats_taken": taken }))
            .because(Some(reason.clone()))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Takes the seats of these devices, whose licenses are locked.
    async fn take_seats(&self, tx: &mut Tx, found: &[FoundDevice], reason: &str, actor: &Actor) -> Result<u64> {
        let mut taken = 0;
        for FoundDevice { device, .. } in found {
            let (license, now) = self.lock(tx, device.license_id).await?;
            // As it is after the wait for the lock; its session may be over, or another by now.
            let Some(device) = tx.on().activation(device.id).await? else { continue };
            if device.revoked_at.is_none() && device.released_at.is_none() {
                let giving = Giving::by_support(Act::Revoke, reason.to_owned(), actor);
                self.give_up_locked(tx, (&license, now), device, giving).await?;
                taken += 1;
            }
        }
        Ok(taken)
    }

    /// Takes a block away, so that the device may ask again; blocks of other reach stay.
    ///
    /// # Errors
    /// `NotFound` where there is no such block any more; `Invalid` with the field `reason`.
    pub async fn unblock_device(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<()> {
        let reason = read_reason(reason)?;
        retried(|| async {
            let mut tx = self.store().begin().await?;
            let now = self.clock().now();
            let BlockRow { block, device_name, .. } = tx.on().block(id).await?.ok_or(Error::NotFound("block"))?;
            if !tx.delete_block(id).await? {
                return Err(Error::NotFound("block"));
            }
            let before =
                json!({ "blocked_for": block.scope.name(), "fingerprint": block.fingerprint, "why": block.reason });
            Record::new(actor, "device.unblocked", subject(&block, device_name))
                .changed(&before, &json!({}))
                .because(Some(reason.clone()))
                .write(&mut tx, now)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// The device, as far as it is known by name; in the story of the license, if the block is for one.
fn subject(block: &BlockedDevice, device_name: Option<String>) -> Subject {
    let subject = Subject::new("block", block.id, device_name.unwrap_or_else(|| UNNAMED.to_owned()));
    match block.scope {
        BlockScope::License => subject.of_license(block.scope_id),
        BlockScope::Product | BlockScope::Server => subject,
    }
}
