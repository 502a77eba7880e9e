//! The banner above every page while an owner views the app as another role.

use leptos::prelude::*;

use crate::{
    admin::accounts::own::ViewAsSelf,
    components::{Icon, Symbol},
    form::{Form, Submit, act},
    http::context::visitor,
};

/// The role, and the button to return.
#[component]
pub(super) fn SeenAs() -> impl IntoView {
    visitor().account.filter(|account| account.really.is_some()).map(|account| {
        let action = act::<ViewAsSelf>();
        view! {
            <section class="seen-as" aria-label="Viewing as">
                <Icon of=Symbol::Eye />
                <p>
                    "You are viewing the app as " <b>{account.role.name()}</b>
                    ", with that role’s permissions. What you do is logged under your name."
                </p>
                <Form action id="see-as-oneself" class="" whole_page=true>
                    <Submit class="small">"Return to your own role"</Submit>
                </Form>
            </section>
        }
    })
}
