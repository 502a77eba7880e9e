//! Reads for pages, acts for forms, and one table with the permissions of all of them.
//!
//! A *read* is a plain function that a page awaits; it has no address. An *act* is a server function that forms are
//! posted to.

#![allow(
    missing_docs,
    reason = "an act's arguments are the fields of its form, and a read's name is that of its function"
)]

pub mod accounts;
pub mod audit;
pub mod decisions;
pub mod devices;
pub mod first_start;
pub mod home;
pub mod jobs;
pub mod licenses;
pub mod logins;
pub mod offline;
pub mod paging;
pub mod policies;
pub mod products;
pub mod search;
pub mod sign_in;
pub mod theme;
pub mod tokens;

use leptos::{prelude::provide_context, server_fn::ServerFn};
use licensing::Permission;

use call::Rows;
use counted::counted;

mod call;
mod counted;
mod guard;
#[cfg(test)]
mod tests;

pub use call::{API, Call, FRESH_FOR, ReadName, Row};
use guard::has_fresh_proof;
pub use guard::{browser, guard, guard_open, guard_read, origin, read_id, service};

/// The permissions of all reads and acts. Calls that are missing here are always refused.
pub const TABLE: &[Row] = &[
    open_read(first_start::FIRST_START),
    open::<first_start::CreateOwner>(),
    open_read(sign_in::SIGN_IN_OPTIONS),
    open::<sign_in::SignIn>(),
    open::<sign_in::SignOut>(),
    open::<theme::ChooseTheme>(),
    open_read(accounts::links::LINK_STATE),
    open::<accounts::links::TakeInvitation>(),
    open::<accounts::links::SetPassword>(),
    reads(home::HOME, Permission::See),
    reads(licenses::list::LIST_LICENSES, Permission::See),
    takes::<licenses::list::FindLicense>(Permission::See),
    reads(licenses::detail::LICENSE, Permission::See),
    reads(licenses::form::OFFER_LICENSE, Permission::ManageLicenses),
    takes::<licenses::form::CreateLicense>(Permission::ManageLicenses),
    reads(licenses::form::EDIT_LICENSE, Permission::ManageLicenses),
    takes::<licenses::form::ChangeLicense>(Permission::ManageLicenses),
    reads(licenses::code::TAKE_SECRET, Permission::RevealCodes),
    takes::<licenses::code::RevealCode>(Permission::RevealCodes),
    takes::<licenses::acts::SuspendLicense>(Permission::HelpCustomers),
    takes::<licenses::acts::ReinstateLicense>(Permission::HelpCustomers),
    fresh::<licenses::acts::RevokeLicense>(Permission::ManageLicenses),
    takes::<licenses::extend::ExtendLicense>(Permission::ManageLicenses),
    takes::<licenses::extend::AddSeats>(Permission::ManageLicenses),
    takes::<licenses::extend::TagLicense>(Permission::HelpCustomers),
    reads(jobs::LIST_JOBS, Permission::See),
    reads(jobs::JOB, Permission::See),
    takes::<jobs::CancelJob>(Permission::ManageLicenses),
    takes::<jobs::ResumeJob>(Permission::ManageLicenses),
    reads(offline::LIST_REQUESTS, Permission::See),
    reads(offline::FIND_OFFLINE_FILE, Permission::HelpCustomers),
    takes::<offline::acts::ReadOfflineFile>(Permission::HelpCustomers),
    takes::<offline::acts::GrantOfflineRequest>(Permission::HelpCustomers),
    takes::<offline::acts::TakeRelease>(Permission::HelpCustomers),
    reads(offline::response::WRITE_RESPONSE, Permission::HelpCustomers),
    takes::<licenses::acts::ResetTransfers>(Permission::HelpCustomers),
    fresh::<licenses::code::ReissueCode>(Permission::ManageLicenses),
    reads(devices::DEVICE, Permission::See),
    takes::<devices::acts::FreeDevice>(Permission::HelpCustomers),
    takes::<devices::acts::RevokeDevice>(Permission::HelpCustomers),
    takes::<devices::acts::RestoreDevice>(Permission::HelpCustomers),
    takes::<devices::acts::NameDevice>(Permission::HelpCustomers),
    reads(devices::blocks::LIST_BLOCKS, Permission::See),
    reads(devices::blocks::BLOCK_FORM, Permission::HelpCustomers),
    takes::<devices::blocks::BlockDevice>(Permission::HelpCustomers),
    takes::<devices::blocks::UnblockDevice>(Permission::HelpCustomers),
    reads(devices::authorized::LIST_AUTHORIZED, Permission::See),
    takes::<devices::authorized::AuthorizeDevices>(Permission::HelpCustomers),
    takes::<devices::authorized::UnauthorizeDevice>(Permission::HelpCustomers),
    reads(audit::LIST_EVENTS, Permission::See),
    takes::<audit::FindEvents>(Permission::See),
    reads(decisions::LIST_DECISIONS, Permission::See),
    takes::<decisions::FindDecisions>(Permission::See),
    reads(decisions::detail::DECISION, Permission::See),
    reads(decisions::try_out::TRY_OUT, Permission::See),
    reads(products::LIST_PRODUCTS, Permission::See),
    reads(products::PRODUCT, Permission::See),
    takes::<products::acts::CreateProduct>(Permission::ManageLicenses),
    takes::<products::acts::ChangeProduct>(Permission::ManageLicenses),
    takes::<products::acts::WithdrawProduct>(Permission::ManageLicenses),
    takes::<products::acts::OfferProductAgain>(Permission::ManageLicenses),
    reads(policies::LIST_POLICIES, Permission::See),
    reads(policies::POLICY, Permission::See),
    reads(policies::NEW_POLICY, Permission::ManageLicenses),
    takes::<policies::acts::CreatePolicy>(Permission::ManageLicenses),
    takes::<policies::acts::ChangePolicy>(Permission::ManageLicenses),
    reads(accounts::own::OWN_ACCOUNT, Permission::See),
    takes::<accounts::own::ChangePassword>(Permission::See),
    takes::<accounts::own::ProveIdentity>(Permission::See),
    fresh::<accounts::own::Disconnect>(Permission::See),
    takes::<accounts::own::ViewAs>(Permission::RunServer),
    takes::<accounts::own::ViewAsSelf>(Permission::See),
    reads(logins::OWN_LOGINS, Permission::See),
    takes::<logins::EndLogin>(Permission::See),
    takes::<logins::EndOtherLogins>(Permission::See),
    reads(logins::ALL_LOGINS, Permission::RunServer),
    reads(accounts::LIST_ACCOUNTS, Permission::RunServer),
    reads(accounts::ACCOUNT, Permission::RunServer),
    reads(accounts::links::TAKE_LINK, Permission::RunServer),
    fresh::<accounts::invitations::Invite>(Permission::RunServer),
    fresh::<accounts::invitations::LinkInvitation>(Permission::RunServer),
    takes::<accounts::invitations::WithdrawInvitation>(Permission::RunServer),
    fresh::<accounts::acts::ChangeRole>(Permission::RunServer),
    takes::<accounts::acts::DisableAccount>(Permission::RunServer),
    takes::<accounts::acts::EnableAccount>(Permission::RunServer),
    takes::<accounts::acts::EndLogins>(Permission::RunServer),
    fresh::<accounts::acts::LinkPassword>(Permission::RunServer),
    reads(accounts::local::FIND_WAYS_IN, Permission::RunServer),
    fresh::<accounts::local::TurnLocalOff>(Permission::RunServer),
    fresh::<accounts::local::TurnLocalOn>(Permission::RunServer),
    reads(tokens::LIST_TOKENS, Permission::RunServer),
    reads(tokens::TAKE_TOKEN, Permission::RunServer),
    fresh::<tokens::CreateToken>(Permission::RunServer),
    fresh::<tokens::RotateToken>(Permission::RunServer),
    takes::<tokens::RevokeToken>(Permission::RunServer),
];

/// Provides [`TABLE`] to [`guard()`] for the request.
pub fn provide_table() {
    provide_context(Rows(TABLE));
}

const fn open<F: ServerFn>() -> Row {
    Row { call: Call::Act(F::PATH), takes: None, fresh: false }
}

const fn takes<F: ServerFn>(permission: Permission) -> Row {
    Row { call: Call::Act(F::PATH), takes: Some(permission), fresh: false }
}

/// Like [`takes`], for an act that requires a fresh proof.
const fn fresh<F: ServerFn>(permission: Permission) -> Row {
    Row { call: Call::Act(F::PATH), takes: Some(permission), fresh: true }
}

const fn open_read(read: ReadName) -> Row {
    Row { call: Call::Read(read), takes: None, fresh: false }
}

const fn reads(read: ReadName, permission: Permission) -> Row {
    Row { call: Call::Read(read), takes: Some(permission), fresh: false }
}
