//! The form that changes a license.

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;
use live::Typed;

use super::fields::{LiveLicense, OwnFields, WhoFields};
use crate::{
    admin::licenses::form::{ChangeLicense, LicenseEdit, edit_license},
    components::{Notice, PageHead, Tone},
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
};

/// The page for editing a license.
#[component]
pub fn EditLicensePage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").unwrap_or_default());
    let data = fetched(move || edit_license(id()));
    view! { <Loaded data view=page /> }
}

fn page(data: LicenseEdit) -> impl IntoView {
    let back = format!("/licenses/{}", data.id);
    let crumbs = vec![("/licenses".to_owned(), "Licenses".to_owned()), (back.clone(), data.name.clone())];
    view! {
        <PageHead
            title="Edit license"
            crumbs
            lead=|| {
                view! {
                    <p class="lead">
                        "Devices pick up new terms and values at their next renewal. No device loses its seat, and the code stays the same."
                    </p>
                }
            }
        />
        {if data.revoked { Either::Left(revoked(back)) } else { Either::Right(form(data, back)) }}
    }
}

fn revoked(back: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn>
            <p>
                "This license is permanently revoked and can no longer be changed. " <a href=back>"Back to the license"</a>
            </p>
        </Notice>
    }
}

fn form(data: LicenseEdit, back: String) -> impl IntoView {
    let action = act::<ChangeLicense>();
    let own = data.terms.read_overrides(&data.policy.terms);
    let terms = own.map(|own| data.policy.terms.with(&own));
    let emails = vec![(data.policy.name.clone(), terms.is_ok_and(|terms| terms.need_email_of_license()))];
    let typed = Typed {
        policy: data.policy.id.to_string(),
        customer: data.about.customer.clone(),
        email: data.about.email.clone(),
        features: data.about.features.clone(),
    };
    view! {
        <Form action id="license">
            <input type="hidden" name="id" value=data.id.to_string() />
            <Revision of=data.revision />
            <input type="hidden" name="policy" value=data.policy.id.to_string() />
            <LiveLicense of=typed terms=data.terms.clone() policies=vec![data.policy]>
                <WhoFields of=data.about.clone() policies=emails />
                <OwnFields of=data.about terms=data.terms />
                <div class="form-foot">
                    <Submit busy="Saving…">"Save changes"</Submit>
                    <a class="button quiet" href=back>
                        "Cancel"
                    </a>
                </div>
            </LiveLicense>
        </Form>
    }
}
