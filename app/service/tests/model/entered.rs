//! The model's lists of devices that were entered beforehand.

use crate::{
    answer::Answer,
    script::Pair,
    world::{State, World},
};

impl World {
    /// Whether the license lets the device in, as far as that hangs on lists.
    pub(crate) fn is_let_in(&self, license: usize, device: usize) -> bool {
        !self.deal(license).entered_only || self.entered.contains(&(license, device))
    }

    /// Enters the devices; how many were not yet.
    pub(crate) fn enter(&mut self, license: usize, devices: &[usize]) -> Answer {
        if self.licenses[license].state == State::Revoked {
            return Answer::Conflict;
        }
        let before = self.entered.len();
        self.entered.extend(devices.iter().map(|device| (license, *device)));
        Answer::Done((self.entered.len() - before) as u64)
    }

    pub(crate) fn strike(&mut self, of: Pair) -> Answer {
        let key = self.key(of);
        if self.entered.remove(&key) { Answer::Done(0) } else { Answer::NotFound("device") }
    }
}
