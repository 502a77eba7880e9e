//! `POST /entitlements/templates/from-template`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use licensing::{
    terms::{EmailTerm, Seats, SignIn},
    wire::Fields,
};
use serde::Serialize;
use serde_json::Value;
use service::{LicenseForm, NewLicense, Outcome, store::policies::Policy};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    entitlement::{self, EntitlementParameters},
    wire::refuse,
};
use crate::{
    AppState,
    api::{
        manage::{
            call::{Call, marked},
            located::unlocated,
            program::{Program, nothing},
        },
        problem::Problem,
    },
};

/// An entitlement that is created from a template.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct FromTemplate {
    /// Id of the template: a policy. Either this or its name is required.
    template_id: Option<Uuid>,
    /// Name of the template: a policy, if only one has this name.
    template_name: Option<String>,
    entitlement_parameters: Option<EntitlementParameters>,
    license_activation_workflow_parameters: Option<WorkflowParameters>,
}

/// Conditions under which devices activate.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct WorkflowParameters {
    /// A code to import; absent for a generated one. The same as licenseKey.
    activation_code: Option<String>,
    /// Number of seats.
    #[schema(minimum = 1)]
    max_device_activations: Option<u32>,
    /// The address that a device must send.
    email: Option<String>,
    /// 1: no sign-in; 2: a person who is signed in; 3: one whose verified address is that of the entitlement.
    #[schema(minimum = 1, maximum = 3)]
    required_authentication_level: Option<u8>,
}

/// A new entitlement.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewEntitlement)]
pub(super) struct EntitlementJson {
    /// Id of the license.
    id: Uuid,
    /// The activation code. Null in the response to a repeat, if the code was reissued since.
    activation_code: Option<String>,
}

/// Creates a license under a policy.
#[utoipa::path(
    post,
    path = "/api/v1/provision/admin/entitlements/templates/from-template",
    operation_id = "provisionEntitlement",
    tag = "Provisioning",
    request_body = FromTemplate,
    responses((status = 200, description = "The entitlement.", body = EntitlementJson)),
)]
pub(super) async fn from_template(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let policy = template(&state, &call.program, &mut fields).await?;
    refuse(&mut fields, &["userId", "organizationGroupId"], "a license belongs to a customer");
    refuse(&mut fields, &["requiresUserConsent"], "devices ask for no consent");
    let (mut code, mut form) = (String::new(), LicenseForm::default());
    let mut part = |name: &str, read: &mut dyn FnMut(&mut Fields)| {
        let mut own = Fields::at(fields.pointer(name), fields.map(name).unwrap_or_default());
        read(&mut own);
        if let Err(invalid) = own.end() {
            fields.extend(invalid);
        }
    };
    part("entitlementParameters", &mut |own| {
        code = own.text_or_empty("licenseKey");
        let parameters = entitlement::Parameters::read(own);
        parameters.check_new(own, policy.as_ref());
        form = parameters.form();
    });
    part("licenseActivationWorkflowParameters", &mut |own| workflow(own, &mut code, &mut form));
    unlocated(fields.end())?;
    let policy = policy.ok_or_else(nothing)?;
    let begun = call.begin(&state, call.program.of(policy.product_id)?).await?;
    let new = NewLicense { policy_id: policy.id, code, form };
    let create = async {
        let (license, code) = state.service.licenses().create_license(new, begun.actor()).await?;
        Ok((license.id, code.written().to_owned()))
    };
    let outcome = begun
        .run(async { create.await.map_err(|error| entitlement::in_request(error, "/entitlementParameters")) })
        .await?;
    let (id, code) = match &outcome {
        Outcome::Done((id, code)) => (*id, Some(code.clone())),
        Outcome::Repeated(done) => {
            let id = done.subject.ok_or_else(nothing)?;
            (id, state.service.licenses().code_unless_reissued(id, done.event).await?)
        }
    };
    Ok(marked(&outcome, Json(EntitlementJson { id, activation_code: code }).into_response()))
}

/// Reads the template: a policy that the token reaches. Errors are recorded in `fields`.
async fn template(state: &AppState, program: &Program, fields: &mut Fields) -> Result<Option<Policy>, Problem> {
    let (by_id, by_name) = (fields.id("templateId"), fields.text("templateName"));
    refuse(fields, &["templateVersion"], "a policy has no versions");
    let (name, given) = match (by_id, &by_name) {
        (Some(id), None) => ("templateId", id.to_string()),
        (None, Some(name)) => ("templateName", name.clone()),
        (Some(_), Some(_)) => {
            fields.note("templateName", "cannot be combined with templateId: send one of them");
            return Ok(None);
        }
        (None, None) => {
            fields.need::<()>("templateId", None);
            return Ok(None);
        }
    };
    let policies = state.service.store().for_api().read().await?.on().policies(None).await?;
    let is_meant = |policy: &Policy| policy.id.to_string() == given || (name == "templateName" && policy.name == given);
    let mut meant = policies.into_iter().map(|row| row.policy);
    let mut meant = meant.by_ref().filter(|policy| program.reaches(policy.product_id) && is_meant(policy));
    match (meant.next(), meant.next()) {
        (Some(policy), None) => Ok(Some(policy)),
        (Some(_), Some(_)) => {
            fields.note(name, "is the name of several policies: send templateId");
            Ok(None)
        }
        (None, _) => {
            fields.note(name, "is not a policy, or this API token does not reach it");
            Ok(None)
        }
    }
}

/// Reads how devices activate.
fn workflow(fields: &mut Fields, code: &mut String, form: &mut LicenseForm) {
    if let Some(given) = fields.text("activationCode") {
        if !code.is_empty() && *code != given {
            fields.note("activationCode", "is not the same as licenseKey");
        }
        *code = given;
    }
    let number = |value: Value| value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    if let Some(seats) = fields.take("maxDeviceActivations") {
        match number(seats) {
            Some(seats) => form.overrides.seats = Some(Seats::Limited(seats)),
            None => fields.note("maxDeviceActivations", "must be a whole number from 1"),
        }
    }
    if let Some(email) = fields.text("email") {
        if !form.email.is_empty() && !form.email.eq_ignore_ascii_case(&email) {
            fields.note("email", "is not the same as customerContactEmail");
        }
        form.overrides.email = Some(EmailTerm::MustMatch);
        form.email = email;
    }
    if let Some(level) = fields.take("requiredAuthenticationLevel") {
        form.overrides.sign_in = match level.as_u64() {
            Some(1) => Some(SignIn::NotAsked),
            Some(2) => Some(SignIn::Required),
            Some(3) => Some(SignIn::VerifiedEmail),
            _ => {
                fields.note("requiredAuthenticationLevel", "must be 1, 2 or 3");
                None
            }
        };
    }
    let why = "register devices with POST /api/v1/admin/licenses/{id}/authorized";
    refuse(fields, &["preAuthorizedDevices", "fingerprint"], why);
    refuse(fields, &["expirationTimeStamp"], "set the validity of the policy");
    refuse(fields, &["userId", "organizationGroupId"], "a license belongs to a customer");
    refuse(fields, &["requiresUserConsent"], "devices ask for no consent");
}
