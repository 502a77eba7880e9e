//! "Try it": a dry run of an activation, with a chosen device and time. Nothing is saved.

use leptos::prelude::*;
use leptos_router::{
    components::Form,
    hooks::{use_params_map, use_query_map},
};

use super::trace::Trace;
use crate::{
    admin::decisions::try_out::{Supposition, TryOut, try_out},
    components::{Notice, PageHead, Panel, When},
    http::load::{Loaded, fetched},
    text::words::exact,
};

const ASKED: [&str; 6] = ["device", "fingerprint", "version", "email", "lease", "at"];

/// The form of the dry run, and its outcome.
#[component]
pub fn TryOutPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let data = fetched(move || {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        let asked = ASKED.map(|key| query.with(|query| query.get(key).unwrap_or_default()));
        let [device, fingerprint, version, email, lease, at] = asked;
        try_out(id, device, fingerprint, version, email, lease, at)
    });
    view! { <Loaded data view=page /> }
}

fn page(data: TryOut) -> impl IntoView {
    let (id, name) = data.license;
    let crumbs = vec![("/licenses".to_owned(), "Licenses".to_owned()), (format!("/licenses/{id}"), name)];
    let wrong = (!data.wrong.is_empty()).then(|| {
        let lines = data.wrong.iter().map(|line| view! { <p>{line.clone()}</p> }).collect_view();
        view! { <Notice>{lines}</Notice> }
    });
    let now = data.now;
    view! {
        <PageHead
            title="Try it"
            crumbs
            lead=|| {
                view! {
                    <p class="lead">
                        "What would happen if a device requested a seat of this license. This is a dry run. Nothing is saved."
                    </p>
                }
            }
        />
        <div class="split">
            <div>
                {wrong}
                {match data.outcome {
                    Some(outcome) => answer(outcome, now).into_any(),
                    None => {
                        view! {
                            <p class="soft small">
                                "Choose a device or enter a fingerprint, then press “Try it”. Seats that are in use now count if they are still held at the time you choose."
                            </p>
                        }
                            .into_any()
                    }
                }}
            </div>
            <div>{form(data.devices)}</div>
        </div>
    }
}

fn answer(of: Supposition, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let title = if of.refused.is_some() { "It would be refused" } else { "It would be granted" };
    let at = of.at;
    let aside = move || view! { <p class="push">{exact(at)}</p> };
    let gives = of.gives.map(|(lease, token)| {
        view! {
            <p class="small">
                "Its lease would end on " {exact(lease)} " (" <When at=lease now /> "), its token on " {exact(token)} "."
            </p>
        }
    });
    let ways = of.remedy.map(|remedy| view! { <p class="small soft">"How to fix it: " {remedy}</p> });
    view! {
        <Panel id="answer" title aside>
            {of.refused.map(|text| view! { <p class="small">"The software would receive: “" {text} "”"</p> })}
            {gives}
            {ways}
        </Panel>
        <Panel id="trace" title="How it would be decided" bare=true>
            <Trace steps=of.steps />
        </Panel>
    }
}

fn form(devices: Vec<(String, String)>) -> impl IntoView {
    let query = use_query_map();
    let typed = move |key: &'static str| query.with_untracked(|query| query.get(key).unwrap_or_default());
    let chosen = typed("device");
    let options = devices.into_iter().map(move |(id, name)| {
        let selected = id == chosen.as_str();
        view! {
            <option value=id selected=selected>
                {name}
            </option>
        }
    });
    let field = move |name: &'static str, label: &'static str, kind: &'static str, hint: &'static str| {
        view! {
            <div class="field">
                <label for=format!("try-{name}")>{label}</label>
                <input
                    class="input"
                    id=format!("try-{name}")
                    type=kind
                    name=name
                    value=typed(name)
                    autocomplete="off"
                    aria-describedby=format!("try-{name}-hint")
                />
                <p class="hint" id=format!("try-{name}-hint")>
                    {hint}
                </p>
            </div>
        }
    };
    view! {
        <Panel id="try" title="Activation request">
            <Form method="GET" action="" attr:class="stack">
                <div class="field">
                    <label for="try-device">"Device"</label>
                    <select class="input" id="try-device" name="device">
                        <option value="">"Use the fingerprint below"</option>
                        {options.collect_view()}
                    </select>
                </div>
                {field("fingerprint", "Fingerprint", "text", "Exactly as the software sends it. Used if no device is chosen.")}
                {field("version", "Version", "text", "Optional, such as 2.1.0.")}
                {field("email", "E-mail", "text", "Needed if the terms check it.")}
                {field("lease", "Requested lease", "text", "Optional: days, or a duration such as P30D.")}
                {field("at", "Time", "datetime-local", "In UTC. Leave empty for the current time.")}
                <div class="form-foot">
                    <button class="button primary" type="submit">
                        "Try it"
                    </button>
                </div>
            </Form>
        </Panel>
    }
}
