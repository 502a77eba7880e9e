//! The model's blocks on a license, on a product, and on the whole server.

use crate::{
    answer::Answer,
    script::{Pair, Reach},
    world::{Over, World},
};

/// A blocked device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block {
    device: usize,
    of: BlockScope,
}

/// The scope of a block, narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum BlockScope {
    License(usize),
    Product(usize),
    Everything,
}

impl BlockScope {
    fn name(self) -> &'static str {
        match self {
            Self::License(_) => "license",
            Self::Product(_) => "product",
            Self::Everything => "server",
        }
    }
}

impl World {
    /// The scope of the widest block that keeps the device off the license.
    pub(crate) fn is_kept_out(&self, license: usize, device: usize) -> Option<&'static str> {
        let keeps = self.blocks.iter().filter(|block| block.device == device && self.reaches(block.of, license));
        keeps.map(|block| block.of).max().map(BlockScope::name)
    }

    fn reaches(&self, scope: BlockScope, license: usize) -> bool {
        match scope {
            BlockScope::License(of) => of == license,
            BlockScope::Product(of) => of == self.product(license),
            BlockScope::Everything => true,
        }
    }

    pub(crate) fn block(&mut self, of: Pair, reach: Reach, and_take: bool) -> Answer {
        let (license, device) = self.key(of);
        let scope = match reach {
            Reach::License => BlockScope::License(license),
            Reach::Product => BlockScope::Product(self.product(license)),
            Reach::Everything => BlockScope::Everything,
        };
        let block = Block { device, of: scope };
        if self.blocks.contains(&block) {
            return Answer::Conflict;
        }
        self.blocks.push(block);
        let theirs = self.seats.iter().filter(|((_, of), seat)| *of == device && seat.over.is_none());
        let theirs: Vec<_> = theirs.map(|(key, _)| *key).filter(|(of, _)| self.reaches(scope, *of)).collect();
        if !and_take {
            return Answer::Done(0);
        }
        theirs.iter().for_each(|key| self.take(*key, Over::Revoked));
        Answer::Done(theirs.len() as u64)
    }

    /// Removes one of the existing blocks; `which` wraps around.
    pub(crate) fn unblock(&mut self, which: usize) -> Answer {
        if self.blocks.is_empty() {
            return Answer::Skipped;
        }
        self.blocks.remove(which % self.blocks.len());
        Answer::Done(0)
    }
}
