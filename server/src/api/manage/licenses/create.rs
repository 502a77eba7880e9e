//! `POST /licenses`.

use axum::{extract::State, response::Response};
use service::{NewLicense, Outcome};

use super::present;
use crate::{
    AppState,
    api::{
        manage::{
            answer,
            call::{Call, marked},
            located::{TermsAt, unlocated},
            policies::policy_of,
            program::nothing,
            wire::license::{LicenseJson, read_form},
        },
        problem::Problem,
    },
};

/// Creates a license and returns it with its activation code.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses",
    operation_id = "createLicense",
    tag = "licenses",
    request_body = super::schemas::NewLicense,
    responses((status = 201, description = "The license, with its code.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn create(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let policy = policy_of(&state, &call.program, &mut fields).await?;
    let (code, form) = (fields.text_or_empty("code"), read_form(&mut fields));
    unlocated(fields.end())?;
    let policy = policy.ok_or_else(nothing)?;
    let begun = call.begin(&state, call.program.of(policy.product_id)?).await?;
    let new = NewLicense { policy_id: policy.id, code, form };
    let create = async {
        let (license, code) = state.service.licenses().create_license(new, begun.actor()).await?;
        Ok((license.id, code.written().to_owned()))
    };
    let outcome = begun.run_located(TermsAt::Overrides, create).await?;
    let (id, code) = match &outcome {
        Outcome::Done((id, code)) => (*id, Some(code.clone())),
        Outcome::Repeated(done) => {
            let id = done.subject.ok_or_else(nothing)?;
            (id, state.service.licenses().code_unless_reissued(id, done.event).await?)
        }
    };
    let license = present(&state, id).await?.with_code(code);
    let revision = Some(license.revision());
    Ok(marked(&outcome, answer::created(license, revision, &format!("/api/v1/admin/licenses/{id}"))))
}
