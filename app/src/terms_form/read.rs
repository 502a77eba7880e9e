//! From the fields to the terms.

use chrono::{NaiveDate, NaiveTime};
use licensing::{
    Invalid, Overrides, Span, Terms, VersionRange,
    terms::{Lease, Seats, Validity, Versions},
};

use super::{ANY, DATE, EMAIL, REACTIVATION, RELEASE, TermsFields, UNLIMITED, length};

/// The last second of a day.
const END_OF_DAY: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl TermsFields {
    /// The terms that the fields of a policy say.
    ///
    /// # Errors
    /// Every field that is empty, unreadable, out of bounds or at odds with another.
    pub fn read(&self) -> Result<Terms, Invalid> {
        let mut wrong = Invalid::default();
        for (field, text) in self.needed() {
            if text.trim().is_empty() {
                wrong.add(field, "must not be empty");
            }
        }
        let usual = Terms::default();
        let given = self.given(usual.lease, &mut wrong);
        let terms = wrong.or(usual.with(&given))?;
        terms.check().map(|()| terms)
    }

    /// The terms that a license under `policy` sets for itself. Where only a part of the lease is given, the policy's
    /// parts join it.
    ///
    /// # Errors
    /// Every field that is unreadable, or out of bounds or at odds with another once it stands among the policy's.
    pub fn read_overrides(&self, policy: &Terms) -> Result<Overrides, Invalid> {
        let mut wrong = Invalid::default();
        let own = self.given(policy.lease, &mut wrong);
        let own = wrong.or(own)?;
        policy.with(&own).check().map(|()| own)
    }

    /// Whether no field is filled in: a license that has its policy's terms.
    pub fn is_empty(&self) -> bool {
        let all = self.needed().into_iter().chain([("versions", self.versions.as_str())]);
        all.into_iter().all(|(_, text)| text.trim().is_empty())
    }

    fn needed(&self) -> [(&'static str, &str); 9] {
        [
            ("seats", &self.seats),
            ("lease_default", &self.lease_default),
            ("lease_minimum", &self.lease_minimum),
            ("lease_maximum", &self.lease_maximum),
            ("grace", &self.grace),
            ("validity", &self.validity),
            ("email_term", &self.email_term),
            ("reactivation", &self.reactivation),
            ("release", &self.release),
        ]
    }

    fn given(&self, lease: Lease, wrong: &mut Invalid) -> Overrides {
        Overrides {
            seats: wrong.keep("seats", seats(&self.seats)).flatten(),
            lease: self.lease(lease, wrong),
            grace: wrong.keep("grace", length::read(&self.grace, &self.grace_unit)).flatten(),
            validity: self.validity(wrong),
            email: wrong.keep("email_term", choice(&EMAIL, &self.email_term)).flatten(),
            versions: wrong.keep("versions", versions(&self.versions)).flatten(),
            reactivation: wrong.keep("reactivation", choice(&REACTIVATION, &self.reactivation)).flatten(),
            release: wrong.keep("release", choice(&RELEASE, &self.release)).flatten(),
        }
    }

    fn lease(&self, usual: Lease, wrong: &mut Invalid) -> Option<Lease> {
        let mut part = |field, number, unit| wrong.keep(field, length::read(number, unit)).flatten();
        let default = part("lease_default", &self.lease_default, &self.lease_default_unit);
        let minimum = part("lease_minimum", &self.lease_minimum, &self.lease_minimum_unit);
        let maximum = part("lease_maximum", &self.lease_maximum, &self.lease_maximum_unit);
        [default, minimum, maximum].iter().any(Option::is_some).then(|| Lease {
            default: default.unwrap_or(usual.default),
            minimum: minimum.unwrap_or(usual.minimum),
            maximum: maximum.unwrap_or(usual.maximum),
        })
    }

    fn validity(&self, wrong: &mut Invalid) -> Option<Validity> {
        match self.validity.trim() {
            "" => None,
            "perpetual" => Some(Validity::Perpetual),
            "until" => {
                let day = NaiveDate::parse_from_str(self.validity_until.trim(), DATE);
                let day = wrong.keep("validity_until", day.map_err(|_| "is a date, such as 2027-03-12"))?;
                Some(Validity::Until(day.and_time(END_OF_DAY).and_utc()))
            }
            "from-issue" => self.period(wrong).map(Validity::FromIssue),
            "from-first-activation" => self.period(wrong).map(Validity::FromFirstActivation),
            _ => wrong.keep("validity", Err(NOT_ON_THE_LIST)),
        }
    }

    fn period(&self, wrong: &mut Invalid) -> Option<Span> {
        let period = length::read(&self.validity_period, &self.validity_period_unit);
        wrong.keep("validity_period", period.and_then(|it| it.ok_or("must not be empty")))
    }
}

const NOT_ON_THE_LIST: &str = "is not on the list: choose one of it";

fn seats(text: &str) -> Result<Option<Seats>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        word if word.eq_ignore_ascii_case(UNLIMITED) => Ok(Some(Seats::Unlimited)),
        number => match number.replace(',', "").parse() {
            Ok(count) => Ok(Some(Seats::Limited(count))),
            Err(_) => Err("is 1 to 1,000,000, or unlimited"),
        },
    }
}

fn versions(text: &str) -> Result<Option<Versions>, licensing::version::VersionError> {
    match text.trim() {
        "" => Ok(None),
        word if word.eq_ignore_ascii_case(ANY) => Ok(Some(Versions::Any)),
        range => VersionRange::read(range).map(|range| Some(Versions::Range(range))),
    }
}

fn choice<T: Copy>(words: &[(&str, T)], text: &str) -> Result<Option<T>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        text => words.iter().find(|(word, _)| *word == text).map(|(_, it)| Some(*it)).ok_or(NOT_ON_THE_LIST),
    }
}
