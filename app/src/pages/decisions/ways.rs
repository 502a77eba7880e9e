//! Ways to solve a refusal: the answer that the request would get now, the seats to free, and links to other remedies.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Permission;
use uuid::Uuid;

use super::labels;
use crate::{
    admin::{
        decisions::{
            detail::DecisionDetail,
            solution::{AnswerNow, SeatsInUse},
        },
        devices::{DeviceLine, ReturnTo, blocks::BlockLine},
    },
    components::{Badge, DisabledButton, Panel, Seats, Tone, When, dialog_address, may},
    pages::devices::{Asked, DeviceDialogs, UnblockDialog, block_scope, undo},
    text::{
        roles::reason,
        words::{count, exact},
    },
};

/// The answer that the same request would get now, as a badge. `None` for a grant, and if it cannot be repeated.
pub(super) fn answer_now(of: &DecisionDetail) -> Option<AnyView> {
    let view = match of.solution.as_ref()?.now.as_ref()? {
        AnswerNow::Granted => view! { <Badge tone=Tone::Good>"Would pass now"</Badge> },
        AnswerNow::Refused { .. } => view! { <Badge tone=Tone::Bad>"Would not pass now"</Badge> },
    };
    Some(view.into_any())
}

/// The remedies, beside the seats or blocks that prevent the activation. Empty for a grant.
#[component]
pub(super) fn Ways(
    /// The decision.
    of: StoredValue<DecisionDetail>,
) -> impl IntoView {
    let it = of.get_value();
    let (solution, now) = (it.solution?, it.now);
    let first = match solution.now {
        Some(AnswerNow::Granted) => {
            return Some(
                view! {
                    <Panel id="ways" title="How to fix it" bare=true>
                        <ul class="ways">
                            <li>
                                <span>
                                    <b>"Ask the customer to try again."</b>
                                    <small>"The same request would be granted now."</small>
                                </span>
                            </li>
                        </ul>
                    </Panel>
                }
                .into_any(),
            );
        }
        Some(AnswerNow::Refused { code, rule, remedy, next_at }) => (code, rule, remedy, next_at),
        None => (it.line.refusal.clone()?, it.line.rule.clone(), it.remedy.clone()?, it.next_at),
    };
    let (code, rule, remedy, next_at) = first;
    let is_other = it.line.refusal.as_ref() != Some(&code);
    let reason_now = is_other.then(|| {
        view! { <small>"The reason would be another one now: " {labels::refusal(&code, &rule)} "."</small> }
    });
    let license = it.line.license.as_ref().map(|(id, _)| *id);
    let product = it.product;
    let to = link(&code, &rule, license, product, solution.seats.is_some());
    let to = to.map(|(to, label)| {
        view! {
            <a class="button" href=to>
                {label}
            </a>
        }
    });
    let wait = next_at.filter(|at| *at > now).map(|at| {
        view! {
            <li>
                <span>
                    <b>"Wait"</b>
                    <small>"This will succeed " <When at now /> ", after " {exact(at)} ", if nothing changes."</small>
                </span>
            </li>
        }
    });
    let decision = it.line.id;
    Some(
        view! {
            {solution.seats.map(|seats| holders(seats, license, decision, now))}
            <Panel id="ways" title="How to fix it" bare=true>
                <ul class="ways">
                    <li>
                        <span>{remedy} {reason_now}</span>
                        {to}
                    </li>
                    {solution.blocks.into_iter().map(block).collect_view()}
                    {wait}
                </ul>
            </Panel>
        }
        .into_any(),
    )
}

/// The address and the label of the page where the remedy is applied; with the dialog open, if it has one.
fn link(
    code: &str,
    rule: &str,
    license: Option<Uuid>,
    product: Option<Uuid>,
    has_seats: bool,
) -> Option<(String, &'static str)> {
    if code == "product_unavailable" {
        return product.map(|id| (format!("/products/{id}?dialog=offer-again"), "Reinstate product"));
    }
    let Some(id) = license else {
        return (code == "code_not_found").then(|| ("/find".to_owned(), "Find the customer"));
    };
    let license = |after: &str| format!("/licenses/{id}{after}");
    Some(match (code, rule) {
        ("license_suspended", _) => (license("?dialog=reinstate"), "Reinstate license"),
        ("transfer_limit", _) => (license("?dialog=lift"), "Reset transfer count"),
        ("device_not_authorized", _) => (license("?dialog=enter"), "Pre-register device"),
        ("email_mismatch" | "email_required" | "version_not_covered", _)
        | ("code_not_found", "not_ended" | "trial_open") => (license("/edit"), "Edit license"),
        ("seat_limit", _) if has_seats => (license("#devices"), "View all devices"),
        ("seat_limit" | "already_activated" | "release_not_allowed", _) => (license("#devices"), "View devices"),
        _ => (license(""), "Open license"),
    })
}

/// A block that applies to the device, with a button that opens its dialog.
fn block(line: BlockLine) -> impl IntoView {
    let act = match may(Permission::HelpCustomers) {
        true => view! {
            <a class="button" href=dialog_address(&format!("unblock-{}", line.id))>
                "Unblock device"
            </a>
        }
        .into_any(),
        false => view! { <span><DisabledButton label="Unblock device" why=reason(Permission::HelpCustomers) /></span> }
            .into_any(),
    };
    view! {
        <li>
            <span>
                <b>"Blocked for " {block_scope(&line)}</b>
                <small>
                    <q>
                        <bdi>{line.reason.clone()}</bdi>
                    </q>
                    " "
                    <bdi>{line.by.clone()}</bdi>
                </small>
            </span>
            {act}
        </li>
    }
}

/// The devices that hold the seats, those to free first at the top.
fn holders(seats: SeatsInUse, license: Option<Uuid>, decision: Uuid, now: DateTime<Utc>) -> impl IntoView {
    let SeatsInUse { devices, twin, used, allowed, .. } = seats;
    let shown = crate::admin::counted(devices.len());
    let more = used.saturating_sub(shown);
    let footer = license.filter(|_| more > 0).map(|id| {
        view! {
            <footer>
                <p>
                    {count(more, "more device")}
                    {if more == 1 { " holds" } else { " hold" }} " a seat. " <a href=format!("/licenses/{id}#devices")>"View all devices"</a>
                </p>
            </footer>
        }
    });
    let not_allowed = (!may(Permission::HelpCustomers)).then(|| {
        view! {
            <footer>
                <p id="why-free">"Freeing seats: " {reason(Permission::HelpCustomers)}</p>
            </footer>
        }
    });
    let rows =
        devices.into_iter().enumerate().map(move |(n, device)| holder(&device, n == 0, twin && n == 0, decision, now));
    view! {
        <Panel id="holders" title="Who holds the seats" aside=move || view! { <Seats used allowed length=90 /> } bare=true>
            <ul class="ways">{rows.collect_view()}</ul>
            {footer}
            {not_allowed}
        </Panel>
    }
}

fn holder(
    device: &DeviceLine,
    is_first: bool,
    is_twin: bool,
    decision: Uuid,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let display_name = device.display_name().to_owned();
    let name = match device.name.clone() {
        Some(name) => view! { <bdi>{name}</bdi> }.into_any(),
        None => view! { <em class="muted">{DeviceLine::UNNAMED}</em> }.into_any(),
    };
    let about = [device.platform.clone(), device.version.clone().map(|version| format!("version {version}"))];
    let about = about.into_iter().flatten().map(|text| view! { <bdi>{text}</bdi> ", " }).collect_view();
    let (seen, free) = (device.last_seen_at, device.hold_until);
    view! {
        <li>
            <span>
                <b>
                    <a href=format!("/devices/{}", device.id)>{name}</a>
                </b>
                " "
                {is_twin.then(|| view! { <Badge tone=Tone::Accent>"Probably the same machine"</Badge> })}
                <small>
                    {about} "last seen " <When at=seen now /> ", free by itself " <When at=free now />
                </small>
            </span>
            {free_button(device, &display_name, is_first, decision)}
        </li>
    }
}

fn free_button(device: &DeviceLine, display_name: &str, is_first: bool, decision: Uuid) -> Option<AnyView> {
    if device.is_over() {
        let undo_until = device.undo_until;
        return undo_until.and_then(|_| undo(device.id, display_name, ReturnTo::Decision(decision)));
    }
    let label = format!("Free seat of {display_name}");
    Some(match may(Permission::HelpCustomers) {
        true => view! {
            <a
                class=if is_first { "button primary" } else { "button" }
                href=dialog_address(&format!("free-{}", device.id))
                aria-label=label
            >
                "Free seat"
            </a>
        }
        .into_any(),
        false => view! {
            <button class="button" type="button" aria-disabled="true" aria-describedby="why-free" aria-label=label>
                "Free seat"
            </button>
        }
        .into_any(),
    })
}

/// The dialogs that free a seat or remove a block, and return to the decision.
#[component]
pub(super) fn WaysDialogs(
    /// The decision.
    of: StoredValue<DecisionDetail>,
) -> impl IntoView {
    let (solution, now, id) = of.with_value(|it| (it.solution.clone(), it.now, it.line.id));
    let solution = solution?;
    let blocks = StoredValue::new(solution.blocks);
    let asked = solution.seats.map(|seats| {
        let SeatsInUse { devices, terms, used, .. } = seats;
        StoredValue::new(Asked { devices, terms, used, now, from: ReturnTo::Decision(id) })
    });
    Some(view! {
        {asked.map(|of| view! { <DeviceDialogs of /> })}
        <UnblockDialog of=blocks />
    })
}
