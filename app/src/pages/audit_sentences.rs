//! The wording of events: actor, act, subject and changes.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    admin::audit::{Change, EventLine},
    components::{Icon, Symbol, Tone, When},
};

/// The icon, tone and wording of an act.
struct Act {
    icon: Symbol,
    tone: Tone,
    /// Words after the actor's name. The subject's name follows, unless the actor is the subject.
    verb: &'static str,
    /// The same for the subject's own page, without its name; empty if the name is needed there too.
    here: &'static str,
}

const fn act(icon: Symbol, tone: Tone, verb: &'static str, here: &'static str) -> Act {
    Act { icon, tone, verb, here }
}

/// The words for an act that only a newer version knows; its events may already be in the database.
const UNKNOWN: Act = act(Symbol::History, Tone::Plain, "performed an act unknown to this version on", "");

fn act_named(name: &str) -> Act {
    words(name).unwrap_or(UNKNOWN)
}

fn words(name: &str) -> Option<Act> {
    Some(match name {
        "license.created" => act(Symbol::ScrollText, Tone::Plain, "created the license of", "created this license"),
        "license.changed" => act(Symbol::Pencil, Tone::Plain, "changed the license of", "changed this license"),
        "license.suspended" => act(Symbol::Pause, Tone::Bad, "suspended the license of", "suspended this license"),
        "license.reinstated" => act(Symbol::Undo2, Tone::Plain, "reinstated the license of", "reinstated this license"),
        "license.revoked" => act(Symbol::Ban, Tone::Bad, "revoked the license of", "revoked this license"),
        "license.code_revealed" => act(Symbol::Eye, Tone::Plain, "revealed the code of", "revealed the code"),
        "device.activated" => act(Symbol::MonitorSmartphone, Tone::Accent, "activated", "activated"),
        "device.renewed" => act(Symbol::RefreshCw, Tone::Plain, "renewed its lease", "renewed its lease"),
        "device.released" => act(Symbol::Undo2, Tone::Plain, "released its seat", "released its seat"),
        "license.code_reissued" => act(Symbol::KeyRound, Tone::Bad, "reissued the code of", "reissued the code"),
        "license.moves_forgiven" => {
            act(Symbol::Undo2, Tone::Plain, "reset the transfer count of", "reset the transfer count")
        }
        "license.devices_authorized" => {
            act(Symbol::ShieldCheck, Tone::Plain, "pre-registered devices for", "pre-registered devices")
        }
        "license.device_unauthorized" => {
            act(Symbol::CircleX, Tone::Bad, "removed a pre-registered device of", "removed a pre-registered device")
        }
        "request.age_waived" => act(
            Symbol::Unplug,
            Tone::Bad,
            "waived the date check for the offline request of",
            "waived the date check for an offline request",
        ),
        "release.age_waived" => act(Symbol::Unplug, Tone::Bad, "waived the date check for the offline release of", ""),
        "device.freed" => act(Symbol::DoorClosed, Tone::Plain, "freed the seat of", ""),
        "device.checked_out" => act(Symbol::LogOut, Tone::Plain, "checked out", "checked out"),
        "device.checked_in" => act(Symbol::LogIn, Tone::Plain, "checked in", "checked in"),
        "device.taken_over" => act(Symbol::MonitorSmartphone, Tone::Accent, "took over the seat of", ""),
        "device.restored" => act(Symbol::Undo2, Tone::Plain, "restored the seat of", ""),
        "device.named" => act(Symbol::Pencil, Tone::Plain, "renamed the device", ""),
        "device.blocked" => act(Symbol::Ban, Tone::Bad, "blocked the device", ""),
        "device.unblocked" => act(Symbol::Undo2, Tone::Plain, "unblocked the device", ""),
        "device.revoked" => act(Symbol::CircleSlash, Tone::Bad, "revoked the device", ""),
        "product.created" => act(Symbol::Package, Tone::Plain, "created the product", ""),
        "product.changed" => act(Symbol::Package, Tone::Plain, "changed the product", ""),
        "product.withdrawn" => act(Symbol::Ban, Tone::Bad, "withdrew the product", ""),
        "product.offered_again" => act(Symbol::Undo2, Tone::Plain, "reinstated the product", ""),
        "policy.created" => act(Symbol::SlidersHorizontal, Tone::Plain, "created the policy", ""),
        "policy.changed" => act(Symbol::SlidersHorizontal, Tone::Plain, "changed the policy", ""),
        "account.created" => act(Symbol::Users, Tone::Plain, "created the account of", ""),
        "account.signed_in" => act(Symbol::LogIn, Tone::Plain, "signed in", ""),
        "account.signed_out" => act(Symbol::LogOut, Tone::Plain, "signed out", ""),
        "account.sign_in_refused" => act(Symbol::Lock, Tone::Bad, "was refused sign-in as", ""),
        "account.sign_out_refused" => act(Symbol::Lock, Tone::Bad, "sent an invalid logout token for", ""),
        "account.role_lost" => {
            act(Symbol::Users, Tone::Bad, "ended the logins (role lost at the identity provider) of", "")
        }
        "account.sign_in_failed" => act(Symbol::Lock, Tone::Bad, "failed to sign in as", ""),
        "account.role_changed" => act(Symbol::Users, Tone::Plain, "changed the role of", ""),
        "account.disabled" => act(Symbol::Ban, Tone::Bad, "disabled the account of", ""),
        "account.enabled" => act(Symbol::Undo2, Tone::Plain, "enabled the account of", ""),
        "account.login_ended" => act(Symbol::LogOut, Tone::Plain, "ended a login of", ""),
        "account.logins_ended" => act(Symbol::LogOut, Tone::Plain, "ended the logins of", ""),
        "account.password_linked" => act(Symbol::Link, Tone::Plain, "created a password link for", ""),
        "account.password_set" => act(Symbol::KeyRound, Tone::Plain, "set a new password with a link", ""),
        "account.password_changed" => act(Symbol::KeyRound, Tone::Plain, "changed the password", ""),
        "account.password_refused" => {
            act(Symbol::Lock, Tone::Bad, "entered a wrong password when confirming an act", "")
        }
        "account.recovery_linked" => act(Symbol::Link, Tone::Bad, "created a recovery link on the host for", ""),
        "account.recovered" => act(Symbol::KeyRound, Tone::Bad, "recovered the account with a link from the host", ""),
        "account.identity_connected" => act(Symbol::Link, Tone::Plain, "connected an identity provider", ""),
        "account.identity_disconnected" => act(Symbol::Unplug, Tone::Plain, "disconnected an identity provider", ""),
        "account.local_sign_in_off" => act(Symbol::Lock, Tone::Bad, "turned off", ""),
        "account.local_sign_in_on" => act(Symbol::KeyRound, Tone::Bad, "turned on", ""),
        "invitation.created" => act(Symbol::Users, Tone::Plain, "invited", ""),
        "invitation.linked" => act(Symbol::Link, Tone::Plain, "created a new link for the invitation of", ""),
        "invitation.withdrawn" => act(Symbol::CircleX, Tone::Plain, "withdrew the invitation of", ""),
        "api_token.created" => act(Symbol::KeyRound, Tone::Plain, "created the API token", ""),
        "api_token.rotated" => act(Symbol::RefreshCw, Tone::Plain, "rotated the API token", ""),
        "api_token.revoked" => act(Symbol::Ban, Tone::Bad, "revoked the API token", ""),
        "act.refused" => act(Symbol::Lock, Tone::Bad, "was denied permission for", ""),
        "provider.created" => act(Symbol::Settings, Tone::Plain, "set the company name to", ""),
        "signing_key.created" => act(Symbol::KeyRound, Tone::Plain, "created the signing key", ""),
        "signing_key.rotated" => act(Symbol::KeyRound, Tone::Plain, "created the next signing key", ""),
        "signing_key.made_ahead" => act(Symbol::KeyRound, Tone::Plain, "pregenerated the signing key", ""),
        "signing_key.retired" => act(Symbol::KeyRound, Tone::Plain, "retired the signing key", ""),
        "signing_key.revoked" => act(Symbol::KeyRound, Tone::Bad, "revoked the signing key", ""),
        "status_list.opened" => act(Symbol::History, Tone::Plain, "opened the status list", ""),
        "clock.confirmed" => act(Symbol::Clock, Tone::Bad, "confirmed the time shown by the", ""),
        _ => return None,
    })
}

/// The events of one subject, on its own page.
#[component]
pub(super) fn Timeline(
    /// The events, newest first.
    events: Vec<EventLine>,
    /// The server's time.
    now: DateTime<Utc>,
) -> impl IntoView {
    let lines = events.into_iter().map(|event| {
        let act = act_named(&event.act);
        let at = event.at;
        view! {
            <li data-tone=act.tone.name()>
                <Icon of=act.icon />
                <div>
                    <p>{sentence(&event, &act, true)}</p>
                    {because(event.reason)}
                    {changed(event.changes)}
                    {decided(&event.act, event.request_id)}
                </div>
                <When at now />
            </li>
        }
    });
    view! { <ol class="timeline">{lines.collect_view()}</ol> }
}

/// A link to the decision behind an activation, a renewal or a check-in.
fn decided(act: &str, request: Option<String>) -> Option<AnyView> {
    let by_rules = matches!(act, "device.activated" | "device.renewed" | "device.checked_in");
    request.filter(|_| by_rules).map(|request| {
        view! {
            <small>
                <a href=format!("/decisions?q={request}")>"View decision"</a>
            </small>
        }
        .into_any()
    })
}

/// The act and its subject, with a link to the subject but without the actor.
pub(super) fn deed(event: &EventLine) -> impl IntoView + use<> {
    let act = act_named(&event.act);
    view! {
        <span class="deed" data-tone=act.tone.name()>
            <Icon of=act.icon />
            <span>{act.verb} " " {subject(event)}</span>
        </span>
    }
}

fn sentence(event: &EventLine, act: &Act, here: bool) -> impl IntoView + use<> {
    let actor = view! { <b><bdi>{event.actor.clone()}</bdi></b> };
    let rest = match here && !act.here.is_empty() {
        true => act.here.into_any(),
        false => view! { {act.verb} " " {subject(event)} }.into_any(),
    };
    view! { {actor} " " {rest} }
}

/// Returns `true` if a device or an account acted on itself, so that one name is enough.
fn is_own_deed(event: &EventLine) -> bool {
    event.subject == event.actor && matches!(event.act.split('.').next(), Some("device" | "account"))
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
    #![allow(clippy::unwrap_used)]

    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use super::words;

    /// Returns every source file of the service except tests.
    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let all = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
        all.filter(|path| path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs")).collect()
    }

    /// Returns the string literals that look like act names: `kind.deed`.
    fn acts(source: &str) -> impl Iterator<Item = &str> {
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let named = move |text: &&str| text.split_once('.').is_some_and(|(kind, deed)| word(kind) && word(deed));
        source.split('"').filter(named).filter(|text| !text.ends_with(".txt"))
    }

    #[test]
    fn every_act_that_the_service_writes_has_words() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("service/src");
        let sources: Vec<String> = sources(&folder).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let written: BTreeSet<&str> = sources.iter().flat_map(|source| acts(source)).collect();
        assert!(written.contains("clock.confirmed") && written.len() > 50, "{written:?}");
        let untold: Vec<_> = written.into_iter().filter(|act| words(act).is_none()).collect();
        assert!(untold.is_empty(), "no words in the audit log for {untold:?}");
    }
}
