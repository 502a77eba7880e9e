//! One decision: its rules with the facts that they checked, and how to fix a refusal.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    customer_text::customer_text,
    labels,
    trace::Trace,
    ways::{Ways, WaysDialogs, answer_now},
};
use crate::{
    admin::decisions::detail::{DecisionDetail, decision},
    components::{Badge, Code, CopyButton, Fact, Facts, PageHead, Panel, When},
    http::load::{Loaded, fetched},
    text::words::{count, exact},
};

/// The page of a decision.
#[component]
pub fn DecisionPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || decision(params.with(|params| params.get("id").unwrap_or_default())));
    view! { <Loaded data view=page /> }
}

fn page(data: DecisionDetail) -> impl IntoView {
    let of = StoredValue::new(data);
    let (title, license) = of.with_value(|it| (labels::outcome(&it.line), it.line.license.clone()));
    let actions = move || {
        license.clone().map(|(id, _)| {
            view! {
                <a class="button" href=format!("/licenses/{id}")>
                    "Open license"
                </a>
            }
        })
    };
    view! {
        <PageHead
            title
            crumbs=vec![("/decisions".to_owned(), "Decisions".to_owned())]
            lead=move || lead(of)
            mark=move || of.with_value(answer_now)
            actions
        />
        <div class="split">
            <div><Ways of /> {rules(of)} {detail(of)}</div>
            <div>{for_customer(of)} {asked(of)} {alike(of)}</div>
        </div>
        <WaysDialogs of />
    }
}

fn lead(of: StoredValue<DecisionDetail>) -> impl IntoView {
    let it = of.get_value();
    let (line, now) = (it.line, it.now);
    let who = match line.device {
        Some(name) => view! { "“" <bdi>{name}</bdi> "”" }.into_any(),
        None => "An unnamed device".into_any(),
    };
    let of_license = match line.license {
        Some((id, name)) => view! {
            " under the license of "
            <a href=format!("/licenses/{id}")>
                <bdi>{name}</bdi>
            </a>
        }
        .into_any(),
        None => " with an unknown code".into_any(),
    };
    let product = line.product.map(|product| view! { " for " <bdi>{product}</bdi> });
    let again = (it.asked > 1).then(|| format!(" It made {} in the preceding 24 hours.", count(it.asked, "request")));
    view! {
        <p class="lead">
            {who} " requested " {labels::purpose(&line.purpose)} {of_license} {product} ", " <When at=line.at now /> " ("
            {exact(line.at)} ")." {again}
        </p>
    }
}

fn rules(of: StoredValue<DecisionDetail>) -> impl IntoView {
    let steps = of.with_value(|it| it.steps.clone());
    let aside = || view! { <p class="push">"with the facts at that time"</p> };
    let body = match steps.is_empty() {
        true => view! {
            <div class="body">
                <p class="soft small">"An earlier version made this decision and did not store its facts."</p>
            </div>
        }
        .into_any(),
        false => view! { <Trace steps /> }.into_any(),
    };
    view! {
        <Panel id="trace" title="How it was decided" aside bare=true>
            {body}
        </Panel>
    }
}

fn detail(of: StoredValue<DecisionDetail>) -> Option<AnyView> {
    let (code, detail) = of.with_value(|it| it.line.refusal.clone().zip(it.detail.clone()))?;
    let code = StoredValue::new(code);
    let aside = move || {
        view! {
            <span class="push">
                <Badge>{code.get_value()}</Badge>
            </span>
        }
    };
    Some(
        view! {
            <Panel id="told" title="Response to the software" aside>
                <p class="small">{detail}</p>
            </Panel>
        }
        .into_any(),
    )
}

/// A text for the customer, to be copied into a mail or a chat.
fn for_customer(of: StoredValue<DecisionDetail>) -> Option<AnyView> {
    let text = StoredValue::new(of.with_value(customer_text)?);
    let aside = move || {
        view! {
            <span class="push">
                <CopyButton text=text.get_value() what="the text for the customer" labelled=true />
            </span>
        }
    };
    Some(
        view! {
            <Panel id="customer" title="Tell the customer" aside>
                <p class="small">
                    <bdi>{text.get_value()}</bdi>
                </p>
            </Panel>
        }
        .into_any(),
    )
}

fn asked(of: StoredValue<DecisionDetail>) -> impl IntoView {
    let it = of.get_value();
    let now = it.now;
    let text = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <bdi>{value}</bdi>
                </Fact>
            }
        })
    };
    let code = |name: &'static str, what: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <Code text=value copies=what />
                </Fact>
            }
        })
    };
    let gave = it.gave.map(|(lease, token)| {
        view! {
            <Fact name="Lease granted">"ends " <When at=lease now /></Fact>
            <Fact name="Token">"valid until " {exact(token)}</Fact>
        }
    });
    view! {
        <Panel id="asked" title="Request">
            <Facts>
                {text("Device", it.line.device)} {text("Platform", it.platform)}
                {code("Fingerprint", "the fingerprint’s SHA-256", it.fingerprint)}
                {code("Session ID", "the session ID", it.session.map(|id| id.to_string()))} {text("Version", it.version)}
                {text("Requested lease", it.lease)} {gave} {text("E-mail", it.line.email)}
                {text("Code ends in", it.line.code_tail)} {text("Policy", it.policy)}
                {code("IP address", "the IP address", it.line.address)} {code("Request ID", "the request ID", it.request)}
                {code("Decision ID", "the decision ID", Some(it.line.id.to_string()))}
            </Facts>
        </Panel>
    }
}

/// Links to similar decisions.
fn alike(of: StoredValue<DecisionDetail>) -> impl IntoView {
    let it = of.get_value();
    let of_device = it.fingerprint.map(|hash| (format!("/decisions?device={hash}"), "From this device"));
    let of_license = it.line.license.map(|(id, _)| (format!("/decisions?license={id}"), "For this license"));
    let of_kind = it.line.refusal.map(|code| (format!("/decisions?why={code}"), "Refused for the same reason"));
    let links = [of_device, of_license, of_kind].into_iter().flatten().map(|(to, label)| {
        view! {
            <li>
                <a href=to>{label}</a>
            </li>
        }
    });
    view! {
        <Panel id="alike" title="Similar decisions">
            <ul class="small alike">{links.collect_view()}</ul>
        </Panel>
    }
}
