//! The form that changes a policy.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use licensing::Permission;

use crate::{
    admin::policies::{PolicyDetail, acts::ChangePolicy, policy},
    components::{
        FormSection, Notice, Only, PageHead, TextField,
        terms::{LiveTerms, TermsFormFields, TermsOwner},
    },
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
    terms_form::TermsFields,
    text::words,
};

/// The page for editing a policy.
#[component]
pub fn EditPolicyPage() -> impl IntoView {
    let params = use_params_map();
    let data = fetched(move || policy(params.with(|params| params.get("id").unwrap_or_default())));
    view! {
        <Only permission=Permission::ManageLicenses>
            <Loaded data view=page />
        </Only>
    }
}

fn page(PolicyDetail { policy, product, .. }: PolicyDetail) -> impl IntoView {
    let action = act::<ChangePolicy>();
    let back = format!("/policies/{}", policy.id);
    let crumbs = vec![("/policies".to_owned(), "Policies".to_owned()), (back.clone(), policy.name.clone())];
    let fields = TermsFields::of(&policy.terms);
    let reach = (policy.licenses != Some(0)).then(|| {
        view! {
            <Notice>
                <p>
                    <b>{words::known_count(policy.licenses, "license")}</b>
                    " under this policy will get the new terms, except where a license overrides them. Devices pick them up at their next renewal. No device loses its seat: if more seats are in use than are allowed, new devices are refused until enough seats are free."
                </p>
            </Notice>
        }
    });
    view! {
        <PageHead title="Edit policy" crumbs />
        {reach}
        <Form action id="policy">
            <input type="hidden" name="id" value=policy.id.to_string() />
            <Revision of=policy.revision />
            <LiveTerms of=fields.clone()>
                    <FormSection title="Policy" text="What you sell.">
                        <TextField
                            name="name"
                            label="Name"
                            value=policy.name
                            hint=format!("Must be unique within {product}.")
                            required=true
                            full=true
                        />
                    </FormSection>
                    <TermsFormFields owner=TermsOwner::Policy of=fields />
            </LiveTerms>
            <div class="form-foot">
                <Submit busy="Saving…">"Save changes"</Submit>
                <a class="button quiet" href=back>
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}
