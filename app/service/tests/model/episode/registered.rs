//! Devices that staff pre-register.

use service::Service;

use super::Episode;
use crate::{answer::Answer, script::Pair};

impl Episode {
    pub(super) async fn enter(&self, service: &Service, license: usize, devices: &[usize]) -> Answer {
        let entries: Vec<_> = devices.iter().map(|device| (self.fingerprint(*device), String::new())).collect();
        match service.devices().authorize_devices(self.license_id(self.slots[license]), &entries, &self.actor).await {
            Ok(entered) => Answer::Done(entered.new),
            Err(error) => self.failed(&error),
        }
    }

    pub(super) async fn strike(&self, service: &Service, of: Pair) -> Answer {
        let license = self.license_id(self.slots[of.license]);
        self.done(
            service.devices().unauthorize_device(license, &self.fingerprint(of.device), "a test", &self.actor).await,
        )
    }
}
