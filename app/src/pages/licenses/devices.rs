//! The devices of a license: those that hold a seat, and those that held one.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::{
    Permission,
    activation::SessionState,
    license::LicenseStatus,
    release::TransferCount,
    sentence::{count, thousands},
};

use crate::{
    admin::{devices::DeviceLine, licenses::detail::LicenseDetail, paging::PageLinks},
    components::{Code, Pager, Panel, Seats, Table, When, dialog_address, may},
    pages::devices::{overlap_note, row_acts},
    text::roles::reason,
};

/// All devices, those that hold a seat first.
#[component]
pub(super) fn Devices(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let license = of.get_value();
    let (used, now) = (license.used, license.now);
    let terms = license.terms.with(&license.overrides);
    let allowed = terms.seats.limit();
    // With overage, a full license still admits devices.
    let most = terms.allowed().map(u64::from);
    let next = license.next_free.clone().filter(|_| most.is_some_and(|most| used >= most));
    let above = most.map_or(0, |most| used.saturating_sub(most));
    let aside = move || {
        let next = next.clone().map(|(at, name)| match above {
            0 => view! {
                <p>"Full. The next seat becomes free " <When at now /> ", from " <bdi>{name}</bdi> "."</p>
            }
            .into_any(),
            above => view! {
                <p>"Over the limit: " {count(above + 1, "seat")} " must become free before another device can activate."</p>
            }
            .into_any(),
        });
        view! {
            <Seats used allowed length=90 />
            {next}
        }
    };
    let notes = (overlap_note(license.overlap, (&terms, used), now), transfers_note(license.transfers));
    let offline = offline(&license);
    let footer = footer(license.devices.len(), notes, offline);
    // A list that fits on one page needs no links to others.
    let has_parts = license.page_links != PageLinks::default();
    let body = match license.devices.is_empty() && !has_parts {
        true => view! {
            <div class="body">
                <p class="soft small">
                    "No devices yet. The first one appears here when the customer’s software activates."
                </p>
            </div>
        }
        .into_any(),
        false if has_parts => view! {
            <Pager count=license.devices.len() of="device" page_links=license.page_links>
                {table(license.devices, now)}
            </Pager>
        }
        .into_any(),
        false => table(license.devices, now).into_any(),
    };
    view! {
        <Panel id="devices" title="Devices" aside bare=true>
            {body}
            {footer}
        </Panel>
    }
}

/// A link to activate a device that has no network, if the account may do that and the license is neither revoked nor ended.
fn offline(license: &LicenseDetail) -> Option<AnyView> {
    let to = format!("/offline?license={}", license.id);
    let runs = !matches!(license.status, LicenseStatus::Revoked | LicenseStatus::Ended);
    let open = runs && may(Permission::HelpCustomers);
    open.then(|| view! { <p><a href=to>"Activate a device that has no network"</a></p> }.into_any())
}

fn footer(
    devices: usize,
    (overlap, transfers): (Option<AnyView>, Option<AnyView>),
    offline: Option<AnyView>,
) -> Option<AnyView> {
    let not_allowed = devices > 0 && !may(Permission::HelpCustomers);
    (not_allowed || overlap.is_some() || transfers.is_some() || offline.is_some()).then(|| {
        let why = view! { <p id="why-revoke">"Freeing and revoking: " {reason(Permission::HelpCustomers)}</p> };
        view! {
            <footer>
                {overlap}
                {transfers}
                {offline}
                {not_allowed.then_some(why)}
            </footer>
        }
        .into_any()
    })
}

fn table(devices: Vec<DeviceLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = devices.into_iter().map(move |device| row(device, now));
    view! {
        <Table
            class="devices stacks"
            caption="Devices, those that hold a seat first"
            columns=[
                ("Name", ""),
                ("Fingerprint", "fp"),
                ("Version", "ver"),
                ("Lease ends", "lease"),
                ("Last seen", "seen"),
                ("IP address", "ip"),
                ("Actions", "acts"),
            ]
            scrolls=true
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(device: DeviceLine, now: DateTime<Utc>) -> impl IntoView {
    let seated = device.holds_seat(now);
    let display_name = device.display_name().to_owned();
    let name = match device.name.clone() {
        Some(name) => view! { <bdi>{name}</bdi> }.into_any(),
        None => view! { <em class="muted">"unnamed device"</em> }.into_any(),
    };
    view! {
        <tr data-tone=(!seated).then_some("off")>
            <th scope="row">
                <a class="name" href=format!("/devices/{}", device.id)>
                    {name}
                </a>
                <span class="sub">{device.platform.clone()}</span>
            </th>
            <td class="fp">
                <Code text=device.fingerprint.clone() copies=format!("the fingerprint of {display_name}") />
            </td>
            <td class="ver num">{device.version.clone()}</td>
            <td class="lease" data-runs=runs(&device, now).then_some("")>
                {lease(&device, now)}
            </td>
            <td class="seen">
                <When at=device.last_seen_at now />
            </td>
            <td class="ip">{device.address.clone().map(|address| view! { <Code text=address /> })}</td>
            <td class="acts">
                <div class="row-acts">{row_acts(&device, now)}</div>
            </td>
        </tr>
    }
}

/// Returns `true` if the session is active and its lease has not ended.
fn runs(device: &DeviceLine, now: DateTime<Utc>) -> bool {
    matches!(device.state, SessionState::Active) && device.lease_ends_at > now
}

/// The end of the lease; also the state of the seat, if that differs.
fn lease(device: &DeviceLine, now: DateTime<Utc>) -> AnyView {
    let (ends, holds) = (device.lease_ends_at, device.hold_until);
    if let Some(at) = device.ended_at {
        let how = if device.state == SessionState::Revoked { "revoked " } else { "released " };
        let cools =
            (holds > now).then(|| view! { <span class="sub">"seat becomes free " <When at=holds now /></span> });
        return view! { <span class="two">{how} <When at now /> {cools}</span> }.into_any();
    }
    if device.state == SessionState::CheckedOut {
        return "checked out".into_any();
    }
    if runs(device, now) {
        return view! { <When at=ends now /> }.into_any();
    }
    let seat = match holds > now {
        true => view! { "seat becomes free " <When at=holds now /> }.into_any(),
        false => "no seat".into_any(),
    };
    view! {
        <span class="two">
            "ended " <When at=ends now />
            <span class="sub">{seat}</span>
        </span>
    }
    .into_any()
}

/// `4 of 5 transfers used in the last 30 days.`
pub(super) fn transfers_used(of: TransferCount) -> String {
    format!("{} of {} used in the last {}.", thousands(of.used.into()), count(of.most.into(), "transfer"), of.per)
}

/// The transfers that count toward the limit, with a button that resets them. `None` if none counts.
fn transfers_note(of: Option<TransferCount>) -> Option<AnyView> {
    let of = of.filter(|of| of.used > 0)?;
    let lift = may(Permission::HelpCustomers).then(|| {
        view! {
            <a class="button small" href=dialog_address("lift")>
                "Reset transfer count"
            </a>
        }
    });
    Some(view! { <p class="row">{transfers_used(of)} {lift}</p> }.into_any())
}
