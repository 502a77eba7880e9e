//! One license, with everything that belongs to it.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    license::{Standing, State},
    release::{Moved, Overlap},
};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, audit::EventLine, decisions::DecisionLine, devices::DeviceLine, paging::Turns},
};

/// A license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseDetail {
    /// Its id: the token's `sub`.
    pub id: Uuid,
    /// What it is called: the customer, else the address, else the end of the code.
    pub name: String,
    /// Its product: id and name.
    pub product: (Uuid, String),
    /// Whether the product was withdrawn, so that nothing activates.
    pub withdrawn: bool,
    /// Its policy: id and name.
    pub policy: (Uuid, String),
    /// What people decided about it.
    pub state: State,
    /// Why, in their words.
    pub state_reason: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// The policy's terms.
    pub terms: Terms,
    /// What the license sets in their place.
    pub overrides: Overrides,
    /// Every feature of the product.
    pub features: Vec<FeatureLine>,
    /// The end of its code.
    pub code_tail: String,
    /// Whether the vendor brought the code along.
    pub imported: bool,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's address.
    pub email: Option<String>,
    /// The vendor's own number for it.
    pub reference: Option<String>,
    /// Notes for colleagues.
    pub notes: Option<String>,
    /// The metadata as indented JSON; empty where there is none.
    pub metadata: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// When it ends, once that is known.
    pub ends_at: Option<DateTime<Utc>>,
    /// Seats in use now.
    pub used: u64,
    /// Some of its devices: those that hold a seat, then those that held one.
    pub devices: Vec<DeviceLine>,
    /// Where the other devices begin.
    pub turns: Turns,
    /// When the next seat comes free by itself, and from which device.
    pub next_free: Option<(DateTime<Utc>, String)>,
    /// By how many devices it may pass its limit now, since seats were given away whose tokens still run.
    pub overlap: Option<Overlap>,
    /// Moves of its seats that count, where they are limited.
    pub moves: Option<Moved>,
    /// What its devices asked for last, and what became of it.
    pub decisions: Vec<DecisionLine>,
    /// What happened to it, youngest first.
    pub events: Vec<EventLine>,
    /// Whether more happened than is shown.
    pub more_events: bool,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The value of a feature under a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureLine {
    /// The feature's name in the token.
    pub code: String,
    /// Its value.
    pub value: String,
    /// The product's own value, where the license sets another.
    pub default: Option<String>,
}

/// How many devices the page of a license shows at a time.
const DEVICES: usize = 50;
/// How many events the page of a license shows.
const EVENTS: usize = 12;
/// How many decisions.
const DECISIONS: usize = 10;

pub const LICENSE: ReadName = ReadName("licenses/detail");

/// What the page of a license shows, with the part of its devices that `before` or `after` names.
pub async fn license(id: String, before: String, after: String) -> Result<LicenseDetail, Error> {
    use std::collections::HashMap;

    use licensing::{release, undo::UNDO_WITHIN};
    use service::store::{decisions::DecisionFilter, events::EventFilter, page::Paging};

    crate::admin::guard_read(LICENSE)?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.license(id, now).await?.ok_or(Error::NotFound)?;
    let product = on.product(row.license.product_id).await?.ok_or(Error::NotFound)?;
    let page = on.device_page(id, crate::admin::paging::paging(&before, &after), DEVICES).await?;
    let turns = Turns::of(&page);
    let next_free = on.next_free_device(id, now).await?;
    let taken: HashMap<_, _> = on.taken_seats(id, UNDO_WITHIN.before(now)).await?.into_iter().collect();
    let terms = row.policy_terms.with(&row.license.overrides);
    let ends = on.tokens_without_seat(id, now, crate::admin::devices::MOST_ENDS).await?;
    let devices = page.rows.into_iter().map(|row| {
        let taken = taken.get(&row.id).copied();
        DeviceLine::of(row, taken, &terms, &ends, now)
    });
    let moves = on.releases(id, release::looks_back(&terms).before(now)).await?;
    let moves: Vec<_> = moves.iter().filter(|it| it.moves && it.forgiven_at.is_none()).map(|it| it.at).collect();
    let past = release::Past { moves: &moves, ..release::Past::default() };
    let of_license = EventFilter { license_id: Some(id), ..EventFilter::default() };
    let decided = DecisionFilter { license_id: Some(id), ..DecisionFilter::default() };
    let decisions = on.decisions(&decided, Paging::First, DECISIONS).await?.rows;
    let events = on.events(&of_license, Paging::First, EVENTS).await?;
    Ok(LicenseDetail {
        devices: devices.collect(),
        turns,
        next_free: next_free.map(|row| {
            let name = row.label.or(row.device_name).unwrap_or_else(|| DeviceLine::UNNAMED.to_owned());
            (row.hold_until, name)
        }),
        overlap: release::overlap(&terms, &ends, now),
        moves: release::moved(&terms, past, now),
        decisions: decisions.into_iter().map(DecisionLine::from).collect(),
        more_events: events.next.is_some(),
        events: events.rows.into_iter().map(EventLine::from).collect(),
        ..LicenseDetail::of(row, &product, now)
    })
}

impl LicenseDetail {
    /// Everything but the devices and events.
    fn of(
        row: service::store::licenses::LicenseRow,
        product: &service::store::products::Product,
        now: DateTime<Utc>,
    ) -> Self {
        use licensing::{license, product::Lifecycle};

        let name = super::name_of(&row.license);
        let own = row.license;
        let validity = row.policy_terms.with(&own.overrides).validity;
        let ends_at = license::ends_at(validity, own.issued_at, own.first_activated_at);
        Self {
            id: own.id,
            name,
            product: (own.product_id, row.product_name),
            withdrawn: product.lifecycle == Lifecycle::Withdrawn,
            policy: (own.policy_id, row.policy_name),
            state: own.state,
            state_reason: own.state_reason,
            standing: license::standing(own.state, ends_at, own.first_activated_at, now),
            features: feature_lines(&product.features, &row.policy_terms.features, &own.features),
            terms: row.policy_terms,
            overrides: own.overrides,
            code_tail: own.code_tail,
            imported: own.code_imported,
            customer: own.customer,
            email: own.email,
            reference: own.reference,
            notes: own.notes,
            metadata: super::printed(&own.metadata),
            issued_at: own.issued_at,
            first_activated_at: own.first_activated_at,
            ends_at,
            used: u64::try_from(row.seats_used).unwrap_or_default(),
            devices: Vec::new(),
            turns: Turns::default(),
            next_free: None,
            overlap: None,
            moves: None,
            decisions: Vec::new(),
            events: Vec::new(),
            more_events: false,
            now,
        }
    }
}

fn feature_lines(
    features: &[licensing::feature::Feature],
    policy: &licensing::feature::FeatureValues,
    own: &licensing::feature::FeatureValues,
) -> Vec<FeatureLine> {
    let line = |(feature, value): (&licensing::feature::Feature, String)| FeatureLine {
        code: feature.code.clone(),
        default: Some(feature.default.to_string()).filter(|default| *default != value),
        value,
    };
    let mut values = licensing::feature::resolve(features, &[policy, own]);
    features.iter().filter_map(|f| Some((f, values.remove(&f.code)?.to_string()))).map(line).collect()
}
