//! Exports: licenses, decisions, the audit log, the result of a job.

use leptos::prelude::*;
use licensing::Act;
use serde::{Deserialize, Serialize};
use service::{ExportFormat, LicenseQuery};
use uuid::Uuid;

use super::{audit::FindEvents, decisions::FindDecisions};
use crate::{
    Error,
    admin::{guard, guard_also, read_id},
};

/// The key under which the browser keeps an export between the act and its download.
pub const EXPORT: &str = "export";

/// An export that was asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// The list with its filter, or the job.
    pub what: Exported,
    /// The format.
    pub format: ExportFormat,
}

/// A list with its filter, or a job.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Exported {
    /// Licenses; with `codes`, including their activation codes.
    Licenses { query: Box<LicenseQuery>, codes: bool },
    /// Decisions.
    Decisions(FindDecisions),
    /// Events of the audit log.
    Events(FindEvents),
    /// The licenses of a job, with what became of each.
    Job(Uuid),
}

impl Exported {
    /// The act that the download requires.
    pub const fn act(&self) -> Act {
        match self {
            Self::Licenses { codes: true, .. } => Act::ExportsCodes,
            Self::Licenses { codes: false, .. } | Self::Decisions(_) | Self::Events(_) => Act::ExportsRun,
            Self::Job(_) => Act::JobsSee,
        }
    }
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
    let (_, wrong) = query.read(super::service()?.clock().now());
    wrong.or(()).map_err(service::Error::from)?;
    download(Exported::Licenses { query: Box::new(query), codes: !codes.is_empty() }, &format).await
}

/// Admits an export of the decisions in a list, and goes to its download, which works once.
#[server(endpoint = "decisions/export")]
pub async fn export_decisions(
    #[server(flatten)] search: FindDecisions,
    #[server(default)] format: String,
) -> Result<(), Error> {
    guard::<ExportDecisions>()?;
    download(Exported::Decisions(search), &format).await
}

/// Admits an export of the events in a list, and goes to its download, which works once.
#[server(endpoint = "audit/export")]
pub async fn export_events(
    #[server(flatten)] search: FindEvents,
    #[server(default)] format: String,
) -> Result<(), Error> {
    guard::<ExportEvents>()?;
    download(Exported::Events(search), &format).await
}

/// Admits the export of a job's result, and goes to its download, which works once.
#[server(endpoint = "jobs/export")]
pub async fn export_job(#[server(default)] id: String, #[server(default)] format: String) -> Result<(), Error> {
    guard::<ExportJob>()?;
    download(Exported::Job(read_id(&id)?), &format).await
}

async fn download(what: Exported, format: &str) -> Result<(), Error> {
    let format = match format {
        "csv" => ExportFormat::Csv,
        "jsonl" => ExportFormat::Jsonl,
        _ => return Err(Error::field("format", "must be one of the choices")),
    };
    let requested = serde_json::to_string(&Requested { what, format }).map_err(|_| Error::internal())?;
    super::browser()?.keep(EXPORT, requested).await?;
    crate::http::address::go("/export");
    Ok(())
}
