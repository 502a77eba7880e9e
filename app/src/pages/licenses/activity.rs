//! The activity of a license: who did what, and which requests were granted or refused.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    admin::{
        decisions::DecisionLine,
        licenses::{
            activity::{Activity, Entry, Part},
            detail::LicenseDetail,
            tab::LicenseTab,
        },
    },
    components::{Code, Icon, Pager, Panel, Symbol, When},
    http::address,
    pages::{
        audit_sentences::timeline_item,
        decisions::{purpose, refusal_reason},
    },
};

/// The query key for the part that is shown.
pub(super) const PART: &str = "part";

/// The activity, with a link to the dry run.
pub(super) fn panel(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let (id, activity, now) = of.with_value(|it| (it.id, it.activity.clone(), it.now));
    let Activity { part, entries, page_links } = activity;
    let aside = move || {
        view! {
            {parts(id, part)}
            <span class="push">
                <a class="button small" href=format!("/licenses/{id}/try")>
                    "Try it"
                </a>
            </span>
        }
    };
    let body = match entries.is_empty() {
        true => view! { <p class="soft small">{nothing(part)}</p> }.into_any(),
        false => {
            let count = entries.iter().map(count).sum();
            let items = entries.into_iter().map(move |entry| item(entry, now)).collect_view();
            view! {
                <Pager count of="item" page_links>
                    <ol class="timeline">{items}</ol>
                </Pager>
            }
            .into_any()
        }
    };
    view! {
        <Panel id="feed" title="Activity" aside bare=true>
            <div class="body">{body}</div>
            {footer(id, part)}
        </Panel>
    }
}

/// Links to the parts.
fn parts(license: Uuid, shown: Part) -> impl IntoView {
    let links = Part::ALL.map(|part| {
        let query = address::query_with("", PART, Some(part.key()).filter(|key| !key.is_empty()));
        view! {
            <a
                href=format!("{}{query}", LicenseTab::Activity.path(license))
                aria-current=(part == shown).then_some("true")
            >
                {part.label()}
            </a>
        }
    });
    view! {
        <nav class="segments" aria-label="Activity">
            {links.collect_view()}
        </nav>
    }
}

const fn nothing(part: Part) -> &'static str {
    match part {
        Part::Everything => "Nothing yet.",
        Part::Decisions => "No requests yet. Device requests appear here, granted or refused, with the reason.",
        Part::Changes => "No changes yet. What people and programs do appears here, with their reasons.",
    }
}

fn count(entry: &Entry) -> usize {
    match entry {
        Entry::Event(line) => line.count as usize,
        Entry::Decision(_) => 1,
    }
}

fn item(entry: Entry, now: DateTime<Utc>) -> AnyView {
    match entry {
        Entry::Event(line) => timeline_item(line, now).into_any(),
        Entry::Decision(line) => decision(line, now).into_any(),
    }
}

fn decision(line: DecisionLine, now: DateTime<Utc>) -> impl IntoView {
    let at = line.at;
    let device = line.device.unwrap_or_else(|| "Unnamed device".to_owned());
    let (tone, icon, outcome) = match &line.refusal {
        None => ("accent", Symbol::MonitorSmartphone, format!("was granted {}", purpose(&line.purpose))),
        Some(code) => {
            let why = refusal_reason(code, &line.rule);
            ("bad", Symbol::Lock, format!("was refused {}: {why}", purpose(&line.purpose)))
        }
    };
    let from = line.address.map(|address| view! { "From " <Code text=address /> ". " });
    view! {
        <li data-tone=tone>
            <Icon of=icon />
            <div>
                <p>
                    <b>
                        <bdi>{device}</bdi>
                    </b>
                    " "
                    {outcome}
                </p>
                <small>{from} <a href=format!("/decisions/{}", line.id)>"View decision"</a></small>
            </div>
            <When at now />
        </li>
    }
}

/// A link to the whole list, which has filters.
fn footer(license: Uuid, part: Part) -> impl IntoView {
    let decisions = view! { <a href=format!("/decisions?license={license}")>"All decisions for this license"</a> };
    let events = view! { <a href=format!("/audit?license={license}")>"All events in the audit log"</a> };
    let links = match part {
        Part::Everything => view! { {decisions} " · " {events} }.into_any(),
        Part::Decisions => decisions.into_any(),
        Part::Changes => events.into_any(),
    };
    view! { <footer>{links}</footer> }
}
