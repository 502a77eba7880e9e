//! One device: its details, its acts, and its history.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::{
    Permission,
    activation::{BlockScope, SessionState},
};

use super::{
    blocked::{UnblockDialog, scope},
    buttons::{state_of, undo},
    dialogs::{Asked, DeviceDialogs},
};
use crate::{
    admin::devices::{DeviceDetail, ReturnTo, Twin, acts::RevokeDevice, device},
    components::{Code, Fact, Facts, Icon, Notice, PageHead, Panel, Symbol, Tone, When, dialog_address, may},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
    pages::audit_sentences::Timeline,
    text::roles::reason,
};

/// The page of a device.
#[component]
pub fn DevicePage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || device(params.with(|params| params.get("id").unwrap_or_default())));
    view! { <Loaded data view=page /> }
}

fn page(data: DeviceDetail) -> impl IntoView {
    let (line, now, used) = (data.line.clone(), data.now, data.used);
    let from = ReturnTo::Device(line.id);
    let asked = Asked { devices: vec![line.clone()], terms: data.terms.clone(), used, now, from };
    let asked = StoredValue::new(asked);
    let of = StoredValue::new(data);
    let crumbs = of.with_value(|it| {
        vec![
            ("/licenses".to_owned(), "Licenses".to_owned()),
            (format!("/licenses/{}", it.license.0), it.license.1.clone()),
        ]
    });
    let marked = line.clone();
    view! {
        <PageHead
            title=line.display_name().to_owned()
            crumbs
            mark=move || state_of(&marked, now)
            lead=move || lead(of)
            actions=move || acts(of)
        />
        {notices(of)}
        <div class="split">
            <div>{what_happened(of)}</div>
            <div>{known(of)} {session(of)} {granted(of)}</div>
        </div>
        {may(Permission::HelpCustomers)
            .then(|| {
                let blocks = StoredValue::new(of.with_value(|it| it.blocks.clone()));
                view! {
                    <DeviceDialogs of=asked />
                    <UnblockDialog of=blocks />
                }
            })}
    }
}

fn lead(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let it = of.get_value();
    let (line, now) = (it.line, it.now);
    let runs = line.token_expires_at > now;
    let (lease, hold, seen) = (line.lease_ends_at, line.hold_until, line.last_seen_at);
    let again = match it.blocks.is_empty() {
        true => " It may activate again.",
        false => " It is blocked, so it cannot activate again.",
    };
    let stands = match line.state {
        SessionState::Active => view! { "Active; its lease ends " <When at=lease now /> "." }.into_any(),
        SessionState::Lapsed => {
            view! { "Its lease ended " <When at=lease now /> "; its seat becomes free " <When at=hold now /> "." }
                .into_any()
        }
        SessionState::CheckedOut => "Checked out: it takes a seat again at its next check-in.".into_any(),
        SessionState::Expired => view! { "It no longer holds a seat." {again} }.into_any(),
        SessionState::Released | SessionState::Revoked => {
            let how = if line.state == SessionState::Revoked { "Revoked " } else { "Its seat was released " };
            let ended = line.ended_at.map(|at| view! { <When at now /> });
            let cools = line.holds_seat(now).then(|| view! { "; the seat becomes free " <When at=hold now /> });
            view! { {how} {ended} {cools} "." {again} }.into_any()
        }
    };
    view! {
        <p class="lead">
            {if runs { "Runs " } else { "Ran " }} <a href=format!("/products/{}", it.product.0)>
                <bdi>{it.product.1}</bdi>
            </a> " under the license of " <a href=format!("/licenses/{}", it.license.0)>
                <bdi>{it.license.1}</bdi>
            </a> ", last seen " <When at=seen now /> ". " {stands}
        </p>
    }
}

fn acts(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let (id, over, held) = of.with_value(|it| (it.line.id, it.line.is_over(), it.line.holds_seat(it.now)));
    // A block of everything cannot be widened; the others are removed where they are shown.
    let everywhere = of.with_value(|it| it.blocks.iter().any(|block| block.scope == BlockScope::Server));
    let block = if of.with_value(|it| it.blocks.is_empty()) { "Block" } else { "Block more widely" };
    let (undoes, display_name) = of.with_value(|it| (it.line.undo_until.is_some(), it.line.display_name().to_owned()));
    let dialog = |act: &str| dialog_address(&format!("{act}-{id}"));
    let session = [
        (Symbol::DoorClosed, if held { "Free seat" } else { "End session" }, "button", dialog("free")),
        (Symbol::CircleSlash, "Revoke", "button danger", dialog("revoke")),
    ];
    let always = [
        (Symbol::Ban, block, "button", format!("/devices/block?device={id}")),
        (Symbol::Pencil, "Rename", "button", dialog("name")),
    ];
    let always = always.into_iter().filter(|(symbol, ..)| !(everywhere && *symbol == Symbol::Ban));
    let shown = session.into_iter().filter(|_| !over).chain(always);
    let allowed = may(Permission::HelpCustomers);
    let buttons = shown.map(|(symbol, words, class, to)| {
        let inside = view! { <Icon of=symbol /> " " {words} };
        match allowed {
            true => view! { <a class=class href=to>{inside}</a> }.into_any(),
            false => view! {
                <button class=class type="button" aria-disabled="true" aria-describedby="why-not">
                    {inside}
                </button>
            }
            .into_any(),
        }
    });
    let why = (!allowed).then(|| {
        view! {
            <small class="muted" id="why-not">
                {reason(Permission::HelpCustomers)}
            </small>
        }
    });
    view! { {undoes.then(|| undo(id, &display_name, ReturnTo::Device(id)))} {buttons.collect_view()} {why} }
}

/// The notices that support should read first.
fn notices(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let (id, now, undo_until) = of.with_value(|it| (it.line.id, it.now, it.line.undo_until));
    let undo_until = undo_until.map(|at| {
        view! {
            <Notice>
                <p>"The last change to its seat can still be undone. This option ends " <When at now /> "."</p>
            </Notice>
        }
    });
    let blocks = of.with_value(|it| it.blocks.clone()).into_iter().map(|block| {
        view! {
            <Notice tone=Tone::Bad>
                <p>
                    <b>"Blocked for " {scope(&block)} "."</b> " " <q>
                        <bdi>{block.reason.clone()}</bdi>
                    </q> " — " <bdi>{block.by.clone()}</bdi> ", " <When at=block.at now /> ". "
                    {may(Permission::HelpCustomers)
                        .then(|| {
                            view! { <a href=dialog_address(&format!("unblock-{}", block.id))>"Unblock"</a> }
                        })}
                </p>
            </Notice>
        }
    });
    let not_entered = (of.with_value(|it| it.authorized) == Some(false)).then(|| {
        let license = of.with_value(|it| format!("/licenses/{}", it.license.0));
        view! {
            <Notice tone=Tone::Warn>
                <p>
                    "The terms allow only pre-registered devices. This one is not registered, so it cannot renew. "
                    <a href=license>"Register it on the license’s page"</a>
                </p>
            </Notice>
        }
    });
    let twin = of.with_value(|it| it.twin.clone()).map(|twin| looks_like(id, twin, of));
    let several = of.with_value(|it| several(it.placeholder, &it.names));
    view! { {undo_until} {blocks.collect_view()} {not_entered} {several} {twin} }
}

/// A warning that several machines may share this seat. `None` if nothing suggests it.
fn several(placeholder: bool, names: &[String]) -> Option<AnyView> {
    let by_fingerprint = placeholder.then_some(
        "Its fingerprint is a placeholder that firmware reports in place of a serial number. All machines that report it share this seat.",
    );
    let by_names = (!names.is_empty()).then(|| names.join(", "));
    if by_fingerprint.is_none() && by_names.is_none() {
        return None;
    }
    let by_names = by_names.map(|names| {
        view! {
            <p>
                "It has sent requests under several names: " <bdi>{names}</bdi>
                ". Several machines may have the same fingerprint and share this seat."
            </p>
        }
    });
    Some(
        view! { <Notice tone=Tone::Warn>{by_fingerprint.map(|text| view! { <p>{text}</p> })} {by_names}</Notice> }
            .into_any(),
    )
}

/// A device that may be the same machine before it was reinstalled, with a button that revokes it.
fn looks_like(id: uuid::Uuid, twin: Twin, of: StoredValue<DeviceDetail>) -> impl IntoView {
    let action = act::<RevokeDevice>();
    let (now, display_name) = of.with_value(|it| (it.now, it.line.display_name().to_owned()));
    let (seen, to) = (twin.last_seen_at, format!("/devices/{}", twin.id));
    let act = may(Permission::HelpCustomers).then(|| {
        view! {
            <Form action id="replace">
                <input type="hidden" name="id" value=twin.id.to_string() />
                <input type="hidden" name="from" value=id.to_string() />
                <input
                    type="hidden"
                    name="reason"
                    value=format!("Probably the same machine as {display_name}, reinstalled.")
                />
                <Submit class="small">"Revoke older device"</Submit>
            </Form>
        }
    });
    view! {
        <Notice>
            <p>
                "This looks like the same machine as " <a href=to>
                    <bdi>{twin.display_name}</bdi>
                </a> ", which also holds a seat, has the same name and platform, and was last seen " <When at=seen now />
                ". A reinstalled machine may have a new fingerprint. Revoking the older device frees its seat; you can undo this on its page for 10 minutes."
            </p>
            {act}
        </Notice>
    }
}

fn what_happened(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let (license, events, more, now) = of.with_value(|it| (it.license.0, it.events.clone(), it.more_events, it.now));
    let more = more.then_some("Older events are not shown. ");
    view! {
        <Panel id="story" title="History" bare=true>
            <div class="body">
                <Timeline events now />
            </div>
            <footer>
                {more} <a href=format!("/audit?license={license}")>"All events of its license in the audit log"</a>
            </footer>
        </Panel>
    }
}

fn known(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let it = of.get_value();
    let (line, now) = (it.line, it.now);
    let (began, seen) = (it.activated_at, line.last_seen_at);
    let text = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <bdi>{value}</bdi>
                </Fact>
            }
        })
    };
    view! {
        <Panel id="known" title="Device">
            <Facts>
                {text("Reported name", line.own_name)} {text("Platform", line.platform)} {text("Version", line.version)}
                <Fact name="Fingerprint">
                    <Code text=line.fingerprint copies="the fingerprint" />
                </Fact>
                <Fact name="Fingerprint SHA-256">
                    <Code text=it.fingerprint_hash copies="the hash of the fingerprint" />
                </Fact>
                {line.address.map(|address| view! { <Fact name="IP address"><Code text=address /></Fact> })}
                <Fact name="First seen">
                    <When at=began now />
                </Fact> <Fact name="Last seen">
                    <When at=seen now />
                </Fact>
                {it.authorized.map(|is| view! { <Fact name="Pre-registered">{if is { "yes" } else { "no" }}</Fact> })}
            </Facts>
        </Panel>
    }
}

fn session(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let it = of.get_value();
    let (line, now) = (it.line, it.now);
    let (lease, token, hold) = (line.lease_ends_at, line.token_expires_at, line.hold_until);
    let place = it.place.map(|(list, index)| {
        view! {
            <Fact name="Status list">
                <Code text=list copies="the address of the status list" />
                <small>{format!("index {index}")}</small>
            </Fact>
        }
    });
    view! {
        <Panel id="session" title="Session">
            <Facts>
                <Fact name="Lease ends">
                    <When at=lease now />
                </Fact> <Fact name="Last token ends">
                    <When at=token now />
                </Fact> <Fact name="Seat hold ends">
                    <When at=hold now />
                </Fact> <Fact name="Session ID">
                    <Code text=line.id.to_string() copies="the session ID" />
                </Fact> <Fact name="Decision ID">
                    <Code text=it.decision.to_string() copies="the decision ID" />
                </Fact> {it.kid.map(|kid| view! { <Fact name="Signing key"><Code text=kid copies="the key ID" /></Fact> })}
                {place}
            </Facts>
        </Panel>
    }
}

/// The contents of its last token.
fn granted(of: StoredValue<DeviceDetail>) -> impl IntoView {
    let snapshot = of.with_value(|it| it.snapshot.clone());
    let features = snapshot.features.into_iter().map(|(code, value)| {
        view! { <Fact name=code>{value.to_string()}</Fact> }
    });
    view! {
        <Panel
            id="granted"
            title="Token contents"
            aside=|| view! { <p class="small">"as granted; later changes apply at the next renewal"</p> }
        >
            <Facts>
                <Fact name="Policy">
                    <bdi>{snapshot.policy}</bdi>
                </Fact>
                {snapshot.customer.map(|name| view! { <Fact name="Customer"><bdi>{name}</bdi></Fact> })}
                <Fact name="Offline grace">{snapshot.grace.to_string()}</Fact>
                {snapshot.trial.then(|| view! { <Fact name="Trial">"yes"</Fact> })} {features.collect_view()}
            </Facts>
        </Panel>
    }
}
