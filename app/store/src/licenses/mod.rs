//! Licenses, as the admin app sees them.

mod filter;
mod folded;
mod hints;
mod list;
mod listed;
mod lock;
mod names;
mod order;
mod over;
mod tags;
mod under;
mod words;

use chrono::{DateTime, Utc};
use licensing::{Overrides, Terms, feature::FeatureValues, license::State};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

pub use filter::{LicenseFilter, SeatUse, Sort, SortBy};
pub use folded::Unfolded;
pub use hints::Hinted;
pub use lock::LicenseWithTerms;
pub use names::LicenseName;
pub use over::OverLimit;
pub use under::LicenseUnder;

use self::folded::Folded;
use crate::{
    Connection, Result, Tx,
    engine::run,
    error::affected_one,
    insert::{columns, insert},
};

/// A license.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct License {
    /// Id, `sub` in the token.
    pub id: Uuid,
    /// Product.
    pub product_id: Uuid,
    /// Policy.
    pub policy_id: Uuid,
    /// HMAC of the code.
    pub code_hmac: Vec<u8>,
    /// Code, sealed.
    pub code_sealed: Vec<u8>,
    /// Last four characters of the code, fewer for a code shorter than twelve.
    pub code_tail: String,
    /// `true` if the vendor imported the code.
    pub code_imported: bool,
    /// State, set by staff.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Reason for the state, as entered by the user.
    pub state_reason: Option<String>,
    /// Terms that the license overrides.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// Feature values that the license sets.
    #[sqlx(json)]
    pub features: FeatureValues,
    /// Name of the customer.
    pub customer: Option<String>,
    /// E-mail address of the customer.
    pub email: Option<String>,
    /// The vendor's own reference, such as an order number.
    pub reference: Option<String>,
    /// Notes for colleagues.
    pub notes: Option<String>,
    /// Arbitrary data of the vendor: a JSON object.
    #[sqlx(json)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Time of issue.
    pub issued_at: DateTime<Utc>,
    /// Time at which its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// Time at which the row was created.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
    /// Revision, raised by every change that users make; starts at 1.
    pub revision: i64,
    /// End by the terms, for lists only: a change of the policy reaches it with a delay.
    pub ends_at: Option<DateTime<Utc>>,
    /// Number of seats by the terms, for lists only; `None` if unlimited.
    pub seat_limit: Option<i64>,
    /// Job that created it, if one did.
    pub batch_id: Option<Uuid>,
}

/// A license with its product, policy and seats, for lists and its own page.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LicenseRow {
    /// License.
    #[sqlx(flatten)]
    pub license: License,
    /// Name of the product.
    pub product_name: String,
    /// Code of the product.
    pub product_code: String,
    /// Name of the policy.
    pub policy_name: String,
    /// Terms of the policy.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// Seats held now.
    pub seats_used: i64,
    /// Time of the last request among the hundred devices whose holds end last.
    pub last_seen_at: Option<DateTime<Utc>>,
}

pub(crate) const COLUMNS: &str = "l.id, l.product_id, l.policy_id, l.code_hmac, l.code_sealed, l.code_tail, l.code_imported, \
     l.state, l.state_reason, l.overrides, l.features, l.customer, l.email, l.reference, l.notes, l.metadata, \
     l.issued_at, l.first_activated_at, l.created_at, l.updated_at, l.revision, l.ends_at, l.seat_limit, l.batch_id";

impl License {
    fn folded(&self) -> Folded {
        let Self { customer, email, reference, code_tail, .. } = self;
        Folded::new([customer.as_deref(), email.as_deref(), reference.as_deref()], code_tail)
    }
}

impl Connection<'_> {
    /// Returns the license with this id and its seats at `now`. For pages only: it reads every device of the license.
    pub async fn license(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<Option<LicenseRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            select!(sql, now);
            sql.push(" WHERE l.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns `true` if any license exists.
    pub async fn has_licenses(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM licenses)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }
}

/// Adds the beginning of a query for [`LicenseRow`]s, up to the joins.
macro_rules! select {
    ($sql:ident, $now:expr) => {
        $sql.push("SELECT ").push($crate::licenses::COLUMNS);
        $sql.push(", p.name AS product_name, p.code AS product_code, o.name AS policy_name, o.terms AS policy_terms");
        $sql.push(", (SELECT COUNT(*) FROM activations a WHERE a.license_id = l.id AND a.hold_until > ");
        $sql.push_bind($now).push(") AS seats_used");
        // Only of the devices whose holds end last, which are those seen last: a license may have a hundred thousand
        // devices.
        $sql.push(", (SELECT MAX(h.last_seen_at) FROM (SELECT a.last_seen_at FROM activations a ");
        $sql.push("WHERE a.license_id = l.id ORDER BY a.hold_until DESC LIMIT 100) h) AS last_seen_at");
        $sql.push(" FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id");
    };
}
pub(crate) use select;

columns!((&License, Folded), "licenses", |(l, folded)| {
    id: l.id,
    product_id: l.product_id,
    policy_id: l.policy_id,
    code_hmac: l.code_hmac.as_slice(),
    code_sealed: l.code_sealed.as_slice(),
    code_tail: l.code_tail.as_str(),
    code_imported: l.code_imported,
    state: l.state.name(),
    state_reason: l.state_reason.as_deref(),
    overrides: Json(&l.overrides),
    features: Json(&l.features),
    customer: l.customer.as_deref(),
    email: l.email.as_deref(),
    reference: l.reference.as_deref(),
    notes: l.notes.as_deref(),
    metadata: Json(&l.metadata),
    issued_at: l.issued_at,
    first_activated_at: l.first_activated_at,
    created_at: l.created_at,
    updated_at: l.updated_at,
    folded: folded.text.as_str(),
    customer_key: folded.customer.as_deref(),
    email_key: folded.email.as_deref(),
    reference_key: folded.reference.as_deref(),
    ends_at: l.ends_at,
    seat_limit: l.seat_limit,
    batch_id: l.batch_id,
});

impl Tx {
    /// Inserts a license. Returns `Conflict(ActivationCode)` if the code is taken.
    pub async fn insert_license(&mut self, license: &License) -> Result<()> {
        self.insert_licenses(std::slice::from_ref(license)).await
    }

    /// Inserts licenses. Returns `Conflict(ActivationCode)` if one of the codes is taken.
    pub async fn insert_licenses(&mut self, licenses: &[License]) -> Result<()> {
        let rows: Vec<(&License, Folded)> = licenses.iter().map(|l| (l, l.folded())).collect();
        insert::<(&License, Folded), _>(self.on(), &rows).await
    }

    /// Updates what users may change of a license: its policy, terms, values, customer, notes and state.
    pub async fn update_license(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET policy_id = $2, state = $3, state_reason = $4, overrides = $5, \
             features = $6, customer = $7, email = $8, reference = $9, notes = $10, metadata = $11, updated_at = $12, \
             revision = $13, folded = $14, customer_key = $15, email_key = $16, reference_key = $17, ends_at = $18, \
             seat_limit = $19 WHERE id = $1";
        let folded = license.folded();
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(license.policy_id)
            .bind(license.state.name())
            .bind(&license.state_reason)
            .bind(Json(&license.overrides))
            .bind(Json(&license.features))
            .bind(&license.customer)
            .bind(&license.email)
            .bind(&license.reference)
            .bind(&license.notes)
            .bind(Json(&license.metadata))
            .bind(license.updated_at)
            .bind(license.revision)
            .bind(&folded.text)
            .bind(&folded.customer)
            .bind(&folded.email)
            .bind(&folded.reference)
            .bind(license.ends_at)
            .bind(license.seat_limit)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "licenses", license.id)
    }

    /// Updates the code of a license. Returns `Conflict(ActivationCode)` if it is taken.
    pub async fn update_code(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET code_hmac = $2, code_sealed = $3, code_tail = $4, code_imported = $5, \
             updated_at = $6, folded = $7 WHERE id = $1";
        let folded = license.folded();
        let changed = run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(&license.code_hmac)
            .bind(&license.code_sealed)
            .bind(&license.code_tail)
            .bind(license.code_imported)
            .bind(license.updated_at)
            .bind(&folded.text)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        affected_one(changed, "licenses", license.id)
    }
}
