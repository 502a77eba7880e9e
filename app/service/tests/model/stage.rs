//! One episode of the real thing: what a script does to it, and what it answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use licensing::{
    ActivationCode, Fingerprint, Overrides, Refusal,
    activation::{DeviceFacts, Request, SessionState},
    product::Algorithm,
};
use service::{
    Activated, Activation, Actor, Error, LicenseForm, NewLicense, Origin, PolicyForm, ProductForm, Renewal, Service,
    Session, Trust,
    store::{licenses::License, policies::Policy},
};
use uuid::Uuid;

use crate::{
    acts::own_after,
    answer::{Answer, Granted},
    deal::Change,
    house::House,
    script::{Ask, INSTANCES, Op, Pair, STRANGERS, What},
    verifier::Verifier,
    world::{Policy as Plain, World},
};

type Given = service::Result<(Activated, Option<String>)>;

/// One episode: products, policies and licenses of its own.
pub(crate) struct Stage {
    pub(crate) began: DateTime<Utc>,
    actor: Actor,
    policies: Vec<Policy>,
    licenses: Vec<(License, ActivationCode, Vec<Change>)>,
    slots: Vec<usize>,
    sessions: Vec<Uuid>,
    decisions: Vec<Uuid>,
    /// The session that each device was told last.
    told: BTreeMap<(usize, usize), Uuid>,
    tokens: BTreeMap<(usize, usize), Vec<String>>,
    strangers: usize,
    pub(crate) verifier: Verifier,
}

impl Stage {
    /// Opens an episode, long after every token of the one before has ended.
    pub(crate) async fn open(house: &mut House<'_>, policies: &[Plain]) -> Self {
        let actor = Actor::account(Uuid::from_u128(7), "Ingrid", Origin::default());
        house.clock.advance(2000 * 86_400);
        if house.clock.trust() != Trust::Good {
            house.instances[0].confirm_time(&actor).await.unwrap();
        }
        let mut stage = Self {
            began: house.clock.now(),
            actor,
            policies: vec![],
            licenses: vec![],
            slots: vec![],
            sessions: vec![],
            decisions: vec![],
            told: BTreeMap::new(),
            tokens: BTreeMap::new(),
            strangers: STRANGERS,
            verifier: Verifier::default(),
        };
        let mut products = vec![];
        for _ in 0..=policies.iter().map(|policy| policy.product).max().unwrap() {
            house.products += 1;
            let code = format!("product-{}", house.products);
            let form =
                ProductForm { code, name: "Drift".to_owned(), algorithm: Algorithm::EdDSA, ..ProductForm::default() };
            products.push(house.instances[0].create_product(form, &stage.actor).await.unwrap());
        }
        // A key that an instance has yet to hear of is one more reason to write a repeat down.
        for instance in &house.instances {
            instance.refresh_keys().await.unwrap();
        }
        for (n, policy) in policies.iter().enumerate() {
            let form = PolicyForm { name: format!("Policy {n}"), terms: policy.deal.terms(stage.began) };
            let made = house.instances[0].create_policy(products[policy.product].id, form, &stage.actor).await;
            stage.policies.push(made.unwrap());
        }
        stage
    }

    /// A license of the policy, in the place of the code, or in a new place.
    pub(crate) async fn issue(&mut self, house: &House<'_>, slot: usize, policy: usize) -> Answer {
        let form = LicenseForm::default();
        let new = NewLicense { policy_id: self.policies[policy].id, code: String::new(), form };
        match house.instances[0].create_license(new, &self.actor).await {
            Ok((license, code)) => {
                self.licenses.push((license, code, vec![]));
                let at = self.licenses.len() - 1;
                if slot < self.slots.len() {
                    self.slots[slot] = at
                } else {
                    self.slots.push(at)
                }
                Answer::Done(0)
            }
            Err(error) => self.failed(&error),
        }
    }

    pub(crate) fn license_id(&self, license: usize) -> Uuid {
        self.licenses[license].0.id
    }

    /// Does it, and tells the answer. What the model cannot foresee, it is told here.
    pub(crate) async fn act(&mut self, house: &mut House<'_>, op: &Op, world: &mut World) -> (Answer, Answer) {
        if let Op::Scramble { license, devices } = op {
            return self.scramble(house, *license, *devices, world).await;
        }
        let off_by = world.off_by();
        let expected = world.act(op);
        let told = match op {
            Op::Mend => {
                house.clock.leap(off_by);
                Answer::Done(0)
            }
            // Whether there is something to confirm, the owner sees by the clock on the wall.
            Op::Confirm { .. } if expected == Answer::Skipped => Answer::Skipped,
            op => self.answer(house, op).await,
        };
        (told, expected)
    }

    async fn answer(&mut self, house: &mut House<'_>, op: &Op) -> Answer {
        let service = |at: usize| house.instances[at].clone();
        match op {
            Op::Ask { at, ask } => {
                let given = self.ask(&service(*at), *ask).await;
                self.tell(ask.of, given)
            }
            Op::Rush { at, asks } => {
                let service = service(*at);
                let given = join_all(asks.iter().map(|ask| self.ask(&service, *ask))).await;
                Answer::of_a_crowd(asks.iter().zip(given).map(|(ask, given)| self.tell(ask.of, given)).collect())
            }
            Op::Scramble { .. } | Op::Mend => Answer::Skipped,
            Op::CheckOut { at, of, old_token } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => self.done(service(*at).check_out(&session, Origin::default()).await),
                Err(no) => no,
            },
            Op::Release { at, of, old_token } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => self.done(service(*at).release(&session, Origin::default()).await),
                Err(no) => no,
            },
            Op::Look { at, of, old_token } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => match service(*at).standing(&session, &Origin::default()).await {
                    Ok(found) => {
                        let state = SessionState::of(&DeviceFacts::from(&found), house.clock.now());
                        let (lease, hold) = (self.since(found.lease_ends_at), self.since(found.hold_until));
                        Answer::Stands(format!("{state:?}"), lease, hold)
                    }
                    Err(error) => self.failed(&error),
                },
                Err(no) => no,
            },
            Op::Revoke { of } => match self.told.get(&self.key(*of)).copied() {
                Some(session) => self.done(service(0).revoke_activation(session, "a test", &self.actor).await),
                None => Answer::Skipped,
            },
            Op::Step { license, step } => {
                let id = self.licenses[self.slots[*license]].0.id;
                match service(1).step_license(id, *step, "a test", &self.actor).await {
                    Ok(devices) => Answer::Done(devices),
                    Err(error) => self.failed(&error),
                }
            }
            Op::Issue { license, policy } => self.issue(house, *license, *policy).await,
            Op::ChangePolicy { policy, change } => self.change_policy(&service(0), *policy, change).await,
            Op::ChangeLicense { license, change } => {
                self.change_license(&service(1), self.slots[*license], change.as_ref()).await
            }
            Op::Pass(seconds) => {
                house.clock.advance(i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::SetBack(seconds) => {
                house.clock.leap(-i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Leap(seconds) => {
                house.clock.leap(i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Confirm { at } => match service(*at).confirm_time(&self.actor).await {
                Ok(_) => Answer::Done(1),
                Err(error) => self.failed(&error),
            },
            Op::Restart { at } => {
                house.restart(*at).await;
                Answer::Done(0)
            }
        }
    }

    /// Nobody knows who comes first: the model hears of those who got in, then of the others.
    async fn scramble(
        &mut self,
        house: &House<'_>,
        license: usize,
        devices: usize,
        world: &mut World,
    ) -> (Answer, Answer) {
        let asks: Vec<Ask> = (0..devices)
            .map(|n| Pair { license, device: self.strangers + n })
            .map(|of| Ask { what: What::Activate, of, lease: None, old_token: false })
            .collect();
        self.strangers += devices;
        let asked = asks.iter().enumerate().map(|(n, ask)| self.ask(&house.instances[n % INSTANCES], *ask));
        let given: Vec<_> = asks.iter().copied().zip(join_all(asked).await).collect();
        let (first, then): (Vec<_>, Vec<_>) = given.into_iter().partition(|(_, given)| matches!(given, Ok(Ok(_))));
        let (mut told, mut expected) = (vec![], vec![]);
        for (ask, given) in first.into_iter().chain(then) {
            told.push(self.tell(ask.of, given));
            expected.push(world.ask(ask));
        }
        (Answer::of_a_crowd(told), Answer::of_a_crowd(expected))
    }

    async fn ask(&self, service: &Service, ask: Ask) -> Result<Given, Answer> {
        let lease = ask.lease.map(licensing::Span::seconds);
        let request = Request { lease, ..Request::default() };
        if ask.what == What::Activate {
            let asking = Activation {
                code: self.licenses[self.slots[ask.of.license]].1.clone(),
                fingerprint: Fingerprint::read(&format!("device {}", ask.of.device)).unwrap(),
                request,
                device_name: None,
                platform: None,
                origin: Origin::default(),
            };
            return Ok(service.activate(asking).await.map(|(activated, token)| (activated, Some(token))));
        }
        let session = self.session(service, ask.of, ask.old_token).await?;
        let renewal = Renewal { request, ..Renewal::default() };
        Ok(if ask.what == What::Renew {
            service.renew(&session, renewal).await.map(|(activated, token)| (activated, Some(token)))
        } else {
            service.check_in(&session, renewal).await
        })
    }

    async fn session(&self, service: &Service, of: Pair, old: bool) -> Result<Session, Answer> {
        let tokens = self.tokens.get(&self.key(of)).ok_or(Answer::Skipped)?;
        let token = if old { tokens.first() } else { tokens.last() }.ok_or(Answer::Skipped)?;
        service.session(token).await.map_err(|error| self.failed(&error))
    }

    async fn change_policy(&mut self, service: &Service, policy: usize, change: &Change) -> Answer {
        let old = &self.policies[policy];
        let mut own = Overrides::default();
        change.set(&mut own, self.began);
        let form = PolicyForm { name: old.name.clone(), terms: old.terms.with(&own) };
        match service.change_policy(old.id, form, &self.actor).await {
            Ok(new) => {
                self.policies[policy] = new;
                Answer::Done(0)
            }
            Err(error) => self.failed(&error),
        }
    }

    async fn change_license(&mut self, service: &Service, license: usize, change: Option<&Change>) -> Answer {
        let own = own_after(&self.licenses[license].2, change);
        let mut overrides = Overrides::default();
        own.iter().for_each(|change| change.set(&mut overrides, self.began));
        let form = LicenseForm { overrides, ..LicenseForm::default() };
        match service.change_license(self.license_id(license), form, &self.actor).await {
            Ok(_) => {
                self.licenses[license].2 = own;
                Answer::Done(0)
            }
            Err(error) => self.failed(&error),
        }
    }

    /// The number under which a session is known here.
    pub(crate) fn session_number(&self, id: Uuid) -> Option<usize> {
        self.sessions.iter().position(|known| *known == id)
    }

    fn key(&self, of: Pair) -> (usize, usize) {
        (self.slots[of.license], of.device)
    }

    fn since(&self, at: DateTime<Utc>) -> i64 {
        at.timestamp_micros() - self.began.timestamp_micros()
    }

    fn done(&self, result: service::Result<()>) -> Answer {
        result.map_or_else(|error| self.failed(&error), |()| Answer::Done(0))
    }

    fn tell(&mut self, of: Pair, given: Result<Given, Answer>) -> Answer {
        let (activated, token) = match given {
            Err(no) => return no,
            Ok(Err(error)) => return self.failed(&error),
            Ok(Ok(given)) => given,
        };
        let key = self.key(of);
        self.told.insert(key, activated.session_id);
        if let Some(token) = &token {
            self.verifier.keep(key, &activated, token);
            self.tokens.entry(key).or_default().push(token.clone());
        }
        Answer::Granted(Granted {
            session: number(&mut self.sessions, activated.session_id),
            decision: number(&mut self.decisions, activated.decision),
            lease: self.since(activated.lease_ends_at),
            token: self.since(activated.token_expires_at),
            stops: activated.license_ends_at.map(|at| self.since(at)),
            next: activated.next_check_in_after.map(|at| self.since(at)),
            signed: token.is_some(),
        })
    }

    fn failed(&self, error: &Error) -> Answer {
        match error {
            Error::Refused(declined) => Answer::Refused(match &declined.refusal {
                Refusal::SeatLimit { used, allowed, next_at } => {
                    format!("seat_limit: {used} of {allowed}, next {:?}", next_at.map(|at| self.since(at)))
                }
                Refusal::TransferLimit { next_at, .. } => format!("transfer_limit: next {}", self.since(*next_at)),
                other => format!("{}: {}", other.code(), declined.rule),
            }),
            Error::Invalid(_) => Answer::Invalid,
            Error::Conflict(_) => Answer::Conflict,
            Error::InvalidToken(_) => Answer::BadToken,
            Error::Unavailable => Answer::Unavailable,
            other => panic!("no answer but a defect: {other:?}"),
        }
    }
}

/// The number of the id: a new one where it was never seen.
fn number(seen: &mut Vec<Uuid>, id: Uuid) -> usize {
    seen.iter().rposition(|known| *known == id).unwrap_or_else(|| {
        seen.push(id);
        seen.len() - 1
    })
}
