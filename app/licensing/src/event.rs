//! Kinds of events in the audit log, and of their subjects.

use strum::{EnumIter, EnumString, IntoStaticStr};

/// Kind of an event, which tells the act that it records. Most variants are named after their stored names, which never
/// change.
#[allow(missing_docs, reason = "the stored names say it, and the audit log's wording of each is in the admin app")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
pub enum EventKind {
    #[strum(serialize = "license.created")]
    LicenseCreated,
    #[strum(serialize = "license.changed")]
    LicenseChanged,
    #[strum(serialize = "license.suspended")]
    LicenseSuspended,
    #[strum(serialize = "license.reinstated")]
    LicenseReinstated,
    #[strum(serialize = "license.revoked")]
    LicenseRevoked,
    #[strum(serialize = "license.code_revealed")]
    LicenseCodeRevealed,
    #[strum(serialize = "license.code_reissued")]
    LicenseCodeReissued,
    #[strum(serialize = "license.extended")]
    LicenseExtended,
    #[strum(serialize = "license.expiring")]
    LicenseExpiring,
    #[strum(serialize = "license.expired")]
    LicenseExpired,
    #[strum(serialize = "license.activated")]
    LicenseActivated,
    #[strum(serialize = "license.seat_limit_reached")]
    LicenseSeatLimitReached,
    #[strum(serialize = "license.seats_added")]
    LicenseSeatsAdded,
    #[strum(serialize = "license.tags_changed")]
    LicenseTagsChanged,
    #[strum(serialize = "licenses.exported")]
    LicensesExported,
    #[strum(serialize = "records.exported")]
    RecordsExported,
    #[strum(serialize = "job.started")]
    JobStarted,
    #[strum(serialize = "job.cancelled")]
    JobCancelled,
    #[strum(serialize = "job.resumed")]
    JobResumed,
    #[strum(serialize = "job.finished")]
    JobFinished,
    #[strum(serialize = "license.moves_forgiven")]
    LicenseTransfersReset,
    #[strum(serialize = "license.devices_authorized")]
    LicenseDevicesAuthorized,
    #[strum(serialize = "license.device_unauthorized")]
    LicenseDeviceUnauthorized,
    #[strum(serialize = "activation.refused")]
    ActivationRefused,
    #[strum(serialize = "device.activated")]
    DeviceActivated,
    #[strum(serialize = "device.renewed")]
    DeviceRenewed,
    #[strum(serialize = "device.released")]
    DeviceReleased,
    #[strum(serialize = "device.freed")]
    DeviceFreed,
    #[strum(serialize = "device.checked_out")]
    DeviceCheckedOut,
    #[strum(serialize = "device.checked_in")]
    DeviceCheckedIn,
    #[strum(serialize = "device.taken_over")]
    DeviceTakenOver,
    #[strum(serialize = "device.restored")]
    DeviceRestored,
    #[strum(serialize = "device.named")]
    DeviceNamed,
    #[strum(serialize = "device.blocked")]
    DeviceBlocked,
    #[strum(serialize = "device.unblocked")]
    DeviceUnblocked,
    #[strum(serialize = "device.revoked")]
    DeviceRevoked,
    #[strum(serialize = "request.age_waived")]
    RequestAgeWaived,
    #[strum(serialize = "release.age_waived")]
    ReleaseAgeWaived,
    #[strum(serialize = "product.created")]
    ProductCreated,
    #[strum(serialize = "product.changed")]
    ProductChanged,
    #[strum(serialize = "product.withdrawn")]
    ProductWithdrawn,
    #[strum(serialize = "product.offered_again")]
    ProductOfferedAgain,
    #[strum(serialize = "policy.created")]
    PolicyCreated,
    #[strum(serialize = "policy.changed")]
    PolicyChanged,
    #[strum(serialize = "account.created")]
    AccountCreated,
    #[strum(serialize = "account.signed_in")]
    AccountSignedIn,
    #[strum(serialize = "account.signed_out")]
    AccountSignedOut,
    #[strum(serialize = "account.sign_in_refused")]
    AccountSignInRefused,
    #[strum(serialize = "account.sign_out_refused")]
    AccountSignOutRefused,
    #[strum(serialize = "account.role_lost")]
    AccountRoleLost,
    #[strum(serialize = "account.sign_in_failed")]
    AccountSignInFailed,
    #[strum(serialize = "account.role_changed")]
    AccountRoleChanged,
    #[strum(serialize = "account.disabled")]
    AccountDisabled,
    #[strum(serialize = "account.enabled")]
    AccountEnabled,
    #[strum(serialize = "account.login_ended")]
    AccountLoginEnded,
    #[strum(serialize = "account.logins_ended")]
    AccountLoginsEnded,
    #[strum(serialize = "account.password_linked")]
    AccountPasswordLinked,
    #[strum(serialize = "account.password_set")]
    AccountPasswordSet,
    #[strum(serialize = "account.password_changed")]
    AccountPasswordChanged,
    #[strum(serialize = "account.password_refused")]
    AccountPasswordRefused,
    #[strum(serialize = "account.recovery_linked")]
    AccountRecoveryLinked,
    #[strum(serialize = "account.recovered")]
    AccountRecovered,
    #[strum(serialize = "account.identity_connected")]
    AccountIdentityConnected,
    #[strum(serialize = "account.identity_disconnected")]
    AccountIdentityDisconnected,
    #[strum(serialize = "account.view_saved")]
    AccountViewSaved,
    #[strum(serialize = "account.view_deleted")]
    AccountViewDeleted,
    #[strum(serialize = "account.local_sign_in_off")]
    AccountLocalSignInOff,
    #[strum(serialize = "account.local_sign_in_on")]
    AccountLocalSignInOn,
    #[strum(serialize = "invitation.created")]
    InvitationCreated,
    #[strum(serialize = "invitation.linked")]
    InvitationLinked,
    #[strum(serialize = "invitation.withdrawn")]
    InvitationWithdrawn,
    #[strum(serialize = "api_token.created")]
    ApiTokenCreated,
    #[strum(serialize = "api_token.rotated")]
    ApiTokenRotated,
    #[strum(serialize = "api_token.revoked")]
    ApiTokenRevoked,
    #[strum(serialize = "act.refused")]
    ActRefused,
    #[strum(serialize = "provider.created")]
    OrganizationCreated,
    #[strum(serialize = "provider.changed")]
    OrganizationChanged,
    #[strum(serialize = "signing_key.created")]
    SigningKeyCreated,
    #[strum(serialize = "signing_key.rotated")]
    SigningKeyRotated,
    #[strum(serialize = "signing_key.made_ahead")]
    SigningKeyPregenerated,
    #[strum(serialize = "signing_key.retired")]
    SigningKeyRetired,
    #[strum(serialize = "signing_key.revoked")]
    SigningKeyRevoked,
    #[strum(serialize = "status_list.opened")]
    StatusListOpened,
    #[strum(serialize = "clock.confirmed")]
    ClockConfirmed,
    #[strum(serialize = "webhook.created")]
    WebhookCreated,
    #[strum(serialize = "webhook.changed")]
    WebhookChanged,
    #[strum(serialize = "webhook.deleted")]
    WebhookDeleted,
    #[strum(serialize = "webhook.verified")]
    WebhookVerified,
    #[strum(serialize = "webhook.vouched")]
    WebhookVouched,
    #[strum(serialize = "webhook.verification_requested")]
    WebhookVerificationRequested,
    #[strum(serialize = "webhook.secret_rotated")]
    WebhookSecretRotated,
    #[strum(serialize = "webhook.tested")]
    WebhookTested,
    #[strum(serialize = "webhook.replayed")]
    WebhookReplayed,
    #[strum(serialize = "webhook.suspended")]
    WebhookSuspended,
    #[strum(serialize = "webhook.disabled")]
    WebhookDisabled,
}

/// Kind of an event's subject. Stored in snake case.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SubjectKind {
    Account,
    Act,
    ApiToken,
    Block,
    Clock,
    Device,
    Invitation,
    Job,
    License,
    Policy,
    Product,
    Provider,
    Request,
    Setting,
    SigningKey,
    StatusList,
    Webhook,
}
