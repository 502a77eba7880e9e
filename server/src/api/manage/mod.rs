//! The management API, for the vendor's own systems: billing, customer relations, builds, support.
//!
//! One file per noun. Handlers have no rules of their own: they read from `store`, and write through the acts of
//! `service` as the program whose token was sent.

mod activations;
pub(in crate::api) mod answer;
mod authorized;
mod blocks;
pub(in crate::api) mod call;
mod decisions;
mod events;
mod exports;
mod features;
pub(in crate::api) mod jobs;
mod keys;
pub(in crate::api) mod licenses;
pub(in crate::api) mod located;
pub(in crate::api) mod patch;
pub(in crate::api) mod policies;
pub(in crate::api) mod products;
pub(in crate::api) mod program;
pub(in crate::api) mod query;
mod revision;
pub(in crate::api) mod schemas;
mod versions;
mod webhooks;
pub(in crate::api) mod wire;

use licensing::Act;
use utoipa_axum::routes;

use crate::routes::{Opens, Routes};

/// The routes of the management API.
pub(super) fn routes() -> Routes {
    products_and_policies()
        .merge(of_licenses())
        .merge(of_jobs())
        .merge(of_devices())
        .merge(records())
        .merge(of_webhooks())
}

fn products_and_policies() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::ProductsSee), routes!(products::list))
        .call(Opens::Act(Act::ProductsCreate), routes!(products::create))
        .call(Opens::Act(Act::ProductsSee), routes!(products::get))
        .call(Opens::Act(Act::ProductsChange), routes!(products::change))
        .call(Opens::Act(Act::ProductsChange), routes!(products::set_lifecycle))
        .call(Opens::Act(Act::ProductsChange), routes!(features::put))
        .call(Opens::Act(Act::ProductsChange), routes!(features::delete))
        .call(Opens::Act(Act::ProductsAnnounceVersion), routes!(versions::put))
        .call(Opens::Act(Act::ProductsAnnounceVersion), routes!(versions::delete))
        .call(Opens::Act(Act::PoliciesSee), routes!(policies::list))
        .call(Opens::Act(Act::PoliciesCreate), routes!(policies::create))
        .call(Opens::Act(Act::PoliciesSee), routes!(policies::get))
        .call(Opens::Act(Act::PoliciesChange), routes!(policies::change))
}

fn of_licenses() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::LicensesSee), routes!(licenses::list::list))
        .call(Opens::Act(Act::LicensesCreate), routes!(licenses::create::create))
        .call(Opens::Act(Act::LicensesCreate), routes!(licenses::batch::batch))
        .call(Opens::Act(Act::LicensesBulk), routes!(licenses::bulk::bulk))
        .call(Opens::Act(Act::LicensesSee), routes!(licenses::lookup::look_up))
        .call(Opens::Act(Act::LicensesSee), routes!(licenses::list::get))
        .call(Opens::Act(Act::LicensesChange), routes!(licenses::change::change))
        .call(Opens::Act(Act::LicensesSuspend), routes!(licenses::state::suspend))
        .call(Opens::Act(Act::LicensesSuspend), routes!(licenses::state::reinstate))
        .call(Opens::Act(Act::LicensesRevoke), routes!(licenses::state::revoke))
        .call(Opens::Act(Act::LicensesExtend), routes!(licenses::extend::extend))
        .call(Opens::Act(Act::LicensesTag), routes!(licenses::tags::add))
        .call(Opens::Act(Act::LicensesTag), routes!(licenses::tags::remove))
        .call(Opens::Act(Act::LicensesReveal), routes!(licenses::code::reveal))
        .call(Opens::Act(Act::LicensesReissue), routes!(licenses::code::reissue))
        .call(Opens::Act(Act::LicensesResetTransfers), routes!(licenses::state::reset_transfers))
        .call(Opens::Act(Act::LicensesSee), routes!(licenses::try_out::try_out))
}

fn of_jobs() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::JobsSee), routes!(jobs::list))
        .call(Opens::Act(Act::JobsSee), routes!(jobs::get))
        .call(Opens::Act(Act::JobsSee), routes!(jobs::items))
        .call(Opens::Act(Act::JobsSee), routes!(jobs::result))
        .call(Opens::Act(Act::JobsRun), routes!(jobs::cancel))
        .call(Opens::Act(Act::JobsRun), routes!(jobs::resume))
        .call(Opens::Act(Act::ExportsRun), routes!(exports::export))
}

fn of_devices() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::DevicesSee), routes!(authorized::list))
        .call(Opens::Act(Act::DevicesAuthorize), routes!(authorized::add))
        .call(Opens::Act(Act::DevicesAuthorize), routes!(authorized::remove))
        .call(Opens::Act(Act::DevicesSee), routes!(activations::list))
        .call(Opens::Act(Act::DevicesSee), routes!(activations::get))
        .call(Opens::Act(Act::DevicesName), routes!(activations::label))
        .call(Opens::Act(Act::DevicesFree), routes!(activations::free))
        .call(Opens::Act(Act::DevicesRevoke), routes!(activations::revoke))
        .call(Opens::Act(Act::DevicesRestore), routes!(activations::undo))
        .call(Opens::Act(Act::DevicesSee), routes!(blocks::list))
        .call(Opens::Act(Act::DevicesBlock), routes!(blocks::create))
        .call(Opens::Act(Act::DevicesSee), routes!(blocks::get))
        .call(Opens::Act(Act::DevicesUnblock), routes!(blocks::lift))
}

fn records() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::DecisionsSee), routes!(decisions::list))
        .call(Opens::Act(Act::DecisionsSee), routes!(decisions::get))
        .call(Opens::Act(Act::EventsSee), routes!(events::list))
        .call(Opens::Act(Act::EventsSee), routes!(events::get))
        .call(Opens::Act(Act::KeysSee), routes!(keys::list))
        .call(Opens::Act(Act::KeysSee), routes!(keys::get))
        .call(Opens::Act(Act::KeysRotate), routes!(keys::acts::rotate))
        .call(Opens::Act(Act::KeysRotate), routes!(keys::acts::pregenerate))
        .call(Opens::Act(Act::KeysRetire), routes!(keys::acts::retire))
        .call(Opens::Act(Act::KeysRevoke), routes!(keys::acts::revoke))
}

fn of_webhooks() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::WebhooksSee), routes!(webhooks::subscriptions::list))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::subscriptions::create))
        .call(Opens::Act(Act::WebhooksSee), routes!(webhooks::subscriptions::get))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::subscriptions::change))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::subscriptions::delete))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::acts::verify))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::acts::vouch))
        .call(Opens::Act(Act::WebhooksChange), routes!(webhooks::acts::rotate_secret))
        .call(Opens::Act(Act::WebhooksSend), routes!(webhooks::acts::test_fire))
        .call(Opens::Act(Act::WebhooksSee), routes!(webhooks::deliveries::list))
        .call(Opens::Act(Act::WebhooksSee), routes!(webhooks::deliveries::get))
        .call(Opens::Act(Act::WebhooksSend), routes!(webhooks::deliveries::replay))
}
