//! A product, changed.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use super::fields::{FeatureLines, LifecycleField, ReleaseLines, SigningFields};
use crate::{
    admin::products::{ProductDetail, acts::ChangeProduct, product},
    components::{FormSection, Only, PageHead, TextField},
    features,
    form::{Form, Submit},
    load::{Loaded, fetched},
    releases, words,
};

/// The form that changes a product.
#[component]
pub fn EditProductPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || params.with(|params| params.get("id").unwrap_or_default()), product);
    view! {
        <Only permission=Permission::ManageLicenses>
            <Loaded data view=page />
        </Only>
    }
}

fn page(product: ProductDetail) -> impl IntoView {
    let action = ServerAction::<ChangeProduct>::new();
    let back = format!("/products/{}", product.id);
    let crumbs = vec![("/products".to_owned(), "Products".to_owned()), (back.clone(), product.name.clone())];
    let reach = match product.licenses {
        0 => "It has no license yet.".to_owned(),
        1 => "Withdrawing it stops 1 license.".to_owned(),
        n => format!("Withdrawing it stops {}.", words::count(n, "license")),
    };
    view! {
        <PageHead title="Edit product" crumbs />
        <div class="narrow">
            <Form action id="product">
                <input type="hidden" name="id" value=product.id.to_string() />
                <FormSection title="Product" text="What you license.">
                    <TextField
                        name="name"
                        label="Name"
                        value=product.name
                        hint=format!("Its code stays {}: tokens carry it.", product.code)
                        required=true
                        full=true
                    />
                </FormSection>
                <LifecycleField of=product.lifecycle hint=reach />
                <SigningFields algorithm=product.algorithm shape=product.code_shape />
                <FeatureLines text=features::print(&product.features) />
                <ReleaseLines text=releases::print(&product.releases) />
                <div class="form-foot">
                    <Submit>"Save changes"</Submit>
                    <a class="button quiet" href=back>
                        "Cancel"
                    </a>
                </div>
            </Form>
        </div>
    }
}
