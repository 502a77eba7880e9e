//! The list of decisions.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::words::{REFUSALS, purpose, refusal};
use crate::{
    address,
    admin::decisions::{DecisionLine, Decisions, GroupLine, list_decisions},
    components::{AFTER, BEFORE, Code, Empty, Filter, Filters, Notice, PageHead, Pager, Symbol, When},
    load::{Loaded, fetched},
    words,
};

/// What devices asked, and what became of it.
#[component]
pub fn DecisionsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = move || {
        let get = |key: &str| query.with(|query| query.get(key).unwrap_or_default());
        ["q", "outcome", "why", "product", "license", "device", "hours", "view", BEFORE, AFTER].map(get)
    };
    let data = fetched(wanted, |[q, outcome, why, product, license, device, hours, view, before, after]| {
        list_decisions(q, outcome, why, product, license, device, hours, view, before, after)
    });
    view! { <Loaded data view=page /> }
}

const HOURS: [(&str, &str); 4] =
    [("1", "Last hour"), ("24", "Last 24 hours"), ("168", "Last 7 days"), ("720", "Last 30 days")];

fn choices(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect()
}

fn page(data: Decisions) -> impl IntoView {
    let query = use_query_map();
    let get = move |key: &str| query.with_untracked(|query| query.get(key).unwrap_or_default());
    let grouped = get("view") == "grouped";
    let kept = ["license", "device", "view"].map(|name| (name, get(name)));
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let (nothing, narrowed, now) = (data.lines.is_empty() && data.groups.is_empty(), data.narrowed, data.now);
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
        <Filters label="Decisions" placeholder="Id, device, address, end of a code">
            <Filter name="outcome" label="Outcome" choices=choices(&[("granted", "Granted"), ("refused", "Refused")]) />
            <Filter name="why" label="Why" choices=choices(&REFUSALS) />
            <Filter name="product" label="Product" choices=data.products />
            <Filter name="hours" label="Time" choices=choices(&HOURS) />
            {kept.collect_view()}
        </Filters>
        {data.license.map(|(id, name)| only(format!("/licenses/{id}"), name))}
        {if nothing {
            empty(narrowed).into_any()
        } else if grouped {
            let hours = use_query_map().with_untracked(|query| query.get("hours").unwrap_or_default());
            groups(data.groups, &hours, now).into_any()
        } else {
            let said = words::count(data.lines.len().try_into().unwrap_or_default(), "decision");
            view! {
                <div>
                    {table(data.lines, now)}
                    <Pager said turns=data.turns />
                </div>
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

fn only(to: String, name: String) -> impl IntoView {
    view! {
        <Notice>
            <p>
                "Only of the license of " <a href=to>
                    <bdi>{name}</bdi>
                </a> ". " <a href="/decisions">"Show everything"</a>
            </p>
        </Notice>
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
    let rows = lines.into_iter().map(|line| row(line, now));
    view! {
        <table class="table fixed decisions">
            <caption class="visually-hidden">"Decisions, youngest first"</caption>
            <thead>
                <tr>
                    <th scope="col" class="outcome">
                        "Outcome"
                    </th>
                    <th scope="col">"License"</th>
                    <th scope="col" class="device">
                        "Device"
                    </th>
                    <th scope="col" class="from">
                        "From"
                    </th>
                    <th scope="col" class="when">
                        "When"
                    </th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
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
    view! { <ul class="refusal-groups">{rows.collect_view()}</ul> }
}
