//! Policies in JSON.

use chrono::{DateTime, Utc};
use licensing::{
    Terms,
    wire::{
        Fields,
        terms::{read_terms, write_terms},
    },
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use service::{PolicyEffect, PolicyForm, store::policies::Policy};
use utoipa::ToSchema;
use uuid::Uuid;

/// A policy.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedPolicy)]
pub(in crate::api::manage) struct PolicyJson {
    id: Uuid,
    /// Id of the product.
    product: Uuid,
    name: String,
    #[schema(value_type = Object)]
    terms: Map<String, Value>,
    /// The terms in a sentence.
    sentence: String,
    revision: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The effect of a change. At most 100,000 licenses are counted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PolicyChangeEffect)]
pub(in crate::api::manage) struct EffectJson {
    /// Licenses whose terms change, without revoked ones.
    licenses: u64,
    /// Those of them that get less than before.
    licenses_narrowed: u64,
    /// Devices beyond the allowed number that are not beyond it today.
    devices_over: u64,
    /// Licenses whose leases become shorter.
    leases_shorter: u64,
    /// Licenses that end by the change.
    licenses_ended: u64,
    /// `true` if there are more licenses, which were not counted.
    truncated: bool,
}

/// Members that a patch may change.
pub(in crate::api::manage) const EDITABLE: [&str; 2] = ["name", "terms"];

impl From<Policy> for PolicyJson {
    fn from(policy: Policy) -> Self {
        Self {
            id: policy.id,
            product: policy.product_id,
            name: policy.name,
            terms: write_terms(&policy.terms),
            sentence: policy.terms.sentence().to_string(),
            revision: policy.revision,
            created_at: policy.created_at,
            updated_at: policy.updated_at,
        }
    }
}

impl From<PolicyEffect> for EffectJson {
    fn from(effect: PolicyEffect) -> Self {
        let PolicyEffect { licenses, licenses_narrowed, devices_over, leases_shorter, licenses_ended, truncated } =
            effect;
        Self { licenses, licenses_narrowed, devices_over, leases_shorter, licenses_ended, truncated }
    }
}

/// Writes what a patch applies to.
pub(in crate::api::manage) fn write_editable(policy: &Policy) -> Value {
    json!(PolicyJson::from(policy.clone()))
}

/// Reads the members of a policy that a caller may set. Absent terms are the usual ones. Errors are recorded in `fields`.
pub(in crate::api::manage) fn read_form(fields: &mut Fields) -> PolicyForm {
    let name = fields.text("name");
    let name = fields.need("name", name).unwrap_or_default();
    let terms = fields.map("terms").unwrap_or_default();
    let terms = read_terms(Fields::at(fields.pointer("terms"), terms), Terms::default());
    let terms = terms.map_err(|invalid| fields.extend(invalid)).unwrap_or_default();
    PolicyForm { name, terms }
}
