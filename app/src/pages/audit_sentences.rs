//! The wording of events: actor, kind, subject and changes.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::EventKind;

use super::audit_folds;
use crate::{
    admin::audit::{Change, EventLine},
    components::{Icon, Symbol, Tone, When},
};

/// The icon, tone and wording of a kind of event.
struct Wording {
    icon: Symbol,
    tone: Tone,
    /// Words after the actor's name. The subject's name follows, unless the actor is the subject.
    verb: Cow<'static, str>,
    /// The same for the subject's own page, without its name; empty if the name is needed there too.
    here: &'static str,
}

const fn wording(icon: Symbol, tone: Tone, verb: &'static str, here: &'static str) -> Wording {
    Wording { icon, tone, verb: Cow::Borrowed(verb), here }
}

/// The wording of the kind with this stored name. A kind of a newer or older version is shown by that name.
fn wording_of(name: &str) -> Wording {
    match EventKind::from_name(name) {
        Some(kind) => wording_of_kind(kind),
        None => Wording {
            verb: format!("performed “{name}” on").into(),
            ..wording(Symbol::History, Tone::Plain, "", "")
        },
    }
}

fn wording_of_kind(kind: EventKind) -> Wording {
    use EventKind as E;
    match kind {
        E::LicenseCreated => wording(Symbol::ScrollText, Tone::Plain, "created the license of", "created this license"),
        E::LicenseChanged => wording(Symbol::Pencil, Tone::Plain, "changed the license of", "changed this license"),
        E::LicenseSuspended => wording(Symbol::Pause, Tone::Bad, "suspended the license of", "suspended this license"),
        E::LicenseReinstated => {
            wording(Symbol::Undo2, Tone::Plain, "reinstated the license of", "reinstated this license")
        }
        E::LicenseRevoked => wording(Symbol::Ban, Tone::Bad, "revoked the license of", "revoked this license"),
        E::LicenseCodeRevealed => wording(Symbol::Eye, Tone::Plain, "revealed the code of", "revealed the code"),
        E::DeviceActivated => wording(Symbol::MonitorSmartphone, Tone::Accent, "activated", "activated"),
        E::DeviceRenewed => wording(Symbol::RefreshCw, Tone::Plain, "renewed its lease", "renewed its lease"),
        E::DeviceReleased => wording(Symbol::Undo2, Tone::Plain, "released its seat", "released its seat"),
        E::LicenseCodeReissued => wording(Symbol::KeyRound, Tone::Bad, "reissued the code of", "reissued the code"),
        E::LicenseExtended => wording(Symbol::Clock, Tone::Plain, "extended the license of", "extended this license"),
        E::LicenseExpiring => {
            wording(Symbol::Clock, Tone::Plain, "noticed the approaching end of", "noticed the approaching end")
        }
        E::LicenseExpired => {
            wording(Symbol::Clock, Tone::Bad, "noticed the end of", "noticed that this license has ended")
        }
        E::LicenseActivated => {
            wording(Symbol::MonitorSmartphone, Tone::Plain, "noticed the first device of", "noticed the first device")
        }
        E::LicenseSeatLimitReached => wording(
            Symbol::Users,
            Tone::Plain,
            "noticed that all seats are taken under the license of",
            "noticed that all seats are taken",
        ),
        E::ActivationRefused => {
            wording(Symbol::Lock, Tone::Bad, "refused a device under the license of", "refused a device")
        }
        E::LicenseSeatsAdded => wording(Symbol::Plus, Tone::Plain, "added seats to the license of", "added seats"),
        E::LicenseTagsChanged => wording(Symbol::Pencil, Tone::Plain, "changed the tags of", "changed the tags"),
        E::LicensesExported => wording(Symbol::ScrollText, Tone::Bad, "exported", ""),
        E::RecordsExported => wording(Symbol::ScrollText, Tone::Bad, "exported", ""),
        E::JobStarted => wording(Symbol::History, Tone::Plain, "started the job", ""),
        E::JobCancelled => wording(Symbol::CircleX, Tone::Plain, "cancelled the job", ""),
        E::JobFinished => wording(Symbol::ShieldCheck, Tone::Plain, "finished the job", ""),
        E::JobResumed => wording(Symbol::RefreshCw, Tone::Plain, "resumed the job", ""),
        E::LicenseTransfersReset => {
            wording(Symbol::Undo2, Tone::Plain, "reset the transfer count of", "reset the transfer count")
        }
        E::LicenseDevicesAuthorized => {
            wording(Symbol::ShieldCheck, Tone::Plain, "pre-registered devices for", "pre-registered devices")
        }
        E::LicenseDeviceUnauthorized => {
            wording(Symbol::CircleX, Tone::Bad, "removed a pre-registered device of", "removed a pre-registered device")
        }
        E::RequestAgeWaived => wording(
            Symbol::Unplug,
            Tone::Bad,
            "waived the date check for the offline request of",
            "waived the date check for an offline request",
        ),
        E::ReleaseAgeWaived => {
            wording(Symbol::Unplug, Tone::Bad, "waived the date check for the offline release of", "")
        }
        E::DeviceFreed => wording(Symbol::DoorClosed, Tone::Plain, "freed the seat of", ""),
        E::DeviceCheckedOut => wording(Symbol::LogOut, Tone::Plain, "checked out", "checked out"),
        E::DeviceCheckedIn => wording(Symbol::LogIn, Tone::Plain, "checked in", "checked in"),
        E::DeviceTakenOver => wording(Symbol::MonitorSmartphone, Tone::Accent, "took over the seat of", ""),
        E::DeviceRestored => wording(Symbol::Undo2, Tone::Plain, "restored the seat of", ""),
        E::DeviceNamed => wording(Symbol::Pencil, Tone::Plain, "renamed the device", ""),
        E::DeviceBlocked => wording(Symbol::Ban, Tone::Bad, "blocked the device", ""),
        E::DeviceUnblocked => wording(Symbol::Undo2, Tone::Plain, "unblocked the device", ""),
        E::DeviceRevoked => wording(Symbol::CircleSlash, Tone::Bad, "revoked the device", ""),
        E::ProductCreated => wording(Symbol::Package, Tone::Plain, "created the product", ""),
        E::ProductChanged => wording(Symbol::Package, Tone::Plain, "changed the product", ""),
        E::ProductWithdrawn => wording(Symbol::Ban, Tone::Bad, "withdrew the product", ""),
        E::ProductOfferedAgain => wording(Symbol::Undo2, Tone::Plain, "reinstated the product", ""),
        E::PolicyCreated => wording(Symbol::SlidersHorizontal, Tone::Plain, "created the policy", ""),
        E::PolicyChanged => wording(Symbol::SlidersHorizontal, Tone::Plain, "changed the policy", ""),
        E::AccountCreated => wording(Symbol::Users, Tone::Plain, "created the account of", ""),
        E::AccountSignedIn => wording(Symbol::LogIn, Tone::Plain, "signed in", ""),
        E::AccountSignedOut => wording(Symbol::LogOut, Tone::Plain, "signed out", ""),
        E::AccountSignInRefused => wording(Symbol::Lock, Tone::Bad, "was refused sign-in as", ""),
        E::AccountSignOutRefused => wording(Symbol::Lock, Tone::Bad, "sent an invalid logout token for", ""),
        E::AccountRoleLost => {
            wording(Symbol::Users, Tone::Bad, "ended the logins (role lost at the identity provider) of", "")
        }
        E::AccountSignInFailed => wording(Symbol::Lock, Tone::Bad, "failed to sign in as", ""),
        E::AccountRoleChanged => wording(Symbol::Users, Tone::Plain, "changed the role of", ""),
        E::AccountDisabled => wording(Symbol::Ban, Tone::Bad, "disabled the account of", ""),
        E::AccountEnabled => wording(Symbol::Undo2, Tone::Plain, "enabled the account of", ""),
        E::AccountLoginEnded => wording(Symbol::LogOut, Tone::Plain, "ended a login of", ""),
        E::AccountLoginsEnded => wording(Symbol::LogOut, Tone::Plain, "ended the logins of", ""),
        E::AccountPasswordLinked => wording(Symbol::Link, Tone::Plain, "created a password link for", ""),
        E::AccountPasswordSet => wording(Symbol::KeyRound, Tone::Plain, "set a new password with a link", ""),
        E::AccountPasswordChanged => wording(Symbol::KeyRound, Tone::Plain, "changed the password", ""),
        E::AccountPasswordRefused => {
            wording(Symbol::Lock, Tone::Bad, "entered a wrong password when confirming an act", "")
        }
        E::AccountRecoveryLinked => wording(Symbol::Link, Tone::Bad, "created a recovery link on the host for", ""),
        E::AccountRecovered => {
            wording(Symbol::KeyRound, Tone::Bad, "recovered the account with a link from the host", "")
        }
        E::AccountIdentityConnected => wording(Symbol::Link, Tone::Plain, "connected an identity provider", ""),
        E::AccountIdentityDisconnected => wording(Symbol::Unplug, Tone::Plain, "disconnected an identity provider", ""),
        E::AccountViewSaved => wording(Symbol::Layers, Tone::Plain, "saved a view of the list of licenses", ""),
        E::AccountViewDeleted => wording(Symbol::Layers, Tone::Plain, "deleted a view of the list of licenses", ""),
        E::AccountLocalSignInOff => wording(Symbol::Lock, Tone::Bad, "turned off", ""),
        E::AccountLocalSignInOn => wording(Symbol::KeyRound, Tone::Bad, "turned on", ""),
        E::InvitationCreated => wording(Symbol::Users, Tone::Plain, "invited", ""),
        E::InvitationLinked => wording(Symbol::Link, Tone::Plain, "created a new link for the invitation of", ""),
        E::InvitationWithdrawn => wording(Symbol::CircleX, Tone::Plain, "withdrew the invitation of", ""),
        E::ApiTokenCreated => wording(Symbol::KeyRound, Tone::Plain, "created the API token", ""),
        E::ApiTokenRotated => wording(Symbol::RefreshCw, Tone::Plain, "rotated the API token", ""),
        E::ApiTokenRevoked => wording(Symbol::Ban, Tone::Bad, "revoked the API token", ""),
        E::ActRefused => wording(Symbol::Lock, Tone::Bad, "was denied permission for", ""),
        E::OrganizationCreated => wording(Symbol::Settings, Tone::Plain, "set the company name to", ""),
        E::OrganizationChanged => wording(Symbol::Settings, Tone::Plain, "changed the organization", ""),
        E::SigningKeyCreated => wording(Symbol::KeyRound, Tone::Plain, "created the signing key", ""),
        E::SigningKeyRotated => wording(Symbol::KeyRound, Tone::Plain, "created the next signing key", ""),
        E::SigningKeyPregenerated => wording(Symbol::KeyRound, Tone::Plain, "pregenerated the signing key", ""),
        E::SigningKeyRetired => wording(Symbol::KeyRound, Tone::Plain, "retired the signing key", ""),
        E::SigningKeyRevoked => wording(Symbol::KeyRound, Tone::Bad, "revoked the signing key", ""),
        E::StatusListOpened => wording(Symbol::History, Tone::Plain, "opened the status list", ""),
        E::WebhookCreated => wording(Symbol::Link, Tone::Plain, "created the webhook to", ""),
        E::WebhookChanged => wording(Symbol::Pencil, Tone::Plain, "changed the webhook to", ""),
        E::WebhookDeleted => wording(Symbol::CircleX, Tone::Bad, "deleted the webhook to", ""),
        E::WebhookVerified => wording(Symbol::ShieldCheck, Tone::Plain, "verified the webhook to", ""),
        E::WebhookVouched => wording(Symbol::ShieldCheck, Tone::Bad, "vouched for the webhook to", ""),
        E::WebhookVerificationRequested => wording(Symbol::RefreshCw, Tone::Plain, "requested verification by", ""),
        E::WebhookSecretRotated => wording(Symbol::RefreshCw, Tone::Plain, "rotated the secret of the webhook to", ""),
        E::WebhookTested => wording(Symbol::Link, Tone::Plain, "sent a test message to", ""),
        E::WebhookReplayed => wording(Symbol::RefreshCw, Tone::Plain, "replayed messages to", ""),
        E::WebhookSuspended => wording(Symbol::Pause, Tone::Bad, "suspended the webhook to", ""),
        E::WebhookDisabled => wording(Symbol::Ban, Tone::Bad, "disabled the webhook to", ""),
        E::ClockConfirmed => wording(Symbol::Clock, Tone::Bad, "confirmed the time shown by the", ""),
    }
}

/// The events of one subject, on its own page.
#[component]
pub(super) fn Timeline(
    /// The events, newest first.
    events: Vec<EventLine>,
    /// The server's time.
    now: DateTime<Utc>,
) -> impl IntoView {
    view! { <ol class="timeline">{events.into_iter().map(|event| timeline_item(event, now)).collect_view()}</ol> }
}

/// An event in a timeline.
pub(super) fn timeline_item(event: EventLine, now: DateTime<Utc>) -> impl IntoView {
    let wording = wording_of(&event.kind);
    let at = event.at;
    view! {
        <li data-tone=wording.tone.name()>
            <Icon of=wording.icon />
            <div>
                <p>{sentence(&event, &wording, true)}</p>
                {audit_folds::repeated(&event, now)}
                {decided(&event)}
                {because(event.reason)}
                {changed(event.changes)}
            </div>
            <When at now />
        </li>
    }
}

/// A link to the decision behind an activation, a renewal or a check-in.
fn decided(event: &EventLine) -> Option<AnyView> {
    let by_rules = matches!(
        EventKind::from_name(&event.kind),
        Some(EventKind::DeviceActivated | EventKind::DeviceRenewed | EventKind::DeviceCheckedIn)
    );
    // The decision has the id of its event.
    by_rules.then(|| view! { <small><a href=format!("/decisions/{}", event.id)>"View decision"</a></small> }.into_any())
}

/// The act and its subject, with a link to the subject but without the actor.
pub(super) fn deed(event: &EventLine) -> impl IntoView + use<> {
    let wording = wording_of(&event.kind);
    view! {
        <span class="deed" data-tone=wording.tone.name()>
            <Icon of=wording.icon />
            <span>{wording.verb} " " {subject(event)}</span>
        </span>
    }
}

fn sentence(event: &EventLine, wording: &Wording, here: bool) -> impl IntoView + use<> {
    let actor = view! { <b><bdi>{event.actor.clone()}</bdi></b> };
    let rest = match here && !wording.here.is_empty() {
        true => wording.here.into_any(),
        false => view! { {wording.verb.clone()} " " {subject(event)} }.into_any(),
    };
    view! { {actor} " " {rest} }
}

/// Returns `true` if a device or an account acted on itself, so that one name is enough.
fn is_own_deed(event: &EventLine) -> bool {
    event.subject == event.actor && matches!(event.kind.split('.').next(), Some("device" | "account"))
}

/// The actor's name; a link if the actor is also the subject.
pub(super) fn actor(event: &EventLine) -> AnyView {
    match event.link.clone().filter(|_| is_own_deed(event)) {
        Some(to) => view! { <a href=to>{event.actor.clone()}</a> }.into_any(),
        None => event.actor.clone().into_any(),
    }
}

/// The subject's name; `None` if the actor is the subject.
fn subject(event: &EventLine) -> Option<AnyView> {
    (!is_own_deed(event)).then(|| {
        let name = view! { <bdi>{event.subject.clone()}</bdi> };
        match event.link.clone() {
            Some(to) => view! { <a href=to>{name}</a> }.into_any(),
            None => view! { <b>{name}</b> }.into_any(),
        }
    })
}

/// The reason, in the actor's words.
pub(super) fn because(reason: Option<String>) -> impl IntoView {
    reason.map(|reason| {
        view! {
            <small>
                <q>
                    <bdi>{reason}</bdi>
                </q>
            </small>
        }
    })
}

/// The changes: a single one is shown, several are folded. `None` if there are none.
pub(super) fn changed(changes: Vec<Change>) -> Option<AnyView> {
    let (count, one) = (changes.len(), changes.len() == 1);
    if count == 0 {
        return None;
    }
    let lines = changes.into_iter().map(|change| {
        let before = change.before.map(|text| view! { <del>{text}</del> " → " });
        let after = match change.after {
            Some(text) => view! { <span class="after">{text}</span> }.into_any(),
            None => view! { <em>"nothing"</em> }.into_any(),
        };
        view! {
            <li>
                <span class="muted">{change.name}</span>
                " "
                <bdi>{before} {after}</bdi>
            </li>
        }
    });
    let list = view! { <ul class="changes">{lines.collect_view()}</ul> };
    Some(if one {
        list.into_any()
    } else {
        view! {
            <details class="more">
                <summary>
                    <Icon of=Symbol::ChevronRight />
                    {format!("{count} changes")}
                </summary>
                {list}
            </details>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::wording_of;

    #[test]
    fn an_act_of_another_version_is_shown_by_its_stored_name() {
        assert_eq!(wording_of("license.frozen").verb, "performed “license.frozen” on");
        assert_eq!(wording_of("license.revoked").verb, "revoked the license of");
    }
}
