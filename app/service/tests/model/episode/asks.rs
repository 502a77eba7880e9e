//! Requests of devices to the desk.

use futures_util::future::join_all;
use licensing::activation::Request;
use service::{Activation, CallKey, Origin, Renewal, Service, Session};

use super::{Episode, Given};
use crate::{
    answer::Answer,
    script::{Ask, INSTANCES, Pair, What},
    test_service::TestService,
    world::World,
};

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Renew => "renew",
            Self::CheckIn => "check-in",
        }
    }
}

/// The idempotency key of a call to the endpoint.
pub(super) fn call_key(endpoint: &str, key: usize) -> CallKey {
    CallKey::read(endpoint, format!("key-{key}").as_bytes()).unwrap()
}

impl Episode {
    /// Sends the same call to every instance concurrently. All are answered alike, in any order.
    pub(super) async fn everywhere(&mut self, fixture: &TestService<'_>, ask: Ask) -> Answer {
        let given = join_all(fixture.instances.iter().map(|instance| self.ask(instance, ask))).await;
        Answer::of_a_crowd(given.into_iter().map(|given| self.tell(self.key(ask.of), given)).collect())
    }

    /// The order is unknown, so the model first gets the requests that were granted, then the others.
    pub(super) async fn scramble(
        &mut self,
        fixture: &TestService<'_>,
        license: usize,
        devices: usize,
        world: &mut World,
    ) -> (Answer, Answer) {
        let asks: Vec<Ask> = (0..devices)
            .map(|n| Pair { license, device: self.strangers + n })
            .map(|of| Ask { what: What::Activate, of, lease: None, old_token: false, key: None })
            .collect();
        self.strangers += devices;
        let asked = asks.iter().enumerate().map(|(n, ask)| self.ask(&fixture.instances[n % INSTANCES], *ask));
        let given: Vec<_> = asks.iter().copied().zip(join_all(asked).await).collect();
        let (first, then): (Vec<_>, Vec<_>) = given.into_iter().partition(|(_, given)| matches!(given, Ok(Ok(_))));
        let (mut reported, mut expected) = (vec![], vec![]);
        for (ask, given) in first.into_iter().chain(then) {
            reported.push(self.tell(self.key(ask.of), given));
            expected.push(world.ask(ask));
        }
        (Answer::of_a_crowd(reported), Answer::of_a_crowd(expected))
    }

    pub(super) async fn ask(&self, service: &Service, ask: Ask) -> Result<Given, Answer> {
        let lease = ask.lease.map(licensing::Span::seconds);
        let request = Request { lease, ..Request::default() };
        let call = ask.key.map(|key| call_key(ask.what.name(), key));
        if ask.what == What::Activate {
            let asking = Activation {
                code: self.licenses[self.slots[ask.of.license]].1.clone(),
                fingerprint: self.fingerprint(ask.of.device),
                request,
                device_name: None,
                platform: None,
                origin: Origin::default(),
            };
            let given = service.activations().activate_once(asking, call.as_ref()).await;
            return Ok(given.map(|(activated, token)| (activated, Some(token))));
        }
        let session = self.session(service, ask.of, ask.old_token).await?;
        let renewal = Renewal { request, ..Renewal::default() };
        Ok(if ask.what == What::Renew {
            let given = service.activations().renew_once(&session, renewal, call.as_ref()).await;
            given.map(|(activated, token)| (activated, Some(token)))
        } else {
            service.activations().check_in_once(&session, renewal, call.as_ref()).await
        })
    }

    pub(super) async fn session(&self, service: &Service, of: Pair, old: bool) -> Result<Session, Answer> {
        let tokens = self.tokens.get(&self.key(of)).ok_or(Answer::Skipped)?;
        let token = if old { tokens.first() } else { tokens.last() }.ok_or(Answer::Skipped)?;
        service.activations().session(token).await.map_err(|error| self.failed(&error))
    }
}
