//! The frame around every page: navigation, account menu and toast; and the frame of pages outside it.

mod account;
mod brand;
mod find_dialog;
mod navigation;
mod plain_page;
mod seen_as;
mod theme;

use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_router::components::Outlet;

use self::{
    account::Account,
    brand::Brand,
    find_dialog::{FindButton, FindDialog, FindIcon},
    navigation::Navigation,
    seen_as::SeenAs,
    theme::ThemeSwitch,
};
pub use plain_page::PlainPage;

use super::{Fault, Icon, Notice, Symbol, Toast, Tone};
use crate::{
    Error,
    form::{SignInAndGoOn, refused_form},
    http::{
        address::{self, sign_in_address},
        context::visitor,
    },
};

/// The pages for signed-in visitors. Others are redirected to the sign-in page, and back here afterwards.
#[component]
pub fn Layout() -> impl IntoView {
    if visitor().account.is_some() {
        return EitherOf3::A(view! {
            <Frame>{refused_above()} <Outlet /></Frame>
        });
    }
    if refused_form().is_some_and(|it| matches!(it.error, Error::SignInNeeded | Error::SignInRefused(_))) {
        return EitherOf3::C(view! { <SignInAndGoOn /> });
    }
    let to = sign_in_address(&address::here().get_untracked());
    address::leave_for(&to);
    EitherOf3::B(view! {
        <PlainPage title="Sign in to continue">
            <a class="button primary wide" href=to rel="external">
                "Sign in"
            </a>
        </PlainPage>
    })
}

/// The error of a refused form that its page no longer has, for example because another account's act removed it.
fn refused_above() -> Option<impl IntoView> {
    refused_form().filter(|it| it.is_gone).map(|it| {
        view! {
            <div id="refused">
                <Notice tone=Tone::Bad>
                    <p>
                        <b>"This was not done. "</b>
                        {it.error.to_string()}
                    </p>
                </Notice>
            </div>
        }
    })
}

/// The page for an address that does not exist.
#[component]
pub fn Nowhere() -> impl IntoView {
    let fault = view! { <Fault error=Error::NotFound /> };
    if visitor().account.is_some() {
        Either::Left(view! { <Frame>{fault}</Frame> })
    } else {
        Either::Right(view! {
            <main class="plain" id="main">
                {fault}
            </main>
        })
    }
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#main" rel="external">
            "Skip to the content"
        </a>
        <div class="shell">
            <header class="topbar">
                <Brand />
                <FindIcon />
                <button class="icon-button" type="button" popovertarget="nav" aria-label="Menu">
                    <Icon of=Symbol::Menu />
                </button>
            </header>
            <Navigation>
                <ThemeSwitch />
                <Account />
            </Navigation>
            <main class="main" id="main" tabindex="-1">
                <SeenAs />
                <div class="page">{children()}</div>
            </main>
        </div>
        <FindDialog />
        <Toast />
    }
}
