//! Find as a dialog, which a script opens over any page. Without script, the links to it lead to its page.

use leptos::prelude::*;

use crate::{
    admin::find::{pages, shortcuts},
    components::{FindForm, HitGroup, Icon, Recent, Symbol},
    form::refused_form,
};

/// The id of the dialog's form.
const FORM: &str = "find-anything";

/// The button in the navigation.
#[component]
pub(super) fn FindButton() -> impl IntoView {
    view! {
        <a class="find-button" href="/find" data-find="">
            <Icon of=Symbol::Search />
            " Find "
            <kbd aria-hidden="true">"Ctrl K"</kbd>
        </a>
    }
}

/// The button in the top bar of a phone.
#[component]
pub(super) fn FindIcon() -> impl IntoView {
    view! {
        <a class="icon-button" href="/find" data-find="" aria-label="Find">
            <Icon of=Symbol::Search />
        </a>
    }
}

/// The dialog: closed, unless its form was refused.
#[component]
pub(super) fn FindDialog() -> impl IntoView {
    let open = refused_form().is_some_and(|it| it.form == FORM && !it.is_gone);
    view! {
        <dialog class="dialog palette" id="find-dialog" open=open aria-label="Find">
            <FindForm id=FORM />
            <div class="found">
                <Recent />
                <HitGroup title="Shortcuts" hits=shortcuts() />
                <HitGroup title="Pages" hits=pages() />
            </div>
            <footer>
                <p class="small soft">
                    "Press " <kbd>"Enter"</kbd> " to search licenses, devices, decisions and everything else."
                </p>
                <a class="button quiet small" href="" data-cancel="">
                    "Close"
                </a>
            </footer>
        </dialog>
    }
}
