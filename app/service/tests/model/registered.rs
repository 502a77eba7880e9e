//! The model's lists of pre-registered devices.

use crate::{
    answer::Answer,
    script::Pair,
    world::{State, World},
};

impl World {
    /// Returns `true` if no list keeps the device off the license.
    pub(crate) fn is_let_in(&self, license: usize, device: usize) -> bool {
        !self.plain_terms(license).entered_only || self.entered.contains(&(license, device))
    }

    /// Registers the devices and answers with the number of new ones.
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
