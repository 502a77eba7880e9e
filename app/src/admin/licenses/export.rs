//! Exporting the licenses of a list.

use leptos::prelude::*;
use licensing::Act;
use serde::{Deserialize, Serialize};
use service::{ExportFormat, LicenseQuery};

use crate::{
    Error,
    admin::{guard, guard_also},
};

/// The key under which the browser keeps an export between the act and its download.
pub const EXPORT: &str = "export";

/// An export that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// The filter of the list.
    pub query: LicenseQuery,
    /// The format.
    pub format: ExportFormat,
    /// `true` to include the activation codes.
    pub codes: bool,
}

/// Admits an export of the licenses in a list, and goes to its download, which works once.
#[server(endpoint = "licenses/export")]
pub async fn export_licenses(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] format: String,
    #[server(default)] codes: String,
) -> Result<(), Error> {
    guard::<ExportLicenses>()?;
    if !codes.is_empty() {
        guard_also(Act::ExportsCodes)?;
    }
    let format = match format.as_str() {
        "csv" => ExportFormat::Csv,
        "jsonl" => ExportFormat::Jsonl,
        _ => return Err(Error::field("format", "must be one of the choices")),
    };
    let (_, wrong) = query.read(crate::admin::service()?.clock().now());
    wrong.or(()).map_err(service::Error::from)?;
    let requested = Requested { query, format, codes: !codes.is_empty() };
    let requested = serde_json::to_string(&requested).map_err(|_| Error::internal())?;
    crate::admin::browser()?.keep(EXPORT, requested).await?;
    crate::address::go("/licenses/export");
    Ok(())
}
