//! The theme switch: light, dark, or the system's setting.

use leptos::prelude::*;

use crate::{
    admin::theme::ChooseTheme,
    components::{Icon, Symbol},
    form::{Form, act},
    http::context::{Theme, visitor},
};

/// Three buttons, each of which submits its choice.
#[component]
pub(super) fn ThemeSwitch() -> impl IntoView {
    let action = act::<ChooseTheme>();
    let chosen = visitor().theme;
    let choices = Theme::ALL.map(|theme| {
        let (icon, label) = face(theme);
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.name()
                title=label
                aria-label=label
                aria-pressed=if chosen == theme { "true" } else { "false" }
            >
                <Icon of=icon />
            </button>
        }
    });
    view! {
        <Form action id="theme" class="segments">
            {choices.collect_view()}
        </Form>
    }
}

const fn face(theme: Theme) -> (Symbol, &'static str) {
    match theme {
        Theme::System => (Symbol::Monitor, "System"),
        Theme::Light => (Symbol::Sun, "Light"),
        Theme::Dark => (Symbol::Moon, "Dark"),
    }
}
