//! One product.

use chrono::{DateTime, Utc};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;
use licensing::{
    CodeShape, Permission,
    feature::Feature,
    product::{Lifecycle, ProductVersion},
};

use super::{
    dialogs::{self, Dialogs},
    integrate::Integrate,
    lifecycle, what_it_does,
};
use crate::{
    admin::{
        policies::PolicyLine,
        products::{ProductDetail, product},
    },
    components::{Code, Empty, Fact, Facts, Gate, Icon, Notice, PageHead, Panel, Sentence, Symbol, Table, Tone, When},
    features,
    http::load::{Loaded, fetched},
    pages::devices::BlocksPanel,
    text::words,
};

/// Number of versions that the page lists.
const LATEST: usize = 10;

/// The page of a product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || product(params.with(|params| params.get("id").unwrap_or_default())));
    view! { <Loaded data view=page /> }
}

fn page(product: ProductDetail) -> impl IntoView {
    let (id, stands) = (product.id, product.lifecycle);
    let withdrawn = (stands == Lifecycle::Withdrawn).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>
                    <b>"This product is withdrawn."</b>
                    " "
                    {what_it_does(stands)}
                </p>
            </Notice>
        }
    });
    view! {
        <PageHead
            title=product.name.clone()
            crumbs=vec![("/products".to_owned(), "Products".to_owned())]
            mark=move || lifecycle(stands)
            actions=move || actions(id, stands)
        />
        {withdrawn}
        <div class="split">
            <div>
                <Integrate of=product.clone() /> {policies(id, &product.policies)} {feature_table(id, &product.features)} {version_table(id, &product.versions, product.now)} <BlocksPanel product=id />
            </div>
            <div>{facts(&product)}</div>
        </div>
        <Dialogs of=StoredValue::new(product) />
    }
}

fn actions(id: uuid::Uuid, stands: Lifecycle) -> impl IntoView {
    view! {
        <Gate permission=Permission::ManageLicenses label="Edit">
            <a class="button" href=format!("/products/{id}/edit")>
                <Icon of=Symbol::Pencil />
                " Edit"
            </a>
            {dialogs::button(stands)}
            <a class="button primary" href=format!("/policies/new?product={id}")>
                <Icon of=Symbol::Plus />
                " New policy"
            </a>
        </Gate>
    }
}

fn policies(id: uuid::Uuid, policies: &[PolicyLine]) -> impl IntoView + use<> {
    let new = move || {
        view! {
            <Gate permission=Permission::ManageLicenses label="New policy">
                <a class="button" href=format!("/policies/new?product={id}")>
                    <Icon of=Symbol::Plus />
                    " New policy"
                </a>
            </Gate>
        }
    };
    let inside = if policies.is_empty() {
        Either::Left(view! {
            <Empty
                icon=Symbol::SlidersHorizontal
                title="No policies yet"
                text="A policy is what you sell: how many devices, for how long, and how long offline. A license needs one."
                actions=new
            />
        })
    } else {
        Either::Right(policy_table(policies.to_vec()))
    };
    view! {
        <Panel id="policies" title="Policies" bare=true>
            {inside}
        </Panel>
    }
}

fn policy_table(policies: Vec<PolicyLine>) -> impl IntoView {
    let rows = policies.into_iter().map(|policy| {
        view! {
            <tr>
                <th scope="row">
                    <a class="name" href=format!("/policies/{}", policy.id) title=policy.name.clone()>
                        <bdi>{policy.name.clone()}</bdi>
                    </a>
                    <Sentence of=policy.terms.sentence() small=true />
                </th>
                <td class="end">{words::known(policy.licenses)}</td>
            </tr>
        }
    });
    view! {
        <Table class="policies" columns=[("Policy", ""), ("Licenses", "end min")]>
            {rows.collect_view()}
        </Table>
    }
}

fn feature_table(id: uuid::Uuid, all: &[Feature]) -> impl IntoView + use<> {
    if all.is_empty() {
        return Either::Left(view! {
            <Panel id="features" title="Features">
                <p class="soft small">
                    "None yet. A feature is a switch, a number or a choice that a license sets and the token includes. "
                    <a href=format!("/products/{id}/edit")>"Add features"</a>
                </p>
            </Panel>
        });
    }
    let rows: Vec<_> = all.iter().map(feature_row).collect();
    Either::Right(view! {
        <Panel id="features" title="Features" bare=true>
            <Table class="features" columns=[("Feature", ""), ("Type", ""), ("Default", "")]>
                {rows}
            </Table>
        </Panel>
    })
}

fn feature_row(feature: &Feature) -> impl IntoView + use<> {
    view! {
        <tr>
            <th scope="row">
                <span class="code">{feature.code.clone()}</span>
            </th>
            <td>{features::kind_words(&feature.kind)}</td>
            <td>{feature.default.to_string()}</td>
        </tr>
    }
}

/// The latest versions, newest first.
fn version_table(id: uuid::Uuid, all: &[ProductVersion], now: DateTime<Utc>) -> impl IntoView + use<> {
    if all.is_empty() {
        return Either::Left(view! {
            <Panel id="versions" title="Versions">
                <p class="soft small">
                    "None listed, so no version is excluded when a license’s maintenance ends. "
                    <a href=format!("/products/{id}/edit")>"Add versions"</a>
                </p>
            </Panel>
        });
    }
    let mut latest: Vec<_> = all.iter().collect();
    latest.sort_unstable_by_key(|it| std::cmp::Reverse(it.released_at));
    let rows = latest.into_iter().take(LATEST).map(|it| {
        let at = it.released_at;
        view! {
            <tr>
                <th scope="row">
                    <span class="code">{it.version.to_string()}</span>
                </th>
                <td>
                    <When at now />
                </td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    let older = all.len().saturating_sub(LATEST).try_into().unwrap_or_default();
    let older = (older > 0).then(|| {
        view! {
            <footer>
                <a href=format!("/products/{id}/edit")>{words::count(older, "older version")}</a>
            </footer>
        }
    });
    Either::Right(view! {
        <Panel id="versions" title="Versions" bare=true>
            <Table columns=[("Version", ""), ("Released", "")]>{rows}</Table>
            {older}
        </Panel>
    })
}

fn facts(product: &ProductDetail) -> impl IntoView + use<> {
    let ProductDetail { id, licenses, now, created_at, updated_at, lifecycle: stands, algorithm, .. } = *product;
    let code = product.code.clone();
    let shape = match product.code_shape {
        CodeShape::FourBySeven => "four groups of seven",
        CodeShape::ThreeBySix => "three groups of six",
    };
    view! {
        <Panel id="facts" title="Details">
            <Facts>
                <Fact name="Code">
                    <Code text=code copies="the product’s code" />
                </Fact>
                <Fact name="Lifecycle">
                    {lifecycle(stands)} <small>{what_it_does(stands)}</small>
                </Fact>
                <Fact name="Licenses">
                    {match licenses {
                        Some(0) => Either::Left("none yet"),
                        n => {
                            Either::Right(
                                view! { <a href=format!("/licenses?product={id}")>{words::known_count(n, "license")}</a> },
                            )
                        }
                    }}
                </Fact>
                <Fact name="Tokens">"signed with " {algorithm.name()}</Fact>
                <Fact name="Activation codes">{shape}</Fact>
                <Fact name="Created">
                    <When at=created_at now />
                </Fact>
                <Fact name="Last changed">
                    <When at=updated_at now />
                </Fact>
            </Facts>
        </Panel>
    }
}
