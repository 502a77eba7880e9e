//! `POST /licenses/batch`: many licenses at once.

use axum::{extract::State, response::Response};
use licensing::{
    Invalid,
    wire::{Fields, kind_of},
};
use serde_json::Value;
use service::{LicenseForm, MOST_ITEMS, Outcome};

use crate::{
    AppState,
    api::{
        manage::{
            call::LargeCall,
            jobs::started,
            located::{TermsAt, unlocated},
            policies::policy_of,
            program::nothing,
            wire::{job::JobJson, license::read_form},
        },
        problem::Problem,
    },
};

/// The licenses of a batch.
enum Forms {
    /// This many, all with the same form.
    Same(usize, Box<LicenseForm>),
    /// One for each form.
    Each(Vec<LicenseForm>),
}

/// Starts a job that creates many licenses with generated codes: `count` of them with the same members, or one for each
/// of the `items`. The job's result has their codes.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/batch",
    operation_id = "createLicenses",
    tag = "licenses",
    request_body = super::schemas::Batch,
    responses((status = 202, description = "The job.", body = JobJson)),
)]
pub(in crate::api::manage) async fn batch(
    State(state): State<AppState>,
    LargeCall(call): LargeCall,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let policy = policy_of(&state, &call.program, &mut fields).await?;
    let forms = read_forms(&mut fields);
    unlocated(fields.end())?;
    let (policy, forms) = (policy.ok_or_else(nothing)?, forms.ok_or_else(nothing)?);
    let begun = call.begin(&state, call.program.of(policy.product_id)?).await?;
    let jobs = state.service.jobs();
    let start = async {
        match forms {
            Forms::Same(count, form) => jobs.create_licenses(policy.id, count, *form, begun.actor()).await,
            Forms::Each(forms) => jobs.create_different_licenses(policy.id, forms, begun.actor()).await,
        }
    };
    let outcome = begun.run_located(TermsAt::Overrides, start).await?;
    let id = match &outcome {
        Outcome::Done(id) => *id,
        Outcome::Repeated(done) => done.subject.ok_or_else(nothing)?,
    };
    started(&state, id, &outcome).await
}

fn read_forms(fields: &mut Fields) -> Option<Forms> {
    if !fields.has("items") {
        if !fields.has("count") {
            fields.note("count", "is missing: send a count, or items");
        }
        let count = fields.number("count", 1..=MOST_ITEMS);
        let form = read_form(fields);
        return Some(Forms::Same(count?, Box::new(form)));
    }
    let items = fields.list("items")?;
    if !(1..=MOST_ITEMS).contains(&items.len()) {
        fields.note("items", "must be 1 to 10,000");
        return None;
    }
    let (mut forms, mut wrong) = (Vec::with_capacity(items.len()), Invalid::default());
    for (n, item) in items.into_iter().enumerate() {
        let at = format!("/items/{n}");
        let Value::Object(members) = item else {
            wrong.add(at, format!("must be an object, not {}", kind_of(&item)));
            continue;
        };
        let mut own = Fields::at(at, members);
        forms.push(read_form(&mut own));
        if let Err(Invalid(errors)) = own.end() {
            wrong.0.extend(errors);
        }
    }
    fields.extend(wrong);
    Some(Forms::Each(forms))
}
