//! The columns of the list of licenses.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    Error,
    admin::{guard, preference},
    http::context::LicenseColumns,
};

/// Stores in this browser which columns the list shows: those whose check boxes were sent.
#[server(endpoint = "licenses/choose-columns")]
pub async fn choose_columns(#[server(flatten)] shown: BTreeMap<String, String>) -> Result<(), Error> {
    guard::<ChooseColumns>()?;
    let chosen = LicenseColumns::of(|column| shown.contains_key(column.name()));
    preference::keep(LicenseColumns::COOKIE, &chosen.written())
}
