//! Licenses: the list, a license's page, and the forms that create and change a license.

#![allow(unreachable_pub, reason = "the component macro leaves a public function inside each private module")]

mod activity;
mod bulk;
mod detail;
mod devices;
mod dialogs;
mod edit;
mod extend;
mod fields;
mod head;
mod list;
mod many;
mod many_effect;
mod new;
mod notes;
mod rows;
mod secret;
mod terms;
mod views;

pub use detail::{LicenseActivityPage, LicenseNotesPage, LicensePage, LicenseTermsPage};
pub use edit::EditLicensePage;
pub use list::LicensesPage;
pub use many::ManyPage;
pub use new::NewLicensePage;
