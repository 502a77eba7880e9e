//! Products: the list, one of them, and the forms that make and change them.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod detail;
mod dialogs;
mod edit;
mod fields;
mod integrate;
mod list;
mod new;

pub use detail::ProductPage;
pub use edit::EditProductPage;
pub use list::ProductsPage;
pub use new::NewProductPage;

use leptos::prelude::*;
use licensing::{Permission, product::Lifecycle};

use crate::components::{Gate, Icon, Shape, State, Symbol};

/// Where a product stands.
fn lifecycle(of: Lifecycle) -> impl IntoView {
    let (shape, word) = match of {
        Lifecycle::Active => (Shape::Active, "Active"),
        Lifecycle::Withdrawn => (Shape::Ended, "Withdrawn"),
    };
    view! { <State shape word /> }
}

/// What that means for devices.
const fn what_it_does(of: Lifecycle) -> &'static str {
    match of {
        Lifecycle::Active => "Devices activate and renew.",
        Lifecycle::Withdrawn => {
            "Nothing activates or renews, whatever a license says. Tokens that are out run on until they end."
        }
    }
}

/// The button that leads to the form for a new product.
pub(super) fn new_product() -> impl IntoView {
    view! {
        <Gate permission=Permission::ManageLicenses label="New product">
            <a class="button primary" href="/products/new">
                <Icon of=Symbol::Plus />
                " New product"
            </a>
        </Gate>
    }
}
