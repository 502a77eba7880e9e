//! The messages that confirm completed acts.

/// Defines [`Done`] from rows of name, key in the address, and message.
macro_rules! done {
    ($($(#[$doc:meta])+ $act:ident = $key:literal: $words:literal;)+) => {
        /// A completed act. Its key goes into the address, its message onto the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Done {
            $($(#[$doc])+ $act,)+
        }

        impl Done {
            const ALL: &[Self] = &[$(Self::$act),+];

            /// The value in the address.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$act => $key,)+
                }
            }

            /// The sentence on the page.
            pub const fn words(self) -> &'static str {
                match self {
                    $(Self::$act => $words,)+
                }
            }
        }
    };
}

done! {
    /// The owner's account was created.
    OwnerCreated = "owner_created": "Your account is ready. Welcome to Latchkey.";
    /// A license's details or its terms were changed.
    LicenseChanged = "license_changed": "License saved. Devices get the change at their next renewal.";
    /// A license's notes were changed.
    NotesSaved = "notes_saved": "Notes saved.";
    /// A license was suspended.
    LicenseSuspended = "license_suspended": "The license is suspended. Its devices can neither activate nor renew.";
    /// A license was reinstated.
    LicenseReinstated = "license_reinstated": "The license is active again.";
    /// A license was revoked.
    LicenseRevoked = "license_revoked": "The license is revoked, and its seats are free.";
    /// A license was extended.
    LicenseExtended = "license_extended": "The license is extended. Devices pick up the new end at their next renewal.";
    /// A license got more seats.
    SeatsAdded = "seats_added": "The seats are added. Devices can use them now.";
    /// A license's tags were changed.
    TagsChanged = "tags_changed": "The tags are saved.";
    /// A view of the list of licenses was saved.
    ViewSaved = "view_saved": "View saved. Only you see it.";
    /// A view of the list of licenses was deleted.
    ViewDeleted = "view_deleted": "View deleted.";
    /// A job was started.
    JobStarted = "job_started": "The job has started.";
    /// A job was cancelled.
    JobCancelled = "job_cancelled": "The job is cancelled. What it has done stays done.";
    /// A job was resumed.
    JobResumed = "job_resumed": "The job is running again.";
    /// A device was revoked.
    DeviceRevoked = "device_revoked": "The device is revoked, and its seat is free.";
    /// An offline request was granted.
    OfflineGranted = "offline_granted": "The device is activated. Carry this response back to it.";
    /// An offline request that had been granted before was read again.
    OfflineBefore = "offline_before": "This request was already granted. Here is its response again.";
    /// A device was released by an offline release.
    DeviceReleased = "device_released": "The device has released its seat.";
    /// A device was freed: revoked without a block.
    DeviceFreed = "device_freed": "Seat freed. Another device can use it now, or this one again.";
    /// The session of a device without a seat was ended.
    SessionEnded = "session_ended": "Session ended. The device can activate again.";
    /// A device got back the seat that support had taken.
    DeviceRestored = "device_restored": "Seat restored.";
    /// A device was renamed.
    DeviceNamed = "device_named": "Device renamed.";
    /// A device was blocked.
    DeviceBlocked = "device_blocked": "The device is blocked: it can neither activate nor renew there.";
    /// A block was removed.
    DeviceUnblocked = "device_unblocked": "Block removed. The device can activate again.";
    /// Devices were pre-registered.
    DevicesAuthorized = "devices_authorized": "The devices are registered and can activate.";
    /// A device's pre-registration was removed.
    DeviceUnauthorized = "device_unauthorized":
        "Registration removed. Where the terms require it, the device cannot activate.";
    /// A license's transfer count was reset.
    TransfersReset = "moves_lifted": "Transfer count reset. Seats can be transferred again.";
    /// A license got a new code.
    CodeReissued = "code_reissued": "The license has a new code. The old one no longer works.";
    /// A product was created.
    ProductCreated = "product_created": "Product created. Next, create a policy for it.";
    /// A product was changed.
    ProductChanged = "product_changed": "Product saved. Devices get the change at their next renewal.";
    /// A product was withdrawn.
    ProductWithdrawn = "product_withdrawn": "The product is withdrawn. Devices can neither activate nor renew.";
    /// A withdrawn product was reinstated.
    ProductOfferedAgain = "product_offered_again": "The product is active again: devices can activate and renew.";
    /// A policy was created.
    PolicyCreated = "policy_created": "Policy created. You can now create licenses with it.";
    /// A policy was changed.
    PolicyChanged = "policy_changed": "Policy saved. Devices get the change at their next renewal.";
    /// An invitation was withdrawn.
    InvitationWithdrawn = "invitation_withdrawn": "The invitation is withdrawn, and its link no longer works.";
    /// An account's role was changed.
    RoleChanged = "role_changed": "Role changed. It applies from the person’s next click.";
    /// An account was disabled.
    AccountDisabled = "account_disabled": "The account is disabled, and its logins have ended.";
    /// An account was enabled.
    AccountEnabled = "account_enabled": "The account is enabled and can sign in again.";
    /// A login was ended.
    LoginEnded = "login_ended": "Login ended.";
    /// Logins were ended.
    LoginsEnded = "logins_ended": "Logins ended.";
    /// The user's own password was changed.
    PasswordChanged = "password_changed": "Password changed. Your other logins have ended.";
    /// An identity was connected to the user's own account.
    IdentityConnected = "identity_connected": "Provider connected. You can now sign in with it.";
    /// An identity was disconnected from the user's own account.
    IdentityDisconnected = "identity_disconnected": "Provider disconnected. Logins that began there have ended.";
    /// Local sign-in was turned off.
    LocalSignInOff = "local_sign_in_off": "Local sign-in is off: passwords no longer work.";
    /// Local sign-in was turned on.
    LocalSignInOn = "local_sign_in_on": "Local sign-in is on: passwords work again.";
    /// The vendor's profile was changed.
    OrganizationChanged = "organization_changed": "Organization saved. Devices get the change with their next license.";
    /// An API token was created.
    TokenCreated = "token_created": "Token created. Copy it now: it will not be shown again.";
    /// An API token got a new secret.
    TokenRotated = "token_rotated": "The token has a new secret. Copy it now: it will not be shown again.";
    /// An API token was revoked.
    TokenRevoked = "token_revoked": "The token is revoked.";
    /// The next signing key was created.
    KeyRotated = "key_rotated": "The next key is published. It signs in ten minutes.";
    /// Signing keys were created in advance.
    KeysPregenerated = "keys_pregenerated": "The next two keys are published and can be pinned.";
    /// A signing key was retired.
    KeyRetired = "key_retired": "The key no longer signs. Its tokens stay valid.";
    /// A signing key was revoked.
    KeyRevoked = "key_revoked": "The key is revoked. Its devices must renew online.";
    /// A subscription to webhooks was created.
    WebhookCreated = "webhook_created": "Webhook created. Copy its secret now: it will not be shown again.";
    /// A subscription was changed.
    WebhookChanged = "webhook_changed": "The changes are saved.";
    /// A subscription was enabled.
    WebhookEnabled = "webhook_enabled": "The webhook is enabled.";
    /// A subscription was disabled.
    WebhookDisabled = "webhook_disabled": "The webhook is disabled. Its messages are held.";
    /// A subscription was deleted.
    WebhookDeleted = "webhook_deleted": "The webhook is deleted.";
    /// The address of a subscription was verified.
    WebhookVerified = "webhook_verified": "The address is verified. Events are delivered from 20 seconds on.";
    /// A message was sent on request.
    WebhookTried = "webhook_tried": "The message was sent. See the answer below.";
    /// A subscription got a new secret.
    WebhookRotated = "webhook_rotated": "The webhook has a new secret. Copy it now: it will not be shown again.";
    /// Deliveries are sent again.
    WebhookReplayed = "webhook_replayed": "The deliveries are sent again in the background.";
}

impl Done {
    /// The name of the query parameter.
    pub const KEY: &str = live::query::DONE;
    /// The name of the query parameter with the device whose seat was taken.
    pub const UNDO: &str = live::query::UNDO;

    /// The act with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|done| done.key() == key)
    }

    /// Ends the server function of this act: redirects the browser to this address, where the message is shown.
    pub fn at(self, address: &str) {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        crate::http::address::go(&format!(
            "{path}{}",
            crate::http::address::query_with(query, Self::KEY, Some(self.key()))
        ));
    }

    /// The same for an act that took the seat of this device: the message offers to undo it.
    pub fn undoable_at(self, path: &str, device: uuid::Uuid) {
        crate::http::address::go(&format!("{path}?{}={}&{}={device}", Self::KEY, self.key(), Self::UNDO));
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
