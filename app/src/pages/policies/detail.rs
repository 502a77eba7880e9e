//! One policy.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::{Overrides, Permission};

use crate::{
    admin::policies::{PolicyDetail, policy},
    components::{Fact, Facts, Gate, Icon, PageHead, Panel, Sentence, Symbol, When},
    http::load::{Loaded, fetched},
    text::words,
};

/// The page of a policy.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || policy(params.with(|params| params.get("id").unwrap_or_default())));
    view! { <Loaded data view=page /> }
}

fn page(PolicyDetail { policy, product_id, product, created_at, updated_at, now }: PolicyDetail) -> impl IntoView {
    let id = policy.id;
    let terms = policy.terms;
    let offline = live::longest_offline(&terms).to_string();
    let facts = Overrides::whole(&terms).words().into_iter().map(|(name, value)| {
        view! { <Fact name>{value}</Fact> }
    });
    view! {
        <PageHead
            title=policy.name
            crumbs=vec![("/policies".to_owned(), "Policies".to_owned())]
            actions=move || actions(id)
        />
        <div class="split">
            <div>
                <Panel id="says" title="Summary">
                    <div class="stack">
                        <Sentence of=terms.sentence() />
                        <p class="soft small">
                            "If this server is unreachable, a device keeps running for up to " <b>{offline}</b>
                            ". A license can override these terms."
                        </p>
                    </div>
                </Panel>
                <Panel id="terms" title="Terms">
                    <Facts>{facts.collect_view()}</Facts>
                </Panel>
            </div>
            <div>
                <Panel id="use" title="Licenses">{used_by(id, policy.licenses)}</Panel>
                <Panel id="facts" title="Details">
                    <Facts>
                        <Fact name="Product">
                            <a href=format!("/products/{product_id}")>
                                <bdi>{product}</bdi>
                            </a>
                        </Fact>
                        <Fact name="Created">
                            <When at=created_at now />
                        </Fact>
                        <Fact name="Last changed">
                            <When at=updated_at now />
                        </Fact>
                    </Facts>
                </Panel>
            </div>
        </div>
    }
}

fn actions(id: uuid::Uuid) -> impl IntoView {
    view! {
        <Gate permission=Permission::ManageLicenses label="Edit">
            <a class="button" href=format!("/policies/{id}/edit")>
                <Icon of=Symbol::Pencil />
                " Edit"
            </a>
            <a class="button" href=format!("/policies/new?copy={id}")>
                <Icon of=Symbol::Copy />
                " Duplicate"
            </a>
            <a class="button primary" href=format!("/licenses/new?policy={id}")>
                <Icon of=Symbol::Plus />
                " New license"
            </a>
        </Gate>
    }
}

fn used_by(id: uuid::Uuid, licenses: Option<u64>) -> AnyView {
    if licenses == Some(0) {
        return view! { <p class="soft small">"No licenses yet. Create one to get an activation code."</p> }.into_any();
    }
    view! {
        <p>
            <a href=format!("/licenses?policy={id}")>{words::known_count(licenses, "license")}</a>
        </p>
    }
    .into_any()
}
