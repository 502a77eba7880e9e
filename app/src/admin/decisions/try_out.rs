//! "Try it": the decision that a device would get at a given time.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::detail::StepLine;
use crate::{Error, admin::ReadName};

/// The page's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TryOut {
    /// The license: id and name.
    pub license: (Uuid, String),
    /// The license's devices: id and name.
    pub devices: Vec<(String, String)>,
    /// The errors in the input, one sentence each.
    pub wrong: Vec<String>,
    /// The result; `None` if the input is not complete.
    pub outcome: Option<Supposition>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// The result of a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supposition {
    /// The time of the request.
    pub at: DateTime<Utc>,
    /// The message to the software; `None` for a grant.
    pub refused: Option<String>,
    /// The remedy.
    pub remedy: Option<String>,
    /// The ends of the lease and of the token, for a grant.
    pub gives: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The facts and the verdict of each rule.
    pub steps: Vec<StepLine>,
}

pub const TRY_OUT: ReadName = ReadName("decisions/try");

/// Makes a dry run for a device that requests a seat of the license: one of the license's devices by id, or any device
/// by its fingerprint; at a time in UTC such as `2026-11-23T14:30`, or now if none is given. Nothing is saved.
pub async fn try_out(
    id: String,
    device: String,
    fingerprint: String,
    version: String,
    email: String,
    lease: String,
    at: String,
) -> Result<TryOut, Error> {
    use licensing::{Email, Fingerprint, Span, Version, activation::Request};

    crate::admin::guard_read(TRY_OUT)?;
    let id = crate::admin::read_id(&id)?;
    let service = crate::admin::service()?;
    let now = service.clock().now();
    let mut reading = service.store().read().await?;
    let mut on = reading.on();
    let row = on.license(id, now).await?.ok_or(Error::NotFound)?;
    let known = on.activations(id, 200).await?;
    drop(reading);

    let mut wrong = Vec::new();
    let typed = match known.iter().find(|one| one.id.to_string() == device) {
        Some(one) => one.fingerprint.clone(),
        None => fingerprint,
    };
    let fingerprint = read("Fingerprint", &typed, Fingerprint::read, &mut wrong);
    let request = Request {
        email: read("E-mail", &email, Email::read, &mut wrong),
        version: read("Version", &version, Version::read, &mut wrong),
        lease: read("Requested lease", &lease, Span::read, &mut wrong),
        ..Request::default()
    };
    let at = read("Time", &at, moment, &mut wrong).unwrap_or(now);
    let outcome = match fingerprint.filter(|_| wrong.is_empty()) {
        None => None,
        Some(fingerprint) => {
            let hypothetical = service::Hypothetical { fingerprint, request, at, terms: None };
            let simulation = service.activations().what_if(id, hypothetical).await?;
            let refusal = simulation.result.as_ref().err().map(|refused| &refused.refusal);
            Some(Supposition {
                at,
                refused: refusal.map(ToString::to_string),
                remedy: refusal.map(licensing::Refusal::remedy),
                gives: simulation.result.as_ref().ok().map(|grant| (grant.lease_ends_at, grant.token_expires_at)),
                steps: super::detail::lines(&simulation.steps),
            })
        }
    };
    let devices = known.into_iter().map(|one| {
        let name = one.device_name.unwrap_or_else(|| one.fingerprint.chars().take(40).collect());
        (one.id.to_string(), name)
    });
    let license = (id, crate::admin::licenses::name_of(&row.license));
    Ok(TryOut { license, devices: devices.collect(), wrong, outcome, now })
}

/// Parses a typed value, if there is one.
fn read<T, E: std::fmt::Display>(
    label: &str,
    typed: &str,
    read: impl FnOnce(&str) -> Result<T, E>,
    wrong: &mut Vec<String>,
) -> Option<T> {
    if typed.is_empty() {
        return None;
    }
    read(typed).map_err(|error| wrong.push(format!("{label}: {error}."))).ok()
}

/// Parses a time in the format of browsers, in UTC.
fn moment(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = formats.iter().find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok());
    let century = |at: &DateTime<Utc>| (2000..2200).contains(&chrono::Datelike::year(at));
    read.map(|at| at.and_utc()).filter(century).ok_or("write it like 2026-11-23T14:30")
}
