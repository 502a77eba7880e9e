//! A new policy: from a template, or from scratch.

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::{Permission, Terms};

use super::super::products::new_product;
use crate::{
    address,
    admin::policies::{acts::CreatePolicy, new_policy},
    components::{
        Empty, FormSection, Only, PageHead, SelectField, Symbol, TextField,
        terms::{LiveTerms, TermsFormFields, TermsOwner},
    },
    form::{Form, Submit, act},
    load::{Loaded, fetched},
    terms_form::{TEMPLATES, Template, TermsFields},
};

/// Query key of the preselected product.
const PRODUCT: &str = "product";
/// Query key of the template.
const TEMPLATE: &str = "template";

/// The form for a new policy.
#[component]
pub fn NewPolicyPage() -> impl IntoView {
    let data = fetched(new_policy);
    view! {
        <Only permission=Permission::ManageLicenses>
            <Loaded data view=page />
        </Only>
    }
}

fn page(products: Vec<(String, String)>) -> impl IntoView {
    let crumbs = vec![("/policies".to_owned(), "Policies".to_owned())];
    let inside = if products.is_empty() {
        Either::Left(view! {
            <Empty
                icon=Symbol::Package
                title="Create a product first"
                text="A policy sets the terms for the licenses of a product. There are no products yet."
                actions=new_product
            />
        })
    } else {
        Either::Right(form(products))
    };
    view! {
        <PageHead title="New policy" crumbs />
        {inside}
    }
}

fn form(products: Vec<(String, String)>) -> impl IntoView {
    let action = act::<CreatePolicy>();
    let (product, key) = use_query_map()
        .with_untracked(|query| (query.get(PRODUCT).unwrap_or_default(), query.get(TEMPLATE).unwrap_or_default()));
    let template = Template::of(&key);
    let fields = TermsFields::of(&template.map_or_else(Terms::default, |it| (it.terms)()));
    let name = template.map_or("", |it| it.title);
    let cards: Vec<_> = TEMPLATES.iter().map(|it| card(it, &product, &key)).collect();
    view! {
        <Form action id="policy">
            <LiveTerms of=fields.clone()>
                    <FormSection title="Start from" text="A template fills in the fields below; nothing is saved yet.">
                        <ul class="full cards">{cards}</ul>
                    </FormSection>
                    <FormSection title="Policy" text="What you sell.">
                        <SelectField name="product" label="Product" choices=products value=product />
                        <TextField
                            name="name"
                            label="Name"
                            value=name
                            hint="Must be unique within this product."
                            required=true
                        />
                    </FormSection>
                    <TermsFormFields owner=TermsOwner::Policy of=fields />
            </LiveTerms>
            <div class="form-foot">
                <Submit busy="Creating…">"Create policy"</Submit>
                <a class="button quiet" href="/policies">
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}

/// A template, as a link instead of a radio button so that it works without script. It loads the whole page, because
/// every field changes.
fn card(template: &Template, product: &str, chosen: &str) -> impl IntoView + use<> {
    let product = Some(product).filter(|it| !it.is_empty());
    let query = address::query_with("", PRODUCT, product);
    let to = format!("/policies/new{}", address::query_with(&query, TEMPLATE, Some(template.key)));
    let current = (template.key == chosen).then_some("true");
    view! {
        <li>
            <a class="card" href=to rel="external" aria-current=current>
                <b>{template.title}</b>
                <small>{template.text}</small>
            </a>
        </li>
    }
}
