//! The text for events that are folded into one line of the audit log.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    admin::audit::EventLine,
    components::{Icon, Symbol, When},
    text::words,
};

/// The number of events that a line stands for, with the time of the first, or with the other licenses; `None` for one.
pub(super) fn repeated(event: &EventLine, now: DateTime<Utc>) -> Option<AnyView> {
    let (count, since) = (event.count, event.since);
    if !event.others.is_empty() {
        return Some(others(&event.others).into_any());
    }
    (count > 1).then(|| {
        view! { <small>{words::count(count.into(), "time")} ", first " <When at=since now /></small> }.into_any()
    })
}

/// The other licenses of an act on many, folded.
fn others(licenses: &[(String, Option<String>)]) -> impl IntoView + use<> {
    let count = licenses.len().try_into().unwrap_or_default();
    let items = licenses.iter().map(|(name, link)| {
        let (name, link) = (name.clone(), link.clone());
        view! {
            <li>
                <a href=link>
                    <bdi>{name}</bdi>
                </a>
            </li>
        }
    });
    view! {
        <details class="more">
            <summary>
                <Icon of=Symbol::ChevronRight />
                {format!("and {}", words::count(count, "other license"))}
            </summary>
            <ul>{items.collect_view()}</ul>
        </details>
    }
}
