//! Terms that have more forms than a word.

use chrono::DateTime;
use serde_json::{Value, json};

use super::Wire;
use crate::{
    Invalid, Period, Span, VersionRange,
    feature::FeatureValues,
    terms::{Lease, Maintenance, Overage, Release, Seats, SignIn, Transfers, Trial, Validity, Versions},
    wire::Fields,
};

/// Reads a value that is a word or an object with exactly one member.
fn one_of<T>(
    value: Value,
    (at, wrong): (&str, &mut Invalid),
    words: &[(&str, T)],
    members: &[&str],
    read: impl FnOnce(&str, Value, &str, &mut Invalid) -> Option<T>,
) -> Option<T>
where
    T: Clone,
{
    match value {
        Value::String(word) if words.iter().any(|(known, _)| *known == word) => {
            words.iter().find(|(known, _)| *known == word).map(|(_, value)| value.clone())
        }
        Value::Object(object) => {
            let mut set = object.into_iter().filter(|(_, value)| !value.is_null());
            match (set.next(), set.next()) {
                (Some((name, value)), None) if members.contains(&name.as_str()) => {
                    read(&name, value, &format!("{at}/{name}"), wrong)
                }
                _ => {
                    wrong.add(at, format!("must have exactly one of the members {}", members.join(", ")));
                    None
                }
            }
        }
        _ => {
            let words = words.iter().map(|(word, _)| (*word).to_owned());
            let objects = members.iter().map(|name| format!("{{\"{name}\": …}}"));
            wrong.add(at, format!("must be one of {}", words.chain(objects).collect::<Vec<_>>().join(", ")));
            None
        }
    }
}

impl Wire for Seats {
    fn write(&self) -> Value {
        match self {
            Self::Limited(seats) => (*seats).into(),
            Self::Unlimited => "unlimited".into(),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value {
            Value::String(word) if word == "unlimited" => Some(Self::Unlimited),
            Value::Number(_) => u32::read(value, at, wrong).map(Self::Limited),
            _ => {
                wrong.add(at, "must be a whole number, or unlimited");
                None
            }
        }
    }
}

impl Wire for Overage {
    fn write(&self) -> Value {
        match self {
            Self::None => "none".into(),
            Self::Seats(seats) => json!({ "seats": seats }),
            Self::Percent(percent) => json!({ "percent": percent }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        one_of(value, (at, wrong), &[("none", Self::None)], &["seats", "percent"], |name, value, at, wrong| {
            let number = u32::read(value, at, wrong)?;
            Some(if name == "seats" { Self::Seats(number) } else { Self::Percent(number) })
        })
    }
}

impl Wire for Lease {
    fn write(&self) -> Value {
        json!({ "default": self.default.write(), "minimum": self.minimum.write(), "maximum": self.maximum.write() })
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let mut fields = object(value, at, wrong)?;
        let [default, minimum, maximum] = ["default", "minimum", "maximum"].map(|name| span(&mut fields, name));
        let lease = default.zip(minimum).zip(maximum);
        end(fields, wrong)?;
        lease.map(|((default, minimum), maximum)| Self { default, minimum, maximum })
    }
}

impl Wire for Validity {
    fn write(&self) -> Value {
        match self {
            Self::Perpetual => "perpetual".into(),
            Self::Until(end) => json!({ "until": end.write() }),
            Self::FromIssue(period) => json!({ "fromIssue": period.write() }),
            Self::FromFirstActivation(period) => json!({ "fromFirstActivation": period.write() }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let members = ["until", "fromIssue", "fromFirstActivation"];
        one_of(value, (at, wrong), &[("perpetual", Self::Perpetual)], &members, |name, value, at, wrong| match name {
            "until" => DateTime::read(value, at, wrong).map(Self::Until),
            "fromIssue" => <Period as Wire>::read(value, at, wrong).map(Self::FromIssue),
            _ => <Period as Wire>::read(value, at, wrong).map(Self::FromFirstActivation),
        })
    }
}

/// `none`, or the trial.
impl Wire for Option<Trial> {
    fn write(&self) -> Value {
        match self {
            None => "none".into(),
            Some(trial) => json!({ "lasts": trial.lasts.write(), "features": trial.features.write() }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        if value.as_str() == Some("none") {
            return Some(None);
        }
        let mut fields = object(value, at, wrong)?;
        let lasts = span(&mut fields, "lasts");
        let features = match fields.take("features") {
            Some(value) => FeatureValues::read(value, &fields.pointer("features"), wrong),
            None => Some(FeatureValues::new()),
        };
        end(fields, wrong)?;
        Some(Some(Trial { lasts: lasts?, features: features? }))
    }
}

impl Wire for SignIn {
    fn write(&self) -> Value {
        match self {
            Self::NotAsked => "not-asked".into(),
            Self::Required => "required".into(),
            Self::VerifiedEmail => "verified-email".into(),
            Self::Domain(domain) => json!({ "domain": domain }),
            Self::Role(role) => json!({ "role": role }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let words =
            [("not-asked", Self::NotAsked), ("required", Self::Required), ("verified-email", Self::VerifiedEmail)];
        one_of(value, (at, wrong), &words, &["domain", "role"], |name, value, at, wrong| {
            let text = String::read(value, at, wrong)?;
            Some(if name == "domain" { Self::Domain(text) } else { Self::Role(text) })
        })
    }
}

impl Wire for Versions {
    fn write(&self) -> Value {
        match self {
            Self::Any => "any".into(),
            Self::Range(range) => range.to_string().into(),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value.as_str() {
            Some("any") => Some(Self::Any),
            Some(text) => wrong.keep(at, VersionRange::read(text)).map(Self::Range),
            None => {
                wrong.add(at, "must be any, or a range such as >=2.1, <4");
                None
            }
        }
    }
}

impl Wire for Maintenance {
    fn write(&self) -> Value {
        match self {
            Self::Always => "always".into(),
            Self::Until(end) => json!({ "until": end.write() }),
            Self::FromIssue(period) => json!({ "fromIssue": period.write() }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let words = [("always", Self::Always)];
        one_of(value, (at, wrong), &words, &["until", "fromIssue"], |name, value, at, wrong| match name {
            "until" => DateTime::read(value, at, wrong).map(Self::Until),
            _ => <Period as Wire>::read(value, at, wrong).map(Self::FromIssue),
        })
    }
}

impl Wire for Release {
    fn write(&self) -> Value {
        match self {
            Self::ByDevice => "by-device".into(),
            Self::BySupport => "by-support".into(),
            Self::Limited { times, per } => json!({ "times": times, "per": per.write() }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value.as_str() {
            Some("by-device") => Some(Self::ByDevice),
            Some("by-support") => Some(Self::BySupport),
            _ => limited(value, at, wrong).map(|(times, per)| Self::Limited { times, per }),
        }
    }
}

impl Wire for Transfers {
    fn write(&self) -> Value {
        match self {
            Self::Unlimited => "unlimited".into(),
            Self::Limited { moves, per } => json!({ "times": moves, "per": per.write() }),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value.as_str() {
            Some("unlimited") => Some(Self::Unlimited),
            _ => limited(value, at, wrong).map(|(moves, per)| Self::Limited { moves, per }),
        }
    }
}

/// Reads a number of times in a period.
fn limited(value: Value, at: &str, wrong: &mut Invalid) -> Option<(u32, Span)> {
    let mut fields = object(value, at, wrong)?;
    let times = fields.take("times");
    let times = fields.need("times", times).and_then(|value| u32::read(value, &fields.pointer("times"), wrong));
    let per = span(&mut fields, "per");
    end(fields, wrong)?;
    times.zip(per)
}

fn object(value: Value, at: &str, wrong: &mut Invalid) -> Option<Fields> {
    match value {
        Value::Object(members) => Some(Fields::at(at.to_owned(), members)),
        _ => {
            wrong.add(at, "must be an object, or one of the documented words");
            None
        }
    }
}

fn span(fields: &mut Fields, name: &str) -> Option<Span> {
    let (mut wrong, value) = (Invalid::default(), fields.take(name));
    let value = fields.need(name, value)?;
    let span = <Span as Wire>::read(value, &fields.pointer(name), &mut wrong);
    fields.extend(wrong);
    span
}

fn end(fields: Fields, wrong: &mut Invalid) -> Option<()> {
    fields.end().map_err(|invalid| wrong.0.extend(invalid.0)).ok()
}
