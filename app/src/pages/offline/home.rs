//! The page that reads a device's file, and lists recent offline activations.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::Permission;

use crate::{
    admin::offline::{RecentLine, RecentRequests, acts::ReadOfflineFile, list_requests},
    components::{PageHead, Panel, Table, TextArea, When, may},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
    text::roles::reason,
};

/// The form for a device's file, and the recent offline activations.
#[component]
pub fn OfflinePage() -> impl IntoView {
    let query = use_query_map();
    let license = move || query.with(|query| query.get("license").unwrap_or_default());
    let data = fetched(move || list_requests(license()));
    view! { <Loaded data view=page /> }
}

fn page(data: RecentRequests) -> impl IntoView {
    let RecentRequests { lines, license, now } = data;
    let of = license.clone();
    let license = license.map(|(id, _)| id.to_string()).unwrap_or_default();
    view! {
        <PageHead
            title="Offline devices"
            lead=move || {
                let of = of
                    .clone()
                    .map(|(id, name)| {
                        let to = format!("/licenses/{id}");
                        view! { " This activation is for " <a href=to><bdi>{name}</bdi></a> "." }
                    });
                view! {
                    <p class="lead">
                        "Activate a device that has no network: upload its request file here, then take the response file back."
                        {of}
                    </p>
                }
            }
        />
        <Panel id="bring" title="Upload request">
            {if may(Permission::HelpCustomers) { Either::Left(bring(license)) } else { Either::Right(not_allowed()) }}
        </Panel>
        {recent(lines, now)}
    }
}

fn bring(license: String) -> impl IntoView {
    let action = act::<ReadOfflineFile>();
    view! {
        <Form action id="file">
            <input type="hidden" name="license" value=license />
            <div class="field full scripted">
                <label for="chosen-file">"Choose from this computer, or paste it below"</label>
                <input
                    class="input"
                    type="file"
                    id="chosen-file"
                    data-fills="file-file"
                    aria-describedby="chosen-file-error"
                />
                <p class="error" id="chosen-file-error" role="alert" hidden>
                    "This is not a request or release file: it is not text, or longer than 1 MB."
                </p>
            </div>
            <TextArea
                name="file"
                label="File"
                hint="Paste a whole request file, or the release file of a device that deleted its token. Text that e-mail added around it does not matter. You can review the contents before anything is changed."
                placeholder="-----BEGIN LATCHKEY REQUEST-----"
                rows=10
                required=true
                code=true
            />
            <div class="form-foot">
                <Submit>"Read file"</Submit>
            </div>
        </Form>
    }
}

fn not_allowed() -> impl IntoView {
    view! {
        <p class="soft small">
            <button class="button" type="button" aria-disabled="true" aria-describedby="why-bring">
                "Read file"
            </button>
            " "
            <small class="muted" id="why-bring">
                {reason(Permission::HelpCustomers)}
            </small>
        </p>
    }
}

fn recent(lines: Vec<RecentLine>, now: DateTime<Utc>) -> impl IntoView {
    if lines.is_empty() {
        return Either::Left(view! {
            <Panel id="recent" title="Recent activations">
                <p class="soft small">
                    "No offline activations yet. Granted requests appear here with their response, in case it gets lost."
                </p>
            </Panel>
        });
    }
    let rows = lines.into_iter().map(move |line| row(line, now));
    Either::Right(view! {
        <Panel id="recent" title="Recent activations" bare=true>
            <Table
                caption="Granted requests, newest first"
                columns=[("Device", ""), ("License", ""), ("Granted", "")]
                scrolls=true
            >
                {rows.collect_view()}
            </Table>
        </Panel>
    })
}

fn row(line: RecentLine, now: DateTime<Utc>) -> impl IntoView {
    let RecentLine { id, license, customer, product, device, at } = line;
    let device = device.unwrap_or_else(|| "unnamed device".to_owned());
    let name = match may(Permission::HelpCustomers) {
        true => view! {
            <a class="name" href=format!("/offline/{id}")>
                <bdi>{device}</bdi>
            </a>
        }
        .into_any(),
        false => view! { <bdi>{device}</bdi> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>
                <a href=format!("/licenses/{license}")>
                    <bdi>{customer.unwrap_or_else(|| "unnamed license".to_owned())}</bdi>
                </a>
                <span class="sub">
                    <bdi>{product}</bdi>
                </span>
            </td>
            <td>
                <When at now />
            </td>
        </tr>
    }
}
