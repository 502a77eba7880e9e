//! The list of policies.

use leptos::{either::EitherOf3, prelude::*};
use licensing::Permission;

use super::{super::products::new_product, new_policy};
use crate::{
    admin::policies::{PolicyLine, ProductPolicies, list_policies},
    components::{Empty, PageHead, Sentence, Symbol, may},
    http::load::{Loaded, fetched},
    text::words,
};

/// The list of policies, by product.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let data = fetched(list_policies);
    view! { <Loaded data view=page /> }
}

fn page(products: Vec<ProductPolicies>) -> impl IntoView {
    if products.is_empty() {
        return EitherOf3::A(view! {
            <PageHead title="Policies" />
            <Empty
                icon=Symbol::Package
                title="Create a product first"
                text="A policy sets the terms for the licenses of a product. There are no products yet."
                actions=new_product
            />
        });
    }
    if products.iter().all(|product| product.policies.is_empty()) {
        return EitherOf3::B(view! {
            <PageHead title="Policies" />
            <Empty
                icon=Symbol::SlidersHorizontal
                title="No policies yet"
                text="A policy is what you sell: how many devices, for how long, and how long offline. Start from a template or from scratch."
                actions=new_policy
            />
        });
    }
    EitherOf3::C(view! {
        <PageHead title="Policies" actions=new_policy />
        <table class="table policies stacks">
            <thead>
                <tr>
                    <th scope="col" class="policy">
                        "Policy"
                    </th>
                    <th scope="col">"Terms"</th>
                    <th scope="col" class="end min">
                        "Licenses"
                    </th>
                </tr>
            </thead>
            {products.into_iter().map(group).collect_view()}
        </table>
    })
}

fn group(product: ProductPolicies) -> impl IntoView {
    let new = may(Permission::ManageLicenses).then(|| {
        let to = format!("/policies/new?product={}", product.id);
        let name = product.name.clone();
        view! {
            <a href=to>"New policy" <span class="visually-hidden">" for " {name}</span></a>
        }
    });
    let none = product.policies.is_empty().then(|| {
        view! {
            <tr class="none">
                <td colspan="3" class="soft">
                    "None yet. "
                    {new}
                </td>
            </tr>
        }
    });
    view! {
        <tbody>
            <tr class="group">
                <th scope="rowgroup" colspan="3">
                    <a href=format!("/products/{}", product.id)>
                        <bdi>{product.name}</bdi>
                    </a>
                </th>
            </tr>
            {none}
            {product.policies.into_iter().map(row).collect_view()}
        </tbody>
    }
}

fn row(policy: PolicyLine) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="policy">
                <a class="name" href=format!("/policies/{}", policy.id) title=policy.name.clone()>
                    <bdi>{policy.name.clone()}</bdi>
                </a>
            </th>
            <td class="says">
                <Sentence of=policy.terms.sentence() small=true />
            </td>
            <td class="end min">{words::known(policy.licenses)}</td>
        </tr>
    }
}
