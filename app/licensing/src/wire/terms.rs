//! Terms of policies and licenses in JSON, member by member.

use serde_json::{Map, Value, json};

use super::{Fields, Wire};
use crate::{Invalid, Overrides, Terms, feature::FeatureValues};

/// Declares the terms and their names in JSON. The compiler asks for each here: a term of [`Overrides`] that is
/// missing in the list below does not compile, because its members are listed without `..`.
macro_rules! terms {
    ($($term:ident = $name:literal),+ $(,)?) => {
        /// Names of the terms: stored, and in JSON.
        const NAMES: &[(&str, &str)] = &[$((stringify!($term), $name)),+];

        /// Writes the overrides of a license: the terms that it sets.
        pub fn write_overrides(overrides: &Overrides) -> Map<String, Value> {
            let Overrides { $($term),+ } = overrides;
            let mut members = Map::new();
            $(members.extend($term.as_ref().map(|value| ($name.to_owned(), value.write())));)+
            members
        }

        /// Reads the overrides of a license.
        pub fn read_overrides(mut fields: Fields) -> Result<Overrides, Invalid> {
            $(let $term = read(&mut fields, $name);)+
            fields.end()?;
            Ok(Overrides { $($term),+ })
        }

        /// Reads the terms of a policy. Absent terms are those of `base`.
        pub fn read_terms(mut fields: Fields, base: Terms) -> Result<Terms, Invalid> {
            let features: Option<FeatureValues> = read(&mut fields, "features");
            $(let $term = read(&mut fields, $name).unwrap_or(base.$term);)+
            fields.end()?;
            Ok(Terms { $($term,)+ features: features.unwrap_or(base.features) })
        }
    };
}

terms! {
    seats = "seats",
    holding = "holding",
    when_full = "whenFull",
    overage = "overage",
    lease = "lease",
    grace = "grace",
    validity = "validity",
    after_end = "afterEnd",
    trial = "trial",
    grace_features = "graceFeatures",
    email = "email",
    sign_in = "signIn",
    devices = "devices",
    identity = "identity",
    versions = "versions",
    maintenance = "maintenance",
    reactivation = "reactivation",
    release = "release",
    transfers = "transfers",
    strictness = "strictness",
}

/// Writes the terms of a policy.
pub fn write_terms(terms: &Terms) -> Map<String, Value> {
    let mut members = write_overrides(&Overrides::whole(terms));
    members.insert("features".to_owned(), terms.features.write());
    members
}

/// Writes the terms in effect, each with its source: the policy, or the license.
pub fn write_effective(policy: &Terms, own: &Overrides) -> Map<String, Value> {
    let own = write_overrides(own);
    let effective = write_overrides(&Overrides::whole(policy)).into_iter().map(|(name, value)| {
        let (value, from) = own.get(&name).map_or((&value, "policy"), |value| (value, "license"));
        let member = json!({ "value": value, "from": from });
        (name, member)
    });
    effective.collect()
}

/// Returns the JSON pointer, below the terms, of a field that [`Terms::check`] names. `None` if it is not a term.
pub fn pointer(field: &str) -> Option<String> {
    match field {
        "lease_default" | "lease_minimum" | "lease_maximum" => Some(field.replace("lease_", "/lease/")),
        _ => NAMES.iter().find(|(stored, _)| *stored == field).map(|(_, name)| format!("/{name}")),
    }
}

fn read<T: Wire>(fields: &mut Fields, name: &str) -> Option<T> {
    let (value, mut wrong) = (fields.take(name)?, Invalid::default());
    let read = T::read(value, &fields.pointer(name), &mut wrong);
    fields.extend(wrong);
    read
}

#[cfg(test)]
mod tests {
    use crate::{
        Period, Span,
        terms::{Maintenance, Overage, Release, Seats, SignIn, Transfers, Trial, Validity, Versions},
    };
    use chrono::DateTime;
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        Fields::of(value).unwrap()
    }

    #[test]
    fn all_terms_are_read_as_they_are_written() {
        let unusual = Terms {
            seats: Seats::Unlimited,
            overage: Overage::Percent(10),
            grace: Span::ZERO,
            validity: Validity::Until(DateTime::from_timestamp(1_800_000_000, 0).unwrap()),
            trial: Some(Trial { lasts: Span::days(14), features: FeatureValues::new() }),
            sign_in: SignIn::Domain("example.com".to_owned()),
            versions: Versions::Range("<3".to_owned().try_into().unwrap()),
            maintenance: Maintenance::FromIssue(Period::YEAR),
            release: Release::Limited { times: 2, per: Span::days(30) },
            transfers: Transfers::Unlimited,
            ..Terms::default()
        };
        for terms in [Terms::default(), unusual] {
            let written = Value::Object(write_terms(&terms));
            assert_eq!(read_terms(fields(written), Terms::default()), Ok(terms.clone()));
            let overrides = Overrides::whole(&terms);
            assert_eq!(read_overrides(fields(Value::Object(write_overrides(&overrides)))), Ok(overrides));
        }
        assert_eq!(read_overrides(fields(json!({}))), Ok(Overrides::default()));
    }

    #[test]
    fn every_error_is_reported_with_a_pointer() {
        let wrong = read_overrides(fields(json!({
            "seats": -1, "lease": { "default": "soon", "minimum": "PT1H", "maximal": "P90D" }, "graze": "P7D",
            "validity": { "until": "2027-01-01T00:00:00Z", "fromIssue": "P1D" }, "overage": "some", "release": { "times": 1 },
        })));
        let fields: Vec<_> = wrong.unwrap_err().0.into_iter().map(|error| error.field).collect();
        assert_eq!(
            fields,
            [
                "/seats",
                "/overage",
                "/lease/default",
                "/lease/maximum",
                "/lease/maximal",
                "/validity",
                "/release/per",
                "/graze"
            ]
        );
    }

    #[test]
    fn fields_of_the_rules_have_pointers() {
        assert_eq!(pointer("lease_minimum").as_deref(), Some("/lease/minimum"));
        assert_eq!(pointer("when_full").as_deref(), Some("/whenFull"));
        assert_eq!(pointer("customer"), None);
    }
}
