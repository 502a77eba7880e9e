//! Policies: the list, a policy's page, and the forms that create and change a policy.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod detail;
mod edit;
mod list;
mod new;

pub use detail::PolicyPage;
pub use edit::EditPolicyPage;
pub use list::PoliciesPage;
pub use new::NewPolicyPage;

use leptos::prelude::*;
use licensing::Permission;

use crate::components::{Gate, Icon, Symbol};

fn new_policy() -> impl IntoView {
    view! {
        <Gate permission=Permission::ManageLicenses label="New policy">
            <a class="button primary" href="/policies/new">
                <Icon of=Symbol::Plus />
                " New policy"
            </a>
        </Gate>
    }
}
