//! Values of terms in JSON. Apart from the stored forms, which may change; these may not.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::read_time;
use crate::{
    Invalid, Period, Span,
    feature::FeatureValues,
    terms::{AfterEnd, Devices, EmailTerm, Holding, Identity, Reactivation, Strictness, WhenFull},
};

mod terms;

/// A value with a form in JSON.
pub trait Wire: Sized {
    /// Writes the value.
    fn write(&self) -> Value;

    /// Reads the value at the JSON pointer `at`. Returns `None` and records the error if it is not valid.
    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self>;
}

/// Implements [`Wire`] for enumerations without values.
macro_rules! words {
    ($($kind:ident { $($variant:ident = $word:literal),+ $(,)? })+) => {$(
        impl Wire for $kind {
            fn write(&self) -> Value {
                match self {
                    $(Self::$variant => $word.into(),)+
                }
            }

            fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
                match value.as_str() {
                    $(Some($word) => Some(Self::$variant),)+
                    _ => {
                        wrong.add(at, concat!("must be one of", $(" ", $word),+));
                        None
                    }
                }
            }
        }
    )+};
}

words! {
    Holding { Fixed = "fixed", Floating = "floating" }
    WhenFull { Refuse = "refuse", TakeOver = "take-over" }
    AfterEnd { Stop = "stop", KeepRunning = "keep-running" }
    EmailTerm { NotAsked = "not-asked", Required = "required", MustMatch = "must-match" }
    Devices { Any = "any", Authorized = "authorized" }
    Identity { License = "license", Policy = "policy", Product = "product" }
    Reactivation { SameSeat = "same-seat", Refuse = "refuse" }
    Strictness { Lenient = "lenient", Strict = "strict" }
}

impl Wire for Span {
    /// An ISO 8601 duration in days, hours, minutes and seconds.
    fn write(&self) -> Value {
        let seconds = self.as_seconds();
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        let part = |count: u64, unit: &str| if count > 0 { format!("{count}{unit}") } else { String::new() };
        let time = [part(rest / 3_600, "H"), part(rest % 3_600 / 60, "M"), part(rest % 60, "S")].concat();
        match (days, time.is_empty()) {
            (0, true) => "PT0S".into(),
            (_, true) => format!("P{days}D").into(),
            (_, false) => format!("P{}T{time}", part(days, "D")).into(),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value.as_str() {
            Some("PT0S" | "P0D") => Some(Self::ZERO),
            Some(text) if text.starts_with('P') => wrong.keep(at, Self::read(text)),
            _ => {
                wrong.add(at, "must be a duration such as P30D or PT12H");
                None
            }
        }
    }
}

impl Wire for Period {
    /// An ISO 8601 duration: in years and months, or like that of a [`Span`].
    fn write(&self) -> Value {
        let part = |count: u32, unit: &str| if count > 0 { format!("{count}{unit}") } else { String::new() };
        match self {
            Self::Span(span) => span.write(),
            Self::Months(0) => Span::ZERO.write(),
            Self::Months(n) => format!("P{}{}", part(n / 12, "Y"), part(n % 12, "M")).into(),
        }
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value.as_str() {
            Some("PT0S" | "P0D") => Some(Self::Span(Span::ZERO)),
            Some(text) if text.starts_with('P') => wrong.keep(at, Self::read(text)),
            _ => {
                wrong.add(at, "must be a duration such as P1Y, P6M or P30D");
                None
            }
        }
    }
}

impl Wire for DateTime<Utc> {
    fn write(&self) -> Value {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        wrong.keep(at, read_time(value.as_str().unwrap_or_default()))
    }
}

impl Wire for u32 {
    fn write(&self) -> Value {
        (*self).into()
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let number = value.as_u64().and_then(|number| Self::try_from(number).ok());
        if number.is_none() {
            wrong.add(at, "must be a whole number");
        }
        number
    }
}

impl Wire for String {
    fn write(&self) -> Value {
        self.clone().into()
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => {
                wrong.add(at, "must be a string");
                None
            }
        }
    }
}

impl Wire for FeatureValues {
    fn write(&self) -> Value {
        self.iter().map(|(code, value)| (code.clone(), json!(value))).collect::<Map<_, _>>().into()
    }

    fn read(value: Value, at: &str, wrong: &mut Invalid) -> Option<Self> {
        let Value::Object(members) = value else {
            wrong.add(at, "must be an object of feature values, such as {\"voices\": 64}");
            return None;
        };
        let read = |(code, value): (String, Value)| match serde_json::from_value(value) {
            Ok(value) => Some((code, value)),
            Err(_) => {
                let pointer = format!("{at}/{}", code.replace('~', "~0").replace('/', "~1"));
                wrong.add(pointer, "must be a boolean, a number or a string");
                None
            }
        };
        let count = members.len();
        let values: Self = members.into_iter().filter_map(read).collect();
        (values.len() == count).then_some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_in_the_largest_units_and_read_back() {
        for (span, text) in [
            (Span::ZERO, "PT0S"),
            (Span::days(30), "P30D"),
            (Span::hours(1), "PT1H"),
            (Span::hours(36), "P1DT12H"),
            (Span::seconds(90), "PT1M30S"),
            (Span::seconds(86_401), "P1DT1S"),
        ] {
            assert_eq!(span.write(), text);
            let mut wrong = Invalid::default();
            assert_eq!(<Span as Wire>::read(text.into(), "/x", &mut wrong), Some(span), "{wrong}");
        }
    }
}
