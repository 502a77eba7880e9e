//! Licenses in JSON.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use licensing::{
    Overrides, license,
    terms::Seats,
    wire::{
        Fields, Wire,
        terms::{read_overrides, write_effective, write_overrides},
    },
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use service::{
    LicenseForm,
    store::licenses::{License, LicenseRow, LicenseWithTerms},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::openapi::choice;

/// A license.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedLicense)]
pub(in crate::api::manage) struct LicenseJson {
    id: Uuid,
    product: ProductOf,
    policy: PolicyOf,
    /// Name of the customer.
    customer: Option<String>,
    /// E-mail address of the customer. Masked for a token that may only look, if the server hides addresses from viewers.
    email: Option<String>,
    /// Your own reference, such as an order number.
    reference: Option<String>,
    /// Notes for colleagues.
    notes: Option<String>,
    /// Words that group licenses, in lower case.
    tags: Vec<String>,
    /// Your own data.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// Feature values that the license sets.
    #[schema(value_type = Object)]
    features: Value,
    /// Terms that the license sets for itself.
    #[schema(value_type = Object)]
    overrides: Map<String, Value>,
    /// The terms in effect, each as `{value, from}`; `from` is `policy` or `license`.
    #[schema(value_type = Object)]
    terms: Arc<Map<String, Value>>,
    /// The terms in a sentence.
    #[schema(value_type = String)]
    sentence: Arc<str>,
    /// The last characters of the code.
    code_tail: String,
    /// `true` if the code was imported.
    code_imported: bool,
    #[schema(inline, value_type = choice::LicenseState)]
    state: &'static str,
    /// The reason for the state.
    state_reason: Option<String>,
    /// The state as lists show it.
    #[schema(inline, value_type = choice::Standing)]
    standing: Value,
    issued_at: DateTime<Utc>,
    first_activated_at: Option<DateTime<Utc>>,
    /// The end; null if it never ends, or if it starts with an activation that has not happened yet.
    ends_at: Option<DateTime<Utc>>,
    /// The last request of one of its devices.
    last_seen_at: Option<DateTime<Utc>>,
    seats: SeatsOf,
    /// Id of the job that created the license, if one did.
    batch: Option<Uuid>,
    /// Raised by every change that people or programs make. The same as in the ETag.
    revision: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The whole activation code, in the responses of the calls that create, reveal and reissue it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Number of devices whose seats were revoked, in the response of the call that revokes the license.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seats_taken: Option<u64>,
}

/// The product of a license.
#[derive(Serialize, ToSchema)]
pub(in crate::api::manage) struct ProductOf {
    id: Uuid,
    code: String,
    name: String,
}

/// The policy of a license.
#[derive(Serialize, ToSchema)]
pub(in crate::api::manage) struct PolicyOf {
    id: Uuid,
    name: String,
}

/// The seats of a license.
#[derive(Serialize, ToSchema)]
pub(in crate::api::manage) struct SeatsOf {
    /// Seats in use now.
    used: i64,
    /// Seats sold; null if unlimited.
    allowed: Option<u64>,
    /// Devices beyond the seats sold.
    over: u64,
}

/// Members that a patch may change.
pub(in crate::api::manage) const EDITABLE: [&str; 9] =
    ["policy", "customer", "email", "reference", "notes", "tags", "metadata", "features", "overrides"];

/// The terms in effect as responses have them, and in a sentence.
#[derive(Clone, Debug)]
struct WrittenTerms {
    terms: Arc<Map<String, Value>>,
    sentence: Arc<str>,
}

/// The terms of policies, as licenses without own terms have them. A page of licenses would otherwise write the same terms
/// for each of them, which takes half of its time.
#[derive(Debug, Default)]
pub(in crate::api::manage) struct PolicyTerms(HashMap<Uuid, WrittenTerms>);

impl PolicyTerms {
    /// Writes the terms in effect of a license, and says them in a sentence.
    fn write(&mut self, row: &LicenseRow) -> WrittenTerms {
        let own = &row.license.overrides;
        let write = || WrittenTerms {
            terms: write_effective(&row.policy_terms, own).into(),
            sentence: row.policy_terms.with(own).sentence().to_string().into(),
        };
        match *own == Overrides::default() {
            true => self.0.entry(row.license.policy_id).or_insert_with(write).clone(),
            false => write(),
        }
    }
}

impl LicenseJson {
    /// Writes a license. `policies` has what was written of its policy before.
    pub(in crate::api::manage) fn of(
        tags: Vec<String>,
        row: LicenseRow,
        now: DateTime<Utc>,
        policies: &mut PolicyTerms,
    ) -> Self {
        let written = policies.write(&row);
        let terms = row.policy_terms.with(&row.license.overrides);
        let own = row.license;
        let ends_at = license::ends_at(terms.validity, own.issued_at, own.first_activated_at);
        let standing = license::status(own.state, ends_at, own.first_activated_at, now);
        let used = u64::try_from(row.seats_used).unwrap_or_default();
        let allowed = match terms.seats {
            Seats::Limited(seats) => Some(u64::from(seats)),
            Seats::Unlimited => None,
        };
        Self {
            id: own.id,
            product: ProductOf { id: own.product_id, code: row.product_code, name: row.product_name },
            policy: PolicyOf { id: own.policy_id, name: row.policy_name },
            features: own.features.write(),
            overrides: write_overrides(&own.overrides),
            terms: written.terms,
            sentence: written.sentence,
            customer: own.customer,
            email: own.email,
            reference: own.reference,
            notes: own.notes,
            tags,
            batch: own.batch_id,
            metadata: own.metadata,
            code_tail: own.code_tail,
            code_imported: own.code_imported,
            state: own.state.name(),
            state_reason: own.state_reason,
            standing: json!(standing),
            issued_at: own.issued_at,
            first_activated_at: own.first_activated_at,
            ends_at,
            last_seen_at: row.last_seen_at,
            seats: SeatsOf { used: row.seats_used, allowed, over: allowed.map_or(0, |all| used.saturating_sub(all)) },
            revision: own.revision,
            created_at: own.created_at,
            updated_at: own.updated_at,
            code: None,
            seats_taken: None,
        }
    }

    pub(in crate::api::manage) const fn revision(&self) -> i64 {
        self.revision
    }

    /// Adds the whole code.
    pub(in crate::api::manage) fn with_code(self, code: Option<String>) -> Self {
        Self { code, ..self }
    }

    /// Adds the number of devices whose seats were revoked.
    pub(in crate::api::manage) fn with_seats_taken(self, seats_taken: Option<u64>) -> Self {
        Self { seats_taken, ..self }
    }
}

/// Writes what a patch applies to: the editable members, and those that identify the license.
pub(in crate::api::manage) fn write_editable(locked: &LicenseWithTerms, tags: &[String]) -> Value {
    let own: &License = &locked.license;
    json!({
        "id": own.id,
        "product": { "id": own.product_id, "code": locked.product_code, "name": locked.product_name },
        "policy": { "id": own.policy_id, "name": locked.policy_name },
        "state": own.state.name(),
        "revision": own.revision,
        "customer": own.customer,
        "email": own.email,
        "reference": own.reference,
        "notes": own.notes,
        "tags": tags,
        "metadata": own.metadata,
        "features": own.features.write(),
        "overrides": write_overrides(&own.overrides),
    })
}

/// Reads the policy of an edited license: its id, or the object as responses have it.
pub(in crate::api::manage) fn read_policy(fields: &mut Fields) -> Option<Uuid> {
    let id = match fields.take("policy") {
        Some(Value::Object(policy)) => policy.get("id").cloned(),
        other => other,
    };
    let id = id.as_ref().and_then(Value::as_str).and_then(|text| text.parse().ok());
    if id.is_none() {
        fields.note("policy", "must be the id of a policy");
    }
    id
}

/// Reads a list of tags; an empty one if it is absent.
fn read_tags(fields: &mut Fields) -> Vec<String> {
    let tags = fields.list("tags").unwrap_or_default();
    let texts: Option<Vec<String>> = tags.iter().map(|tag| tag.as_str().map(str::to_owned)).collect();
    texts.unwrap_or_else(|| {
        fields.note("tags", "must be an array of strings");
        vec![]
    })
}

/// Reads the members of a license that a caller may set. Errors are recorded in `fields`.
pub(in crate::api::manage) fn read_form(fields: &mut Fields) -> LicenseForm {
    let (features, mut wrong) = (fields.take("features"), licensing::Invalid::default());
    let features = features.and_then(|value| Wire::read(value, &fields.pointer("features"), &mut wrong));
    fields.extend(wrong);
    let overrides =
        fields.map("overrides").map(|members| read_overrides(Fields::at(fields.pointer("overrides"), members)));
    let overrides = match overrides.transpose() {
        Ok(overrides) => overrides.unwrap_or_default(),
        Err(invalid) => {
            fields.extend(invalid);
            licensing::Overrides::default()
        }
    };
    LicenseForm {
        overrides,
        features: features.unwrap_or_default(),
        customer: fields.text_or_empty("customer"),
        email: fields.text_or_empty("email"),
        reference: fields.text_or_empty("reference"),
        notes: fields.text_or_empty("notes"),
        metadata: fields.map("metadata").map(|members| Value::Object(members).to_string()).unwrap_or_default(),
        tags: Some(read_tags(fields)),
    }
}
