//! A single license, with what the open tab of its page shows.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    license::{LicenseStatus, State},
    release::{Overlap, TransferCount},
};
use service::store::{Connection, Paging};
use uuid::Uuid;

use super::{
    activity::{Activity, Part},
    tab::LicenseTab,
};
use crate::{
    Error,
    admin::{ReadName, audit::EventLine, devices::DeviceLine, paging::PageLinks},
};

/// A license. Lists that the open tab does not show are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseDetail {
    /// The license's id: the token's `sub`.
    pub id: Uuid,
    /// The license's name: the customer, else the e-mail address, else the end of the code.
    pub name: String,
    /// The product: id and name.
    pub product: (Uuid, String),
    /// `true` if the product was withdrawn, so that no device can activate.
    pub withdrawn: bool,
    /// The policy: id and name.
    pub policy: (Uuid, String),
    /// The state that staff set.
    pub state: State,
    /// The reason for the state, in the actor's words.
    pub state_reason: Option<String>,
    /// The state as shown: also takes the start and the end into account.
    pub status: LicenseStatus,
    /// The policy's terms.
    pub terms: Terms,
    /// The license's exceptions to them.
    pub overrides: Overrides,
    /// Every feature of the product.
    pub features: Vec<FeatureLine>,
    /// The last characters of the code.
    pub code_tail: String,
    /// `true` if the vendor supplied the code.
    pub imported: bool,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's e-mail address.
    pub email: Option<String>,
    /// The vendor's own reference.
    pub reference: Option<String>,
    /// The tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Internal notes.
    pub notes: Option<String>,
    /// Number of the last change.
    pub revision: i64,
    /// The metadata as indented JSON; empty if there is none.
    pub metadata: String,
    /// The time of issue.
    pub issued_at: DateTime<Utc>,
    /// The time of the first activation.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// The end, once it is known.
    pub ends_at: Option<DateTime<Utc>>,
    /// The time from which newer versions are not covered, if it is not the end.
    pub maintained_until: Option<DateTime<Utc>>,
    /// Seats in use now.
    pub used: u64,
    /// A page of devices: those that hold a seat, then those that held one.
    pub devices: Vec<DeviceLine>,
    /// The keys of the previous and the next page of devices.
    pub page_links: PageLinks,
    /// The time at which the next seat becomes free by itself, and the device that holds it.
    pub next_free: Option<(DateTime<Utc>, String)>,
    /// The number of devices that may run beyond the limit now, because seats were released whose tokens are still
    /// valid.
    pub overlap: Option<Overlap>,
    /// The transfers that count now; `None` if transfers are not limited.
    pub transfers: Option<TransferCount>,
    /// A page of events and decisions.
    pub activity: Activity,
    /// The events that changed the notes, newest first.
    pub changes_of_notes: Vec<EventLine>,
    /// The state that the page shows, for following its changes.
    pub seen: Option<service::PageVersion>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The value of a feature under a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureLine {
    /// The feature's name in the token.
    pub code: String,
    /// The value.
    pub value: String,
    /// The product's default, if the value differs.
    pub default: Option<String>,
}

/// Number of devices per page on a license's page.
const DEVICES: usize = 50;
/// Number of changes of the notes that are shown.
const EVENTS: usize = 30;

pub const LICENSE: ReadName = ReadName("licenses/detail");

/// The data of a tab of a license's page: the page of its list that `before` or `after` selects, and the part of its activity
/// with the key `part`. Dialogs name the
/// devices that an act concerns: with `asks`, they are read for every tab.
pub async fn license(
    id: String,
    tab: LicenseTab,
    asks: bool,
    [part, before, after]: [String; 3],
) -> Result<LicenseDetail, Error> {
    crate::admin::guard_read(LICENSE)?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let seen = service.live().seen(service::Topic::License(id)).await?;
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.license(id, now).await?.ok_or(Error::NotFound)?;
    let product = on.product(row.license.product_id).await?.ok_or(Error::NotFound)?;
    let tags = on.tags(id).await?;
    let terms = row.policy_terms.with(&row.license.overrides);
    let mut of = LicenseDetail { seen: Some(seen), tags, ..LicenseDetail::of(row, &product, now) };
    let page = crate::admin::paging::paging(&before, &after);
    if tab == LicenseTab::Devices {
        of.read_devices(&mut on, &terms, page).await?;
    } else if asks {
        of.read_devices(&mut on, &terms, Paging::First).await?;
    }
    match tab {
        LicenseTab::Activity => of.activity = Activity::read(&mut on, id, Part::from_key(&part), page).await?,
        LicenseTab::Notes => of.read_changes_of_notes(&mut on).await?,
        LicenseTab::Devices | LicenseTab::Terms => {}
    }
    Ok(of)
}

impl LicenseDetail {
    /// `true` if the number of seats is limited, and devices can still activate.
    pub(crate) fn may_get_seats(&self) -> bool {
        let works = !matches!(self.status, LicenseStatus::Ended | LicenseStatus::Revoked);
        works && self.terms.with(&self.overrides).seats.limit().is_some()
    }

    /// Reads a page of devices, and what decides over their seats.
    async fn read_devices(&mut self, on: &mut Connection<'_>, terms: &Terms, page: Paging) -> Result<(), Error> {
        use std::collections::HashMap;

        use licensing::{release, undo::UNDO_WITHIN};

        let (id, now) = (self.id, self.now);
        let page = on.device_page(id, page, DEVICES).await?;
        let next_free = on.next_free_device(id, now).await?;
        let taken: HashMap<_, _> = on.taken_seats(id, UNDO_WITHIN.before(now)).await?.into_iter().collect();
        let ends = on.tokens_without_seat(id, now, crate::admin::devices::MOST_ENDS).await?;
        let releases = on.releases(id, release::looks_back(terms).before(now)).await?;
        let transfers: Vec<_> =
            releases.iter().filter(|it| it.is_transfer && it.forgiven_at.is_none()).map(|it| it.at).collect();
        let past = release::Past { transfers: &transfers, ..release::Past::default() };
        self.page_links = PageLinks::of(&page);
        self.devices = page
            .rows
            .into_iter()
            .map(|row| {
                let taken = taken.get(&row.id).copied();
                DeviceLine::of(row, taken, terms, &ends, now)
            })
            .collect();
        self.next_free = next_free.map(|row| {
            let name = row.label.or(row.device_name).unwrap_or_else(|| DeviceLine::UNNAMED.to_owned());
            (row.hold_until, name)
        });
        self.overlap = release::overlap(terms, &ends, now);
        self.transfers = release::transfers(terms, past, now);
        Ok(())
    }

    /// Reads the newest events that changed the notes.
    async fn read_changes_of_notes(&mut self, on: &mut Connection<'_>) -> Result<(), Error> {
        use service::store::events::{EventActors, EventFilter};

        let by_people = EventFilter {
            license_id: Some(self.id),
            by: Some(EventActors::Others),
            kind: Some(licensing::EventKind::LicenseChanged.name().to_owned()),
            ..EventFilter::default()
        };
        let events = on.events(&by_people, Paging::First, EVENTS).await?;
        let lines = events.rows.into_iter().map(EventLine::from);
        self.changes_of_notes = lines.filter(|line| line.changes.iter().any(|change| change.name == "notes")).collect();
        Ok(())
    }

    /// Everything except devices, decisions and events.
    fn of(
        row: service::store::licenses::LicenseRow,
        product: &service::store::products::Product,
        now: DateTime<Utc>,
    ) -> Self {
        use licensing::{license, product::Lifecycle};

        let name = super::name_of(&row.license);
        let own = row.license;
        let terms = row.policy_terms.with(&own.overrides);
        let ends_at = license::ends_at(terms.validity, own.issued_at, own.first_activated_at);
        let maintained_until = terms.maintained_until(own.issued_at, ends_at).filter(|until| Some(*until) != ends_at);
        Self {
            id: own.id,
            name,
            product: (own.product_id, row.product_name),
            withdrawn: product.lifecycle == Lifecycle::Withdrawn,
            policy: (own.policy_id, row.policy_name),
            state: own.state,
            state_reason: own.state_reason,
            status: license::status(own.state, ends_at, own.first_activated_at, now),
            features: feature_lines(&product.features, &row.policy_terms.features, &own.features),
            terms: row.policy_terms,
            overrides: own.overrides,
            code_tail: own.code_tail,
            imported: own.code_imported,
            customer: own.customer,
            email: own.email,
            reference: own.reference,
            tags: Vec::new(),
            notes: own.notes,
            revision: own.revision,
            metadata: super::printed(&own.metadata),
            issued_at: own.issued_at,
            first_activated_at: own.first_activated_at,
            ends_at,
            maintained_until,
            used: u64::try_from(row.seats_used).unwrap_or_default(),
            devices: Vec::new(),
            page_links: PageLinks::default(),
            next_free: None,
            overlap: None,
            transfers: None,
            activity: Activity::default(),
            changes_of_notes: Vec::new(),
            seen: None,
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
