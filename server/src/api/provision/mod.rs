//! The provision paths of the published contract, for systems that were written for it. One file per call.
//!
//! They translate to the acts of the management API and have no rules of their own. What the contract has and Latchkey has
//! not is refused at its member, and never ignored.

mod change_entitlement;
mod change_product;
mod create_feature;
mod create_product;
mod entitlement;
mod from_template;
mod set_status;
mod wire;

use licensing::Act;
use utoipa_axum::routes;

use crate::routes::{Opens, Routes};

/// The routes of the provision paths.
pub(super) fn routes() -> Routes {
    Routes::default()
        .call(Opens::Act(Act::ProductsCreate), routes!(create_product::create_product))
        .call(Opens::Act(Act::ProductsChange), routes!(change_product::change_product))
        .call(Opens::Act(Act::ProductsChange), routes!(create_feature::create_feature))
        .call(Opens::Act(Act::ProductsChange), routes!(set_status::set_status))
        .call(Opens::Act(Act::LicensesCreate), routes!(from_template::from_template))
        .call(Opens::Act(Act::LicensesChange), routes!(change_entitlement::change_entitlement))
}
