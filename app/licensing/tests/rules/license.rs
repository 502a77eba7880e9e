use licensing::{
    Period, Span,
    license::{LicenseStatus, State, StateChange, ends_at, has_ended, status},
    terms::Validity,
};

use crate::{DAY, at};

#[test]
fn a_license_changes_its_state_but_never_leaves_revoked() {
    use State::{Active, Revoked, Suspended};
    for (before, step, after) in [
        (Active, StateChange::Suspend, Some(Suspended)),
        (Active, StateChange::Reinstate, None),
        (Active, StateChange::Revoke, Some(Revoked)),
        (Suspended, StateChange::Suspend, None),
        (Suspended, StateChange::Reinstate, Some(Active)),
        (Suspended, StateChange::Revoke, Some(Revoked)),
        (Revoked, StateChange::Suspend, None),
        (Revoked, StateChange::Reinstate, None),
        (Revoked, StateChange::Revoke, None),
    ] {
        assert_eq!(before.after(step).ok(), after, "{before:?} {step:?}");
    }
}

#[test]
fn a_refused_state_change_says_why() {
    insta::assert_snapshot!(State::Active.after(StateChange::Reinstate).unwrap_err(), @"This license is already active.");
    insta::assert_snapshot!(State::Suspended.after(StateChange::Suspend).unwrap_err(), @"This license is already suspended.");
    insta::assert_snapshot!(State::Revoked.after(StateChange::Revoke).unwrap_err(), @"This license was revoked permanently. Create a new one.");
}

#[test]
fn a_state_is_found_by_the_name_it_is_stored_and_sent_under() {
    for (state, name) in [(State::Active, "active"), (State::Suspended, "suspended"), (State::Revoked, "revoked")] {
        assert_eq!(state.name(), name);
        assert_eq!(State::from_name(name), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), name);
    }
    assert_eq!(State::from_name("ended"), None, "`ended` is computed, never stored");
}

#[test]
fn a_license_ends_where_its_validity_says() {
    let (issued, first) = (at("2026-01-01T00:00:00Z"), at("2026-02-01T10:30:00Z"));
    let until = at("2027-03-12T00:00:00Z");
    for (validity, first, end) in [
        (Validity::Perpetual, Some(first), None),
        (Validity::Until(until), None, Some(until)),
        (Validity::FromIssue(Span::days(31).into()), Some(first), Some(at("2026-02-01T00:00:00Z"))),
        (Validity::FromFirstActivation(Span::days(28).into()), Some(first), Some(at("2026-03-01T10:30:00Z"))),
        (Validity::FromFirstActivation(Span::days(28).into()), None, None),
        (Validity::FromIssue(Period::Months(1)), None, Some(at("2026-02-01T00:00:00Z"))),
        (Validity::FromFirstActivation(Period::YEAR), Some(first), Some(at("2027-02-01T10:30:00Z"))),
        (Validity::FromIssue(Span::seconds(u64::MAX).into()), None, Some(at("9999-12-31T23:59:59Z"))),
    ] {
        assert_eq!(ends_at(validity, issued, first), end, "{validity:?}");
    }
}

#[test]
fn a_license_ends_in_the_same_second_as_a_token() {
    let end = Some(at("2026-01-01T12:00:00.700Z"));
    for (now, over) in [
        ("2026-01-01T11:59:59.999999Z", false),
        ("2026-01-01T12:00:00Z", true),
        ("2026-01-01T12:00:00.800Z", true),
        ("2026-01-01T12:00:01Z", true),
    ] {
        assert_eq!(has_ended(end, at(now)), over, "{now}");
    }
    assert!(!has_ended(None, at("9999-12-31T23:59:59Z")));
}

#[test]
fn lists_show_the_standing_of_a_license() {
    let now = at("2026-06-01T00:00:00Z");
    let (came, past) = (Some(at("2026-05-01T00:00:00Z")), Some(at("2026-05-31T23:59:59Z")));
    let (in_6_days, in_7_days) = (Some(Span::days(6).after(now)), Some(Span::days(7).after(now)));
    for (state, end, first, shown) in [
        (State::Active, None, came, LicenseStatus::Active),
        (State::Active, None, None, LicenseStatus::NotStarted),
        (State::Active, in_7_days, came, LicenseStatus::Active),
        (State::Active, in_7_days, None, LicenseStatus::NotStarted),
        (State::Active, in_6_days, came, LicenseStatus::Ending),
        (State::Active, in_6_days, None, LicenseStatus::Ending),
        (State::Active, past, came, LicenseStatus::Ended),
        (State::Active, Some(now), came, LicenseStatus::Ended),
        (State::Suspended, None, came, LicenseStatus::Suspended),
        (State::Suspended, in_6_days, came, LicenseStatus::Suspended),
        (State::Suspended, past, came, LicenseStatus::Ended),
        (State::Revoked, None, came, LicenseStatus::Revoked),
        (State::Revoked, past, came, LicenseStatus::Revoked),
    ] {
        assert_eq!(status(state, end, first, now), shown, "{state:?} {end:?} {first:?}");
    }
    let last = at("9999-12-31T23:59:59Z");
    assert_eq!(status(State::Active, None, came, last), LicenseStatus::Active);
    assert!(DAY.after(last) >= last);
}
