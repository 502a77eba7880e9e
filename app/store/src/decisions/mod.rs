//! Decisions: every request to activate, renew, check in or release, and its outcome.

mod groups;
mod list;
mod sweep;

pub(crate) use sweep::floor;

use chrono::{DateTime, Utc};
use licensing::{Refusal, activation::Kept, release::KeptRelease};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, types::Json};
use uuid::Uuid;

use crate::{
    Connection, Result, Tx,
    engine::run,
    insert::{columns, insert},
};

pub use groups::{MOST_GROUPED, RefusalGroup, RefusedLicense};
pub use list::{DecisionFilter, Outcome};

/// [`DecisionRow::outcome`] of a grant. For a refusal it is the problem code.
pub const GRANTED: &str = "granted";

/// A stored decision.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct DecisionRow {
    /// Id.
    pub id: Uuid,
    /// Time.
    pub at: DateTime<Utc>,
    /// Purpose: `activate`, `renew`, `check_in`, `check_out`, `release` or `standing`.
    pub purpose: String,
    /// [`GRANTED`], or the refusal's code.
    pub outcome: String,
    /// Rule that made the decision.
    pub rule: String,
    /// License, if known.
    pub license_id: Option<Uuid>,
    /// Product of the license.
    pub product_id: Option<Uuid>,
    /// Activation that it granted, or that sent the request.
    pub activation_id: Option<Uuid>,
    /// Last characters of the code that was sent.
    pub code_tail: Option<String>,
    /// E-mail address that was sent, masked.
    pub email: Option<String>,
    /// Name of the device, as the software sent it.
    pub device_name: Option<String>,
    /// SHA-256 of the fingerprint.
    pub fingerprint_hash: Option<Vec<u8>>,
    /// Network address of the request.
    pub address: Option<String>,
    /// Id of the HTTP request.
    pub request_id: Option<String>,
    /// Facts behind the decision. `None` for decisions of early versions.
    #[sqlx(json(nullable))]
    pub facts: Option<DecisionFacts>,
}

/// Facts behind a decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionFacts {
    /// Reason of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Facts that the rules of an activation saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Box<Kept>>,
    /// Facts that the rules of a release saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<KeptRelease>,
    /// Name of the product at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Name of the policy at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Name of the customer at the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Platform of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

const COLUMNS: &str = "id, at, purpose, outcome, rule, license_id, product_id, activation_id, code_tail, email, \
     device_name, fingerprint_hash, address, request_id, facts";

impl Connection<'_> {
    /// Returns the decision with this id.
    pub async fn decision(&mut self, id: Uuid) -> Result<Option<DecisionRow>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new("SELECT ");
            sql.push(COLUMNS).push(" FROM decisions WHERE id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }
}

columns!(DecisionRow, "decisions", |d| {
    id: d.id,
    at: d.at,
    purpose: d.purpose.as_str(),
    outcome: d.outcome.as_str(),
    rule: d.rule.as_str(),
    license_id: d.license_id,
    product_id: d.product_id,
    activation_id: d.activation_id,
    code_tail: d.code_tail.as_deref(),
    email: d.email.as_deref(),
    device_name: d.device_name.as_deref(),
    fingerprint_hash: d.fingerprint_hash.as_deref(),
    address: d.address.as_deref(),
    request_id: d.request_id.as_deref(),
    facts: d.facts.as_ref().map(Json),
});

impl Tx {
    /// Inserts decisions. A grant is found under its license by its event, which has the same id.
    pub async fn insert_decisions(&mut self, decisions: &[DecisionRow]) -> Result<()> {
        insert::<DecisionRow, _>(self.on(), decisions).await
    }
}
