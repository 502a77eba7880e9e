//! One episode on the engine: runs the operations of a script and translates the answers.

mod answers;
mod asks;
mod blocks;
mod offline;
mod registered;
mod terms;
mod tickets;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use licensing::{
    ActivationCode, Fingerprint, Role,
    activation::{DeviceFacts, SessionState},
    product::Algorithm,
};
use service::{
    Activated, Actor, LicenseForm, NewLicense, Origin, PolicyForm, ProductForm, Service, SignedIn, Trust,
    store::{licenses::License, policies::Policy},
};
use uuid::Uuid;

use self::{asks::call_key, offline::OfflineFile, tickets::CUSTOMER};
use crate::{
    answer::Answer,
    plain_terms::Change,
    script::{Op, Pair, STRANGERS},
    test_service::TestService,
    verifier::Verifier,
    world::{Policy as Plain, World},
};

type Given = service::Result<(Activated, Option<String>)>;

/// One episode with its own products, policies and licenses.
pub(crate) struct Episode {
    pub(crate) began: DateTime<Utc>,
    actor: Actor,
    /// Ids and codes.
    products: Vec<(Uuid, String)>,
    policies: Vec<Policy>,
    licenses: Vec<(License, ActivationCode, Vec<Change>)>,
    slots: Vec<usize>,
    sessions: Vec<Uuid>,
    decisions: Vec<Uuid>,
    /// Token ids.
    signed: Vec<Uuid>,
    blocks: Vec<Uuid>,
    tickets: Vec<String>,
    files: Vec<OfflineFile>,
    /// The session that each device was last given.
    reported: BTreeMap<(usize, usize), Uuid>,
    tokens: BTreeMap<(usize, usize), Vec<String>>,
    strangers: usize,
    pub(crate) verifier: Verifier,
}

impl Episode {
    /// Starts an episode, long after every token of the previous one has ended.
    pub(crate) async fn open(fixture: &mut TestService<'_>, policies: &[Plain]) -> Self {
        let actor = SignedIn { id: Uuid::from_u128(7), name: "Ingrid".to_owned(), role: Role::Owner }
            .oneself(Origin::default());
        fixture.clock.advance(2000 * 86_400);
        if fixture.clock.trust() != Trust::Good {
            fixture.instances[0].timekeeper().confirm_time(&actor).await.unwrap();
        }
        let mut episode = Self {
            began: fixture.clock.now(),
            actor,
            products: vec![],
            policies: vec![],
            licenses: vec![],
            slots: vec![],
            sessions: vec![],
            decisions: vec![],
            signed: vec![],
            blocks: vec![],
            tickets: vec![],
            files: vec![],
            reported: BTreeMap::new(),
            tokens: BTreeMap::new(),
            strangers: STRANGERS,
            verifier: Verifier::default(),
        };
        for _ in 0..=policies.iter().map(|policy| policy.product).max().unwrap() {
            fixture.products += 1;
            let code = format!("product-{}", fixture.products);
            let form =
                ProductForm { code, name: "Drift".to_owned(), algorithm: Algorithm::EdDSA, ..ProductForm::default() };
            let product = fixture.instances[0].licenses().create_product(form, &episode.actor).await.unwrap();
            episode.products.push((product.id, product.code));
        }
        // Kept calls of the previous episode must not affect this one.
        fixture.instances[0].calls().sweep_calls().await.unwrap();
        // An instance that does not know the newest key would write a repeat instead of answering from the record.
        for instance in &fixture.instances {
            instance.keys().refresh_keys().await.unwrap();
        }
        for (n, policy) in policies.iter().enumerate() {
            let form = PolicyForm { name: format!("Policy {n}"), terms: policy.plain_terms.terms(episode.began) };
            let made = fixture.instances[0]
                .licenses()
                .create_policy(episode.products[policy.product].0, form, &episode.actor)
                .await;
            episode.policies.push(made.unwrap());
        }
        episode
    }

    /// Issues a license of the policy in this slot, or in a new one.
    pub(crate) async fn issue(&mut self, fixture: &TestService<'_>, slot: usize, policy: usize) -> Answer {
        let form = LicenseForm { email: CUSTOMER.to_owned(), ..LicenseForm::default() };
        let new = NewLicense { policy_id: self.policies[policy].id, code: String::new(), form };
        match fixture.instances[0].licenses().create_license(new, &self.actor).await {
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

    /// Runs the operation. Returns the engine's answer and the model's, which gets to know here what it cannot predict.
    pub(crate) async fn act(&mut self, fixture: &mut TestService<'_>, op: &Op, world: &mut World) -> (Answer, Answer) {
        if let Op::Scramble { license, devices } = op {
            return self.scramble(fixture, *license, *devices, world).await;
        }
        let off_by = world.off_by();
        let expected = world.act(op);
        let reported = match op {
            Op::Mend => {
                fixture.clock.leap(off_by);
                Answer::Done(0)
            }
            // Only the clock decides if there is anything to confirm.
            Op::Confirm { .. } if expected == Answer::Skipped => Answer::Skipped,
            // The server deletes nothing under an untrusted clock.
            Op::Sweep { .. } if expected == Answer::Skipped => Answer::Skipped,
            op => self.answer(fixture, op).await,
        };
        (reported, expected)
    }

    async fn answer(&mut self, fixture: &mut TestService<'_>, op: &Op) -> Answer {
        let service = |at: usize| fixture.instances[at].clone();
        match op {
            Op::Ask { at, ask } => {
                let given = self.ask(&service(*at), *ask).await;
                self.tell(self.key(ask.of), given)
            }
            Op::Rush { at, asks } => {
                let service = service(*at);
                let given = join_all(asks.iter().map(|ask| self.ask(&service, *ask))).await;
                Answer::of_a_crowd(
                    asks.iter().zip(given).map(|(ask, given)| self.tell(self.key(ask.of), given)).collect(),
                )
            }
            Op::Everywhere { ask } => self.everywhere(fixture, *ask).await,
            Op::Scramble { .. } | Op::Mend => Answer::Skipped,
            Op::CheckOut { at, of, old_token, key } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => {
                    let call = key.map(|key| call_key("check-out", key));
                    self.left(
                        service(*at).activations().check_out_once(&session, call.as_ref(), Origin::default()).await,
                    )
                }
                Err(no) => no,
            },
            Op::Release { at, of, old_token, key } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => {
                    let call = key.map(|key| call_key("release", key));
                    self.done(service(*at).activations().release_once(&session, call.as_ref(), Origin::default()).await)
                }
                Err(no) => no,
            },
            Op::Look { at, of, old_token } => match self.session(&service(*at), *of, *old_token).await {
                Ok(session) => match service(*at).activations().session_status(&session, &Origin::default()).await {
                    Ok(found) => {
                        let state = SessionState::of(&DeviceFacts::from(&found), fixture.clock.now());
                        let (lease, hold) = (self.since(found.lease_ends_at), self.since(found.hold_until));
                        Answer::Stands(format!("{state:?}"), lease, hold)
                    }
                    Err(error) => self.failed(&error),
                },
                Err(no) => no,
            },
            Op::Revoke { of } | Op::Free { of } | Op::Undo { of } => match self.reported.get(&self.key(*of)).copied() {
                Some(session) => self.of_support(&service(0), op, session).await,
                None => Answer::Skipped,
            },
            Op::Block { of, reach, and_take } => self.block(&service(1), *of, *reach, *and_take).await,
            Op::Enter { license, devices } => self.enter(&service(1), *license, devices).await,
            Op::Strike { of } => self.strike(&service(0), *of).await,
            Op::Ticket { at, license, is_customer } => self.give_ticket(&service(*at), *license, *is_customer).await,
            Op::UseTicket { at, back, license, which, key } => {
                self.use_ticket(&service(*at), *back, self.slots[*license], *which, *key).await
            }
            Op::Request { .. } | Op::Prove { .. } | Op::BringAgain { .. } => self.act_offline(fixture, op).await,
            Op::WriteAgain { at, back } => self.write_again(&service(*at), *back).await,
            Op::Unblock { which } => self.unblock(&service(0), *which).await,
            Op::Step { license, step } => {
                let id = self.licenses[self.slots[*license]].0.id;
                match service(1).licenses().change_state(id, *step, "a test", &self.actor).await {
                    Ok(devices) => Answer::Done(devices),
                    Err(error) => self.failed(&error),
                }
            }
            Op::Issue { license, policy } => self.issue(fixture, *license, *policy).await,
            Op::ChangePolicy { policy, change } => self.change_policy(&service(0), *policy, change).await,
            Op::ChangeLicense { license, change } => {
                self.change_license(&service(1), self.slots[*license], change.as_ref()).await
            }
            Op::Pass(seconds) => {
                fixture.clock.advance(i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::SetBack(seconds) => {
                fixture.clock.leap(-i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Leap(seconds) => {
                fixture.clock.leap(i64::try_from(*seconds).unwrap());
                Answer::Done(0)
            }
            Op::Confirm { at } => match service(*at).timekeeper().confirm_time(&self.actor).await {
                Ok(_) => Answer::Done(1),
                Err(error) => self.failed(&error),
            },
            Op::Restart { at } => {
                fixture.restart(*at).await;
                Answer::Done(0)
            }
            Op::Sweep { at } => match service(*at).calls().sweep_calls().await {
                Ok(forgotten) => Answer::Done(forgotten),
                Err(error) => self.failed(&error),
            },
        }
    }

    async fn of_support(&self, service: &Service, op: &Op, session: Uuid) -> Answer {
        self.done(match op {
            Op::Free { .. } => service.devices().free_seat(session, "a test", &self.actor).await,
            Op::Undo { .. } => service.devices().undo_release(session, &self.actor).await,
            _ => service.devices().revoke_activation(session, "a test", &self.actor).await,
        })
    }

    fn key(&self, of: Pair) -> (usize, usize) {
        (self.slots[of.license], of.device)
    }

    /// The device's fingerprint. It differs between episodes, because a block may outlive one.
    fn fingerprint(&self, device: usize) -> Fingerprint {
        Fingerprint::read(&format!("device {device} of {}", self.products[0].0)).unwrap()
    }
}
