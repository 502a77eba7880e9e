//! Extending a license, adding seats, and its tags.

use leptos::prelude::*;
use licensing::extension::Extension;

use super::tab::page_of;
use crate::{
    Error,
    admin::{guard, read_id, service},
    http::done::Done,
};

/// The periods that the form offers: value, label and number of months. The first is the default.
pub const PERIODS: [(&str, &str, u32); 3] =
    [("year", "1 year", 12), ("month", "1 month", 1), ("two-years", "2 years", 24)];

/// Moves the end of a license: by a period that the form offers, or to the end of a day.
#[server(endpoint = "licenses/extend")]
pub async fn extend_license(
    #[server(default)] id: String,
    #[server(default)] by: String,
    #[server(default)] until: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<ExtendLicense>()?;
    let license = read_id(&id)?;
    let extension = read_extension(&by, &until)?;
    service()?.licenses().extend_license(license, extension, &reason, &actor).await?;
    Done::LicenseExtended.at(&page_of(license));
    Ok(())
}

/// Gives a license more seats.
#[server(endpoint = "licenses/add-seats")]
pub async fn add_seats(
    #[server(default)] id: String,
    #[server(default)] seats: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = guard::<AddSeats>()?;
    let license = read_id(&id)?;
    let seats =
        crate::number::read(&seats).ok_or_else(|| Error::field("seats", "must be a whole number, such as 5"))?;
    service()?.licenses().add_seats(license, seats, &reason, &actor).await?;
    Done::SeatsAdded.at(&page_of(license));
    Ok(())
}

/// Replaces the tags of a license.
#[server(endpoint = "licenses/tag")]
pub async fn tag_license(#[server(default)] id: String, #[server(default)] tags: String) -> Result<(), Error> {
    let actor = guard::<TagLicense>()?;
    let license = read_id(&id)?;
    let tags = licensing::tag::tags(&tags).map_err(|error| Error::field("tags", error.to_string()))?;
    service()?.licenses().change_tags(license, service::TagChange::Set(tags), &actor).await?;
    Done::TagsChanged.at(&page_of(license));
    Ok(())
}

/// Reads an extension: one of the offered periods, or a day.
pub(in crate::admin) fn read_extension(by: &str, until: &str) -> Result<Extension, Error> {
    if let Some((_, label, months)) = PERIODS.into_iter().find(|(value, ..)| *value == by) {
        // Someone who typed a day meant it.
        return match until.trim() {
            "" => Ok(Extension::Months(months)),
            _ => {
                let message =
                    format!("must be empty if you extend by {label}: clear it, or choose “Until the date below”");
                Err(Error::field("until", message))
            }
        };
    }
    if by != "date" {
        return Err(Error::field("by", "must be one of the choices"));
    }
    let end = crate::day::read(until, crate::day::END);
    end.map(Extension::Until).map_err(|message| Error::field("until", message))
}
