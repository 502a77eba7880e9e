//! One license: its state, devices, terms, and history.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use super::{
    devices::Devices,
    dialogs::Dialogs,
    head::Head,
    notes::Notes,
    secret::Revealed,
    terms::{FeaturesPanel, TermsPanel},
};
use crate::{
    address::query_values,
    admin::licenses::{
        code::{Secret, take_secret},
        detail::{LicenseDetail, license},
    },
    components::{AFTER, BEFORE, Code, Fact, Facts, Panel, When, may},
    load::{Loaded, fetched},
    pages::{
        audit_sentences::Timeline,
        decisions::decisions_table,
        devices::{AuthorizedPanel, BlocksPanel},
    },
};

/// The page of a license.
#[component]
pub fn LicensePage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let secret = ArcAsyncDerived::new(move || async move {
        match may(Permission::RevealCodes) {
            true => take_secret(id()).await.ok().flatten(),
            false => None,
        }
    });
    let part = query_values([BEFORE, AFTER]);
    let data = fetched(move || {
        let [before, after] = part();
        license(id(), before, after)
    });
    let page = move |data: LicenseDetail| {
        let id = data.id;
        let of = StoredValue::new(data);
        let given_out = given_out(secret.clone());
        view! {
            <Head of />
            <Suspense>{given_out}</Suspense>
            <Devices of />
            <AuthorizedPanel license=id />
            {decided(of)}
            <div class="split">
                <div>{what_happened(of)} <BlocksPanel license=id /></div>
                <div>
                    <Notes of />
                    <TermsPanel of />
                    {features(of)}
                    {known(of)}
                </div>
            </div>
            {may(Permission::HelpCustomers).then(|| view! { <Dialogs of /> })}
        }
    };
    view! { <Loaded data view=page /> }
}

/// The whole activation code, if it was just created or revealed.
fn given_out(secret: ArcAsyncDerived<Option<Secret>>) -> impl Fn() -> AnyView + Send + 'static {
    move || {
        let secret = secret.clone();
        Suspend::new(async move { secret.await.map(|secret| view! { <Revealed secret /> }) }).into_any()
    }
}

/// The latest decisions, with a link to the dry run.
fn decided(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let (id, lines, now) = of.with_value(|it| (it.id, it.decisions.clone(), it.now));
    let aside = move || {
        view! {
            <span class="push">
                <a class="button small" href=format!("/licenses/{id}/try")>
                    "Try it"
                </a>
            </span>
        }
    };
    let body = match lines.is_empty() {
        true => view! {
            <div class="body">
                <p class="soft small">
                    "No requests yet. Device requests appear here, granted or refused, with the reason."
                </p>
            </div>
        }
        .into_any(),
        false => view! {
            {decisions_table(lines, now)}
            <footer>
                <a href=format!("/decisions?license={id}")>"All decisions for this license"</a>
            </footer>
        }
        .into_any(),
    };
    view! {
        <Panel id="decisions" title="Decisions" aside bare=true>
            {body}
        </Panel>
    }
}

fn what_happened(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let (id, events, more, now) = of.with_value(|it| (it.id, it.events.clone(), it.more_events, it.now));
    view! {
        <Panel id="story" title="History" bare=true>
            <div class="body">
                <Timeline events now />
            </div>
            {more
                .then(|| {
                    view! {
                        <footer>
                            <a href=format!("/audit?license={id}")>"All events in the audit log"</a>
                        </footer>
                    }
                })}
        </Panel>
    }
}

fn features(of: StoredValue<LicenseDetail>) -> Option<AnyView> {
    let features = of.with_value(|it| it.features.clone());
    (!features.is_empty()).then(|| view! { <FeaturesPanel features /> }.into_any())
}

/// Details of the license and its customer.
fn known(of: StoredValue<LicenseDetail>) -> impl IntoView {
    let it = of.get_value();
    let (issued, now) = (it.issued_at, it.now);
    let text = |name: &'static str, value: Option<String>| {
        value.map(|value| {
            view! {
                <Fact name>
                    <bdi>{value}</bdi>
                </Fact>
            }
        })
    };
    let started = it.first_activated_at.map(|at| {
        view! {
            <Fact name="First activation">
                <When at now />
            </Fact>
        }
    });
    let metadata = (!it.metadata.is_empty()).then(|| {
        view! {
            <Fact name="Metadata">
                <pre class="small">{it.metadata}</pre>
            </Fact>
        }
    });
    let tags = (!it.tags.is_empty()).then(|| it.tags.join(", "));
    view! {
        <Panel id="known" title="Details">
            <Facts>
                {text("Customer", it.customer)} {text("E-mail", it.email)} {text("Reference", it.reference)} {text("Tags", tags)}
                <Fact name="Issued">
                    <When at=issued now />
                </Fact> {started}
                {it.imported.then(|| view! { <Fact name="Code">"imported"</Fact> })}
                <Fact name="License ID">
                    <Code text=it.id.to_string() copies="the license ID" />
                </Fact> {metadata}
            </Facts>
        </Panel>
    }
}
