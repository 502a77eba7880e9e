//! Filters of the list of licenses, as pages, programs and the command line write them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use licensing::{
    ActivationCode, Email, Fingerprint, Invalid,
    code::CodeOrigin,
    license::{LicenseStatus, State},
    tag::tag,
};
use serde::{Deserialize, Serialize};
use store::licenses::{LicenseFilter, SeatUse, Sort, SortBy};
use uuid::Uuid;

use crate::{Licenses, Result};

/// Filter as text; empty parts filter nothing.
///
/// A time is in RFC 3339 format, a day such as `2027-03-12`, or a number of days from now, such as `30d` or `-90d`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicenseQuery {
    /// Text to search for: part of a name, an address or an order number; a whole code; or a fingerprint.
    pub q: String,
    /// Id of a product.
    pub product: String,
    /// Id of a policy.
    pub policy: String,
    /// Whole name of the customer.
    pub customer: String,
    /// Whole e-mail address of the customer.
    pub email: String,
    /// Whole reference.
    pub reference: String,
    /// A state (`active`, `suspended`, `revoked`).
    pub state: String,
    /// A status, as lists show it: `not-started`, `active`, `ending`, `ended`, `suspended`, `revoked`.
    pub status: String,
    /// A tag.
    pub tag: String,
    /// Use of the seats: `free`, `full` or `over`.
    pub seats: String,
    /// Earliest time of creation.
    pub created_after: String,
    /// Time before which the license was created.
    pub created_before: String,
    /// Time that lies between now and the end, or the end and now: `30d` for the next 30 days, `-30d` for the last.
    pub ends: String,
    /// Earliest end.
    pub ends_after: String,
    /// Time before which the license ends.
    pub ends_before: String,
    /// Earliest time at which a device was last seen.
    pub seen_after: String,
    /// Time before which all devices were last seen.
    pub seen_before: String,
    /// `true` for licenses that no device has ever activated.
    pub never_activated: String,
    /// Id of the job that created the license.
    pub batch: String,
    /// Ids of licenses, separated by commas; at most 100.
    pub ids: String,
    /// Order: `created`, `ends` or `customer`; with a `-` in front, in reverse.
    pub sort: String,
}

impl LicenseQuery {
    /// Returns the filter, and an error for each part that is not valid and was ignored. The text is not part of it.
    pub fn read(&self, now: DateTime<Utc>) -> (LicenseFilter, Invalid) {
        let mut wrong = Invalid::default();
        let mut keep = |field: &str, message: &str| wrong.add(field, message);
        let id = |text: &str| text.trim().parse().map_err(|_| "is not an id");
        let filter = LicenseFilter {
            product_id: part("product", &self.product, id, &mut keep),
            policy_id: part("policy", &self.policy, id, &mut keep),
            batch_id: part("batch", &self.batch, id, &mut keep),
            state: part("state", &self.state, |text| State::from_name(text).ok_or(UNKNOWN), &mut keep),
            status: part("status", &self.status, status, &mut keep),
            tag: part("tag", &self.tag, |text| tag(text).map_err(|_| "is not a tag"), &mut keep),
            seats: part("seats", &self.seats, seat_use, &mut keep),
            customer: exact(&self.customer),
            email: exact(&self.email).map(|text| Email::read(&text).map_or(text, |email| email.to_string())),
            reference: exact(&self.reference),
            created_after: part("created_after", &self.created_after, |text| time(text, now), &mut keep),
            created_before: part("created_before", &self.created_before, |text| time(text, now), &mut keep),
            ends_after: part("ends_after", &self.ends_after, |text| time(text, now), &mut keep),
            ends_before: part("ends_before", &self.ends_before, |text| time(text, now), &mut keep),
            seen_after: part("seen_after", &self.seen_after, |text| time(text, now), &mut keep),
            seen_before: part("seen_before", &self.seen_before, |text| time(text, now), &mut keep),
            never_activated: part("never_activated", &self.never_activated, yes, &mut keep).unwrap_or_default(),
            ids: part("ids", &self.ids, ids, &mut keep).unwrap_or_default(),
            sort: part("sort", &self.sort, sort, &mut keep),
            ..LicenseFilter::default()
        };
        let end = part("ends", &self.ends, |text| time(text, now), &mut keep);
        if end.is_some() && (filter.ends_after.is_some() || filter.ends_before.is_some()) {
            keep("ends", "cannot be combined with another filter by the end");
        }
        contradictions(&filter, &mut keep);
        let Some(end) = end else { return (filter, wrong) };
        (LicenseFilter { ends_after: Some(now.min(end)), ends_before: Some(now.max(end)), ..filter }, wrong)
    }
}

/// Notes parts that exclude each other, so that no license can match.
fn contradictions(filter: &LicenseFilter, wrong: &mut impl FnMut(&str, &str)) {
    let ranges = [
        ("created_before", filter.created_after, filter.created_before),
        ("ends_before", filter.ends_after, filter.ends_before),
        ("seen_before", filter.seen_after, filter.seen_before),
    ];
    for (field, after, before) in ranges {
        if after.zip(before).is_some_and(|(after, before)| before <= after) {
            wrong(field, "must be later than the earliest time");
        }
    }
    if filter.never_activated && (filter.seen_after.is_some() || filter.seen_before.is_some()) {
        wrong("never_activated", "cannot be combined with the time at which a device was last seen");
    }
    let of_status = filter.status.and_then(|status| match status {
        LicenseStatus::Suspended => Some(State::Suspended),
        LicenseStatus::Revoked => Some(State::Revoked),
        LicenseStatus::NotStarted | LicenseStatus::Active | LicenseStatus::Ending => Some(State::Active),
        LicenseStatus::Ended => None,
    });
    if filter.state.zip(of_status).is_some_and(|(state, other)| state != other) {
        wrong("state", "contradicts the status");
    }
    if filter.never_activated && filter.status == Some(LicenseStatus::Active) {
        wrong("never_activated", "contradicts the status");
    }
}

/// Reads a text that must be equal. `None` if it is empty.
fn exact(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
/// Maximum number of ids in a filter, so that an address can hold them.
const MOST_IDS: usize = 100;

const UNKNOWN: &str = "is not one of the choices";

/// Reads a part of a filter. `None` if it is empty or not valid.
fn part<T>(
    field: &str,
    text: &str,
    read: impl Fn(&str) -> Result<T, &'static str>,
    wrong: &mut impl FnMut(&str, &str),
) -> Option<T> {
    if text.trim().is_empty() {
        return None;
    }
    read(text.trim()).map_err(|message| wrong(field, message)).ok()
}

fn ids(text: &str) -> Result<Vec<Uuid>, &'static str> {
    let ids: Result<Vec<Uuid>, _> = text.split(',').map(|id| id.trim().parse()).collect();
    ids.ok().filter(|ids| ids.len() <= MOST_IDS).ok_or("must be at most 100 ids, separated by commas")
}

fn status(text: &str) -> Result<LicenseStatus, &'static str> {
    serde_json::from_value(text.into()).map_err(|_| UNKNOWN)
}

fn seat_use(text: &str) -> Result<SeatUse, &'static str> {
    match text {
        "free" => Ok(SeatUse::Free),
        "full" => Ok(SeatUse::Full),
        "over" => Ok(SeatUse::Over),
        _ => Err(UNKNOWN),
    }
}

fn yes(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err(UNKNOWN),
    }
}

fn sort(text: &str) -> Result<Sort, &'static str> {
    let (descending, by) = text.strip_prefix('-').map_or((false, text), |by| (true, by));
    let by = match by {
        "created" => SortBy::Created,
        "ends" => SortBy::Ends,
        "customer" => SortBy::Customer,
        _ => return Err(UNKNOWN),
    };
    Ok(Sort { by, descending })
}

fn time(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    const WRONG: &str =
        "must be a time such as 2027-03-12T00:00:00Z, a day such as 2027-03-12, or days from now such as 30d";
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse().ok()) {
        let distance = TimeDelta::try_days(days);
        return distance.and_then(|distance| now.checked_add_signed(distance)).ok_or(WRONG);
    }
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => Ok(day.and_time(chrono::NaiveTime::MIN).and_utc()),
        Err(_) => text.parse().map_err(|_| WRONG),
    }
}

impl Licenses {
    /// Returns the filter of a query, with its text, and an error for each part that is not valid and was ignored.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn read_filter(&self, query: &LicenseQuery) -> Result<(LicenseFilter, Invalid)> {
        let (filter, wrong) = query.read(self.clock.now());
        let LicenseFilter { text, code_hmac, fingerprint_hash, .. } = self.license_filter(&query.q).await?;
        Ok((LicenseFilter { text, code_hmac, fingerprint_hash, ..filter }, wrong))
    }

    /// Builds a search from pasted text: part of a name, an address or an order number; a whole code; or a device's
    /// fingerprint.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn license_filter(&self, text: &str) -> Result<LicenseFilter> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(LicenseFilter::default());
        }
        let code = match ActivationCode::read(text).ok().filter(|c| c.origin() != CodeOrigin::Mistyped) {
            Some(code) => Some(self.code_meant(code).await?),
            None => None,
        };
        // Licenses store addresses in this form.
        let wanted = Email::read(text).map_or_else(|_| text.to_owned(), |email| email.to_string());
        Ok(LicenseFilter {
            text: Some(wanted),
            code_hmac: code.map(|c| self.vault.code_hmac(&c)),
            fingerprint_hash: Fingerprint::read(text).ok().map(|f| f.digest()),
            ..LicenseFilter::default()
        })
    }
}
