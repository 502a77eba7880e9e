//! Acts on many licenses at once: the licenses that are meant, and the jobs that do it.

use leptos::prelude::*;
use licensing::{Act, license::StateChange};
use service::{BulkAct, LicenseQuery, Selection};

use super::{extend::read_extension, name_of};
use crate::{
    Error,
    admin::{ReadName, guard, guard::guard_also, guard_read, service},
    http::done::Done,
};

/// An act on many licenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManyAct {
    /// Moves their ends.
    Extend,
    /// Adds a tag.
    Tag,
    /// Removes a tag.
    Untag,
    /// Suspends them.
    Suspend,
    /// Reinstates them.
    Reinstate,
    /// Revokes them permanently.
    Revoke,
    /// Downloads them as a file.
    Export,
}

impl ManyAct {
    /// Every act, in the order of the choices, with its value in the address and its label.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Extend, "extend", "Extend"),
        (Self::Tag, "tag", "Add a tag"),
        (Self::Untag, "untag", "Remove a tag"),
        (Self::Suspend, "suspend", "Suspend"),
        (Self::Reinstate, "reinstate", "Reinstate"),
        (Self::Revoke, "revoke", "Revoke"),
        (Self::Export, "export", "Export"),
    ];

    /// The act with this value in the address.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, value, _)| *value == name).map(|(act, ..)| act)
    }
}

/// The licenses that an act is about to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Many {
    /// The filter that selects them.
    pub query: LicenseQuery,
    /// Number of licenses.
    pub count: u64,
    /// Names of the first of them.
    pub names: Vec<String>,
    /// Number of seats that their devices hold.
    pub seats: u64,
    /// Number of suspended licenses.
    pub suspended: u64,
    /// Number of revoked licenses.
    pub revoked: u64,
    /// Number of licenses that are not revoked and have no end, or none yet.
    pub endless: u64,
    /// `false` if more licenses match than a job can have, or than can be searched in reasonable time.
    pub is_complete: bool,
}

pub const SELECT_LICENSES: ReadName = ReadName("licenses/many");

/// The licenses that match a query.
pub async fn select_licenses(query: LicenseQuery) -> Result<Many, Error> {
    guard_read(SELECT_LICENSES)?;
    let selection = service()?.licenses().select(&query).await?;
    let count = selection.count();
    let Selection { examples, seats, suspended, revoked, endless, is_complete, .. } = selection;
    let names = examples.iter().map(name_of).collect();
    Ok(Many { query, count, names, seats, suspended, revoked, endless, is_complete })
}

/// Extends many licenses: by a period that the form offers, or to the end of a day.
#[server(endpoint = "licenses/extend-many")]
pub async fn extend_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] by: String,
    #[server(default)] until: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<ExtendMany>()?;
    let extension = read_extension(&by, &until)?;
    start(BulkAct::Extend { extension, reason }, (query, &expected), &actor).await
}

/// Adds a tag to many licenses.
#[server(endpoint = "licenses/tag-many")]
pub async fn tag_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] tag_name: String,
) -> Result<(), Error> {
    let actor = guard::<TagMany>()?;
    start(BulkAct::Tag(read_tag(&tag_name)?), (query, &expected), &actor).await
}

/// Removes a tag from many licenses.
#[server(endpoint = "licenses/untag-many")]
pub async fn untag_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] tag_name: String,
) -> Result<(), Error> {
    let actor = guard::<UntagMany>()?;
    start(BulkAct::Untag(read_tag(&tag_name)?), (query, &expected), &actor).await
}

/// Suspends many licenses.
#[server(endpoint = "licenses/suspend-many")]
pub async fn suspend_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<SuspendMany>()?;
    start(BulkAct::ChangeState { change: StateChange::Suspend, reason }, (query, &expected), &actor).await
}

/// Ends the suspension of many licenses.
#[server(endpoint = "licenses/reinstate-many")]
pub async fn reinstate_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<ReinstateMany>()?;
    start(BulkAct::ChangeState { change: StateChange::Reinstate, reason }, (query, &expected), &actor).await
}

/// Revokes many licenses permanently. Their number has to be typed as well.
#[server(endpoint = "licenses/revoke-many")]
pub async fn revoke_many(
    #[server(flatten)] query: LicenseQuery,
    #[server(default)] expected: String,
    #[server(default)] reason: String,
    #[server(default)] typed: String,
) -> Result<(), Error> {
    let actor = guard::<RevokeMany>()?;
    if crate::number::read::<u64>(&typed) != crate::number::read(&expected) {
        return Err(Error::field("typed", format!("does not match: type {expected}")));
    }
    start(BulkAct::ChangeState { change: StateChange::Revoke, reason }, (query, &expected), &actor).await
}

fn read_tag(text: &str) -> Result<String, Error> {
    licensing::tag::tag(text).map_err(|error| Error::field("tag_name", error.to_string()))
}

/// Starts the job, if the filter still selects the number of licenses that the user has confirmed.
async fn start(act: BulkAct, (query, expected): (LicenseQuery, &str), actor: &service::Actor) -> Result<(), Error> {
    guard_also(Act::JobsRun)?;
    let service = service()?;
    let selection = service.licenses().select(&query).await?;
    if !selection.is_complete {
        return Err(Error::Refused("Too many licenses match. Narrow the filter.".to_owned()));
    }
    if crate::number::read(expected) != Some(selection.count()) {
        let now = crate::text::words::count(selection.count(), "license");
        return Err(Error::Conflict(format!(
            "The list has changed since you opened this page: it has {now} now. Check the number and confirm again."
        )));
    }
    let job = service.jobs().change_licenses(act, selection.ids, actor).await?;
    Done::JobStarted.at(&format!("/jobs/{job}"));
    Ok(())
}
