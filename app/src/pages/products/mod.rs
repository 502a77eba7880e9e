//! Products: the list, a product's page, and the forms that create and change a product.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod detail;
mod dialogs;
mod edit;
mod fields;
mod integrate;
mod list;
mod new;
mod snippets;

pub use detail::ProductPage;
pub use edit::EditProductPage;
pub use list::ProductsPage;
pub use new::NewProductPage;

use leptos::prelude::*;
use licensing::{Permission, product::Lifecycle};

use crate::{
    components::{Gate, Icon, Shape, State, Symbol},
    http::address::{LICENSE_WANTED, WANTED, is_license_wanted, query_with},
};

/// The state of a product.
fn lifecycle(of: Lifecycle) -> impl IntoView {
    let (shape, word) = match of {
        Lifecycle::Active => (Shape::Active, "Active"),
        Lifecycle::Withdrawn => (Shape::Ended, "Withdrawn"),
    };
    view! { <State shape word /> }
}

/// Returns the effect of a product's state on devices.
const fn what_it_does(of: Lifecycle) -> &'static str {
    match of {
        Lifecycle::Active => "Devices can activate and renew.",
        Lifecycle::Withdrawn => {
            "No device can activate or renew under any license. Issued tokens stay valid until they expire."
        }
    }
}

/// The button that opens the form for a new product.
pub(super) fn new_product() -> impl IntoView {
    let wanted = is_license_wanted().then_some(LICENSE_WANTED);
    view! {
        <Gate permission=Permission::ManageLicenses label="New product">
            <a class="button primary" href=format!("/products/new{}", query_with("", WANTED, wanted))>
                <Icon of=Symbol::Plus />
                " New product"
            </a>
        </Gate>
    }
}
