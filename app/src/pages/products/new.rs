//! The form for a new product.

use leptos::prelude::*;
use licensing::{CodeShape, Permission, product::Algorithm};

use super::fields::{FeatureLines, ReleaseLines, SigningFields};
use crate::{
    admin::products::acts::CreateProduct,
    components::{FormSection, Only, PageHead, TextField},
    form::{Form, Submit, act},
    http::address::{LICENSE_WANTED, WANTED, is_license_wanted},
};

/// The page for creating a product.
#[component]
pub fn NewProductPage() -> impl IntoView {
    view! {
        <Only permission=Permission::ManageLicenses>
            <PageHead
                title="New product"
                crumbs=vec![("/products".to_owned(), "Products".to_owned())]
                lead=|| {
                    is_license_wanted()
                        .then(|| {
                            view! {
                                <p class="lead">
                                    "A license needs a product and a policy. After the product come the policy and the license."
                                </p>
                            }
                        })
                }
            />
            {form()}
        </Only>
    }
}

fn form() -> impl IntoView {
    let action = act::<CreateProduct>();
    view! {
        <div class="narrow">
            <Form action id="product">
                {is_license_wanted().then(|| view! { <input type="hidden" name=WANTED value=LICENSE_WANTED /> })}
                <FormSection title="Product" text="What you license.">
                    <TextField name="name" label="Name" placeholder="Drift Pro" required=true autofocus=true full=true />
                    <TextField
                        name="code"
                        label="Code"
                        placeholder="drift-pro"
                        hint="Lowercase letters, digits and single hyphens. It is the audience of the tokens, so it can never change. Leave it empty to derive it from the name."
                        full=true
                    />
                </FormSection>
                <SigningFields algorithm=Algorithm::default() shape=CodeShape::default() />
                <FeatureLines text=String::new() />
                <ReleaseLines text=String::new() />
                <div class="form-foot">
                    <Submit busy="Creating…">"Create product"</Submit>
                    <a class="button quiet" href="/products">
                        "Cancel"
                    </a>
                </div>
            </Form>
        </div>
    }
}
