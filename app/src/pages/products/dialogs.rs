//! The confirmation dialogs for withdrawing and reinstating a product.

use leptos::prelude::*;
use licensing::{Permission, product::Lifecycle};

use super::what_it_does;
use crate::{
    admin::products::{
        ProductDetail,
        acts::{OfferProductAgain, WithdrawProduct},
    },
    components::{Confirm, Dialog, Icon, Symbol, TextField, dialog_address, may},
    form::act,
    text::words,
};

/// The button that opens the dialog.
pub(super) fn button(stands: Lifecycle) -> impl IntoView {
    let (dialog, class, symbol, words) = match stands {
        Lifecycle::Active => ("withdraw", "button danger", Symbol::Ban, " Withdraw"),
        Lifecycle::Withdrawn => ("offer-again", "button", Symbol::Undo2, " Reinstate"),
    };
    view! {
        <a class=class href=dialog_address(dialog)>
            <Icon of=symbol />
            {words}
        </a>
    }
}

/// The dialogs of a product's page.
#[component]
pub(super) fn Dialogs(
    /// The product.
    of: StoredValue<ProductDetail>,
) -> impl IntoView {
    let withdrawn = of.with_value(|it| it.lifecycle == Lifecycle::Withdrawn);
    may(Permission::ManageLicenses).then(|| {
        view! {
            <Dialog name="withdraw" title="Withdraw this product?" applies=!withdrawn>
                {move || withdraw(of)}
            </Dialog>
            <Dialog name="offer-again" title="Reinstate this product?" applies=withdrawn>
                {move || offer_again(of)}
            </Dialog>
        }
    })
}

fn withdraw(of: StoredValue<ProductDetail>) -> impl IntoView {
    let action = act::<WithdrawProduct>();
    let (licenses, name) = of.with_value(|it| (it.licenses, it.name.clone()));
    let reach = match licenses {
        Some(0) => "It has no licenses yet.".to_owned(),
        Some(1) => "This stops 1 license.".to_owned(),
        n => format!("This stops {}.", words::known_count(n, "license")),
    };
    let hint = format!("Type “{name}” to confirm.");
    view! {
        <p>
            <b>{reach}</b>
            " "
            {what_it_does(Lifecycle::Withdrawn)}
        </p>
        <Confirm
            action
            id="withdraw"
            of=id(of)
            reason="For example: replaced by Drift Pro 2"
            does="Withdraw product"
            danger=true
        >
            {(licenses != Some(0)).then(|| view! { <TextField name="name" label="Name of the product" hint required=true /> })}
        </Confirm>
    }
}

fn offer_again(of: StoredValue<ProductDetail>) -> impl IntoView {
    let action = act::<OfferProductAgain>();
    let licenses = of.with_value(|it| it.licenses);
    view! {
        <p>
            "Devices of its " {words::known_count(licenses, "license")}
            " can activate and renew again immediately, as far as each license allows."
        </p>
        <Confirm action id="offer-again" of=id(of) reason="For example: withdrawn by mistake" does="Reinstate product" />
    }
}

fn id(of: StoredValue<ProductDetail>) -> [(&'static str, String); 1] {
    [("id", of.with_value(|it| it.id.to_string()))]
}
