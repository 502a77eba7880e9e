//! Licenses, as the admin app sees them.

use chrono::{DateTime, Utc};
use licensing::{Overrides, Terms, feature::FeatureValues, license::State};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    Connection, Cursor, Page, Paging, Result, Tx,
    engine::run,
    events::{like, unless_email},
};

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
    /// When one of its devices last asked.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Which licenses are wanted. Every part that is given narrows the list.
#[derive(Clone, Debug, Default)]
pub struct LicenseFilter {
    /// Where customer, e-mail, reference or the code's end holds this text, in whatever case (of ASCII on SQLite).
    pub text: Option<String>,
    /// Whether the search leaves out e-mail addresses: for somebody from whom they are hidden, and who could otherwise
    /// find one out letter by letter.
    pub without_email: bool,
    /// Or the license with exactly this code.
    pub code_hmac: Option<[u8; 32]>,
    /// Or a license with a device of exactly this fingerprint.
    pub fingerprint_hash: Option<[u8; 32]>,
    /// Only of this product.
    pub product_id: Option<Uuid>,
    /// Only under this policy.
    pub policy_id: Option<Uuid>,
    /// Only in this state.
    pub state: Option<State>,
}

const COLUMNS: &str = "l.id, l.product_id, l.policy_id, l.code_hmac, l.code_sealed, l.code_tail, l.code_imported, \
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

    /// A page of licenses, youngest first, with their seats at `now`. `text`, `code_hmac` and `fingerprint_hash` are
    /// alternatives; the rest narrows.
    pub async fn licenses(
        &mut self,
        filter: &LicenseFilter,
        paging: Paging,
        size: usize,
        now: DateTime<Utc>,
    ) -> Result<Page<LicenseRow>> {
        let rows: Vec<LicenseRow> = run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("");
            select!(sql, now);
            sql.push(" WHERE 1 = 1");
            if filter.text.is_some() || filter.code_hmac.is_some() || filter.fingerprint_hash.is_some() {
                sql.push(" AND (1 = 0");
                if let Some(text) = &filter.text {
                    let text = format!("%{}%", like(text));
                    for column in ["l.customer", "l.email", "l.reference", "l.code_tail"] {
                        sql.push(" OR (LOWER(").push(column).push(") LIKE LOWER(").push_bind(text.clone());
                        sql.push(") ESCAPE '!'").push(unless_email(column, filter.without_email)).push(")");
                    }
                }
                if let Some(hmac) = &filter.code_hmac {
                    sql.push(" OR l.code_hmac = ").push_bind(hmac.as_slice());
                }
                if let Some(hash) = &filter.fingerprint_hash {
                    sql.push(" OR l.id IN (SELECT license_id FROM activations WHERE fingerprint_hash = ");
                    sql.push_bind(hash.as_slice()).push(")");
                }
                sql.push(")");
            }
            if let Some(id) = filter.product_id {
                sql.push(" AND l.product_id = ").push_bind(id);
            }
            if let Some(id) = filter.policy_id {
                sql.push(" AND l.policy_id = ").push_bind(id);
            }
            if let Some(state) = filter.state {
                sql.push(" AND l.state = ").push_bind(state.name());
            }
            let (place, order) = match paging {
                Paging::First => (None, " ORDER BY l.created_at DESC, l.id DESC"),
                Paging::After(place) => (Some((place, "<")), " ORDER BY l.created_at DESC, l.id DESC"),
                Paging::Before(place) => (Some((place, ">")), " ORDER BY l.created_at, l.id"),
            };
            if let Some((place, side)) = place {
                sql.push(" AND (l.created_at, l.id) ").push(side).push(" (").push_bind(place.at);
                sql.push(", ").push_bind(place.id).push(")");
            }
            sql.push(order).push(" LIMIT ").push_bind(i64::try_from(size + 1).unwrap_or(i64::MAX));
            sql.build_query_as().fetch_all(&mut **c).await
        })?;
        Ok(Page::of(rows, size, paging, |row| Cursor { at: row.license.created_at, id: row.license.id }))
    }

    /// How many licenses there are, in all and active.
    pub async fn count_licenses(&mut self) -> Result<(i64, i64)> {
        const SQL: &str = "SELECT COUNT(*), COUNT(CASE WHEN state = 'active' THEN 1 END) FROM licenses";
        Ok(run!(self, |c| sqlx::query_as(SQL).fetch_one(&mut **c).await)?)
    }

    /// How many seats are held at `now`, in all.
    pub async fn count_held_seats(&mut self, now: DateTime<Utc>) -> Result<i64> {
        const SQL: &str = "SELECT COUNT(*) FROM activations WHERE hold_until > $1";
        Ok(run!(self, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(&mut **c).await)?)
    }
}

/// The head of both queries above, up to the joins.
macro_rules! select {
    ($sql:ident, $now:expr) => {
        $sql.push("SELECT ").push(COLUMNS);
        $sql.push(", p.name AS product_name, p.code AS product_code, o.name AS policy_name, o.terms AS policy_terms");
        $sql.push(", (SELECT COUNT(*) FROM activations a WHERE a.license_id = l.id AND a.hold_until > ");
        $sql.push_bind($now).push(") AS seats_used");
        $sql.push(", (SELECT MAX(last_seen_at) FROM activations a WHERE a.license_id = l.id) AS last_seen_at");
        $sql.push(" FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id");
    };
}
use select;

impl Tx {
    /// Writes a new license. `Conflict(ActivationCode)` where the code is taken.
    pub async fn insert_license(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "INSERT INTO licenses (id, product_id, policy_id, code_hmac, code_sealed, code_tail, \
             code_imported, state, state_reason, overrides, features, customer, email, reference, notes, metadata, \
             issued_at, first_activated_at, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(license.product_id)
            .bind(license.policy_id)
            .bind(&license.code_hmac)
            .bind(&license.code_sealed)
            .bind(&license.code_tail)
            .bind(license.code_imported)
            .bind(license.state.name())
            .bind(&license.state_reason)
            .bind(Json(&license.overrides))
            .bind(Json(&license.features))
            .bind(&license.customer)
            .bind(&license.email)
            .bind(&license.reference)
            .bind(&license.notes)
            .bind(Json(&license.metadata))
            .bind(license.issued_at)
            .bind(license.first_activated_at)
            .bind(license.created_at)
            .bind(license.updated_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Writes what people may change of a license: its policy, terms, values, customer, notes and state.
    pub async fn update_license(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET policy_id = $2, state = $3, state_reason = $4, overrides = $5, \
             features = $6, customer = $7, email = $8, reference = $9, notes = $10, metadata = $11, updated_at = $12, \
             revision = $13 WHERE id = $1";
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
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }

    /// Writes the code of a license. `Conflict(ActivationCode)` where it is taken.
    pub async fn update_code(&mut self, license: &License) -> Result<()> {
        const SQL: &str = "UPDATE licenses SET code_hmac = $2, code_sealed = $3, code_tail = $4, code_imported = $5, \
             updated_at = $6 WHERE id = $1";
        run!(self.on(), |c| sqlx::query(SQL)
            .bind(license.id)
            .bind(&license.code_hmac)
            .bind(&license.code_sealed)
            .bind(&license.code_tail)
            .bind(license.code_imported)
            .bind(license.updated_at)
            .execute(c)
            .await
            .map(drop))?;
        Ok(())
    }
}
