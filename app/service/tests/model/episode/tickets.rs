//! Release tickets that customers use.

use licensing::{Email, activation::Request};
use service::{Origin, Service};

use super::{Episode, asks::call_key};
use crate::answer::Answer;

/// The customer's address on every license.
pub(super) const CUSTOMER: &str = "ingrid@example.com";

impl Episode {
    pub(super) async fn give_ticket(&mut self, service: &Service, license: usize, is_customer: bool) -> Answer {
        let email = if is_customer { CUSTOMER } else { "somebody@example.com" };
        let request = Request { email: Some(Email::read(email).unwrap()), ..Request::default() };
        let given = service.devices().in_use(&self.licenses[self.slots[license]].1, &request).await;
        let given = match given {
            Ok(Some(given)) => given,
            Ok(None) => return Answer::Skipped,
            Err(error) => return self.failed(&error),
        };
        self.tickets.push(given.ticket);
        let devices = given.devices.iter();
        let reported =
            devices.map(|device| (self.since(device.last_seen_at), self.session_number(device.session_id).unwrap()));
        Answer::seat_holders(reported.collect())
    }

    pub(super) async fn use_ticket(
        &self,
        service: &Service,
        back: usize,
        of: usize,
        which: usize,
        key: Option<usize>,
    ) -> Answer {
        let Some(at) = self.tickets.len().checked_sub(1 + back) else { return Answer::Skipped };
        let devices = self.reported.range((of, 0)..=(of, usize::MAX));
        let Some((_, session)) = devices.clone().nth(which % devices.count().max(1)) else { return Answer::Skipped };
        let call = key.map(|key| call_key("ticket", key));
        let used = service.devices().release_with_ticket(&self.tickets[at], *session, call.as_ref(), Origin::default());
        self.done(used.await)
    }
}
