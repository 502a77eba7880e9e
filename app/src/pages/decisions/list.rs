//! The list of decisions.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::words::{REFUSALS, purpose, refusal};
use crate::{
    address::{self, query_values},
    admin::decisions::{DecisionLine, Decisions, FindDecisions, GroupLine, MOST_GROUPED, list_decisions},
    components::{AFTER, BEFORE, Code, Empty, Filter, Filters, OnlyOf, PageHead, Pager, Symbol, Table, When, choices},
    form::act,
    load::{Loaded, fetched},
    words,
};

/// What devices asked, and what became of it.
#[component]
pub fn DecisionsPage() -> impl IntoView {
    let keys = ["q", "outcome", "why", "product", "license", "device", "hours", "view", BEFORE, AFTER];
    let wanted = query_values(keys);
    let data = fetched(move || {
        let [q, outcome, why, product, license, device, hours, view, before, after] = wanted();
        list_decisions(q, outcome, why, product, license, device, hours, view, before, after)
    });
    view! { <Loaded data view=page /> }
}

const HOURS: [(&str, &str); 4] =
    [("1", "Last hour"), ("24", "Last 24 hours"), ("168", "Last 7 days"), ("720", "Last 30 days")];

fn page(data: Decisions) -> impl IntoView {
    let [license, device, view, hours] = untrack(query_values(["license", "device", "view", "hours"]));
    let grouped = view == "grouped";
    let action = act::<FindDecisions>();
    let kept =
        [("license", license), ("device", device), ("view", view)].into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let (nothing, narrowed, now) =
        (data.lines.is_empty() && data.groups.is_empty() && !data.turns.partial, data.narrowed, data.now);
    view! {
        <PageHead
            title="Decisions"
            lead=|| {
                view! {
                    <p class="lead">
                        "Everything that devices asked for, granted or refused, and why. A decision’s id, or what an error calls its instance, finds it below."
                    </p>
                }
            }
        />
        {tabs(grouped)}
        <Filters action label="Decisions" placeholder="Id, device, address, end of a code">
            <Filter name="outcome" label="Outcome" choices=choices([("granted", "Granted"), ("refused", "Refused")]) />
            <Filter name="why" label="Why" choices=choices(REFUSALS) />
            <Filter name="product" label="Product" choices=data.products />
            <Filter name="hours" label="Time" choices=choices(HOURS) />
            {kept.collect_view()}
        </Filters>
        {data.license.map(|of| view! { <OnlyOf said="Only of the license of " of all="/decisions" /> })}
        {if nothing {
            empty(narrowed).into_any()
        } else if grouped {
            groups(data.groups, &hours, now).into_any()
        } else {
            view! {
                <Pager count=data.lines.len() of="decision" turns=data.turns>
                    {(!data.lines.is_empty()).then(|| table(data.lines, now))}
                </Pager>
            }
            .into_any()
        }}
    }
}

fn tabs(grouped: bool) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Views">
            <a href="/decisions" aria-current=(!grouped).then_some("page")>
                "One by one"
            </a>
            <a href="/decisions?view=grouped&hours=168" aria-current=grouped.then_some("page")>
                "Refusals, grouped"
            </a>
        </nav>
    }
}

fn empty(narrowed: bool) -> impl IntoView {
    let (title, text) = match narrowed {
        true => (
            "No decision matches",
            "Look for a device’s name, its address, the end of a code, a masked e-mail address or a decision’s id, or take the filters away. Decisions are kept for some time only.",
        ),
        false => (
            "No decision yet",
            "As soon as a customer’s software sends an activation code, what became of it stands here, with the reason.",
        ),
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

/// Decisions, one a row.
pub(in crate::pages) fn table(lines: Vec<DecisionLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(move |line| row(line, now));
    view! {
        <Table
            class="fixed decisions stacks"
            caption="Decisions, youngest first"
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
                <span class="sub">"asked to " {purpose(&line.purpose)}</span>
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

/// Refusals in groups, of the last so many `hours`, or of all time; each leads to the list behind it.
pub(in crate::pages) fn groups(groups: Vec<GroupLine>, hours: &str, now: DateTime<Utc>) -> impl IntoView + use<> {
    let all: u64 = groups.iter().map(|group| group.refusals).sum();
    let cut = (all >= MOST_GROUPED).then(|| {
        view! { <p class="muted small">"Of the " {licensing::sentence::thousands(MOST_GROUPED)} " most recent refusals."</p> }
    });
    let rows = groups.into_iter().map(|group| {
        let query = address::query_with("", "why", Some(&group.refusal));
        let query = match &group.product {
            Some((id, _)) => address::query_with(&query, "product", Some(&id.to_string())),
            None => query,
        };
        let query = if hours.is_empty() { query } else { address::query_with(&query, "hours", Some(hours)) };
        let of = match group.product {
            Some((_, name)) => view! { " on " <bdi>{name}</bdi> }.into_any(),
            None => ().into_any(),
        };
        let said = match group.licenses {
            0 => "codes that no license has".to_owned(),
            n => words::count(n, "license"),
        };
        view! {
            <li>
                <a href=format!("/decisions{query}")>
                    <b>{licensing::sentence::thousands(group.refusals)} " ×"</b>
                    <span>{refusal(&group.refusal, "")} {of} <small>{said}</small></span>
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
