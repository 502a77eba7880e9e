//! The page of the signed-in account.

use leptos::prelude::*;

use super::{SettingsTabs, identities::identities};
use crate::{
    admin::accounts::own::{ChangePassword, CurrentUser, own_account},
    components::{Fact, Facts, FormSection, PageHead, Panel, TextField, UsernameField, When},
    form::{Form, Submit, act},
    http::load::{Loaded, fetched},
    text::roles::{role_does, role_name},
};

/// The signed-in account's profile, identity providers and password.
#[component]
pub fn OwnAccountPage() -> impl IntoView {
    let data = fetched(own_account);
    view! { <Loaded data view=page /> }
}

fn page(own: CurrentUser) -> impl IntoView {
    let (role, since, now) = (own.role, own.created_at, own.now);
    let (email, providers) = (own.email.clone(), identities(&own));
    view! {
        <PageHead title="Your account" />
        <SettingsTabs />
        <div class="narrow stack wide-gaps">
            <Panel id="who" title="Profile">
                <Facts>
                    <Fact name="Name">
                        <bdi>{own.name}</bdi>
                    </Fact>
                    <Fact name="E-mail">
                        <bdi>{own.email}</bdi>
                    </Fact>
                    <Fact name="Role">{role_name(role)} ": " {role_does(role)} "."</Fact>
                    <Fact name="Created">
                        <When at=since now />
                    </Fact>
                </Facts>
            </Panel>
            {providers}
            {own.has_password.then(|| password(email))}
        </div>
    }
}

fn password(email: String) -> impl IntoView {
    let action = act::<ChangePassword>();
    view! {
        <Form action id="password">
            <UsernameField email />
            <FormSection title="Password" text="Changing it ends your other logins.">
                <TextField
                    name="old_password"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    full=true
                />
                <TextField
                    name="new_password"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    hint="Use at least 15 characters. A few unrelated words work well."
                    required=true
                    full=true
                />
            </FormSection>
            <div class="form-foot">
                <Submit>"Change password"</Submit>
            </div>
        </Form>
    }
}
