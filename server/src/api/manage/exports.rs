//! `POST /exports`: licenses and records as a file.

use axum::{extract::State, response::Response};
use licensing::{Act, wire::Fields};
use serde_json::Value;
use service::{Actor, ExportFormat, Records};

use super::{
    activations,
    call::{Call, ReadingCall},
    decisions, events,
    jobs::read_format,
    licenses::filter,
    licenses::reached as reached_license,
    located::unlocated,
};
use crate::{AppState, api::problem::Problem, http::download};

/// Streams licenses, activations, decisions or events as a file, newest first. The audit log records it before the first
/// byte is sent. An error on the way breaks the connection, so that a part is never taken for the whole.
#[utoipa::path(
    post,
    path = "/api/v1/admin/exports",
    operation_id = "export",
    tag = "exports",
    request_body = super::schemas::Export,
    responses((
        status = 200,
        description = "One line for each license or record.",
        content((String = "application/jsonl"), (String = "text/csv")),
    )),
    extensions(("x-only-reads" = json!(true))),
)]
pub(super) async fn export(State(state): State<AppState>, ReadingCall(call): ReadingCall) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let of = fields.text("of");
    let of = fields.need("of", of).unwrap_or_default();
    let format = fields.parse("format", read_format).unwrap_or(ExportFormat::Jsonl);
    let codes = fields.flag("codes");
    let members = fields.map("filter").unwrap_or_default();
    if codes && of != "licenses" {
        fields.note("codes", "are exported only with licenses");
    }
    if codes && !call.program.may(Act::ExportsCodes) {
        return Err(Problem::scope_lacking(Act::ExportsCodes));
    }
    let own = Fields::at(fields.pointer("filter"), members.clone());
    match of.as_str() {
        "licenses" => licenses(&state, &call, (fields, own), format, codes).await,
        "activations" | "decisions" | "events" => {
            let records = records(&state, &call, (fields, own), &of).await?;
            let actor = actor(&call)?;
            let export = state.service.exports().records(records, &Value::Object(members), format, &actor).await?;
            Ok(download::answer(export, format, &of, state.service.clock().now()))
        }
        _ => {
            if !of.is_empty() {
                fields.note("of", "must be licenses, activations, decisions or events");
            }
            unlocated(fields.end())?;
            Err(super::program::nothing())
        }
    }
}

/// The program as the actor of an export, which is limited to the products that its token reaches.
fn actor(call: &Call) -> Result<Actor, Problem> {
    call.program.of_each(call.program.products().iter().copied())
}

async fn licenses(
    state: &AppState,
    call: &Call,
    (mut fields, mut own): (Fields, Fields),
    format: ExportFormat,
    codes: bool,
) -> Result<Response, Problem> {
    let (query, filter) = filter::read_filter(state, &call.program, &mut own).await?;
    end(&mut fields, own);
    unlocated(fields.end())?;
    let actor = actor(call)?;
    let export = state.service.licenses().export_of(&query, &filter.products, format, codes, &actor).await?;
    Ok(download::answer(export, format, "licenses", state.service.clock().now()))
}

async fn records(
    state: &AppState,
    call: &Call,
    (mut fields, mut own): (Fields, Fields),
    of: &str,
) -> Result<Records, Problem> {
    let records = match of {
        "activations" => Records::Activations(activations::read_filter(state, &call.program, &mut own).await?),
        "decisions" => Records::Decisions(decisions::read_filter(state, &call.program, &mut own).await?),
        _ => Records::Events(events::read_filter(state, &call.program, &mut own)),
    };
    end(&mut fields, own);
    unlocated(fields.end())?;
    let license = match &records {
        Records::Activations(filter) => filter.license_id,
        Records::Decisions(filter) => filter.license_id,
        Records::Events(filter) => filter.license_id,
    };
    if let Some(id) = license {
        reached_license(state, &call.program, id).await?;
    }
    Ok(records)
}

/// Ends the reading of a filter.
fn end(fields: &mut Fields, own: Fields) {
    if let Err(invalid) = own.end() {
        fields.extend(invalid);
    }
}
