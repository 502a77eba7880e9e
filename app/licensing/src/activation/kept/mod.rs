//! Stored facts of a decision, from which it can be explained later: a few hundred bytes, without e-mail addresses,
//! names or fingerprints.

mod request;
mod terms;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    BlockScope, DeviceFacts, Facts, Grant, LicenseFacts, Person, Purpose, Refused, Request, Rule, SeatCount, Snapshot,
    Step, Verdict, case::Case, decide, explain,
};
use crate::{
    Email, Span, Version,
    license::State,
    product::{Lifecycle, ProductVersion},
    sentence::Sentence,
    terms::Versions,
};
use request::{EmailMatch, KeptRequest};
use terms::{kept_terms, opened_terms};

/// Version of the stored form. A change to the form needs a new number, and old forms must stay readable.
const FORM: u8 = 1;
/// Facts of a decision in their stored form. Members with default values are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    v: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    license: Option<KeptLicense>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<KeptDevice>,
    /// Used; the next end of a hold, if none was free; lapsed. `None` if the seats were not needed or not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seats: Option<(u32, Option<DateTime<Utc>>, u32)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    authorized: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked: Option<BlockScope>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    elsewhere: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trial_began_at: Option<DateTime<Utc>>,
    /// The one release that decides which versions are covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<ProductVersion>,
    asked: KeptRequest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptLicense {
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    withdrawn: bool,
    #[serde(default)]
    state: State,
    /// Terms that differ from the default.
    terms: Map<String, Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    email: bool,
    issued_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_activated_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptDevice {
    lease_ends_at: DateTime<Utc>,
    token_expires_at: DateTime<Utc>,
    hold_until: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    revoked: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    released: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    checked_out: bool,
    last_seen_at: DateTime<Utc>,
}

/// Stored facts, converted back for the rules.
struct Opened {
    license: Option<LicenseFacts>,
    device: Option<DeviceFacts>,
    versions: Vec<ProductVersion>,
    request: Request,
}

impl Kept {
    /// Stores the facts that the rules saw. `counted` is `true` if the seats of a license with a limit were counted; a
    /// request that another rule refuses may be answered before that.
    pub fn of(facts: Facts<'_>, counted: bool, request: &Request, now: DateTime<Utc>) -> Self {
        let case = Case::of(facts, request, now).ok();
        let needed = case.as_ref().filter(|case| counted && !case.holds_seat());
        let allowed = needed.and_then(|case| case.license.terms.allowed());
        let seats = allowed.map(|allowed| {
            let SeatCount { used, next_at, lapsed } = facts.seats;
            (used, next_at.filter(|_| used >= allowed), lapsed)
        });
        Self {
            v: FORM,
            license: facts.license.map(KeptLicense::of),
            device: facts.device.map(KeptDevice::of),
            seats,
            authorized: facts.authorized,
            blocked: facts.blocked,
            elsewhere: facts.elsewhere,
            trial_began_at: facts.trial_began_at,
            release: case.as_ref().and_then(deciding_version),
            asked: KeptRequest::of(request, facts.license),
        }
    }

    /// Purpose of the request.
    pub fn purpose(&self) -> Purpose {
        self.asked.purpose
    }

    /// Version of the software that was to run.
    pub fn version(&self) -> Option<&Version> {
        self.asked.version.as_ref()
    }

    /// Requested lease.
    pub fn lease(&self) -> Option<Span> {
        self.asked.lease
    }

    /// Rebuilds the request, for a license whose address is `own` now; `sends_own` if the request's address is that one.
    /// Other addresses become placeholders, which belong to nobody.
    pub fn request(&self, own: Option<&Email>, sends_own: bool) -> Request {
        let mut request = self.open().request;
        if request.email.is_some() {
            request.email = match sends_own {
                true => own.cloned(),
                false => address("somebody", "request.invalid"),
            };
        }
        let kept = self.asked.person.as_ref().and_then(|person| person.email.as_ref());
        if let (Some(person), Some((domain, EmailMatch::Own))) = (&mut request.person, kept)
            && let Some(own) = own.filter(|own| own.domain() == domain)
        {
            person.email = Some(own.clone());
        }
        request
    }

    /// Decides again, as at the time `at`.
    ///
    /// # Errors
    /// Returns the refusal and the rule that made it.
    pub fn decide(&self, at: DateTime<Utc>) -> Result<Grant, Refused> {
        let opened = self.open();
        decide(self.facts(&opened), &opened.request, at)
    }

    /// Explains the decision as at the time `at`, rule by rule.
    pub fn explain(&self, at: DateTime<Utc>) -> Vec<Step> {
        let opened = self.open();
        let mut steps = explain(self.facts(&opened), &opened.request, at);
        for step in &mut steps {
            if step.rule == Rule::SeatFree && self.seats.is_none() && step.verdict != Verdict::NotAsked {
                step.verdict = Verdict::NotAsked;
                step.facts = Sentence::default().plain("seats were not counted: another rule had decided");
            }
        }
        steps
    }

    fn facts<'a>(&self, opened: &'a Opened) -> Facts<'a> {
        let (used, next_at, lapsed) = self.seats.unwrap_or_default();
        Facts {
            license: opened.license.as_ref(),
            device: opened.device.as_ref(),
            seats: SeatCount { used, next_at, lapsed },
            authorized: self.authorized,
            blocked: self.blocked,
            elsewhere: self.elsewhere,
            trial_began_at: self.trial_began_at,
            versions: &opened.versions,
        }
    }

    /// Rebuilds the facts with placeholder addresses, which are equal wherever the original ones were.
    fn open(&self) -> Opened {
        let person = self.asked.person.as_ref();
        let (theirs, email_match) = match person.and_then(|person| person.email.as_ref()) {
            Some((domain, email_match)) => (address("person", domain), Some(*email_match)),
            None => (None, None),
        };
        let own = match email_match {
            Some(EmailMatch::Own) => theirs.clone(),
            Some(EmailMatch::Other) | None => address("license", "license.invalid"),
        };
        let given = self.asked.email.and_then(|email_match| match email_match {
            EmailMatch::Own => own.clone(),
            EmailMatch::Other => address("somebody", "request.invalid"),
        });
        let request = Request {
            purpose: self.asked.purpose,
            email: given,
            person: person.map(|person| Person {
                issuer: String::new(),
                subject: String::new(),
                email: theirs,
                roles: person.roles.clone(),
            }),
            lease: self.asked.lease,
            version: self.asked.version.clone(),
        };
        Opened {
            license: self.license.as_ref().map(|license| license.open(own)),
            device: self.device.as_ref().map(KeptDevice::open),
            versions: self.release.iter().cloned().collect(),
            request,
        }
    }
}

fn address(local: &str, domain: &str) -> Option<Email> {
    Email::stored(&format!("{local}@{domain}"))
}

/// Newest covered release, or the oldest release if none is covered.
fn deciding_version(case: &Case<'_>) -> Option<ProductVersion> {
    let coverage = case.coverage()?;
    let versions = case.facts.versions.iter();
    let found = match coverage.newest {
        Some(newest) => versions.clone().find(|r| r.version == *newest && r.released_at <= coverage.until),
        None => versions.clone().min_by(|a, b| a.version.order(&b.version)),
    };
    found.cloned()
}

impl KeptLicense {
    fn of(license: &LicenseFacts) -> Self {
        Self {
            withdrawn: license.lifecycle == Lifecycle::Withdrawn,
            state: license.state,
            terms: kept_terms(&license.terms),
            email: license.email.is_some(),
            issued_at: license.issued_at,
            first_activated_at: license.first_activated_at,
        }
    }

    fn open(&self, email: Option<Email>) -> LicenseFacts {
        LicenseFacts {
            lifecycle: if self.withdrawn { Lifecycle::Withdrawn } else { Lifecycle::Active },
            state: self.state,
            terms: opened_terms(&self.terms),
            email: email.filter(|_| self.email),
            issued_at: self.issued_at,
            first_activated_at: self.first_activated_at,
        }
    }
}

impl KeptDevice {
    fn of(device: &DeviceFacts) -> Self {
        let DeviceFacts {
            lease_ends_at,
            token_expires_at,
            hold_until,
            revoked,
            released,
            checked_out,
            last_seen_at,
            snapshot: _,
        } = *device;
        Self { lease_ends_at, token_expires_at, hold_until, revoked, released, checked_out, last_seen_at }
    }

    fn open(&self) -> DeviceFacts {
        // No rule looks at the snapshot.
        let snapshot = Snapshot {
            policy: String::new(),
            customer: None,
            grace: Span::ZERO,
            versions: Versions::Any,
            features: Default::default(),
            grace_features: Default::default(),
            trial: false,
        };
        let Self { lease_ends_at, token_expires_at, hold_until, revoked, released, checked_out, last_seen_at } = *self;
        DeviceFacts {
            lease_ends_at,
            token_expires_at,
            hold_until,
            revoked,
            released,
            checked_out,
            last_seen_at,
            snapshot,
        }
    }
}
