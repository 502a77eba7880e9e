//! What the activation desk needs, a whole batch at a time: one statement a table.
//!
//! Lists of keys are padded to a power of two and rows are written in powers of two, so that the databases see few
//! different statements and keep them prepared.

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, Terms,
    activation::Snapshot,
    feature::{Feature, FeatureValues},
    license::State,
    product::{Algorithm, Lifecycle},
};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{Connection, Result, Tx, engine::run};

/// A license with its policy and its product, as the desk needs them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskLicense {
    /// The license's id.
    pub id: Uuid,
    /// What it is found by.
    pub code_hmac: Vec<u8>,
    /// Its state.
    #[sqlx(try_from = "String")]
    pub state: State,
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
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When its first device activated.
    pub first_activated_at: Option<DateTime<Utc>>,
    /// The policy's name.
    pub policy_name: String,
    /// The policy's terms.
    #[sqlx(json)]
    pub policy_terms: Terms,
    /// The product's short name.
    pub product_code: String,
    /// The product's name.
    pub product_name: String,
    /// The product's state.
    #[sqlx(try_from = "String")]
    pub lifecycle: Lifecycle,
    /// How the product's tokens are signed.
    #[sqlx(try_from = "String")]
    pub algorithm: Algorithm,
    /// The product's features.
    #[sqlx(json)]
    pub product_features: Vec<Feature>,
}

/// An activation, as the desk reads and writes it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DeskActivation {
    /// Its id: the API's `sessionId`.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Vec<u8>,
    /// The fingerprint.
    pub fingerprint: String,
    /// The device's name.
    pub device_name: Option<String>,
    /// Its platform.
    pub platform: Option<String>,
    /// The software's version.
    pub software_version: Option<String>,
    /// The address it asked from.
    pub address: Option<String>,
    /// The decision that last granted it.
    pub decision_id: Uuid,
    /// When this session began.
    pub activated_at: DateTime<Utc>,
    /// When it last asked.
    pub last_seen_at: DateTime<Utc>,
    /// Until when it is confirmed.
    pub lease_ends_at: DateTime<Utc>,
    /// When its token ends.
    pub token_expires_at: DateTime<Utc>,
    /// Until when it counts.
    pub hold_until: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// What it was granted under.
    #[sqlx(json)]
    pub snapshot: Snapshot,
}

/// The seats of one license that are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldSeats {
    /// The license.
    pub license_id: Uuid,
    /// How many.
    pub used: i64,
    /// When the first of them ends by itself.
    pub next_at: Option<DateTime<Utc>>,
}

/// A recorded decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its id.
    pub id: Uuid,
    /// The license.
    pub license_id: Uuid,
    /// The activation that it granted.
    pub activation_id: Option<Uuid>,
    /// `granted`, or the refusal's code.
    pub outcome: &'static str,
    /// The rule that decided.
    pub rule: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// From which network address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
}

const LICENSES: &str = "SELECT l.id, l.code_hmac, l.state, l.overrides, l.features, l.customer, l.email, l.issued_at, \
     l.first_activated_at, o.name AS policy_name, o.terms AS policy_terms, p.code AS product_code, \
     p.name AS product_name, p.lifecycle, p.algorithm, p.features AS product_features \
     FROM licenses l JOIN policies o ON o.id = l.policy_id JOIN products p ON p.id = l.product_id \
     WHERE l.code_hmac IN (";

const ACTIVATION_COLUMNS: &str = "id, license_id, fingerprint_hash, fingerprint, device_name, platform, software_version, \
     address, decision_id, activated_at, last_seen_at, lease_ends_at, token_expires_at, hold_until, revoked_at, snapshot";

impl Connection<'_> {
    /// The licenses that have one of these codes.
    pub async fn desk_licenses(&mut self, hmacs: &[[u8; 32]]) -> Result<Vec<DeskLicense>> {
        self.licenses_by_code(hmacs, false).await
    }

    async fn licenses_by_code(&mut self, hmacs: &[[u8; 32]], lock: bool) -> Result<Vec<DeskLicense>> {
        if hmacs.is_empty() {
            return Ok(vec![]);
        }
        let lock = lock && matches!(self, Connection::Postgres(_));
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(LICENSES);
            let mut list = sql.separated(", ");
            for hmac in padded(hmacs) {
                list.push_bind(hmac.as_slice());
            }
            sql.push(") ORDER BY l.id");
            // The one difference in words: SQLite's write transaction is a lock on everything already. NO KEY, so that
            // foreign-key checks of other transactions do not wait.
            if lock {
                sql.push(" FOR NO KEY UPDATE OF l");
            }
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Every activation of these fingerprints, of whatever license: the caller picks the pairs.
    pub async fn desk_activations(&mut self, fingerprint_hashes: &[[u8; 32]]) -> Result<Vec<DeskActivation>> {
        if fingerprint_hashes.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(ACTIVATION_COLUMNS).push(" FROM activations WHERE fingerprint_hash IN (");
            let mut list = sql.separated(", ");
            for hash in padded(fingerprint_hashes) {
                list.push_bind(hash.as_slice());
            }
            sql.push(")");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// The seats held at `now`, by license; a license without any is left out.
    pub async fn held_seats(&mut self, licenses: &[Uuid], now: DateTime<Utc>) -> Result<Vec<HeldSeats>> {
        if licenses.is_empty() {
            return Ok(vec![]);
        }
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT license_id, COUNT(*) AS used, MIN(hold_until) AS next_at FROM activations WHERE hold_until > ",
            );
            sql.push_bind(now).push(" AND license_id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(") GROUP BY license_id");
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}

impl Tx {
    /// The licenses that have one of these codes, locked until the transaction ends. Locks are taken in the order of
    /// ids, so that two transactions never wait for each other.
    pub async fn lock_desk_licenses(&mut self, hmacs: &[[u8; 32]]) -> Result<Vec<DeskLicense>> {
        self.on().licenses_by_code(hmacs, true).await
    }

    /// Writes activations, new and known. No two may be of the same license and fingerprint.
    pub async fn upsert_activations(&mut self, activations: &[&DeskActivation]) -> Result<()> {
        for piece in pieces(activations) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO activations (");
                sql.push(ACTIVATION_COLUMNS).push(") ");
                sql.push_values(piece, |mut row, a| {
                    row.push_bind(a.id)
                        .push_bind(a.license_id)
                        .push_bind(a.fingerprint_hash.as_slice())
                        .push_bind(&a.fingerprint)
                        .push_bind(&a.device_name)
                        .push_bind(&a.platform)
                        .push_bind(&a.software_version)
                        .push_bind(&a.address)
                        .push_bind(a.decision_id)
                        .push_bind(a.activated_at)
                        .push_bind(a.last_seen_at)
                        .push_bind(a.lease_ends_at)
                        .push_bind(a.token_expires_at)
                        .push_bind(a.hold_until)
                        .push_bind(a.revoked_at)
                        .push_bind(Json(&a.snapshot));
                });
                // A device that comes back after a revocation is a new session: the id changes with the rest.
                sql.push(
                    " ON CONFLICT (license_id, fingerprint_hash) DO UPDATE SET id = excluded.id, \
                     device_name = excluded.device_name, platform = excluded.platform, \
                     software_version = excluded.software_version, address = excluded.address, \
                     decision_id = excluded.decision_id, activated_at = excluded.activated_at, \
                     last_seen_at = excluded.last_seen_at, lease_ends_at = excluded.lease_ends_at, \
                     token_expires_at = excluded.token_expires_at, hold_until = excluded.hold_until, \
                     revoked_at = excluded.revoked_at, snapshot = excluded.snapshot",
                );
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Starts the time of licenses whose first device has just activated.
    pub async fn start_licenses(&mut self, licenses: &[Uuid], now: DateTime<Utc>) -> Result<()> {
        if licenses.is_empty() {
            return Ok(());
        }
        run!(self.on(), |c| {
            let mut sql = QueryBuilder::<Db>::new("UPDATE licenses SET first_activated_at = ");
            sql.push_bind(now).push(" WHERE first_activated_at IS NULL AND id IN (");
            let mut list = sql.separated(", ");
            for id in padded(licenses) {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(drop)
        })?;
        Ok(())
    }

    /// Records decisions.
    pub async fn insert_decisions(&mut self, decisions: &[DecisionRow]) -> Result<()> {
        for piece in pieces(decisions) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO decisions (id, license_id, activation_id, outcome, rule, at, address, request_id) ",
                );
                sql.push_values(piece, |mut row, d| {
                    row.push_bind(d.id)
                        .push_bind(d.license_id)
                        .push_bind(d.activation_id)
                        .push_bind(d.outcome)
                        .push_bind(d.rule)
                        .push_bind(d.at)
                        .push_bind(&d.address)
                        .push_bind(&d.request_id);
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}

/// The rows cut into powers of two, largest first: 45 = 32 + 8 + 4 + 1.
pub(crate) fn pieces<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = if rows.is_empty() { return None } else { 1_usize << rows.len().ilog2().min(8) };
        let (piece, rest) = rows.split_at_checked(size)?;
        rows = rest;
        Some(piece)
    })
}

/// The keys, the last of them repeated up to the next power of two.
fn padded<T>(keys: &[T]) -> impl Iterator<Item = &T> {
    let more = keys.len().next_power_of_two() - keys.len();
    keys.iter().chain(keys.last().into_iter().cycle().take(more))
}
