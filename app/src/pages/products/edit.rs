//! The form that changes a product.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use super::fields::{FeatureLines, ReleaseLines, SigningFields};
use crate::{
    admin::products::{ProductDetail, acts::ChangeProduct, product},
    components::{FormSection, Only, PageHead, TextField},
    features,
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
    text::versions,
};

/// The page for editing a product.
#[component]
pub fn EditProductPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || product(params.with(|params| params.get("id").unwrap_or_default())));
    view! {
        <Only permission=Permission::ManageLicenses>
            <Loaded data view=page />
        </Only>
    }
}

fn page(product: ProductDetail) -> impl IntoView {
    let action = act::<ChangeProduct>();
    let back = format!("/products/{}", product.id);
    let crumbs = vec![("/products".to_owned(), "Products".to_owned()), (back.clone(), product.name.clone())];
    view! {
        <PageHead title="Edit product" crumbs />
        <div class="narrow">
            <Form action id="product">
                <input type="hidden" name="id" value=product.id.to_string() />
                <Revision of=product.revision />
                <FormSection title="Product" text="What you license.">
                    <TextField
                        name="name"
                        label="Name"
                        value=product.name
                        hint=format!("The code stays {}: it is part of every token.", product.code)
                        required=true
                        full=true
                    />
                </FormSection>
                <SigningFields algorithm=product.algorithm shape=product.code_shape />
                <FeatureLines text=features::print(&product.features) />
                <ReleaseLines text=versions::print(&product.versions) />
                <div class="form-foot">
                    <Submit busy="Saving…">"Save changes"</Submit>
                    <a class="button quiet" href=back>
                        "Cancel"
                    </a>
                </div>
            </Form>
        </div>
    }
}
