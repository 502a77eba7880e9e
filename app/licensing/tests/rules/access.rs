//! Permissions of each role, row by row.

use licensing::{Permission, Role};

/// The permissions that each role has, from viewer to owner.
const TABLE: [(Permission, [bool; 4]); 5] = [
    (Permission::See, [true, true, true, true]),
    (Permission::HelpCustomers, [false, true, true, true]),
    (Permission::ManageLicenses, [false, false, true, true]),
    (Permission::RevealCodes, [false, false, true, true]),
    (Permission::RunServer, [false, false, false, true]),
];

#[test]
fn every_role_has_exactly_the_permissions_in_the_table() {
    for (permission, row) in TABLE {
        for (role, allowed) in Role::ALL.into_iter().zip(row) {
            assert_eq!(role.may(permission), allowed, "{role:?} {permission:?}");
        }
    }
}

#[test]
fn a_higher_role_has_all_permissions_of_a_lower_one() {
    for pair in Role::ALL.windows(2) {
        assert!(pair[0] < pair[1]);
        for (permission, _) in TABLE {
            assert!(!pair[0].may(permission) || pair[1].may(permission), "{pair:?} {permission:?}");
        }
    }
}

#[test]
fn the_least_role_of_a_permission_is_the_lowest_that_has_it() {
    let least = TABLE.map(|(permission, _)| permission.least_role());
    assert_eq!(least, [Role::Viewer, Role::Support, Role::Admin, Role::Admin, Role::Owner]);
}

#[test]
fn a_role_is_found_by_the_name_it_is_stored_and_sent_under() {
    for (role, name) in Role::ALL.into_iter().zip(["viewer", "support", "admin", "owner"]) {
        assert_eq!(role.name(), name);
        assert_eq!(Role::from_name(name), Some(role));
        assert_eq!(serde_json::to_value(role).unwrap(), name);
    }
    for stranger in ["", "Owner", "root", "viewer "] {
        assert_eq!(Role::from_name(stranger), None, "{stranger:?}");
    }
}

#[test]
fn a_permission_is_found_by_its_name() {
    for permission in Permission::ALL {
        assert_eq!(Permission::from_name(permission.name()), Some(permission));
    }
    assert_eq!(Permission::from_name("everything"), None);
}
