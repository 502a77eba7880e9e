//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::{
    admin::theme::ChooseTheme,
    components::{Icon, Symbol},
    context::{Theme, visitor},
    form::Form,
};

/// Three buttons that send the choice; with script the page changes at once.
#[component]
pub(super) fn ThemeSwitch() -> impl IntoView {
    let action = ServerAction::<ChooseTheme>::new();
    let before = visitor().theme;
    // `input` is empty again once the answer is there, so the choice is kept apart.
    let chosen = RwSignal::new(before);
    Effect::new(move |_| {
        if let Some(theme) = action.input().with(|input| input.as_ref().map(|it| Theme::from_name(&it.theme))) {
            chosen.set(theme);
            if let Some(page) = document().document_element() {
                _ = page.set_attribute("data-theme", theme.name());
            }
        }
    });
    let choices = Theme::ALL.map(|theme| {
        let (icon, words) = face(theme);
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.name()
                title=words
                aria-label=words
                aria-pressed=move || if chosen.get() == theme { "true" } else { "false" }
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
        Theme::System => (Symbol::Monitor, "As the system"),
        Theme::Light => (Symbol::Sun, "Light"),
        Theme::Dark => (Symbol::Moon, "Dark"),
    }
}
