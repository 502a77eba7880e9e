//! `POST /licenses/bulk`: one act on many licenses.

use std::collections::HashMap;

use axum::{extract::State, response::Response};
use licensing::{Act, Invalid, license::StateChange, wire::Fields};
use service::{BulkAct, MOST_ITEMS, Outcome, store::licenses::LicenseFilter};
use uuid::Uuid;

use super::{extend::read_extension, filter::read_filter};
use crate::{
    AppState,
    api::{
        manage::{
            call::{Call, LargeCall, read_reason},
            jobs::started,
            located::unlocated,
            program::{Program, nothing},
            wire::job::JobJson,
        },
        problem::{Code, Problem},
    },
};

/// The licenses of a bulk act.
enum Chosen {
    /// Those with these ids.
    Ids(Vec<Uuid>),
    /// Those that match the filter, if they are this many.
    Matching(Box<LicenseFilter>, u64),
}

/// Starts a job that runs one act on many licenses: those with these `ids`, or those that match a `filter`, if there are
/// exactly as many as you `expect`. Besides `licenses.bulk`, the token needs the scope of the act itself.
#[utoipa::path(
    post,
    path = "/api/v1/admin/licenses/bulk",
    operation_id = "changeLicenses",
    tag = "licenses",
    request_body = super::schemas::Bulk,
    responses((status = 202, description = "The job.", body = JobJson)),
)]
pub(in crate::api::manage) async fn bulk(
    State(state): State<AppState>,
    LargeCall(call): LargeCall,
) -> Result<Response, Problem> {
    let mut fields = call.fields()?;
    let act = read_act(&mut fields);
    let chosen = read_chosen(&state, &call.program, &mut fields).await?;
    unlocated(fields.end())?;
    let ((needed, act), chosen) = (act.ok_or_else(nothing)?, chosen.ok_or_else(nothing)?);
    if !call.program.may(needed) {
        return Err(Problem::scope_lacking(needed));
    }
    // A repeat must find the job, although other licenses match now.
    if let Some(done) = call.repeated(&state).await? {
        return started(&state, done.subject.ok_or_else(nothing)?, &Outcome::<()>::Repeated(done)).await;
    }
    let ids = match chosen {
        Chosen::Ids(ids) => ids,
        Chosen::Matching(filter, expected) => matching(&state, &filter, expected).await?,
    };
    start(&state, &call, act, ids).await
}

async fn start(state: &AppState, call: &Call, act: BulkAct, ids: Vec<Uuid>) -> Result<Response, Problem> {
    let products = state.service.store().for_api().read().await?.on().license_products(&ids).await?;
    let products: HashMap<Uuid, Uuid> = products.into_iter().collect();
    let is_reached = |id: &Uuid| products.get(id).is_some_and(|product| call.program.reaches(*product));
    let mut wrong = Invalid::default();
    for (n, _) in ids.iter().enumerate().filter(|(_, id)| !is_reached(id)).take(100) {
        wrong.add(format!("/ids/{n}"), "does not exist, or this API token does not reach it");
    }
    unlocated(wrong.or(()))?;
    let begun = call.begin(state, call.program.of_each(products.into_values())?).await?;
    let outcome = begun.run(state.service.jobs().change_licenses(act, ids, begun.actor())).await?;
    let id = match &outcome {
        Outcome::Done(id) => *id,
        Outcome::Repeated(done) => done.subject.ok_or_else(nothing)?,
    };
    started(state, id, &outcome).await
}

/// Returns the licenses that match, if they are as many as expected.
async fn matching(state: &AppState, filter: &LicenseFilter, expected: u64) -> Result<Vec<Uuid>, Problem> {
    let selection = state.service.licenses().select_matching(filter).await?;
    if !selection.is_complete {
        let why = "matches more than 10,000 licenses, or finding them all would take too long: narrow it";
        return Err(Invalid::one("filter", why).into());
    }
    let found = selection.count();
    if found == expected {
        return Ok(selection.ids);
    }
    let verb = if found == 1 { "license matches" } else { "licenses match" };
    let detail = format!("{found} {verb} the filter now, and you expect {expected}. Nothing was changed.");
    Err(Problem::new(Code::Conflict, detail))
}

/// Reads the act and its members, and the act that the token must permit.
fn read_act(fields: &mut Fields) -> Option<(Act, BulkAct)> {
    let act = fields.text("act");
    let act = fields.need("act", act)?;
    let step = |fields: &mut Fields, step| BulkAct::ChangeState { change: step, reason: read_reason(fields) };
    Some(match act.as_str() {
        "suspend" => (Act::LicensesSuspend, step(fields, StateChange::Suspend)),
        "reinstate" => (Act::LicensesSuspend, step(fields, StateChange::Reinstate)),
        "revoke" => (Act::LicensesRevoke, step(fields, StateChange::Revoke)),
        "extend" => {
            let (extension, reason) = (read_extension(fields), read_reason(fields));
            (Act::LicensesExtend, BulkAct::Extend { extension: extension?, reason })
        }
        "tag" => (Act::LicensesTag, BulkAct::Tag(read_tag(fields)?)),
        "untag" => (Act::LicensesTag, BulkAct::Untag(read_tag(fields)?)),
        _ => {
            fields.note("act", "must be suspend, reinstate, revoke, extend, tag or untag");
            return None;
        }
    })
}

fn read_tag(fields: &mut Fields) -> Option<String> {
    let tag = fields.parse("tag", licensing::tag::tag);
    fields.need("tag", tag)
}

async fn read_chosen(state: &AppState, program: &Program, fields: &mut Fields) -> Result<Option<Chosen>, Problem> {
    if fields.has("ids") && fields.has("filter") {
        fields.note("filter", "cannot be sent together with ids");
    }
    if fields.has("ids") {
        return Ok(read_ids(fields).map(Chosen::Ids));
    }
    let members = fields.map("filter");
    let Some(members) = fields.need("filter", members) else { return Ok(None) };
    if !fields.has("expect") {
        fields.note("expect", "is missing: the number of licenses that you expect to match the filter");
    }
    let expected = fields.number("expect", 0..=MOST_ITEMS as u64);
    let mut own = Fields::at(fields.pointer("filter"), members);
    let (_, filter) = read_filter(state, program, &mut own).await?;
    if let Err(invalid) = own.end() {
        fields.extend(invalid);
    }
    Ok(expected.map(|expected| Chosen::Matching(Box::new(filter), expected)))
}

fn read_ids(fields: &mut Fields) -> Option<Vec<Uuid>> {
    let ids = fields.list("ids")?;
    if !(1..=MOST_ITEMS).contains(&ids.len()) {
        fields.note("ids", "must be 1 to 10,000");
        return None;
    }
    let mut read = Vec::with_capacity(ids.len());
    for (n, id) in ids.iter().enumerate() {
        match id.as_str().and_then(|text| text.parse().ok()) {
            Some(id) => read.push(id),
            None => fields.note(&format!("ids/{n}"), "must be an id, a UUID"),
        }
    }
    Some(read)
}
