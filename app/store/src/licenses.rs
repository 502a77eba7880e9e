//! Licenses, as the admin app sees them.

mod folded;
mod list;

use chrono::{DateTime, Utc};
use licensing::{Overrides, Terms, feature::FeatureValues, license::State};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

pub use folded::Unfolded;
pub use list::LicenseFilter;

use self::folded::Folded;
use crate::{Connection, Result, Tx, desk::pieces, engine::run};

mod lock;

pub use lock::LicenseWithTerms;

/// A license.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct License {
    /// Its id: the token's `sub`.
    pub id: Uuid,
    /// Its product.
    pub product_id: Uuid,
    /// Its policy.
    pub policy_id: Uuid,
    /// What its code is found by.
    pub code_hmac: Vec<u8>,
    /// Its code, sealed.
    pub code_sealed: Vec<u8>,
    /// The last four characters of its code.
    pub code_tail: String,
    /// Whether the vendor brought the code along.
    pub code_imported: bool,
    /// What people decided about it.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Why, in their words.
    pub state_reason: Option<String>,
    /// The terms it sets for itself.
    #[sqlx(json)]
    pub overrides: Overrides,
    /// The feature values it sets.
    #[sqlx(json)]
    pub features: FeatureValues,
    /// The customer's name.
    pub customer: Option<String>,
    /// The customer's address.
    pub email: Option<String>,
    /// The vendor's own number for it, such as an order's.
    pub reference: Option<String>,
    /// Notes for colleagues.
    pub notes: Option<String>,
    /// Whatever the vendor wants to keep with it: a JSON object.
    #[sqlx(json)]
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Number of the change that people made last, from 1.
    pub revision: i64,
}

/// A license in a list, and on its own page, with what belongs to it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct LicenseRow {
    /// The license.
    #[sqlx(flatten)]
    pub license: License,
    /// The product's name.
    pub product_name: String,
    /// The product's short name.
    pub product_code: String,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's terms.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// Seats held now.
    pub seats_used: i64,
    /// When one of its devices last asked, as far as the hundred that hold a seat longest tell.
    pub last_seen_at: Option<DateTime<Utc>>,
}

pub(crate) const COLUMNS: &str = "l.id, l.product_id, l.policy_id, l.code_hmac, l.code_sealed, l.code_tail, l.code_imported, \
     l.state, l.state_reason, l.overrides, l.features, l.customer, l.email, l.reference, l.notes, l.metadata, \
     l.issued_at, l.first_activated_at, l.created_at, l.updated_at, l.revision";

impl Connection<'_> {
    /// The license of that id, with its seats at `now`. For pages: it reads every device of the license.
    pub async fn license(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<Option<LicenseRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            select!(sql, now);
            sql.push(" WHERE l.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Whether there is any license.
    pub async fn has_licenses(&mut self) -> Result<bool> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM licenses)";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).fetch_one(&mut **c).await)?)
    }
}

/// The head of a query of [`LicenseRow`]s, as far as the joins.
macro_rules! select {
    ($sql:ident, $now:expr) => {
        $sql.push("SELECT ").push($crate::licenses::COLUMNS);
        $sql.push(", p.name AS product_name, p.code AS product_code, o.name AS policy_name, o.terms AS policy_terms");
        $sql.push(", (SELECT COUNT(*) FROM activations a WHERE a.license_id = l.id AND a.hold_until > ");
        $sql.push_bind($now).push(") AS seats_used");
        // Of the devices that hold longest, which are those seen last: a license may have a hundred thousand.
        $sql.push(", (SELECT MAX(h.last_seen_at) FROM (SELECT a.last_seen_at FROM activations a ");
        $sql.push("WHERE a.license_id = l.id ORDER BY a.hold_until DESC LIMIT 100) h) AS last_seen_at");
        $sql.push(" FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id");
    };
}
pub(crate) use select;

impl Tx {
    /// Writes a new license. `Conflict(ActivationCode)` where the code is taken.
    pub async fn insert_license(&mut self, license: &License) -> Result<()> {
        self.insert_licenses(std::slice::from_ref(license)).await
    }

    /// Writes new licenses. `Conflict(ActivationCode)` where one of the codes is taken.
    pub async fn insert_licenses(&mut self, licenses: &[License]) -> Result<()> {
        for piece in pieces(licenses) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO licenses (id, product_id, policy_id, code_hmac, code_sealed, code_tail, \
                     code_imported, state, state_reason, overrides, features, customer, email, reference, notes, \
                     metadata, issued_at, first_activated_at, created_at, updated_at, folded, customer_key, email_key, \
                     reference_key) ",
                );
                sql.push_values(piece, |mut row, l| {
                    let folded = Folded::of(l);
                    row.push_bind(l.id)
                        .push_bind(l.product_id)
                        .push_bind(l.policy_id)
                        .push_bind(&l.code_hmac)
                        .push_bind(&l.code_sealed)
                        .push_bind(&l.code_tail)
                        .push_bind(l.code_imported)
                        .push_bind(l.state.name())
                        .push_bind(&l.state_reason)
                        .push_bind(Json(&l.overrides))
                        .push_bind(Json(&l.features))
                        .push_bind(&l.customer)
                        .push_bind(&l.email)
                        .push_bind(&l.reference)
                        .push_bind(&l.notes)
                        .push_bind(Json(&l.metadata))
                        .push_bind(l.issued_at)
                        .push_bind(l.first_activated_at)
                        .push_bind(l.created_at)
                        .push_bind(l.updated_at)
                        .push_bind(folded.text)
                        .push_bind(folded.customer)
                        .push_bind(folded.email)
                        .push_bind(folded.reference);
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Writes what people may change of a license: its policy, terms, values, customer, notes and state.
    pub async fn update_license(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET policy_id = $2, state = $3, state_reason = $4, overrides = $5, \
             features = $6, customer = $7, email = $8, reference = $9, notes = $10, metadata = $11, updated_at = $12, \
             revision = $13, folded = $14, customer_key = $15, email_key = $16, reference_key = $17 WHERE id = $1";
        let folded = Folded::of(license);
        run!(self.on(), |c| sqlx::query(SQL)
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
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Writes the code of a license. `Conflict(ActivationCode)` where it is taken.
    pub async fn update_code(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET code_hmac = $2, code_sealed = $3, code_tail = $4, code_imported = $5, \
             updated_at = $6, folded = $7 WHERE id = $1";
        let folded = Folded::of(license);
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(&license.code_hmac)
            .bind(&license.code_sealed)
            .bind(&license.code_tail)
            .bind(license.code_imported)
            .bind(license.updated_at)
            .bind(&folded.text)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
