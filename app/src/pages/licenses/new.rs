//! The form for a new license.

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_query_map;
use licensing::Permission;
use live::{PolicyChoice, Typed};

use super::fields::{LiveLicense, OwnFields, WhoFields};
use crate::{
    admin::licenses::form::{CreateLicense, LicenseFields, NewLicense, offer_license},
    components::{Empty, FormSection, Gate, PageHead, SelectField, Symbol, TextField},
    form::{Form, Submit, act},
    http::{
        address::{LICENSE_WANTED, WANTED, query_with},
        load::{Loaded, fetched},
    },
    terms_form::TermsFields,
};

/// The page for creating a license.
#[component]
pub fn NewLicensePage() -> impl IntoView {
    let query = use_query_map();
    let policy = move || query.with(|query| query.get("policy").unwrap_or_default());
    let data = fetched(move || offer_license(policy()));
    view! { <Loaded data view=page /> }
}

fn page(data: NewLicense) -> impl IntoView {
    view! {
        <PageHead title="New license" crumbs=vec![("/licenses".to_owned(), "Licenses".to_owned())] />
        {if data.policies.is_empty() { Either::Left(no_policy(data.any_product)) } else { Either::Right(form(data)) }}
    }
}

/// Leads to what is missing, from where the forms lead back to this one.
fn no_policy(any_product: bool) -> impl IntoView {
    let (icon, title, text, path, label) = match any_product {
        true => (
            Symbol::SlidersHorizontal,
            "Create a policy first",
            "A license takes its terms from a policy: how many devices, for how long, and how long offline.",
            "/policies/new",
            "New policy",
        ),
        false => (
            Symbol::Package,
            "Create a product first",
            "A license grants a product under a policy. Start with the product; the forms for the policy and the license follow.",
            "/products/new",
            "New product",
        ),
    };
    let to = format!("{path}{}", query_with("", WANTED, Some(LICENSE_WANTED)));
    view! {
        <Empty
            icon
            title
            text
            actions=move || {
                let to = to.clone();
                view! {
                    <Gate permission=Permission::ManageLicenses label>
                        <a class="button primary" href=to>
                            {label}
                        </a>
                    </Gate>
                }
            }
        />
    }
}

fn form(data: NewLicense) -> impl IntoView {
    let action = act::<CreateLicense>();
    let chosen = data.chosen.or_else(|| data.policies.first().map(|policy| policy.id));
    let chosen = chosen.map(|id| id.to_string()).unwrap_or_default();
    let word = |policy: &PolicyChoice| (policy.id.to_string(), format!("{} · {}", policy.product, policy.name));
    let choices: Vec<_> = data.policies.iter().map(word).collect();
    let emails: Vec<_> = data.policies.iter().map(|it| (word(it).1, it.terms.need_email_of_license())).collect();
    let typed = Typed { policy: chosen.clone(), ..Typed::default() };
    view! {
        <Form action id="license">
            <LiveLicense of=typed terms=TermsFields::default() policies=data.policies>
                <WhoFields of=LicenseFields::default() policies=emails />
                <FormSection title="Policy and code" text="The policy determines the product and the terms.">
                    <div class="full">
                        <SelectField name="policy" label="Product and policy" choices value=chosen />
                    </div>
                    <TextField
                        name="code"
                        label="Activation code"
                        hint="Leave empty to generate a code, or enter an existing one."
                    />
                    <TextField
                        name="quantity"
                        label="Quantity"
                        value="1"
                        keyboard="numeric"
                        hint="Up to 10,000 licenses with the same details, each with its own code."
                    />
                </FormSection>
                <OwnFields of=LicenseFields::default() terms=TermsFields::default() />
                <div class="form-foot">
                    <Submit busy="Creating…">"Create license"</Submit>
                    <a class="button quiet" href="/licenses">
                        "Cancel"
                    </a>
                </div>
            </LiveLicense>
        </Form>
    }
}
