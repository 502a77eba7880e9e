//! Fixtures.

use chrono::{DateTime, TimeDelta, Utc};
use licensing::{
    CodeShape, Overrides, Period, Role, Span, Terms, Version, VersionRange,
    activation::Snapshot,
    feature::{Feature, FeatureKind, FeatureValue, FeatureValues},
    license::State,
    product::{Algorithm, Lifecycle, ProductVersion},
    terms::{
        AfterEnd, Devices, EmailTerm, Holding, Identity, Lease, Maintenance, Overage, Reactivation, Release, Seats,
        SignIn, Strictness, Transfers, Trial, Validity, Versions, WhenFull,
    },
};
use serde_json::json;
use store::{
    Result, Store, Tx, accounts::Account, activations::Activation, desk::LicenseKeys, events::Event, licenses::License,
    policies::Policy, products::Product,
};
use uuid::Uuid;

/// Realistic text: composed emoji, right-to-left script, quotes, wildcards of `LIKE`, a line break.
pub(crate) const ODD: &str = "Zoë 👩‍🚀 شركة المثال O'Neil \"100%\" _!\\ $1 ? \r\n\tn̈";

/// Runs a query on a connection of its own.
macro_rules! read {
    ($db:expr, $($query:tt)+) => { $db.read().await.unwrap().on().$($query)+.await.unwrap() };
}
pub(crate) use read;

/// Runs `act` in one transaction and commits it.
pub(crate) async fn written(db: &Store, act: impl AsyncFnOnce(&mut Tx) -> Result<()>) {
    let mut tx = db.begin().await.unwrap();
    act(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// An id. Ids with higher numbers sort later.
pub(crate) fn id(n: u128) -> Uuid {
    Uuid::from_u128((0x0190_0000_0000_7000_8000 << 48) | n)
}

/// A time `microseconds` after a fixed one that is not on a whole second.
pub(crate) fn at(microseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_767_323_045_678_901).unwrap() + TimeDelta::microseconds(microseconds)
}

/// The last microsecond of the year 9999, the last year with four digits.
pub(crate) fn last() -> DateTime<Utc> {
    "9999-12-31T23:59:59.999999Z".parse().unwrap()
}

/// A hash of 32 bytes, different for each number.
pub(crate) fn hash(n: u128) -> [u8; 32] {
    let mut hash = [0xA5; 32];
    hash[..16].copy_from_slice(&n.to_be_bytes());
    hash
}

pub(crate) fn account(n: u128) -> Account {
    Account {
        id: id(n),
        name: format!("Person {n}"),
        email: format!("person{n}@example.com"),
        role: Role::Owner,
        password_hash: None,
        failures: 0,
        failed_at: None,
        disabled_at: None,
        created_at: at(0),
        revision: 1,
    }
}

pub(crate) fn product(n: u128) -> Product {
    Product {
        id: id(n),
        code: format!("product-{n}"),
        name: format!("Product {n}"),
        lifecycle: Lifecycle::Active,
        algorithm: Algorithm::ES256,
        code_shape: CodeShape::FourBySeven,
        features: features(),
        versions: vec![ProductVersion { version: Version::read("2.1.0").unwrap(), released_at: at(9) }],
        created_at: at(0),
        updated_at: at(0),
        revision: 1,
    }
}

pub(crate) fn features() -> Vec<Feature> {
    let feature = |code: &str, kind, default| Feature { code: code.to_owned(), kind, default };
    vec![
        feature("zoom", FeatureKind::Boolean, FeatureValue::Boolean(true)),
        feature("cores", FeatureKind::Number, FeatureValue::Number(serde_json::Number::from_f64(0.1).unwrap())),
        feature("motto", FeatureKind::Text, FeatureValue::Text(ODD.to_owned())),
        feature("edition", FeatureKind::Choice(vec!["b".into(), "a".into()]), FeatureValue::Text("a".into())),
    ]
}

pub(crate) fn values() -> FeatureValues {
    [
        ("zoom", FeatureValue::Boolean(false)),
        ("cores", FeatureValue::Number(i64::MAX.into())),
        ("motto", FeatureValue::Text(String::new())),
    ]
    .map(|(code, value)| (code.to_owned(), value))
    .into()
}

/// Terms that differ from the default in every member.
pub(crate) fn odd_terms() -> Terms {
    Terms {
        seats: Seats::Unlimited,
        lease: Lease { default: Span::days(1), minimum: Span::minutes(1), maximum: Span::days(36_525) },
        grace: Span::days(0),
        validity: Validity::Until(last()),
        email: EmailTerm::MustMatch,
        versions: Versions::Range(VersionRange::read(">=2.1, <4").unwrap()),
        reactivation: Reactivation::Refuse,
        release: Release::BySupport,
        overage: Overage::None,
        holding: Holding::Floating,
        when_full: WhenFull::TakeOver,
        after_end: AfterEnd::KeepRunning,
        trial: Some(Trial { lasts: Span::days(14), features: values() }),
        features: values(),
        grace_features: values(),
        sign_in: SignIn::Domain("example.com".to_owned()),
        devices: Devices::Authorized,
        identity: Identity::Product,
        maintenance: Maintenance::FromIssue(Period::YEAR),
        transfers: Transfers::Limited { moves: 3, per: Span::days(7) },
        strictness: Strictness::Strict,
    }
}

pub(crate) fn policy(n: u128, product: &Product) -> Policy {
    Policy {
        id: id(n),
        product_id: product.id,
        name: format!("Policy {n}"),
        terms: Terms::default(),
        created_at: at(0),
        updated_at: at(0),
        revision: 1,
    }
}

pub(crate) fn license(n: u128, policy: &Policy) -> License {
    License {
        id: id(n),
        product_id: policy.product_id,
        policy_id: policy.id,
        code_hmac: hash(n).to_vec(),
        code_sealed: vec![0, 1, 255],
        code_tail: format!("{:04}", n % 10_000),
        code_imported: false,
        state: State::Active,
        state_reason: None,
        overrides: Overrides::default(),
        features: FeatureValues::new(),
        customer: None,
        email: None,
        reference: None,
        notes: None,
        metadata: serde_json::Map::new(),
        issued_at: at(0),
        first_activated_at: None,
        created_at: at(0),
        updated_at: at(0),
        revision: 1,
        ends_at: None,
        seat_limit: None,
        batch_id: None,
    }
}

/// A license with an unusual value in every column.
pub(crate) fn odd_license(n: u128, policy: &Policy) -> License {
    let odd = Some(ODD.to_owned());
    let terms = odd_terms();
    let metadata = json!({"z": null, "a": [1, -0.5, "👍", {"": {}}], "ключ": u64::MAX, "10": true});
    License {
        code_hmac: (0..32).collect(),
        code_sealed: (0..=255).collect(),
        code_tail: "0٣é👍".to_owned(),
        code_imported: true,
        state: State::Suspended,
        state_reason: odd.clone(),
        overrides: Overrides {
            seats: Some(Seats::Limited(1_000_000)),
            lease: Some(terms.lease),
            grace: Some(terms.grace),
            validity: Some(Validity::FromFirstActivation(Period::YEAR)),
            email: Some(EmailTerm::Required),
            versions: Some(terms.versions.clone()),
            reactivation: Some(terms.reactivation),
            release: Some(terms.release),
            ..Overrides::whole(&terms)
        },
        features: values(),
        customer: odd.clone(),
        email: odd.clone(),
        reference: odd.clone(),
        notes: odd,
        metadata: metadata.as_object().unwrap().clone(),
        issued_at: at(1),
        first_activated_at: Some(last()),
        created_at: at(2),
        updated_at: at(3),
        ends_at: Some(last()),
        seat_limit: Some(1_000_000),
        batch_id: Some(id(999)),
        ..license(n, policy)
    }
}

/// Inserts a license with product 1 and policy 2.
pub(crate) async fn a_license(db: &Store, n: u128) -> License {
    let (_, policy) = a_policy(db).await;
    let license = license(n, &policy);
    written(db, async |tx| tx.insert_license(&license).await).await;
    license
}

/// Inserts product 1 and policy 2.
pub(crate) async fn a_policy(db: &Store) -> (Product, Policy) {
    let product = product(1);
    let policy = policy(2, &product);
    written(db, async |tx| {
        tx.insert_product(&product).await?;
        tx.insert_policy(&policy).await
    })
    .await;
    (product, policy)
}

/// A device on the license that holds its seat from second 0 to second 10.
pub(crate) fn activation(n: u128, license: Uuid) -> Activation {
    Activation {
        id: id(n),
        license_id: license,
        fingerprint_hash: hash(n).to_vec(),
        fingerprint: format!("device {n}"),
        label: None,
        label_revision: 1,
        device_name: None,
        platform: None,
        software_version: None,
        address: None,
        decision_id: id(n + 1_000_000),
        activated_at: at(0),
        last_seen_at: at(0),
        lease_ends_at: at(5_000_000),
        token_expires_at: at(8_000_000),
        hold_until: at(10_000_000),
        kid: None,
        status_list: None,
        status_index: None,
        revoked_at: None,
        released_at: None,
        checked_out_at: None,
        issuer: None,
        subject: None,
        snapshot: Snapshot {
            policy: "Policy 2".to_owned(),
            customer: None,
            grace: Span::days(7),
            versions: Versions::Any,
            features: FeatureValues::new(),
            grace_features: FeatureValues::new(),
            trial: false,
        },
    }
}

/// Licenses to look up by their codes.
pub(crate) fn by_code(codes: &[[u8; 32]]) -> LicenseKeys<'_> {
    LicenseKeys { codes, ids: &[] }
}

pub(crate) fn event(n: u128) -> Event {
    Event {
        id: id(n),
        at: at(i64::try_from(n).unwrap()),
        actor_kind: "account".to_owned(),
        actor_id: None,
        actor_name: "Ada".to_owned(),
        kind: "license.created".to_owned(),
        subject_kind: "license".to_owned(),
        subject_id: None,
        subject_name: "Example GmbH".to_owned(),
        license_id: None,
        before: None,
        after: None,
        reason: None,
        address: None,
        request_id: None,
    }
}
