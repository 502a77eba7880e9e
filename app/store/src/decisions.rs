//! Decisions: every attempt to activate, to renew, to check in, and what became of it.

mod groups;
mod list;
mod sweep;

pub(crate) use sweep::floor;

use chrono::{DateTime, Utc};
use licensing::{Refusal, activation::Kept, release::KeptRelease};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{Connection, Result, Tx, desk::pieces, engine::run};

pub use groups::{MOST_GROUPED, RefusalGroup};
pub use list::{DecisionFilter, Outcome};

/// What [`DecisionRow::outcome`] says of a grant; of a refusal it says the problem's code.
pub const GRANTED: &str = "granted";

/// A decision, as it is written down.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DecisionRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What for: `activate`, `renew`, `check_in`, `check_out`, `release` or `standing`.
    pub purpose: String,
    /// [`GRANTED`], or the refusal's code.
    pub outcome: String,
    /// The rule that decided.
    pub rule: String,
    /// The license, where one is known.
    pub license_id: Option<Uuid>,
    /// Its product.
    pub product_id: Option<Uuid>,
    /// The activation that it granted, or that asked.
    pub activation_id: Option<Uuid>,
    /// The end of the code that was typed.
    pub code_tail: Option<String>,
    /// The e-mail address that came, masked.
    pub email: Option<String>,
    /// What the device calls itself.
    pub device_name: Option<String>,
    /// SHA-256 of its fingerprint.
    pub fingerprint_hash: Option<Vec<u8>>,
    /// From which network address.
    pub address: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// What there was to see. Decisions of the first versions have none.
    #[sqlx(json(nullable))]
    pub facts: Option<DecisionFacts>,
}

/// What there was to see when it was decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionFacts {
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// What the rules of an activation saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Box<Kept>>,
    /// What the rules of a release saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<KeptRelease>,
    /// What the product was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// What the policy was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What the customer was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The device's platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

const COLUMNS: &str = "id, at, purpose, outcome, rule, license_id, product_id, activation_id, code_tail, email, \
     device_name, fingerprint_hash, address, request_id, facts";

impl Connection<'_> {
    /// The decision of that id.
    pub async fn decision(&mut self, id: Uuid) -> Result<Option<DecisionRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

impl Tx {
    /// Records decisions. A grant is found under its license by the event of the same id.
    pub async fn insert_decisions(&mut self, decisions: &[DecisionRow]) -> Result<()> {
        for piece in pieces(decisions) {
            run!(self.on(), |c| {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO decisions (");
                sql.push(COLUMNS).push(") ");
                sql.push_values(piece, |mut row, d| {
                    row.push_bind(d.id)
                        .push_bind(d.at)
                        .push_bind(&d.purpose)
                        .push_bind(&d.outcome)
                        .push_bind(&d.rule)
                        .push_bind(d.license_id)
                        .push_bind(d.product_id)
                        .push_bind(d.activation_id)
                        .push_bind(&d.code_tail)
                        .push_bind(&d.email)
                        .push_bind(&d.device_name)
                        .push_bind(d.fingerprint_hash.as_deref())
                        .push_bind(&d.address)
                        .push_bind(&d.request_id)
                        .push_bind(d.facts.as_ref().map(Json));
                });
                sql.build().execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}
