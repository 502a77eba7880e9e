//! One delivery: its message and every attempt.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::{
    Permission,
    webhook::{DeliveryState, SubscriptionState},
};

use super::delivery_state;
use crate::{
    admin::webhooks::{AttemptLine, DeliveryDetail, acts::ReplayWebhook, delivery},
    components::{Code, CodeBlock, Fact, Facts, Only, PageHead, Panel, Table, When},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
};

/// The page of a delivery.
#[component]
pub fn DeliveryPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <One />
        </Only>
    }
}

#[component]
fn One() -> impl IntoView {
    let params = use_params_map();
    let of = move |key: &'static str| params.with(|params| params.get(key).unwrap_or_default());
    let data = fetched(move || delivery(of("id"), of("delivery")));
    view! { <Loaded data view=page /> }
}

fn page(data: DeliveryDetail) -> impl IntoView {
    let DeliveryDetail { line, subscription: (webhook, url), subscription_state, message_id, body, attempts, now } =
        data;
    let (id, state, at) = (line.id, line.state, line.created_at);
    let crumbs = vec![
        ("/settings/webhooks".to_owned(), "Webhooks".to_owned()),
        (format!("/settings/webhooks/{webhook}"), url.clone()),
    ];
    let may_repeat = state != DeliveryState::Pending && subscription_state == SubscriptionState::Active;
    let next = line.due_at.map(|at| {
        view! {
            <Fact name="Next attempt">
                <When at now />
            </Fact>
        }
    });
    view! {
        <PageHead
            title=line.event_type.clone()
            crumbs
            mark=move || delivery_state(state)
            actions=move || may_repeat.then(|| repeat(webhook, id))
        />
        <Panel id="facts" title="Details">
            <Facts>
                <Fact name="Address">
                    <bdi>{url}</bdi>
                </Fact>
                <Fact name="Message">
                    <Code text=message_id.to_string() />
                </Fact>
                <Fact name="Created">
                    <When at now />
                </Fact>
                {next}
            </Facts>
        </Panel>
        {log(attempts, now)}
        <CodeBlock title="Request body" text=body />
    }
}

fn repeat(webhook: uuid::Uuid, id: uuid::Uuid) -> impl IntoView {
    let action = act::<ReplayWebhook>();
    view! {
        <Form action id="replay" class="inline">
            <input type="hidden" name="id" value=webhook.to_string() />
            <input type="hidden" name="delivery" value=id.to_string() />
            <Submit>"Send again"</Submit>
        </Form>
    }
}

fn log(attempts: Vec<AttemptLine>, now: DateTime<Utc>) -> impl IntoView {
    let rows = attempts.into_iter().map(move |it| {
        let at = it.at;
        let answer = match (it.status, it.error) {
            (Some(status), None) => format!("Status {status}"),
            (Some(status), Some(error)) => format!("Status {status}. {error}"),
            (None, error) => error.unwrap_or_else(|| "No answer".to_owned()),
        };
        let response = it.response.filter(|text| !text.is_empty()).map(|text| {
            view! {
                <details class="more">
                    <summary>"Response"</summary>
                    <pre class="code">
                        <bdi>{text}</bdi>
                    </pre>
                </details>
            }
        });
        view! {
            <tr>
                <th scope="row">{it.n}</th>
                <td>
                    <When at now />
                </td>
                <td class="end">{format!("{} ms", it.milliseconds)}</td>
                <td>
                    <bdi>{answer}</bdi>
                    {response}
                </td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    let inside = match rows.is_empty() {
        true => view! { <p class="soft small body">"None yet."</p> }.into_any(),
        false => view! {
            <Table
                class="attempts"
                caption="Attempts, oldest first"
                columns=[("Attempt", "min"), ("Time", ""), ("Took", "end"), ("Answer", "")]
                scrolls=true
            >
                {rows}
            </Table>
        }
        .into_any(),
    };
    view! {
        <Panel id="attempts" title="Attempts" bare=true>
            {inside}
        </Panel>
    }
}
