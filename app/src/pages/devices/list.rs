//! The list of all devices.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::activation::SessionState;

use crate::{
    admin::devices::{
        DeviceLine,
        list::{AllDevices, FindDevices, ListedLine, list_devices},
    },
    components::{AFTER, BEFORE, Empty, Filter, Filters, PageHead, Pager, Shape, State, Symbol, Table, When, choices},
    form::act,
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
};

/// The list of all devices.
#[component]
pub fn DevicesPage() -> impl IntoView {
    let (wanted, part) = (query_values(["q", "product", "seat", "seen"]), query_values([BEFORE, AFTER]));
    let data = fetched(move || {
        let ([q, product, seat, seen], [before, after]) = (wanted(), part());
        list_devices(FindDevices { q, product, seat, seen }, before, after)
    });
    view! { <Loaded data view=page /> }
}

const SEATS: [(&str, &str); 2] = [("held", "Holds a seat"), ("free", "Holds no seat")];
const SEEN: [(&str, &str); 3] =
    [("7d", "In the last 7 days"), ("not-30d", "Not for 30 days"), ("not-90d", "Not for 90 days")];

fn page(data: AllDevices) -> impl IntoView {
    let nothing = data.lines.is_empty() && !data.page_links.partial;
    let (narrowed, now, action) = (data.narrowed, data.now, act::<FindDevices>());
    view! {
        <PageHead
            title="Devices"
            lead=|| view! { <p class="lead">"Every device that has activated a license, the newest first."</p> }
        />
        <Filters action label="Devices" placeholder="Name, platform, version, IP address">
            <Filter name="seat" label="Seat" choices=choices(SEATS) />
            <Filter name="seen" label="Last seen" choices=choices(SEEN) />
            <Filter name="product" label="Product" choices=data.products />
        </Filters>
        {if nothing {
            empty(narrowed).into_any()
        } else {
            view! {
                <Pager count=data.lines.len() of="device" page_links=data.page_links>
                    {(!data.lines.is_empty()).then(|| table(data.lines, now))}
                </Pager>
            }
            .into_any()
        }}
    }
}

fn empty(narrowed: bool) -> impl IntoView {
    let (title, text) = match narrowed {
        true => (
            "No matching devices",
            "Search by name, platform, version or IP address, or clear the filters. Find also looks for a customer, a fingerprint or a code.",
        ),
        false => ("No devices yet", "The first one appears here when a customer’s software activates."),
    };
    view! {
        <Empty
            icon=Symbol::MonitorSmartphone
            title
            text
            actions=move || narrowed.then(|| view! { <a class="button" href="/devices">"Show everything"</a> })
        />
    }
}

fn table(lines: Vec<ListedLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="fixed all-devices stacks"
            caption="Devices, the newest first"
            columns=[("Device", ""), ("License", "license"), ("State", "state-cell"), ("Version", "ver"), ("Last seen", "when")]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(line: ListedLine, now: DateTime<Utc>) -> impl IntoView {
    let name = match line.name {
        Some(name) => view! { <bdi class="cut">{name}</bdi> }.into_any(),
        None => view! { <em class="muted">{DeviceLine::UNNAMED}</em> }.into_any(),
    };
    let (license, customer) = line.license;
    let (shape, word) = state(line.state);
    let seen = line.last_seen_at;
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/devices/{}", line.id)>
                    {name}
                </a>
                <span class="sub">
                    <bdi>{line.platform}</bdi>
                </span>
            </th>
            <td class="license">
                <a href=format!("/licenses/{license}")>
                    <bdi class="cut">{customer}</bdi>
                </a>
                <span class="sub">{line.product}</span>
            </td>
            <td class="state-cell">
                <State shape word />
            </td>
            <td class="ver">
                <bdi class="cut">{line.version}</bdi>
            </td>
            <td class="when soft">
                <When at=seen now />
            </td>
        </tr>
    }
}

/// The state of an activation as a shape and a word.
const fn state(of: SessionState) -> (Shape, &'static str) {
    match of {
        SessionState::Active => (Shape::Active, "Active"),
        SessionState::Lapsed => (Shape::Ending, "Lease ended"),
        SessionState::CheckedOut => (Shape::Waiting, "Checked out"),
        SessionState::Expired => (Shape::Ended, "No seat"),
        SessionState::Released => (Shape::Ended, "Released"),
        SessionState::Revoked => (Shape::Revoked, "Revoked"),
    }
}
