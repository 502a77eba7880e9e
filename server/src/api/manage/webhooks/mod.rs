//! Webhooks: subscriptions and their deliveries. `api::webhook_types` lists the types of messages.

pub(super) mod acts;
pub(super) mod deliveries;
pub(super) mod schemas;
pub(super) mod subscriptions;
mod wire;

use licensing::Invalid;
use service::{Actor, Error, store::webhooks::Subscription};

use super::program::{Program, nothing, read_id};
use crate::{AppState, api::problem::Problem};

/// Returns the subscription with this id and the actor for an act on it, if the token reaches it. A token that is limited
/// to some products reaches only subscriptions that are limited to products of the token.
async fn reached(state: &AppState, program: &Program, id: &str) -> Result<(Subscription, Actor), Problem> {
    let row = state.service.store().for_api().read().await?.on().subscription(read_id(id)?).await?;
    let row = row.ok_or_else(nothing)?;
    let actor = actor_on(program, &row.products).ok_or_else(nothing)?;
    Ok((row, actor))
}

/// Returns the actor for a subscription that is limited to these products; `None` if the token does not reach it.
fn actor_on(program: &Program, products: &[uuid::Uuid]) -> Option<Actor> {
    if program.reaches_all() {
        return program.of_all().ok();
    }
    let actor = program.of(*products.first()?).ok()?;
    products.iter().all(|product| program.reaches(*product)).then_some(actor)
}

/// Names the members of the request in the errors of an act.
fn in_request(error: Error) -> Error {
    let Error::Invalid(Invalid(mut errors)) = error else { return error };
    for error in &mut errors {
        let member = match error.field.as_str() {
            "event_types" => "/eventTypes",
            "products" => "/filter/products",
            "kinds" => "/filter/kinds",
            "attributes" => "/filter/attributes",
            "overlap_hours" => "/overlapHours",
            _ => continue,
        };
        error.field = member.to_owned();
    }
    Invalid(errors).into()
}
