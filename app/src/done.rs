//! What an act says once it is done.

/// An act that is done. Its key goes into the address, its words onto the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The owner's account was made.
    OwnerCreated,
    /// What is known of a license, or its terms, changed.
    LicenseChanged,
    /// A license was suspended.
    LicenseSuspended,
    /// A license was reinstated.
    LicenseReinstated,
    /// A license was revoked.
    LicenseRevoked,
    /// A device was revoked.
    DeviceRevoked,
    /// A device that is never online was activated by its request.
    OfflineGranted,
    /// A request that had been granted before was read again.
    OfflineBefore,
    /// A device gave its seat up by a proof on paper.
    DeviceReleased,
    /// A device's seat was given back.
    DeviceFreed,
    /// A device has the seat back that support took.
    DeviceRestored,
    /// A device has another name.
    DeviceNamed,
    /// A device was blocked.
    DeviceBlocked,
    /// A block was taken away.
    DeviceUnblocked,
    /// Devices were entered beforehand.
    DevicesAuthorized,
    /// A device was taken out again.
    DeviceUnauthorized,
    /// The moves of a license were lifted.
    MovesLifted,
    /// A license has a new code.
    CodeReissued,
    /// A product was made.
    ProductCreated,
    /// A product was changed.
    ProductChanged,
    /// A product was withdrawn.
    ProductWithdrawn,
    /// A withdrawn product is offered again.
    ProductOfferedAgain,
    /// A policy was made.
    PolicyCreated,
    /// A policy was changed.
    PolicyChanged,
    /// An invitation was taken back.
    InvitationWithdrawn,
    /// An account has another role.
    RoleChanged,
    /// An account was disabled.
    AccountDisabled,
    /// An account was enabled.
    AccountEnabled,
    /// A login was ended.
    LoginEnded,
    /// Logins were ended.
    LoginsEnded,
    /// One's password was changed.
    PasswordChanged,
    /// An identity was connected to one's account.
    IdentityConnected,
    /// An identity was taken from one's account.
    IdentityDisconnected,
    /// Passwords are not taken any more.
    LocalSignInOff,
    /// Passwords are taken again.
    LocalSignInOn,
    /// An API token was made.
    TokenCreated,
    /// An API token has another secret.
    TokenRotated,
    /// An API token was revoked.
    TokenRevoked,
}

impl Done {
    /// The key in the query.
    pub const KEY: &str = live::query::DONE;

    const ALL: &[Self] = &[
        Self::OwnerCreated,
        Self::LicenseChanged,
        Self::LicenseSuspended,
        Self::LicenseReinstated,
        Self::LicenseRevoked,
        Self::DeviceRevoked,
        Self::OfflineGranted,
        Self::OfflineBefore,
        Self::DeviceReleased,
        Self::DeviceFreed,
        Self::DeviceRestored,
        Self::DeviceNamed,
        Self::DeviceBlocked,
        Self::DeviceUnblocked,
        Self::DevicesAuthorized,
        Self::DeviceUnauthorized,
        Self::MovesLifted,
        Self::CodeReissued,
        Self::ProductCreated,
        Self::ProductChanged,
        Self::ProductWithdrawn,
        Self::ProductOfferedAgain,
        Self::PolicyCreated,
        Self::PolicyChanged,
        Self::InvitationWithdrawn,
        Self::RoleChanged,
        Self::AccountDisabled,
        Self::AccountEnabled,
        Self::LoginEnded,
        Self::LoginsEnded,
        Self::PasswordChanged,
        Self::IdentityConnected,
        Self::IdentityDisconnected,
        Self::LocalSignInOff,
        Self::LocalSignInOn,
        Self::TokenCreated,
        Self::TokenRotated,
        Self::TokenRevoked,
    ];

    /// The word in the address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnerCreated => "owner_created",
            Self::LicenseChanged => "license_changed",
            Self::LicenseSuspended => "license_suspended",
            Self::LicenseReinstated => "license_reinstated",
            Self::LicenseRevoked => "license_revoked",
            Self::DeviceRevoked => "device_revoked",
            Self::OfflineGranted => "offline_granted",
            Self::OfflineBefore => "offline_before",
            Self::DeviceReleased => "device_released",
            Self::DeviceFreed => "device_freed",
            Self::DeviceRestored => "device_restored",
            Self::DeviceNamed => "device_named",
            Self::DeviceBlocked => "device_blocked",
            Self::DeviceUnblocked => "device_unblocked",
            Self::DevicesAuthorized => "devices_authorized",
            Self::DeviceUnauthorized => "device_unauthorized",
            Self::MovesLifted => "moves_lifted",
            Self::CodeReissued => "code_reissued",
            Self::ProductCreated => "product_created",
            Self::ProductChanged => "product_changed",
            Self::ProductWithdrawn => "product_withdrawn",
            Self::ProductOfferedAgain => "product_offered_again",
            Self::PolicyCreated => "policy_created",
            Self::PolicyChanged => "policy_changed",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::RoleChanged => "role_changed",
            Self::AccountDisabled => "account_disabled",
            Self::AccountEnabled => "account_enabled",
            Self::LoginEnded => "login_ended",
            Self::LoginsEnded => "logins_ended",
            Self::PasswordChanged => "password_changed",
            Self::IdentityConnected => "identity_connected",
            Self::IdentityDisconnected => "identity_disconnected",
            Self::LocalSignInOff => "local_sign_in_off",
            Self::LocalSignInOn => "local_sign_in_on",
            Self::TokenCreated => "token_created",
            Self::TokenRotated => "token_rotated",
            Self::TokenRevoked => "token_revoked",
        }
    }

    /// The sentence on the page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OwnerCreated => "Your account is ready. Welcome to Latchkey.",
            Self::LicenseChanged => "License saved. Devices pick it up at their next renewal.",
            Self::LicenseSuspended => "The license is suspended: nothing activates or renews.",
            Self::LicenseReinstated => "The license is active again.",
            Self::LicenseRevoked => "The license is revoked, and its seats are free.",
            Self::DeviceRevoked => "The device is revoked, and its seat is free.",
            Self::OfflineGranted => "The device is activated. Carry this response back to it.",
            Self::OfflineBefore => "This request was granted before. Here is its response once more.",
            Self::DeviceReleased => "The device has given its seat up.",
            Self::DeviceFreed => "Seat freed.",
            Self::DeviceRestored => "Seat restored.",
            Self::DeviceNamed => "The device has its new name.",
            Self::DeviceBlocked => "The device is blocked: it neither activates nor renews there.",
            Self::DeviceUnblocked => "The block is gone: the device may ask again.",
            Self::DevicesAuthorized => "The devices are entered, and may activate.",
            Self::DeviceUnauthorized => "The device is taken out, and activates no more where the terms ask for it.",
            Self::MovesLifted => "Transfer count reset. Devices can release their seats again.",
            Self::CodeReissued => "The license has a new code, and the old one finds nothing any more.",
            Self::ProductCreated => "The product is made. Next it needs a policy.",
            Self::ProductChanged => "Product saved. Devices pick it up at their next renewal.",
            Self::ProductWithdrawn => "The product is withdrawn: nothing activates or renews.",
            Self::ProductOfferedAgain => "The product is active again: devices may activate and renew.",
            Self::PolicyCreated => "The policy is made. Now it can have licenses.",
            Self::PolicyChanged => "Policy saved. Devices pick it up at their next renewal.",
            Self::InvitationWithdrawn => "The invitation is withdrawn, and its link works no more.",
            Self::RoleChanged => "The role is changed, from the person’s next click.",
            Self::AccountDisabled => "The account is disabled, and its logins are ended.",
            Self::AccountEnabled => "The account may sign in again.",
            Self::LoginEnded => "The login is ended.",
            Self::LoginsEnded => "The logins are ended.",
            Self::PasswordChanged => "Your password is changed, and your other logins are ended.",
            Self::IdentityConnected => "The provider is connected: you may sign in there from now on.",
            Self::IdentityDisconnected => "The provider is disconnected, and logins that began there are ended.",
            Self::LocalSignInOff => "Local sign-in is off: passwords open nothing any more.",
            Self::LocalSignInOn => "Local sign-in is on: passwords are taken again.",
            Self::TokenCreated => "The token is made. Copy it: it is shown only now.",
            Self::TokenRotated => "The token has another secret. Copy it: it is shown only now.",
            Self::TokenRevoked => "The token is revoked.",
        }
    }

    /// The act of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.key() == key)
    }

    /// Ends a server function that did it: the browser goes on to `path`, which has no query, and is told there.
    pub fn at(self, path: &str) {
        crate::address::go(&format!("{path}?{}={}", Self::KEY, self.key()));
    }
}

#[cfg(test)]
mod tests {
    use super::Done;

    #[test]
    fn every_act_is_found_by_its_key_and_said_in_a_sentence() {
        for done in Done::ALL {
            assert_eq!(Done::from_key(done.key()), Some(*done));
            assert!(done.words().ends_with('.'), "{}", done.words());
        }
        assert_eq!(Done::from_key("<script>"), None);
    }
}
