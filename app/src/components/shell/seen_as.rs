//! What an owner sees above every page while they look at things as another role.

use leptos::prelude::*;

use crate::{
    admin::accounts::own::SeeAsOneself,
    components::{Icon, Symbol},
    context::visitor,
    form::{Form, Submit, act},
};

/// As which role, and the way back.
#[component]
pub(super) fn SeenAs() -> impl IntoView {
    visitor().account.filter(|account| account.really.is_some()).map(|account| {
        let action = act::<SeeAsOneself>();
        view! {
            <section class="seen-as" aria-label="Seen as">
                <Icon of=Symbol::Eye />
                <p>
                    "You see what " <b>{account.role.name()}</b>
                    " sees, and may do no more. What you do is written down as yours."
                </p>
                <Form action id="see-as-oneself" class="" whole_page=true>
                    <Submit class="small">"Back to yourself"</Submit>
                </Form>
            </section>
        }
    })
}
