//! The server functions of the admin app, and the one table of who may call which.

#![allow(missing_docs, reason = "a server function's arguments are the fields of its form, named there")]

pub mod audit;
pub mod devices;
pub mod first_start;
pub mod home;
pub mod licenses;
pub mod offline;
pub mod paging;
pub mod policies;
pub mod products;
pub mod sign_in;
pub mod theme;

use leptos::server_fn::ServerFn;
use licensing::Permission;

#[cfg(feature = "ssr")]
use home::counted;

#[cfg(feature = "ssr")]
mod guard;
#[cfg(feature = "ssr")]
pub use guard::{browser, guard, origin, read_id, service};

/// A server function's path, and what it takes to call it; `None` is open to the anonymous.
pub type Row = (&'static str, Option<Permission>);

/// Who may call which server function. One that is not named here refuses everybody.
pub const TABLE: &[Row] = &[
    open::<first_start::FirstStart>(),
    open::<first_start::CreateOwner>(),
    open::<sign_in::DoorState>(),
    open::<sign_in::SignIn>(),
    open::<sign_in::SignOut>(),
    open::<theme::ChooseTheme>(),
    takes::<home::Home>(Permission::See),
    takes::<licenses::ListLicenses>(Permission::See),
    takes::<licenses::FindLicense>(Permission::See),
    takes::<licenses::detail::License>(Permission::See),
    takes::<licenses::form::OfferLicense>(Permission::ManageLicenses),
    takes::<licenses::form::CreateLicense>(Permission::ManageLicenses),
    takes::<licenses::form::EditLicense>(Permission::ManageLicenses),
    takes::<licenses::form::ChangeLicense>(Permission::ManageLicenses),
    takes::<licenses::code::TakeSecret>(Permission::RevealCodes),
    takes::<licenses::code::RevealCode>(Permission::RevealCodes),
    takes::<licenses::acts::SuspendLicense>(Permission::HelpCustomers),
    takes::<licenses::acts::ReinstateLicense>(Permission::HelpCustomers),
    takes::<licenses::acts::RevokeLicense>(Permission::ManageLicenses),
    takes::<offline::ListRequests>(Permission::See),
    takes::<offline::FindPaper>(Permission::HelpCustomers),
    takes::<offline::acts::ReadPaper>(Permission::HelpCustomers),
    takes::<offline::acts::GrantPaper>(Permission::HelpCustomers),
    takes::<offline::acts::TakeRelease>(Permission::HelpCustomers),
    takes::<offline::response::WriteResponse>(Permission::HelpCustomers),
    takes::<licenses::acts::LiftMoves>(Permission::HelpCustomers),
    takes::<licenses::code::ReissueCode>(Permission::ManageLicenses),
    takes::<devices::Device>(Permission::See),
    takes::<devices::acts::FreeDevice>(Permission::HelpCustomers),
    takes::<devices::acts::RevokeDevice>(Permission::HelpCustomers),
    takes::<devices::acts::RestoreDevice>(Permission::HelpCustomers),
    takes::<devices::acts::NameDevice>(Permission::HelpCustomers),
    takes::<devices::blocks::ListBlocks>(Permission::See),
    takes::<devices::blocks::BlockForm>(Permission::HelpCustomers),
    takes::<devices::blocks::BlockDevice>(Permission::HelpCustomers),
    takes::<devices::blocks::UnblockDevice>(Permission::HelpCustomers),
    takes::<devices::authorized::ListAuthorized>(Permission::See),
    takes::<devices::authorized::AuthorizeDevices>(Permission::HelpCustomers),
    takes::<devices::authorized::UnauthorizeDevice>(Permission::HelpCustomers),
    takes::<audit::ListEvents>(Permission::See),
    takes::<products::ListProducts>(Permission::See),
    takes::<products::Product>(Permission::See),
    takes::<products::acts::CreateProduct>(Permission::ManageLicenses),
    takes::<products::acts::ChangeProduct>(Permission::ManageLicenses),
    takes::<policies::ListPolicies>(Permission::See),
    takes::<policies::Policy>(Permission::See),
    takes::<policies::NewPolicy>(Permission::ManageLicenses),
    takes::<policies::acts::CreatePolicy>(Permission::ManageLicenses),
    takes::<policies::acts::ChangePolicy>(Permission::ManageLicenses),
];

const fn open<F: ServerFn>() -> Row {
    (F::PATH, None)
}

const fn takes<F: ServerFn>(permission: Permission) -> Row {
    (F::PATH, Some(permission))
}
