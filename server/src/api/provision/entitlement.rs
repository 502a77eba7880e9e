//! The parameters of an entitlement, and the members of a license that they set.

use licensing::{Invalid, license::State, wire::Fields};
use serde_json::{Map, Value, json};
use service::{
    Error, LicenseForm,
    store::{licenses::LicenseWithTerms, policies::Policy},
};
use utoipa::ToSchema;

/// The customer, and the state of the entitlement.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct EntitlementParameters {
    /// Name of the customer.
    #[schema(max_length = 100)]
    customer_contact_name: Option<String>,
    /// E-mail address of the customer.
    #[schema(max_length = 254)]
    customer_contact_email: Option<String>,
    /// Stored in the license's metadata.
    customer_id: Option<String>,
    /// Stored in the license's metadata.
    order_id: Option<String>,
    /// Your own reference.
    #[schema(max_length = 100)]
    reference: Option<String>,
    /// Notes for colleagues.
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// A code to import; absent for a generated one.
    #[schema(max_length = 128)]
    license_key: Option<String>,
    /// `true` if the template is a trial. A license is a trial if its policy is one.
    is_trial: Option<bool>,
    /// `true` revokes an entitlement that exists.
    is_revoked: Option<bool>,
}

/// Members that a patch may change.
pub(super) const EDITABLE: [&str; 7] =
    ["customerContactName", "customerContactEmail", "customerId", "orderId", "reference", "description", "isRevoked"];

/// The parameters of an entitlement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    customer: String,
    email: String,
    customer_id: Option<String>,
    order_id: Option<String>,
    reference: String,
    notes: String,
    is_trial: Option<bool>,
    /// `true` if the entitlement is to be revoked.
    pub(super) is_revoked: bool,
}

impl Parameters {
    /// Reads the parameters. Errors are recorded in `fields`.
    pub(super) fn read(fields: &mut Fields) -> Self {
        Self {
            customer: fields.text_or_empty("customerContactName"),
            email: fields.text_or_empty("customerContactEmail"),
            customer_id: fields.text("customerId"),
            order_id: fields.text("orderId"),
            reference: fields.text_or_empty("reference"),
            notes: fields.text_or_empty("description"),
            is_trial: fields.switch("isTrial"),
            is_revoked: fields.flag("isRevoked"),
        }
    }

    /// The parameters of a license.
    pub(super) fn of(locked: &LicenseWithTerms) -> Self {
        let own = &locked.license;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let kept = |name: &str| own.metadata.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            customer: text(&own.customer),
            email: text(&own.email),
            customer_id: kept("customerId"),
            order_id: kept("orderId"),
            reference: text(&own.reference),
            notes: text(&own.notes),
            is_trial: None,
            is_revoked: own.state == State::Revoked,
        }
    }

    /// The same parameters of an entitlement that is not revoked.
    pub(super) fn not_revoked(&self) -> Self {
        Self { is_revoked: false, ..self.clone() }
    }

    /// Refuses what a new entitlement cannot be.
    pub(super) fn check_new(&self, fields: &mut Fields, policy: Option<&Policy>) {
        if self.is_revoked {
            fields.note("isRevoked", "must be false for a new entitlement");
        }
        let is_trial = policy.map(|policy| policy.terms.trial.is_some());
        if self.is_trial.zip(is_trial).is_some_and(|(wanted, is_trial)| wanted != is_trial) {
            fields.note("isTrial", "is not what the template is: a license is a trial if its policy is one");
        }
    }

    /// The form of a new license.
    pub(super) fn form(&self) -> LicenseForm {
        self.edit(LicenseForm::default(), Map::new())
    }

    /// The form of a license after these parameters were set. `metadata` is that of the license.
    pub(super) fn edit(&self, form: LicenseForm, mut metadata: Map<String, Value>) -> LicenseForm {
        for (name, value) in [("customerId", &self.customer_id), ("orderId", &self.order_id)] {
            match value {
                Some(value) => drop(metadata.insert(name.to_owned(), json!(value))),
                None => drop(metadata.remove(name)),
            }
        }
        LicenseForm {
            customer: self.customer.clone(),
            email: self.email.clone(),
            reference: self.reference.clone(),
            notes: self.notes.clone(),
            metadata: if metadata.is_empty() { String::new() } else { Value::Object(metadata).to_string() },
            ..form
        }
    }
}

/// Writes the parameters of a license, to which a patch applies.
pub(super) fn write(locked: &LicenseWithTerms) -> Value {
    let own = Parameters::of(locked);
    json!({
        "customerContactName": own.customer,
        "customerContactEmail": own.email,
        "customerId": own.customer_id,
        "orderId": own.order_id,
        "reference": own.reference,
        "description": own.notes,
        "isTrial": locked.terms().trial.is_some(),
        "isRevoked": own.is_revoked,
    })
}

/// Names the members of the request in the errors of an act. `at` is the pointer to the parameters.
pub(super) fn in_request(error: Error, at: &str) -> Error {
    let Error::Invalid(Invalid(mut errors)) = error else { return error };
    for error in &mut errors {
        let member = match error.field.as_str() {
            "customer" => "customerContactName",
            "email" => "customerContactEmail",
            "notes" => "description",
            "metadata" => "customerId",
            "code" => "licenseKey",
            "reference" => "reference",
            "seats" => {
                error.field = "/licenseActivationWorkflowParameters/maxDeviceActivations".to_owned();
                continue;
            }
            _ => continue,
        };
        error.field = format!("{at}/{member}");
    }
    Invalid(errors).into()
}
