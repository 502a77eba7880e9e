//! The list of products.

use leptos::{either::Either, prelude::*};
use licensing::{product::Lifecycle, sentence::thousands};

use super::{lifecycle, new_product};
use crate::{
    admin::products::{ProductLine, list_products},
    components::{Empty, PageHead, Symbol, Table},
    http::load::{Loaded, fetched},
    text::words,
};

/// The list of products.
#[component]
pub fn ProductsPage() -> impl IntoView {
    let data = fetched(list_products);
    view! { <Loaded data view=page /> }
}

fn page(products: Vec<ProductLine>) -> impl IntoView {
    if products.is_empty() {
        return Either::Left(view! {
            <PageHead title="Products" />
            <Empty
                icon=Symbol::Package
                title="No products yet"
                text="A product is what you license: a program, a plug-in, a library. It determines how tokens are signed and which features a license can set."
                actions=new_product
            />
        });
    }
    Either::Right(view! {
        <PageHead title="Products" actions=new_product />
        <Table
            class="fixed products"
            columns=[
                ("Product", ""),
                ("Code", "hide-s"),
                ("Signing", "signing hide-s"),
                ("State", "state-cell"),
                ("Policies", "end number hide-s"),
                ("Licenses", "end number"),
            ]
        >
            {products.into_iter().map(row).collect_view()}
        </Table>
    })
}

fn row(product: ProductLine) -> impl IntoView {
    let withdrawn = product.lifecycle == Lifecycle::Withdrawn;
    view! {
        <tr data-tone=withdrawn.then_some("off")>
            <th scope="row">
                <a class="name" href=format!("/products/{}", product.id) title=product.name.clone()>
                    <bdi>{product.name.clone()}</bdi>
                </a>
                <span class="sub only-s">{product.code.clone()}</span>
            </th>
            <td class="hide-s">
                <span class="code cut" title=product.code.clone()>{product.code.clone()}</span>
            </td>
            <td class="hide-s"><span>{product.algorithm.name()}</span></td>
            <td>{lifecycle(product.lifecycle)}</td>
            <td class="end hide-s"><span>{thousands(product.policies)}</span></td>
            <td class="end"><span>{words::known(product.licenses)}</span></td>
        </tr>
    }
}
