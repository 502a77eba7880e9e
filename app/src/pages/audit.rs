//! The audit log.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::story;
use crate::{
    admin::audit::{EventLine, Events, list_events},
    components::{AFTER, BEFORE, Code, Empty, Filter, Filters, Notice, PageHead, Pager, Symbol, When},
    load::{Loaded, fetched},
    words,
};

/// Who did what to what, from where, and why.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = move || {
        let get = |key: &str| query.with(|query| query.get(key).unwrap_or_default());
        ["q", "act", "license", BEFORE, AFTER].map(get)
    };
    let data = fetched(wanted, |[q, act, license, before, after]| list_events(q, act, license, before, after));
    view! { <Loaded data view=page /> }
}

/// What an act's name begins with, and the words for all acts of that kind.
const KINDS: [(&str, &str); 10] = [
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
];

fn page(data: Events) -> impl IntoView {
    let kinds = KINDS.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let (count, turns) = (data.lines.len(), data.turns);
    let narrowed = data.license.as_ref().map(|(id, _)| id.to_string());
    view! {
        <PageHead
            title="Audit log"
            lead=|| {
                view! {
                    <p class="lead">
                        "Every change, sign-in and activation, with who did it, from where and why. Lines are only ever added."
                    </p>
                }
            }
        />
        <Filters label="Audit log" placeholder="Person, customer, device">
            <Filter name="act" label="About" choices=kinds.to_vec() />
            {narrowed.map(|id| view! { <input type="hidden" name="license" value=id /> })}
        </Filters>
        {data
            .license
            .map(|(id, name)| {
                view! {
                    <Notice>
                        <p>
                            "Only what concerns the license of "
                            <a href=format!("/licenses/{id}")>
                                <bdi>{name}</bdi>
                            </a> ". "
                            <a href="/audit">"Show everything"</a>
                        </p>
                    </Notice>
                }
            })}
        {match count {
            0 => {
                view! {
                    <Empty
                        icon=Symbol::History
                        title="Nothing matches"
                        text="Look for the name of a person, a customer, a device, a product or a policy, or take the filters away."
                        actions=|| view! { <a class="button" href="/audit">"Show everything"</a> }
                    />
                }
                .into_any()
            }
            _ => {
                view! {
                    <div>
                        {table(data.lines, data.now)}
                        <Pager said=words::count(count.try_into().unwrap_or_default(), "event") turns />
                    </div>
                }
                .into_any()
            }
        }}
    }
}

fn table(lines: Vec<EventLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = lines.into_iter().map(|line| row(line, now));
    view! {
        <table class="table fixed audit">
            <caption class="visually-hidden">"Events, youngest first"</caption>
            <thead>
                <tr>
                    <th scope="col" class="who">
                        "Who"
                    </th>
                    <th scope="col">"What"</th>
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

fn row(line: EventLine, now: DateTime<Utc>) -> impl IntoView {
    let deed = story::deed(&line);
    view! {
        <tr>
            <th scope="row" class="who">
                <bdi class="cut" title=line.actor.clone()>
                    {story::actor(&line)}
                </bdi>
            </th>
            <td class="what">{deed} {story::because(line.reason)} {story::changed(line.changes)}</td>
            <td class="from">{line.address.map(|address| view! { <Code text=address /> })}</td>
            <td class="when soft">
                <When at=line.at now />
            </td>
        </tr>
    }
}
