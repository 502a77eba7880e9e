//! The vendor's profile, as customers and devices see it.

use leptos::prelude::*;
use licensing::Permission;

use super::SettingsTabs;
use crate::{
    admin::organization::{ChangeOrganization, Organization, organization},
    components::{FormSection, Only, PageHead, TextArea, TextField},
    form::{Form, Revision, Submit, act},
    http::load::{Loaded, fetched},
};

/// The page of the vendor's profile.
#[component]
pub fn OrganizationPage() -> impl IntoView {
    view! {
        <Only permission=Permission::RunServer>
            <Profile />
        </Only>
    }
}

#[component]
fn Profile() -> impl IntoView {
    let data = fetched(organization);
    view! {
        <PageHead
            title="Organization"
            lead=|| view! { <p class="lead">"How your company appears to customers and in their licenses."</p> }
        />
        <SettingsTabs />
        <Loaded data view=page />
    }
}

fn page(data: Organization) -> impl IntoView {
    let action = act::<ChangeOrganization>();
    view! {
        <div class="narrow">
            <Form action id="organization">
                <Revision of=data.revision />
                <FormSection title="Company" text="Shown at the top of every page, and in messages to devices.">
                    <TextField name="name" label="Name" value=data.name autocomplete="organization" required=true full=true />
                    <TextField
                        name="email"
                        label="Support e-mail"
                        kind="email"
                        value=data.email
                        hint="Where customers can write if an activation is refused."
                    />
                    <TextField name="url" label="Website" kind="url" value=data.url placeholder="https://example.com" />
                </FormSection>
                <FormSection title="License details" text="Devices receive these lines when they request a whole license.">
                    <TextField name="description" label="Description" value=data.description full=true />
                    <TextField
                        name="copyright"
                        label="Copyright"
                        value=data.copyright
                        placeholder="© 2026 Example GmbH"
                        full=true
                    />
                    <TextArea
                        name="legal_notice"
                        label="Legal notice"
                        value=data.legal_notice
                        hint="At most 2,000 characters. It does not change licenses that devices already have."
                    />
                </FormSection>
                <div class="form-foot">
                    <Submit busy="Saving…">"Save changes"</Submit>
                </div>
            </Form>
        </div>
    }
}
