//! A new policy: from a template, or from scratch.

use leptos::{either::Either, prelude::*};
use licensing::{Permission, Terms, text};

use super::super::products::new_product;
use crate::{
    admin::policies::{NewPolicy, Original, acts::CreatePolicy, new_policy},
    components::{
        Empty, FormSection, Only, PageHead, SelectField, Symbol, TextField,
        terms::{LiveTerms, TermsFormFields, TermsOwner},
    },
    form::{Form, Submit, act},
    http::{
        address::{self, LICENSE_WANTED, WANTED, is_license_wanted, query_values},
        load::{Loaded, fetched},
    },
    terms_form::{TEMPLATES, Template, TermsFields},
};

/// Query key of the preselected product.
const PRODUCT: &str = "product";
/// Query key of the template.
const TEMPLATE: &str = "template";
/// Query key of the policy to copy.
const COPY: &str = "copy";
/// Query key of a name that was typed before a template was chosen.
const NAME: &str = "name";

/// The form for a new policy.
#[component]
pub fn NewPolicyPage() -> impl IntoView {
    let copy = query_values([COPY]);
    let data = fetched(move || {
        let [copy] = copy();
        new_policy(copy)
    });
    view! {
        <Only permission=Permission::ManageLicenses>
            <Loaded data view=page />
        </Only>
    }
}

fn page(NewPolicy { products, original }: NewPolicy) -> impl IntoView {
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
        Either::Right(form(products, original))
    };
    view! {
        <PageHead title="New policy" crumbs />
        {inside}
    }
}

fn form(products: Vec<(String, String)>, original: Option<Original>) -> impl IntoView {
    let action = act::<CreatePolicy>();
    let [product, key, typed] = untrack(query_values([PRODUCT, TEMPLATE, NAME]));
    let template = Template::of(&key);
    let copied = original.filter(|_| template.is_none());
    let terms = match &copied {
        Some(original) => original.terms.clone(),
        None => template.map_or_else(Terms::default, |it| (it.terms)()),
    };
    let fields = TermsFields::of(&terms);
    let product = copied.as_ref().map_or(product, |original| original.product.clone());
    // The title of another template was not typed.
    let typed = Some(typed).filter(|typed| !typed.is_empty() && TEMPLATES.iter().all(|it| it.title != typed));
    let title = template.map_or("", |it| it.title).to_owned();
    let name = typed.unwrap_or_else(|| copied.map_or(title, |original| copy_name(&original.name)));
    let cards: Vec<_> = TEMPLATES.iter().map(|it| card(it, &product, &key)).collect();
    view! {
        <Form action id="policy">
            {is_license_wanted().then(|| view! { <input type="hidden" name=WANTED value=LICENSE_WANTED /> })}
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

/// The name of a copy, which must differ from the original's.
fn copy_name(name: &str) -> String {
    const END: &str = " (copy)";
    let room = text::LONGEST_NAME.saturating_sub(END.chars().count());
    format!("{}{END}", name.chars().take(room).collect::<String>().trim_end())
}

/// A template, as a link instead of a radio button so that it works without script. It loads the whole page, because
/// every term changes. The script takes along the product and the name.
fn card(template: &Template, product: &str, chosen: &str) -> impl IntoView + use<> {
    let product = Some(product).filter(|it| !it.is_empty());
    let wanted = is_license_wanted().then_some(LICENSE_WANTED);
    let query = address::query_with(&address::query_with("", PRODUCT, product), WANTED, wanted);
    let to = format!("/policies/new{}", address::query_with(&query, TEMPLATE, Some(template.key)));
    let current = (template.key == chosen).then_some("true");
    view! {
        <li>
            <a class="card" href=to rel="external" aria-current=current data-keeps="product name">
                <b>{template.title}</b>
                <small>{template.text}</small>
            </a>
        </li>
    }
}
