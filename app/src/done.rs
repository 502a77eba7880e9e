//! The messages that confirm completed acts.

/// A completed act. Its key goes into the address, its message onto the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The owner's account was created.
    OwnerCreated,
    /// A license's details or its terms were changed.
    LicenseChanged,
    /// A license's notes were changed.
    NotesSaved,
    /// A license was suspended.
    LicenseSuspended,
    /// A license was reinstated.
    LicenseReinstated,
    /// A license was revoked.
    LicenseRevoked,
    /// A license was extended.
    LicenseExtended,
    /// A license got more seats.
    SeatsAdded,
    /// A license's tags were changed.
    TagsChanged,
    /// A view of the list of licenses was saved.
    ViewSaved,
    /// A view of the list of licenses was deleted.
    ViewDeleted,
    /// A job was started.
    JobStarted,
    /// A job was cancelled.
    JobCancelled,
    /// A job was resumed.
    JobResumed,
    /// A device was revoked.
    DeviceRevoked,
    /// An offline request was granted.
    OfflineGranted,
    /// An offline request that had been granted before was read again.
    OfflineBefore,
    /// A device was released by an offline release.
    DeviceReleased,
    /// A device was freed: revoked without a block.
    DeviceFreed,
    /// The session of a device without a seat was ended.
    SessionEnded,
    /// A device got back the seat that support had taken.
    DeviceRestored,
    /// A device was renamed.
    DeviceNamed,
    /// A device was blocked.
    DeviceBlocked,
    /// A block was removed.
    DeviceUnblocked,
    /// Devices were pre-registered.
    DevicesAuthorized,
    /// A device's pre-registration was removed.
    DeviceUnauthorized,
    /// A license's transfer count was reset.
    TransfersReset,
    /// A license got a new code.
    CodeReissued,
    /// A product was created.
    ProductCreated,
    /// A product was changed.
    ProductChanged,
    /// A product was withdrawn.
    ProductWithdrawn,
    /// A withdrawn product was reinstated.
    ProductOfferedAgain,
    /// A policy was created.
    PolicyCreated,
    /// A policy was changed.
    PolicyChanged,
    /// An invitation was withdrawn.
    InvitationWithdrawn,
    /// An account's role was changed.
    RoleChanged,
    /// An account was disabled.
    AccountDisabled,
    /// An account was enabled.
    AccountEnabled,
    /// A login was ended.
    LoginEnded,
    /// Logins were ended.
    LoginsEnded,
    /// The user's own password was changed.
    PasswordChanged,
    /// An identity was connected to the user's own account.
    IdentityConnected,
    /// An identity was disconnected from the user's own account.
    IdentityDisconnected,
    /// Local sign-in was turned off.
    LocalSignInOff,
    /// Local sign-in was turned on.
    LocalSignInOn,
    /// The vendor's profile was changed.
    OrganizationChanged,
    /// An API token was created.
    TokenCreated,
    /// An API token got a new secret.
    TokenRotated,
    /// An API token was revoked.
    TokenRevoked,
    /// A subscription to webhooks was created.
    WebhookCreated,
    /// A subscription was changed.
    WebhookChanged,
    /// A subscription was enabled.
    WebhookEnabled,
    /// A subscription was disabled.
    WebhookDisabled,
    /// A subscription was deleted.
    WebhookDeleted,
    /// The address of a subscription was verified.
    WebhookVerified,
    /// A message was sent on request.
    WebhookTried,
    /// A subscription got a new secret.
    WebhookRotated,
    /// Deliveries are sent again.
    WebhookReplayed,
}

impl Done {
    /// The name of the query parameter.
    pub const KEY: &str = live::query::DONE;
    /// The name of the query parameter with the device whose seat was taken.
    pub const UNDO: &str = live::query::UNDO;

    const ALL: &[Self] = &[
        Self::OwnerCreated,
        Self::LicenseChanged,
        Self::NotesSaved,
        Self::LicenseSuspended,
        Self::LicenseReinstated,
        Self::LicenseRevoked,
        Self::LicenseExtended,
        Self::SeatsAdded,
        Self::TagsChanged,
        Self::ViewSaved,
        Self::ViewDeleted,
        Self::JobStarted,
        Self::JobCancelled,
        Self::JobResumed,
        Self::DeviceRevoked,
        Self::OfflineGranted,
        Self::OfflineBefore,
        Self::DeviceReleased,
        Self::DeviceFreed,
        Self::SessionEnded,
        Self::DeviceRestored,
        Self::DeviceNamed,
        Self::DeviceBlocked,
        Self::DeviceUnblocked,
        Self::DevicesAuthorized,
        Self::DeviceUnauthorized,
        Self::TransfersReset,
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
        Self::OrganizationChanged,
        Self::TokenCreated,
        Self::TokenRotated,
        Self::TokenRevoked,
        Self::WebhookCreated,
        Self::WebhookChanged,
        Self::WebhookEnabled,
        Self::WebhookDisabled,
        Self::WebhookDeleted,
        Self::WebhookVerified,
        Self::WebhookTried,
        Self::WebhookRotated,
        Self::WebhookReplayed,
    ];

    /// The value in the address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OwnerCreated => "owner_created",
            Self::LicenseChanged => "license_changed",
            Self::NotesSaved => "notes_saved",
            Self::LicenseSuspended => "license_suspended",
            Self::LicenseReinstated => "license_reinstated",
            Self::LicenseRevoked => "license_revoked",
            Self::LicenseExtended => "license_extended",
            Self::SeatsAdded => "seats_added",
            Self::TagsChanged => "tags_changed",
            Self::ViewSaved => "view_saved",
            Self::ViewDeleted => "view_deleted",
            Self::JobStarted => "job_started",
            Self::JobCancelled => "job_cancelled",
            Self::JobResumed => "job_resumed",
            Self::DeviceRevoked => "device_revoked",
            Self::OfflineGranted => "offline_granted",
            Self::OfflineBefore => "offline_before",
            Self::DeviceReleased => "device_released",
            Self::DeviceFreed => "device_freed",
            Self::SessionEnded => "session_ended",
            Self::DeviceRestored => "device_restored",
            Self::DeviceNamed => "device_named",
            Self::DeviceBlocked => "device_blocked",
            Self::DeviceUnblocked => "device_unblocked",
            Self::DevicesAuthorized => "devices_authorized",
            Self::DeviceUnauthorized => "device_unauthorized",
            Self::TransfersReset => "moves_lifted",
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
            Self::OrganizationChanged => "organization_changed",
            Self::TokenCreated => "token_created",
            Self::TokenRotated => "token_rotated",
            Self::TokenRevoked => "token_revoked",
            Self::WebhookCreated => "webhook_created",
            Self::WebhookChanged => "webhook_changed",
            Self::WebhookEnabled => "webhook_enabled",
            Self::WebhookDisabled => "webhook_disabled",
            Self::WebhookDeleted => "webhook_deleted",
            Self::WebhookVerified => "webhook_verified",
            Self::WebhookTried => "webhook_tried",
            Self::WebhookRotated => "webhook_rotated",
            Self::WebhookReplayed => "webhook_replayed",
        }
    }

    /// The sentence on the page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OwnerCreated => "Your account is ready. Welcome to Latchkey.",
            Self::LicenseChanged => "License saved. Devices get the change at their next renewal.",
            Self::NotesSaved => "Notes saved.",
            Self::LicenseSuspended => "The license is suspended. Its devices can neither activate nor renew.",
            Self::LicenseReinstated => "The license is active again.",
            Self::LicenseRevoked => "The license is revoked, and its seats are free.",
            Self::LicenseExtended => "The license is extended. Devices pick up the new end at their next renewal.",
            Self::SeatsAdded => "The seats are added. Devices can use them now.",
            Self::TagsChanged => "The tags are saved.",
            Self::ViewSaved => "View saved. Only you see it.",
            Self::ViewDeleted => "View deleted.",
            Self::JobStarted => "The job is running in the background.",
            Self::JobCancelled => "The job is cancelled. What it has done stays done.",
            Self::JobResumed => "The job is running again.",
            Self::DeviceRevoked => "The device is revoked, and its seat is free.",
            Self::OfflineGranted => "The device is activated. Carry this response back to it.",
            Self::OfflineBefore => "This request was already granted. Here is its response again.",
            Self::DeviceReleased => "The device has released its seat.",
            Self::DeviceFreed => "Seat freed. Another device can use it now, or this one again.",
            Self::SessionEnded => "Session ended. The device can activate again.",
            Self::DeviceRestored => "Seat restored.",
            Self::DeviceNamed => "Device renamed.",
            Self::DeviceBlocked => "The device is blocked: it can neither activate nor renew there.",
            Self::DeviceUnblocked => "Block removed. The device can activate again.",
            Self::DevicesAuthorized => "The devices are registered and can activate.",
            Self::DeviceUnauthorized => "Registration removed. Where the terms require it, the device cannot activate.",
            Self::TransfersReset => "Transfer count reset. Seats can be transferred again.",
            Self::CodeReissued => "The license has a new code. The old one no longer works.",
            Self::ProductCreated => "Product created. Next, create a policy for it.",
            Self::ProductChanged => "Product saved. Devices get the change at their next renewal.",
            Self::ProductWithdrawn => "The product is withdrawn. Devices can neither activate nor renew.",
            Self::ProductOfferedAgain => "The product is active again: devices can activate and renew.",
            Self::PolicyCreated => "Policy created. You can now create licenses with it.",
            Self::PolicyChanged => "Policy saved. Devices get the change at their next renewal.",
            Self::InvitationWithdrawn => "The invitation is withdrawn, and its link no longer works.",
            Self::RoleChanged => "Role changed. It applies from the person’s next click.",
            Self::AccountDisabled => "The account is disabled, and its logins have ended.",
            Self::AccountEnabled => "The account is enabled and can sign in again.",
            Self::LoginEnded => "Login ended.",
            Self::LoginsEnded => "Logins ended.",
            Self::PasswordChanged => "Password changed. Your other logins have ended.",
            Self::IdentityConnected => "Provider connected. You can now sign in with it.",
            Self::IdentityDisconnected => "Provider disconnected. Logins that began there have ended.",
            Self::LocalSignInOff => "Local sign-in is off: passwords no longer work.",
            Self::LocalSignInOn => "Local sign-in is on: passwords work again.",
            Self::OrganizationChanged => "Organization saved. Devices get the change with their next license.",
            Self::TokenCreated => "Token created. Copy it now: it will not be shown again.",
            Self::TokenRotated => "The token has a new secret. Copy it now: it will not be shown again.",
            Self::TokenRevoked => "The token is revoked.",
            Self::WebhookCreated => "Webhook created. Copy its secret now: it will not be shown again.",
            Self::WebhookChanged => "The changes are saved.",
            Self::WebhookEnabled => "The webhook is enabled.",
            Self::WebhookDisabled => "The webhook is disabled. Its messages are held.",
            Self::WebhookDeleted => "The webhook is deleted.",
            Self::WebhookVerified => "The address is verified. Events are delivered from 20 seconds on.",
            Self::WebhookTried => "The message was sent. See the answer below.",
            Self::WebhookRotated => "The webhook has a new secret. Copy it now: it will not be shown again.",
            Self::WebhookReplayed => "The deliveries are sent again in the background.",
        }
    }

    /// The act with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.key() == key)
    }

    /// Ends the server function of this act: redirects the browser to this address, where the message is shown.
    pub fn at(self, address: &str) {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        crate::address::go(&format!("{path}{}", crate::address::query_with(query, Self::KEY, Some(self.key()))));
    }

    /// The same for an act that took the seat of this device: the message offers to undo it.
    pub fn undoable_at(self, path: &str, device: uuid::Uuid) {
        crate::address::go(&format!("{path}?{}={}&{}={device}", Self::KEY, self.key(), Self::UNDO));
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
