//! `POST /licenses/{id}/extend`.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::{Invalid, Period, extension::Extension, wire::Fields};
use service::Error;

use super::{answered, reached};
use crate::{
    AppState,
    api::{
        manage::{
            call::{Call, read_reason},
            located::unlocated,
            program::{nothing, read_id},
            wire::license::LicenseJson,
        },
        problem::Problem,
    },
};

/// Moves the end of a license, for this license alone. Devices follow at their next renewal.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/{id}/extend",
    operation_id = "extendLicense",
    tag = "licenses",
    params(("id" = Uuid, Path, description = "Id of the license.")),
    request_body = super::schemas::Extend,
    responses((status = 200, description = "The license.", body = LicenseJson)),
)]
pub(in crate::api::manage) async fn extend(
    State(state): State<AppState>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let id = read_id(&id)?;
    let row = reached(&state, &call.program, id).await?;
    let mut fields = call.fields()?;
    let (extension, reason) = (read_extension(&mut fields), read_reason(&mut fields));
    unlocated(fields.end())?;
    let extension = extension.ok_or_else(nothing)?;
    let begun = call.begin(&state, call.program.of(row.license.product_id)?).await?;
    let extend = async {
        let done = state.service.licenses().extend_license(id, extension, &reason, begun.actor()).await;
        done.map_err(|error| at_sent_member(error, extension))
    };
    let outcome = begun.run(extend).await?;
    answered(&state, id, &outcome, |license| license).await
}

/// Reads the members `until`, or `by` and `from`. Errors are recorded in `fields`.
pub(in crate::api::manage) fn read_extension(fields: &mut Fields) -> Option<Extension> {
    let is_by = fields.has("by");
    let (until, by) = (fields.time("until"), fields.parse("by", Period::read));
    let from_now = fields.parse("from", |text| match text {
        "end" => Ok(false),
        "now" => Ok(true),
        _ => Err("must be end or now"),
    });
    match (until, by) {
        (Some(_), _) if is_by => {
            fields.note("by", "cannot be sent together with until");
            None
        }
        (Some(_), _) if from_now.is_some() => {
            fields.note("from", "cannot be sent together with until");
            None
        }
        (Some(until), _) => Some(Extension::Until(until)),
        (None, Some(by)) if from_now == Some(true) => Some(Extension::FromNow(by)),
        (None, Some(by)) => Some(by.into()),
        (None, None) => {
            if !is_by {
                fields.need("until", until);
            }
            None
        }
    }
}

/// The service names the end `until`; the request may have sent a duration.
fn at_sent_member(error: Error, extension: Extension) -> Error {
    match (error, extension) {
        (error, Extension::Until(_)) => error,
        (Error::Invalid(Invalid(mut errors)), _) => {
            for error in errors.iter_mut().filter(|error| error.field == "until") {
                error.field = "by".to_owned();
            }
            Invalid(errors).into()
        }
        (error, _) => error,
    }
}
