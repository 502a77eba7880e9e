//! Rules on which devices may activate.

use licensing::{
    Refusal,
    activation::{BlockScope, Purpose, Rule},
    terms::{Devices, Identity, Reactivation},
};

use super::Case;

#[test]
fn a_blocked_device_is_refused_for_every_purpose_with_or_without_a_seat() {
    for scope in BlockScope::ALL {
        for case in
            [Case::good(), Case::good().with_a_seat(), Case::session(Purpose::Renew), Case::session(Purpose::CheckIn)]
        {
            let refused = Case { blocked: Some(scope), ..case }.decide().unwrap_err();
            assert_eq!(refused.rule, Rule::DeviceNotBlocked);
            assert_eq!(refused.refusal, Refusal::DeviceBlocked { scope });
        }
    }
}

#[test]
fn a_wider_block_is_greater_and_each_is_stored_under_its_name() {
    assert!(BlockScope::ALL.is_sorted());
    for scope in BlockScope::ALL {
        assert_eq!(BlockScope::from_name(scope.name()), Some(scope));
        assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
    }
    assert_eq!(BlockScope::from_name("planet"), None);
}

#[test]
fn only_pre_registered_devices_activate_where_the_terms_say_so() {
    for (devices, authorized, decides) in [
        (Devices::Any, false, None),
        (Devices::Any, true, None),
        (Devices::Authorized, false, Some(Rule::DeviceAuthorized)),
        (Devices::Authorized, true, None),
    ] {
        for purpose in [Purpose::Activate, Purpose::Renew, Purpose::CheckIn] {
            let mut case = Case::session(purpose);
            (case.license.terms.devices, case.authorized) = (devices, authorized);
            assert_eq!(case.decided_by(), decides, "{devices:?} {authorized} {purpose:?}");
        }
    }
}

#[test]
fn a_device_with_a_seat_elsewhere_is_refused_where_the_terms_forbid_a_second() {
    for (identity, elsewhere, refused) in [
        (Identity::License, true, false),
        (Identity::Policy, false, false),
        (Identity::Policy, true, true),
        (Identity::Product, false, false),
        (Identity::Product, true, true),
    ] {
        let mut case = Case::good();
        (case.license.terms.identity, case.elsewhere) = (identity, elsewhere);
        let refusal = refused.then_some(Refusal::ActivatedElsewhere { within: identity });
        assert_eq!(case.decide().err().map(|refused| refused.refusal), refusal, "{identity:?} {elsewhere}");
        assert_eq!(case.with_a_seat().decided_by(), None, "a seat that it already has is kept");
    }
}

#[test]
fn refusing_reactivation_applies_only_to_running_sessions() {
    let again = |change: fn(&mut Case)| {
        let mut case = Case::good().with_a_seat();
        case.license.terms.reactivation = Reactivation::Refuse;
        change(&mut case);
        case.decided_by()
    };
    assert_eq!(again(|_| {}), Some(Rule::MayActivateAgain));
    assert_eq!(again(|case| case.device.as_mut().unwrap().checked_out = true), None);
    assert_eq!(again(|case| case.device.as_mut().unwrap().released = true), None);
    assert_eq!(again(|case| case.request.purpose = Purpose::Renew), None);
    assert_eq!(again(|case| case.request.purpose = Purpose::CheckIn), None);
}
