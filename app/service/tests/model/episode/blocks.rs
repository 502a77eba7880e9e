//! Blocks set by staff.

use service::{
    BlockedFor, NewBlock, Service,
    store::{Paging, blocks::BlockFilter},
};

use super::Episode;
use crate::{
    answer::Answer,
    script::{Pair, Reach},
};

impl Episode {
    pub(super) async fn block(&mut self, service: &Service, of: Pair, reach: Reach, and_take: bool) -> Answer {
        let license = &self.licenses[self.slots[of.license]].0;
        let blocked_for = match reach {
            Reach::License => BlockedFor::License(license.id),
            Reach::Product => BlockedFor::Product(license.product_id),
            Reach::Everything => BlockedFor::Server,
        };
        let fingerprint = self.fingerprint(of.device);
        let filter = BlockFilter { fingerprint_hash: Some(fingerprint.digest()), ..BlockFilter::default() };
        let new = NewBlock { fingerprint, blocked_for, revoke: and_take, reason: "a test".to_owned() };
        let taken = match service.devices().block_device(new, &self.actor).await {
            Ok(taken) => taken,
            Err(error) => return self.failed(&error),
        };
        let mut reading = service.store().read().await.unwrap();
        let found = reading.on().blocks(filter, Paging::First, 100).await.unwrap();
        let made = found.rows.iter().find(|row| blocked_for.is_of(&row.block)).unwrap();
        self.blocks.push(made.block.id);
        Answer::Done(taken)
    }

    pub(super) async fn unblock(&mut self, service: &Service, which: usize) -> Answer {
        if self.blocks.is_empty() {
            return Answer::Skipped;
        }
        let block = self.blocks.remove(which % self.blocks.len());
        self.done(service.devices().unblock_device(block, "a test", &self.actor).await)
    }
}
