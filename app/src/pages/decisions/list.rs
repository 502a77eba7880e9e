//! The list of decisions.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use licensing::Permission;

use super::labels::{REFUSALS, purpose, refusal};
use crate::{
    admin::decisions::{DecisionLine, Decisions, FindDecisions, GroupLine, MOST_GROUPED, list_decisions},
    admin::exports::ExportDecisions,
    components::{
        AFTER, BEFORE, Code, Empty, ExportButton, ExportDialog, Filter, Filters, Notice, OneLicenseNotice, PageHead,
        Pager, Symbol, Table, When, choices,
    },
    form::act,
    http::{
        address::{self, query_values},
        load::{Loaded, fetched},
    },
    text::words,
};

/// The list of decisions, or the refusals grouped by reason.
#[component]
pub fn DecisionsPage() -> impl IntoView {
    let (wanted, part) = (query_values(KEYS), query_values([BEFORE, AFTER]));
    let data = fetched(move || {
        let ([q, outcome, why, product, license, device, hours, view], [before, after]) = (wanted(), part());
        list_decisions(FindDecisions { q, outcome, why, product, license, device, hours, view }, before, after)
    });
    view! { <Loaded data view=page /> }
}

/// The keys in the address.
const KEYS: [&str; 8] = ["q", "outcome", "why", "product", "license", "device", "hours", "view"];

const HOURS: [(&str, &str); 4] =
    [("1", "Last hour"), ("24", "Last 24 hours"), ("168", "Last 7 days"), ("720", "Last 30 days")];

fn page(data: Decisions) -> impl IntoView {
    let [license, device, view, hours] = untrack(query_values(["license", "device", "view", "hours"]));
    let grouped = view == "grouped";
    let action = act::<FindDecisions>();
    let of_device = (!device.is_empty()).then(|| {
        view! {
            <Notice>
                <p>"Showing only decisions for one device. " <a href="/decisions">"Show everything"</a></p>
            </Notice>
        }
    });
    let kept =
        [("license", license), ("device", device), ("view", view)].into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let (nothing, narrowed, now) =
        (data.lines.is_empty() && data.groups.is_empty() && !data.page_links.partial, data.narrowed, data.now);
    view! {
        <PageHead
            title="Decisions"
            live=data.seen.clone()
            actions=move || data.exportable.then(|| view! { <ExportButton permission=Permission::ManageLicenses /> })
            lead=|| {
                view! {
                    <p class="lead">
                        "Every request from a device, whether it was granted, and why. Search by decision ID or an error’s instance ID."
                    </p>
                }
            }
        />
        {tabs(grouped)}
        <Filters action label="Decisions" placeholder="ID, device, IP address, end of a code">
            <Filter name="outcome" label="Outcome" choices=choices([("granted", "Granted"), ("refused", "Refused")]) />
            <Filter name="why" label="Reason" choices=choices(REFUSALS) />
            <Filter name="product" label="Product" choices=data.products />
            <Filter name="hours" label="Time" choices=choices(HOURS) />
            {kept.collect_view()}
        </Filters>
        {data.license.map(|of| view! { <OneLicenseNotice text="Showing only decisions for the license of " of all="/decisions" /> })}
        {of_device}
        {data.exportable.then(export_dialog)}
        {if nothing {
            empty(narrowed).into_any()
        } else if grouped {
            groups(data.groups, &hours, now).into_any()
        } else {
            view! {
                <Pager count=data.lines.len() of="decision" page_links=data.page_links>
                    {(!data.lines.is_empty()).then(|| table(data.lines, now))}
                </Pager>
            }
            .into_any()
        }}
    }
}

fn export_dialog() -> impl IntoView {
    let action = act::<ExportDecisions>();
    view! { <ExportDialog permission=Permission::ManageLicenses action of="decisions" keys=&KEYS /> }
}

fn tabs(grouped: bool) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Views">
            <a href="/decisions" aria-current=(!grouped).then_some("page")>
                "All requests"
            </a>
            <a href="/decisions?view=grouped&hours=168" aria-current=grouped.then_some("page")>
                "Refusals by reason"
            </a>
        </nav>
    }
}

fn empty(narrowed: bool) -> impl IntoView {
    let (title, text) = match narrowed {
        true => (
            "No matching decisions",
            "Search by device name, IP address, the end of a code, a masked e-mail address or a decision ID, or clear the filters. Decisions are kept for a limited time.",
        ),
        false => ("No decisions yet", "Activation requests appear here with their result and reason."),
    };
    view! {
        <Empty
            icon=Symbol::Activity
            title
            text
            actions=move || narrowed.then(|| view! { <a class="button" href="/decisions">"Show everything"</a> })
        />
    }
}

/// A table of decisions.
fn table(lines: Vec<DecisionLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="fixed decisions stacks"
            caption="Decisions, newest first"
            columns=[
                ("Outcome", "outcome"),
                ("License", ""),
                ("Device", "device"),
                ("From", "from"),
                ("When", "when"),
            ]
        >
            {rows.collect_view()}
        </Table>
    }
}

fn row(line: DecisionLine, now: DateTime<Utc>) -> impl IntoView {
    let (tone, outcome) = match &line.refusal {
        None => ("good", "Granted".to_owned()),
        Some(code) => ("bad", refusal(code, &line.rule)),
    };
    let license = match line.license {
        Some((_, name)) => view! { <bdi class="cut">{name}</bdi> }.into_any(),
        None => view! {
            <span class="muted">
                "code ending in " <span class="code">{line.code_tail.unwrap_or_else(|| "…".to_owned())}</span>
            </span>
        }
        .into_any(),
    };
    let device = match line.device {
        Some(name) => view! { <bdi class="cut">{name}</bdi> }.into_any(),
        None => view! { <span class="muted">"unnamed"</span> }.into_any(),
    };
    view! {
        <tr data-outcome=tone>
            <th scope="row" class="outcome">
                <a class="name" href=format!("/decisions/{}", line.id)>
                    {outcome}
                </a>
                <span class="sub">"requested " {purpose(&line.purpose)}</span>
            </th>
            <td class="license">{license} <span class="sub">{line.product}</span></td>
            <td class="device">{device} <span class="sub">{line.email}</span></td>
            <td class="from">{line.address.map(|address| view! { <Code text=address /> })}</td>
            <td class="when soft">
                <When at=line.at now />
            </td>
        </tr>
    }
}

/// The licenses of a group: the names of those that were refused last, and the number of the others.
fn licenses(all: u64, names: Vec<String>) -> AnyView {
    let named = u64::try_from(names.len()).unwrap_or_default();
    if named == 0 {
        return match all {
            0 => "no license".into_any(),
            n => words::count(n, "license").into_any(),
        };
    }
    let others = match all.saturating_sub(named) {
        0 => String::new(),
        1 => " and 1 other".to_owned(),
        n => format!(" and {} others", licensing::sentence::thousands(n)),
    };
    let names = names.into_iter().enumerate().map(|(n, name)| {
        let comma = if n == 0 { "" } else { ", " };
        view! { {comma} <bdi>{name}</bdi> }
    });
    view! { {names.collect_view()} {others} }.into_any()
}

/// Refusals grouped by reason and product: of the last `hours` hours, or of all time if `hours` is empty. Each group links
/// to its decisions.
pub(in crate::pages) fn groups(groups: Vec<GroupLine>, hours: &str, now: DateTime<Utc>) -> impl IntoView + use<> {
    let all: u64 = groups.iter().map(|group| group.refusals).sum();
    let cut = (all >= MOST_GROUPED).then(|| {
        view! { <p class="muted small">"Counts only the " {licensing::sentence::thousands(MOST_GROUPED)} " most recent refusals."</p> }
    });
    let rows = groups.into_iter().map(|group| {
        let query = address::query_with("", "why", Some(&group.refusal));
        let query = match &group.product {
            Some((id, _)) => address::query_with(&query, "product", Some(&id.to_string())),
            None => query,
        };
        let query = if hours.is_empty() { query } else { address::query_with(&query, "hours", Some(hours)) };
        let of = match group.product {
            Some((_, name)) => view! { " for " <bdi>{name}</bdi> }.into_any(),
            None => ().into_any(),
        };
        let text = licenses(group.licenses, group.names);
        view! {
            <li>
                <a href=format!("/decisions{query}")>
                    <b>{licensing::sentence::thousands(group.refusals)} " ×"</b>
                    <span>{refusal(&group.refusal, "")} {of} <small>{text}</small></span>
                    <When at=group.last_at now />
                </a>
            </li>
        }
    });
    view! {
        <ul class="refusal-groups">{rows.collect_view()}</ul>
        {cut}
    }
}
