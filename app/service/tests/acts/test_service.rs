//! The test service: a `Service` on the test's database with a stopped clock.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

use chrono::{DateTime, Utc};
use licensing::{
    ActivationCode, Fingerprint, Role, Span, Terms,
    activation::Request,
    product::Algorithm,
    refusal::Refusal,
    terms::{Lease, Seats},
};
use service::{
    Activated, Activation, Actor, Clock, Error, LicenseForm, NewLicense, Origin, PolicyForm, ProductForm, SealingKey,
    Service, SignedIn,
    store::{Paging, Store, events::Event, licenses::License, policies::Policy, products::Product},
};
use testing::Database;
use uuid::Uuid;

pub(crate) const ISSUER: &str = "https://licenses.example.com";

pub(crate) struct TestService {
    pub(crate) service: Service,
    pub(crate) clock: Clock,
    pub(crate) key: SealingKey,
    pub(crate) actor: Actor,
    made: AtomicU32,
}

impl TestService {
    pub(crate) async fn open(db: &Database) -> Self {
        Self::by(Clock::fixed(noon()), Store::clone(db)).await
    }

    /// A service with another clock than a stopped one.
    pub(crate) async fn by(clock: Clock, store: Store) -> Self {
        let key = SealingKey::generate().unwrap();
        let issuer = ISSUER.to_owned();
        let service = Service::open_with_weak_passwords(store, &key, clock.clone(), issuer).await.unwrap();
        Self {
            service,
            clock,
            key,
            actor: signed_in(Uuid::from_u128(7), "Ingrid", Role::Owner).oneself(origin(1)),
            made: AtomicU32::new(0),
        }
    }

    /// The account id of the actor.
    pub(crate) fn actor_id(&self) -> Option<Uuid> {
        match self.actor.kind {
            service::ActorKind::Account(id) => Some(id),
            _ => None,
        }
    }

    /// A number for the next name.
    fn next(&self) -> u32 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// Another instance, with a store of its own on the same database, which hashes passwords at full strength.
    pub(crate) async fn second_instance(&self, db: &Database) -> Service {
        let store = Store::open(db.url()).await.unwrap();
        Service::open(store, &self.key, self.clock.clone(), ISSUER.to_owned()).await.unwrap()
    }

    pub(crate) async fn product(&self, code: &str, algorithm: Algorithm) -> Product {
        let form = ProductForm { code: code.to_owned(), name: "Drift".to_owned(), algorithm, ..ProductForm::default() };
        self.service.licenses().create_product(form, &self.actor).await.unwrap()
    }

    pub(crate) async fn policy(&self, product: &Product, terms: Terms) -> Policy {
        let name = format!("Policy {}", self.next());
        self.service.licenses().create_policy(product.id, PolicyForm { name, terms }, &self.actor).await.unwrap()
    }

    pub(crate) async fn license(&self, policy: &Policy) -> (License, ActivationCode) {
        self.service.licenses().create_license(of(policy), &self.actor).await.unwrap()
    }

    /// Creates a product, a policy with these terms, and a license under it.
    pub(crate) async fn licensed(&self, terms: Terms) -> (Policy, License, ActivationCode) {
        let product = self.product(&format!("drift-{}", self.next()), Algorithm::EdDSA).await;
        let policy = self.policy(&product, terms).await;
        let (license, code) = self.license(&policy).await;
        (policy, license, code)
    }

    pub(crate) async fn activate(&self, code: &ActivationCode, device: &str) -> service::Result<Activated> {
        Ok(self.service.activations().activate(asking(code, device)).await?.0)
    }

    /// All events, oldest first.
    pub(crate) async fn events(&self) -> Vec<Event> {
        let mut reading = self.service.store().read().await.unwrap();
        let mut page = reading.on().events(&Default::default(), Paging::First, 10_000).await.unwrap();
        page.rows.reverse();
        page.rows
    }

    /// The events of one act, oldest first.
    pub(crate) async fn events_of(&self, act: &str) -> Vec<Event> {
        self.events().await.into_iter().filter(|event| event.kind == act).collect()
    }

    /// The devices of a license.
    pub(crate) async fn devices(&self, license: &License) -> Vec<service::store::activations::Activation> {
        self.service.store().read().await.unwrap().on().activations(license.id, 10_000).await.unwrap()
    }

    /// Number of seats of a license in use now.
    pub(crate) async fn seats(&self, license: &License) -> i64 {
        self.service.licenses().license(license.id).await.unwrap().seats_used
    }
}

/// A time that is not on a whole second.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00.250001Z".parse().unwrap()
}

pub(crate) fn signed_in(id: Uuid, name: &str, role: Role) -> SignedIn {
    SignedIn { id, name: name.to_owned(), role }
}

pub(crate) fn origin(n: u8) -> Origin {
    Origin { address: Some(Ipv4Addr::new(192, 0, 2, n).to_string()), request_id: Some(format!("request-{n}")) }
}

/// Terms with `n` seats, a lease of 30 days and a grace of 7 days.
pub(crate) fn seats(n: u32) -> Terms {
    Terms { seats: Seats::Limited(n), ..Terms::default() }
}

/// A lease of exactly this length.
pub(crate) fn lease(length: Span) -> Lease {
    Lease { default: length, minimum: length, maximum: length }
}

/// A license of this policy for the customer Acme.
pub(crate) fn of(policy: &Policy) -> NewLicense {
    let form = LicenseForm { customer: "Acme".to_owned(), ..LicenseForm::default() };
    NewLicense { policy_id: policy.id, code: String::new(), form }
}

/// An activation with the required members only.
pub(crate) fn asking(code: &ActivationCode, device: &str) -> Activation {
    Activation {
        code: code.clone(),
        fingerprint: Fingerprint::read(device).unwrap(),
        request: Request::default(),
        device_name: None,
        platform: None,
        origin: origin(9),
    }
}

/// The fields that were rejected.
pub(crate) fn bad_fields<T: std::fmt::Debug>(result: service::Result<T>) -> Vec<String> {
    match result.unwrap_err() {
        Error::Invalid(invalid) => invalid.0.into_iter().map(|e| e.field).collect(),
        other => panic!("not an invalid form: {other:?}"),
    }
}

/// The refusal of the rules.
pub(crate) fn refusal<T: std::fmt::Debug>(result: service::Result<T>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(declined) => declined.refusal.clone(),
        other => panic!("not a refusal: {other:?}"),
    }
}

/// Asserts that a result is an error of this kind.
macro_rules! assert_err {
    ($result:expr, $kind:pat) => {
        let result = $result;
        assert!(matches!(result, Err($kind)), "{result:?}");
    };
}
pub(crate) use assert_err;
