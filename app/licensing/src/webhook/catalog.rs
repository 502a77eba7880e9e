//! Types of messages: one for each act that other systems may want to know of.

use super::entity::Entity;
use crate::EventKind;

/// Type of the message with which a new address shows that it wants messages.
pub const CHALLENGE: &str = "Webhooks.Registration.Challenge";

/// Attributes of the envelope by which a subscription can be limited.
pub const ATTRIBUTES: [&str; 6] = ["daysleft", "entityid", "entitykind", "eventversion", "subject", "type"];

/// A type of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventType {
    /// Name, such as `license.suspended`.
    pub name: &'static str,
    /// Event of the audit log that it reports.
    pub event: EventKind,
    /// Kind of the object that it is about.
    pub entity: Entity,
    /// Version of the form of its data.
    pub version: u32,
    /// `true` if no pattern chooses it, because it is frequent: it must be named exactly.
    pub must_be_named: bool,
    /// Sentence that describes it.
    pub description: &'static str,
    /// Members of the event's changes that the message contains. All others are only named.
    pub members: &'static [&'static str],
}

impl EventType {
    /// Returns the type with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CATALOG.iter().find(|it| it.name == name)
    }

    /// Returns the type that reports this event; `None` if it is not published.
    pub fn of(event: EventKind) -> Option<&'static Self> {
        CATALOG.iter().find(|it| it.event == event)
    }

    /// Group of the type: `license` for `license.suspended`.
    pub fn group(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }
}

/// Members of a license that messages contain. Never its notes, which are for colleagues.
const LICENSE: &[&str] =
    &["state", "customer", "email", "reference", "metadata", "features", "ends_at", "seats", "tags"];
const SEAT: &[&str] = &["lease_ends_at", "hold_until", "over_limit"];
const PRODUCT: &[&str] = &["code", "name", "algorithm", "lifecycle", "code_shape"];
const KEY: &[&str] = &["algorithm", "product", "signs_from", "devices"];

macro_rules! catalog {
    ($($name:literal = $event:ident of $entity:ident $(, $named:ident)?: $description:literal $members:expr;)+) => {
        /// Every type, in the order of lists.
        pub const CATALOG: &[EventType] = &[$(EventType {
            name: $name,
            event: EventKind::$event,
            entity: Entity::$entity,
            version: 1,
            must_be_named: catalog!(@ $($named)?),
            description: $description,
            members: $members,
        }),+];
    };
    (@ named) => { true };
    (@) => { false };
}

catalog! {
    "license.created" = LicenseCreated of License: "A license was created." LICENSE;
    "license.changed" = LicenseChanged of License: "A license was edited." LICENSE;
    "license.suspended" = LicenseSuspended of License: "A license was suspended." LICENSE;
    "license.reinstated" = LicenseReinstated of License: "A suspended license was reinstated." LICENSE;
    "license.revoked" = LicenseRevoked of License: "A license was revoked permanently." LICENSE;
    "license.extended" = LicenseExtended of License: "The end of a license was moved." LICENSE;
    "license.expiring" = LicenseExpiring of License:
        "A license ends soon: sent once for each end, 30, 7 and 1 days before it." &["ends_at", "days_left"];
    "license.expired" = LicenseExpired of License: "A license has ended: sent once for each end." &["ends_at"];
    "license.activated" = LicenseActivated of License: "The first device of a license activated." &["activation", "ends_at"];
    "license.seat_limit_reached" = LicenseSeatLimitReached of License:
        "A device took the last free seat of a license." &["seats"];
    "license.seats_added" = LicenseSeatsAdded of License: "A license got more seats." LICENSE;
    "license.tagged" = LicenseTagsChanged of License: "The tags of a license were changed." LICENSE;
    "license.transfers_reset" = LicenseTransfersReset of License: "The transfer count of a license was reset." &[];
    "license.devices_registered" = LicenseDevicesAuthorized of License:
        "Devices were pre-registered for a license." &["devices"];
    "license.device_unregistered" = LicenseDeviceUnauthorized of License:
        "A pre-registered device was removed from a license." &[];
    "code.revealed" = LicenseCodeRevealed of License: "Someone read a whole activation code." &[];
    "code.reissued" = LicenseCodeReissued of License: "An activation code was replaced by a new one." &[];
    "activation.created" = DeviceActivated of Activation: "A device activated and took a seat." SEAT;
    "activation.renewed" = DeviceRenewed of Activation, named: "A device renewed its lease." SEAT;
    "activation.checked_in" = DeviceCheckedIn of Activation, named: "A device with a floating seat checked in." SEAT;
    "activation.checked_out" = DeviceCheckedOut of Activation: "A device checked out of its floating seat." SEAT;
    "activation.released" = DeviceReleased of Activation: "A device released its seat." SEAT;
    "activation.freed" = DeviceFreed of Activation: "Staff released a seat on the customer’s behalf." SEAT;
    "activation.revoked" = DeviceRevoked of Activation: "Staff revoked a seat." SEAT;
    "activation.restored" = DeviceRestored of Activation: "A release or revocation was undone." SEAT;
    "activation.taken_over" = DeviceTakenOver of Activation: "A device lost its lapsed seat to another device." SEAT;
    "activation.named" = DeviceNamed of Activation: "Staff named a device." &["label"];
    "activation.refused" = ActivationRefused of License:
        "A device was refused: at most one an hour for each license and reason. It may be lost in a crash."
        &["refusal", "rule", "purpose", "decision", "device"];
    "device.blocked" = DeviceBlocked of Block: "A device was blocked." &["blocked_for", "seats_taken"];
    "device.unblocked" = DeviceUnblocked of Block: "A block of a device was removed." &["blocked_for"];
    "product.created" = ProductCreated of Product: "A product was created." PRODUCT;
    "product.changed" = ProductChanged of Product: "A product was edited, or a version announced." PRODUCT;
    "product.withdrawn" = ProductWithdrawn of Product: "A product was withdrawn: no device can activate it." PRODUCT;
    "product.offered_again" = ProductOfferedAgain of Product: "A withdrawn product was reinstated." PRODUCT;
    "policy.created" = PolicyCreated of Policy: "A policy was created." &["name"];
    "policy.changed" = PolicyChanged of Policy: "A policy was edited." &["name"];
    "key.created" = SigningKeyCreated of Key: "A signing key was created." KEY;
    "key.pregenerated" = SigningKeyPregenerated of Key: "A signing key was created in advance." KEY;
    "key.rotated" = SigningKeyRotated of Key: "The next signing key was created." KEY;
    "key.retired" = SigningKeyRetired of Key: "A signing key stopped signing." KEY;
    "key.revoked" = SigningKeyRevoked of Key: "A signing key was revoked: its tokens are no longer valid." KEY;
    "job.finished" = JobFinished of Job: "An act on many licenses has ended." &["act", "state", "licenses", "done", "failed", "skipped"];
    "webhook.suspended" = WebhookSuspended of Subscription:
        "A subscription was suspended, because every delivery failed for days." &["url"];
    "webhook.disabled" = WebhookDisabled of Subscription:
        "A subscription was disabled, because its receiver answered 410." &["url"];
}

/// Events without a type, and the reason.
pub const UNPUBLISHED: &[(&str, &str)] = &[
    ("account.", "accounts are the business of this server’s owners"),
    ("invitation.", "accounts are the business of this server’s owners"),
    ("api_token.", "a receiver could learn which programs exist"),
    ("act.", "refused acts are read in the audit log"),
    ("provider.", "the vendor knows its own name"),
    ("licenses.exported", "exports are read in the audit log"),
    ("records.exported", "exports are read in the audit log"),
    ("job.", "each license of a job has an event of its own, and the end of the job has a type"),
    ("request.", "a note to an activation, which has an event of its own"),
    ("release.", "a note to a release, which has an event of its own"),
    ("status_list.", "status lists are read at their own address"),
    ("clock.", "the clock is the business of this server’s owners"),
    ("webhook.", "acts on subscriptions are read in the audit log"),
];
