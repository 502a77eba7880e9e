//! The list of subscriptions.

use leptos::{either::Either, prelude::*};
use licensing::Permission;

use super::{super::SettingsTabs, state_of};
use crate::{
    admin::webhooks::{WebhookLine, Webhooks, list_webhooks},
    components::{Empty, Icon, Only, PageHead, Symbol, Table, When},
    http::load::{Loaded, fetched},
};

/// The list of subscriptions to webhooks.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <All />
        </Only>
    }
}

#[component]
fn All() -> impl IntoView {
    let data = fetched(list_webhooks);
    view! {
        <PageHead
            title="Webhooks"
            lead=|| {
                view! {
                    <p class="lead">
                        "Messages about events to your own systems. Each is a signed CloudEvent, and is sent again until it is accepted."
                    </p>
                }
            }
            actions=new_webhook
        />
        <SettingsTabs />
        <Loaded data view=page />
    }
}

fn new_webhook() -> impl IntoView {
    view! {
        <a class="button primary" href="/settings/webhooks/new">
            <Icon of=Symbol::Plus />
            " New webhook"
        </a>
    }
}

fn page(data: Webhooks) -> impl IntoView {
    let now = data.now;
    if data.lines.is_empty() {
        return Either::Left(view! {
            <Empty
                icon=Symbol::Link
                title="No webhooks yet"
                text="A webhook tells one of your systems when something happens here, such as a new activation."
                actions=|| view! { <a class="button" href="/settings/webhooks/new">"Create the first webhook"</a> }
            />
        });
    }
    let rows = data.lines.into_iter().map(move |line| row(line, now));
    Either::Right(view! {
        <Table
            class="fixed webhooks stacks"
            caption="Webhooks, newest first"
            columns=[("Address", ""), ("State", "state-cell"), ("Last success", "when"), ("Failing since", "when")]
        >
            {rows.collect_view()}
        </Table>
    })
}

fn row(line: WebhookLine, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let when = move |at: Option<chrono::DateTime<chrono::Utc>>| match at {
        Some(at) => view! { <When at now /> }.into_any(),
        None => view! { <span class="muted">"–"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a class="name cut" href=format!("/settings/webhooks/{}", line.id) title=line.url.clone()>
                    <bdi>{line.url.clone()}</bdi>
                </a>
                {line
                    .description
                    .map(|text| {
                        view! {
                            <span class="sub">
                                <bdi>{text}</bdi>
                            </span>
                        }
                    })}
            </th>
            <td class="state-cell">{state_of(line.state)}</td>
            <td class="when soft">{when(line.last_success_at)}</td>
            <td class="when soft">{when(line.failing_since)}</td>
        </tr>
    }
}
