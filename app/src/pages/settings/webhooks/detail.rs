//! One subscription and its deliveries.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use licensing::{
    Permission,
    webhook::{DeliveryState, SubscriptionState},
};

use super::{delivery_state, delivery_word, dialogs::Dialogs, state_of};
use crate::{
    admin::webhooks::{
        DeliveryLine, WebhookDetail, WebhookLine,
        acts::{SwitchWebhook, VerifyWebhook},
        take_webhook_secret, webhook,
    },
    components::{
        AFTER, BEFORE, Badge, Empty, Fact, Facts, Icon, NewSecret, Notice, Only, PageHead, Pager, Panel, Symbol, Table,
        Tone, When, dialog_address,
    },
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
};

/// The page of a subscription.
#[component]
pub fn WebhookPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <One />
        </Only>
    }
}

#[component]
fn One() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let of = move |key: &'static str| query.with(|query| query.get_str(key).unwrap_or_default().to_owned());
    let data = fetched(move || {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        webhook(id, of("state"), of(BEFORE), of(AFTER))
    });
    let made = fetched(take_webhook_secret);
    let shown = move || {
        let made = made.clone();
        Suspend::new(async move { made.await.ok().flatten().map(just_made) })
    };
    view! {
        <Suspense>{shown}</Suspense>
        <Loaded data view=page />
    }
}

fn just_made(text: String) -> impl IntoView {
    view! {
        <NewSecret
            icon=Symbol::KeyRound
            instruction="Copy the secret now."
            validity="It is shown only once. Your system verifies the signature of each message with it."
            secret=text
            what="the secret"
        />
    }
}

fn page(data: WebhookDetail) -> impl IntoView {
    let WebhookDetail { line, deliveries, only, page_links, now } = data;
    let (id, state) = (line.id, line.state);
    let of = StoredValue::new(line.clone());
    let count = deliveries.len();
    let rows = deliveries.into_iter().map(move |row| delivery_row(id, row, now));
    let rows: Vec<_> = rows.collect();
    let inside = match rows.is_empty() {
        true => Either::Left(view! {
            <Empty
                icon=Symbol::History
                title="No deliveries"
                text="Each event that this webhook wants appears here, with every attempt to send it."
            />
        }),
        false => Either::Right(view! {
            <Pager count of="delivery" page_links>
                <Table
                    class="fixed deliveries stacks"
                    caption="Deliveries, newest first"
                    columns=[("Type", ""), ("State", "state-cell"), ("Attempts", "end min"), ("Created", "when"), ("Next attempt", "when")]
                >
                    {rows}
                </Table>
            </Pager>
        }),
    };
    view! {
        <PageHead
            title=line.url.clone()
            crumbs=vec![("/settings/webhooks".to_owned(), "Webhooks".to_owned())]
            mark=move || state_of(state)
            actions=move || of.with_value(actions)
        />
        {advice(&line)}
        {facts(&line, now)}
        <Panel id="deliveries" title="Deliveries" aside=move || states(only) bare=true>
            {inside}
        </Panel>
        <Dialogs of />
    }
}

/// The states of deliveries, as links that limit the list.
fn states(only: Option<DeliveryState>) -> impl IntoView {
    let link = move |state: Option<DeliveryState>| {
        let to = state.map_or("?".to_owned(), |state| format!("?state={}", state.name()));
        let word = state.map_or("All", delivery_word);
        view! {
            <a class="button small quiet" href=to aria-current=(only == state).then_some("true")>
                {word}
            </a>
        }
    };
    let links = std::iter::once(None).chain(DeliveryState::ALL.into_iter().map(Some)).map(link);
    let replay = only.filter(|state| *state != DeliveryState::Pending).map(|_| {
        view! {
            <a class="button small" href=dialog_address("replay")>
                "Send again"
            </a>
        }
    });
    view! { <nav class="row" aria-label="State of deliveries">{links.collect_view()} {replay}</nav> }
}

fn delivery_row(webhook: uuid::Uuid, row: DeliveryLine, now: DateTime<Utc>) -> impl IntoView {
    let at = row.created_at;
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/settings/webhooks/{webhook}/deliveries/{}", row.id)>
                    {row.event_type}
                </a>
                {row.is_test.then(|| view! { " " <Badge tone=Tone::Accent>"Test"</Badge> })}
            </th>
            <td class="state-cell">{delivery_state(row.state)}</td>
            <td class="end">{row.attempts}</td>
            <td class="when soft">
                <When at now />
            </td>
            <td class="when soft">
                {match row.due_at {
                    Some(at) => view! { <When at now /> }.into_any(),
                    None => view! { <span class="muted">"–"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}

fn actions(line: &WebhookLine) -> impl IntoView + use<> {
    let is_active = line.state == SubscriptionState::Active;
    let switch = act::<SwitchWebhook>();
    let (id, on) = (line.id.to_string(), line.state.sends());
    view! {
        {is_active
            .then(|| {
                view! {
                    <a class="button" href=dialog_address("test")>
                        "Send test message"
                    </a>
                }
            })}
        <a class="button" href=format!("/settings/webhooks/{}/edit", line.id)>
            <Icon of=Symbol::Pencil />
            " Edit"
        </a>
        <a class="button" href=dialog_address("rotate")>
            "Rotate secret"
        </a>
        <Form action=switch id="switch" class="inline">
            <input type="hidden" name="id" value=id />
            {(!on).then(|| view! { <input type="hidden" name="on" value="on" /> })}
            <Submit class="">{if on { "Disable" } else { "Enable" }}</Submit>
        </Form>
        <a class="button danger" href=dialog_address("delete")>
            "Delete"
        </a>
    }
}

/// The next step, if there is one.
fn advice(line: &WebhookLine) -> Option<AnyView> {
    let verify = act::<VerifyWebhook>();
    let id = line.id.to_string();
    match line.state {
        SubscriptionState::Active => None,
        SubscriptionState::PendingVerification => Some(
            view! {
                <Notice tone=Tone::Warn>
                    <p>
                        <b>"The address is not verified yet."</b>
                        " It must sign the challenge that was sent to it. If it cannot, vouch for it."
                    </p>
                    <div class="row">
                        <Form action=verify id="verify" class="inline">
                            <input type="hidden" name="id" value=id />
                            <Submit class="small">"Verify again"</Submit>
                        </Form>
                        <a class="button small" href=dialog_address("vouch")>
                            "Vouch for it"
                        </a>
                    </div>
                </Notice>
            }
            .into_any(),
        ),
        SubscriptionState::Disabled | SubscriptionState::Suspended => {
            let reason = line.state_reason.clone().map(|reason| format!("{reason} "));
            Some(
                view! {
                    <Notice tone=Tone::Warn>
                        <p>
                            <b>"Nothing is sent."</b>
                            " "
                            {reason}
                            "Its messages are held. Enable it, and then send those that are held again."
                        </p>
                    </Notice>
                }
                .into_any(),
            )
        }
    }
}

fn facts(line: &WebhookLine, now: DateTime<Utc>) -> impl IntoView + use<> {
    let (at, by, events) = (line.created_at, line.created_by.clone(), line.event_types.join(", "));
    let (succeeded, failing) = (line.last_success_at, line.failing_since);
    let names: Vec<_> = line.products.iter().map(|(_, name)| name.clone()).collect();
    let attributes = line.attributes.iter().map(|(name, value)| format!("{name} = {value}"));
    let limits = [names.join(", "), line.kinds.join(", "), attributes.collect::<Vec<_>>().join(", ")];
    let limits = match limits.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>() {
        none if none.is_empty() => "None".to_owned(),
        some => some.join("; "),
    };
    let when = move |at: Option<DateTime<Utc>>, otherwise: &'static str| match at {
        Some(at) => view! { <When at now /> }.into_any(),
        None => otherwise.into_any(),
    };
    let former = line.former_until.filter(|until| *until > now).map(|at| {
        view! {
            <Fact name="Previous secret">"signs until " <When at now /></Fact>
        }
    });
    let description = line.description.clone().map(|text| {
        view! {
            <Fact name="Description">
                <bdi>{text}</bdi>
            </Fact>
        }
    });
    view! {
        <Panel id="facts" title="Details">
            <Facts>
                {description}
                <Fact name="Events">{events}</Fact>
                <Fact name="Limits">
                    <bdi>{limits}</bdi>
                </Fact>
                <Fact name="Last success">{when(succeeded, "never")}</Fact>
                <Fact name="Failing since">{when(failing, "not failing")}</Fact>
                {former}
                <Fact name="Created">
                    <When at now />
                    " by "
                    <bdi>{by}</bdi>
                </Fact>
            </Facts>
        </Panel>
    }
}
