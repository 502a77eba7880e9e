//! The audit log.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Permission;

use super::{audit_folds, audit_sentences};
use crate::{
    admin::audit::{EventLine, Events, FindEvents, list_events},
    admin::exports::ExportEvents,
    components::{
        AFTER, BEFORE, Code, Empty, ExportButton, ExportDialog, Filter, Filters, OneLicenseNotice, PageHead, Pager,
        Symbol, Table, When, choices,
    },
    form::act,
    http::{
        address::query_values,
        load::{Loaded, fetched},
    },
};

/// The list of events: actor, subject, address and reason, newest first.
#[component]
pub fn AuditPage() -> impl IntoView {
    let (wanted, part) = (query_values(KEYS), query_values([BEFORE, AFTER]));
    let data = fetched(move || {
        let ([q, kind, by, hours, license], [before, after]) = (wanted(), part());
        list_events(FindEvents { q, kind, by, hours, license }, before, after)
    });
    view! { <Loaded data view=page /> }
}

/// The filter's keys in the address.
const KEYS: [&str; 5] = ["q", "kind", "by", "hours", "license"];

/// Filter choices: a prefix of kinds, and its label.
const KINDS: [(&str, &str); 13] = [
    ("license.", "Licenses"),
    ("license.code_revealed", "Codes revealed"),
    ("device.", "Devices"),
    ("product.", "Products"),
    ("policy.", "Policies"),
    ("account.", "Accounts and sign-ins"),
    ("invitation.", "Invitations"),
    ("api_token.", "API tokens"),
    ("act.refused", "Refused by role"),
    ("signing_key.", "Signing keys"),
    ("provider.", "Organization"),
    ("job.", "Jobs"),
    ("webhook.", "Webhooks"),
];

const HOURS: [(&str, &str); 4] =
    [("24", "Last 24 hours"), ("168", "Last 7 days"), ("720", "Last 30 days"), ("2160", "Last 90 days")];

fn page(data: Events) -> impl IntoView {
    let (action, export) = (act::<FindEvents>(), act::<ExportEvents>());
    let license = data.license.as_ref().map(|(id, _)| id.to_string());
    view! {
        <PageHead
            title="Audit log"
            actions=|| view! { <ExportButton permission=Permission::ManageLicenses /> }
            lead=|| {
                view! {
                    <p class="lead">
                        "Every change, sign-in and activation: who did it, from where and why. Entries cannot be edited."
                    </p>
                }
            }
        />
        <Filters action label="Audit log" placeholder="Name or IP address">
            <Filter name="by" label="Who" choices=data.accounts />
            <Filter name="kind" label="Category" choices=choices(KINDS) />
            <Filter name="hours" label="Time" choices=choices(HOURS) />
            {license.map(|id| view! { <input type="hidden" name="license" value=id /> })}
        </Filters>
        <ExportDialog permission=Permission::ManageLicenses action=export of="events" keys=&KEYS />
        {data.license.map(|of| view! { <OneLicenseNotice text="Showing only events for the license of " of all="/audit" /> })}
        {match data.lines.len() {
            0 if data.page_links.partial => {
                view! {
                    <Pager count=0 of="event" page_links=data.page_links>
                        ()
                    </Pager>
                }
                .into_any()
            }
            0 => {
                view! {
                    <Empty
                        icon=Symbol::History
                        title="No matching events"
                        text="Search by an IP address or the name of a person, customer, device, product or policy, or clear the filters."
                        actions=|| view! { <a class="button" href="/audit">"Show everything"</a> }
                    />
                }
                .into_any()
            }
            _ => {
                view! {
                    <Pager count=data.lines.iter().map(|line| line.count as usize).sum() of="event" page_links=data.page_links>
                        {table(data.lines, data.now)}
                    </Pager>
                }
                .into_any()
            }
        }}
    }
}

fn table(lines: Vec<EventLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="fixed audit stacks"
            caption="Events, newest first"
            columns=[("Who", "who"), ("What", ""), ("From", "from"), ("When", "when")]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(line: EventLine, now: DateTime<Utc>) -> impl IntoView {
    let deed = audit_sentences::deed(&line);
    let place = line.license_id.zip(line.license.clone()).map(|(id, name)| {
        view! {
            <small class="place">
                "License of " <a href=format!("/licenses/{id}")>
                    <bdi>{name}</bdi>
                </a>
            </small>
        }
    });
    view! {
        <tr>
            <th scope="row" class="who">
                <bdi class="cut" title=line.actor.clone()>
                    {audit_sentences::actor(&line)}
                </bdi>
            </th>
            <td class="what">{deed} {audit_folds::repeated(&line, now)} {place} {audit_sentences::because(line.reason)} {audit_sentences::changed(line.changes)}</td>
            <td class="from">{line.address.map(|address| view! { <Code text=address /> })}</td>
            <td class="when soft">
                <When at=line.at now />
            </td>
        </tr>
    }
}
