//! Terms that a license overrides.

use licensing::{
    Overrides, Terms,
    terms::{Effective, Seats, Strictness, TermSource, effective},
};
use serde_json::{Value, json, to_value};

use super::other;

/// Two sets of terms that together differ from the default in every member; `other` alone cannot.
fn both_others() -> [Terms; 2] {
    let strict =
        Terms { strictness: Strictness::Strict, after_end: licensing::terms::AfterEnd::KeepRunning, ..other() };
    [other(), strict]
}

fn members(value: impl serde::Serialize) -> Vec<(String, Value)> {
    let Value::Object(members) = to_value(value).unwrap() else { panic!("no object") };
    members.into_iter().collect()
}

#[test]
fn a_license_without_overrides_has_the_terms_of_its_policy() {
    for policy in [Terms::default(), other()] {
        assert_eq!(policy.with(&Overrides::default()), policy);
    }
}

#[test]
fn a_license_overrides_each_term_separately() {
    let policy = Terms::default();
    let mut set = Vec::new();
    for (term, value) in both_others().iter().flat_map(|own| members(Overrides::whole(own))) {
        let overrides: Overrides = serde_json::from_value(json!({ &term: &value })).unwrap();
        let mut expected = to_value(&policy).unwrap();
        let changed = expected[&term] != value;
        expected[&term] = value;
        assert_eq!(to_value(policy.with(&overrides)).unwrap(), expected);
        if changed {
            set.push(term);
        }
    }
    // Feature values of a license are stored next to its overrides, not in them.
    let all = members(&policy).into_iter().map(|(term, _)| term).filter(|term| term != "features");
    assert!(all.into_iter().all(|term| set.contains(&term)), "{set:?}");
}

#[test]
fn overrides_store_only_what_they_set() {
    let own = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
    assert_eq!(to_value(&own).unwrap(), json!({"seats": {"limited": 5}}));
    assert_eq!(serde_json::from_value::<Overrides>(json!({"seats": {"limited": 5}})).unwrap(), own);
    assert_eq!(serde_json::from_value::<Overrides>(json!({})).unwrap(), Overrides::default());
}

#[test]
fn a_license_of_a_trial_policy_can_drop_the_trial() {
    let own = Overrides { trial: Some(None), ..Overrides::default() };
    assert_eq!(to_value(&own).unwrap(), json!({"trial": null}));
    assert_eq!(serde_json::from_value::<Overrides>(json!({"trial": null})).unwrap(), own);
    assert_eq!(other().with(&own).trial, None);
    assert_eq!(other().with(&Overrides::default()).trial, other().trial);
}

#[test]
fn every_term_names_its_origin() {
    let own = Overrides { seats: Some(Seats::Limited(5)), trial: Some(None), ..Overrides::default() };
    let lines = effective(&other(), &own);
    let of = |name: &str| lines.iter().find(|line| line.name == name).unwrap().clone();
    let line = |name: &str, value: &str, origin, policy: &str| Effective {
        name: name.to_owned(),
        value: value.to_owned(),
        origin,
        policy: policy.to_owned(),
    };
    assert_eq!(of("Seats"), line("Seats", "5 devices", TermSource::License, "20 devices"));
    assert_eq!(of("Trial"), line("Trial", "no", TermSource::License, "1 day for each device, with export: off"));
    assert_eq!(of("Offline grace"), line("Offline grace", "none", TermSource::Policy, "none"));
    assert_eq!(lines.iter().filter(|line| line.origin == TermSource::License).count(), 2);
    let whole = effective(&Terms::default(), &Overrides::whole(&other()));
    assert!(whole.iter().all(|line| line.origin == TermSource::License));
}

fn reported(terms: &Terms) -> String {
    let lines = effective(terms, &Overrides::default());
    lines.iter().map(|line| format!("{}: {}", line.name, line.value)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_term_has_a_name_and_a_short_description() {
    insta::assert_snapshot!(reported(&Terms::default()), @r"
    Seats: 1 device
    Seat type: fixed, until released or expired
    When all seats are in use: the next device is refused
    Overage: none
    Lease: 30 days
    Requested lease: 1 hour to 90 days
    Offline grace: 7 days
    Features in grace: the same
    Ends: never
    After the end: everything stops
    Trial: no
    E-mail: not required
    Sign-in: not required
    Devices: any
    One seat per device in: the license
    Versions: all
    Maintenance: always
    Activating again: gets the same seat
    Seats are freed by: the device or support
    Seats may be transferred: 5 times in 30 days
    A freed seat: is available at once
    ");
    insta::assert_snapshot!(reported(&both_others()[1]), @r"
    Seats: 20 devices
    Seat type: floating, only while checked in
    When all seats are in use: a lapsed seat is taken over
    Overage: 10 % more
    Lease: 1 day
    Requested lease: 1 minute to 36525 days
    Offline grace: none
    Features in grace: sync: off
    Ends: 1 day after issue
    After the end: keeps running without newer versions
    Trial: 1 day for each device, with export: off
    E-mail: the license’s own
    Sign-in: anyone from example.com
    Devices: only pre-registered devices
    One seat per device in: the product
    Versions: <3
    Maintenance: 1 day from issue
    Activating again: is refused
    Seats are freed by: the device, 3 times in 1 day, or support
    Seats may be transferred: at any time
    A freed seat: waits until its tokens end
    ");
}
