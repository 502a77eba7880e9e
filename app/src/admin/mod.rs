//! The server functions of the admin app, and the one table of who may call which.

#![allow(missing_docs, reason = "a server function's arguments are the fields of its form, named there")]

pub mod accounts;
pub mod audit;
pub mod decisions;
pub mod devices;
pub mod first_start;
pub mod home;
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

use leptos::server_fn::ServerFn;
use licensing::Permission;

use home::counted;

mod guard;
use guard::is_fresh;
pub use guard::{browser, guard, origin, read_id, service};

/// Who may call a server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The function's path.
    pub path: &'static str,
    /// What it takes; `None` is open to the anonymous.
    pub takes: Option<Permission>,
    /// Whether the person must have proved within the last ten minutes who they are.
    pub fresh: bool,
}

/// How long a proof of who it is counts as fresh.
pub const FRESH_FOR: licensing::Span = licensing::Span::minutes(10);

/// Who may call which server function. One that is not named here refuses everybody.
pub const TABLE: &[Row] = &[
    open::<first_start::FirstStart>(),
    open::<first_start::CreateOwner>(),
    open::<sign_in::DoorState>(),
    open::<sign_in::SignIn>(),
    open::<sign_in::SignOut>(),
    open::<theme::ChooseTheme>(),
    open::<accounts::links::LinkState>(),
    open::<accounts::links::TakeInvitation>(),
    open::<accounts::links::SetPassword>(),
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
    fresh::<licenses::acts::RevokeLicense>(Permission::ManageLicenses),
    takes::<offline::ListRequests>(Permission::See),
    takes::<offline::FindPaper>(Permission::HelpCustomers),
    takes::<offline::acts::ReadPaper>(Permission::HelpCustomers),
    takes::<offline::acts::GrantPaper>(Permission::HelpCustomers),
    takes::<offline::acts::TakeRelease>(Permission::HelpCustomers),
    takes::<offline::response::WriteResponse>(Permission::HelpCustomers),
    takes::<licenses::acts::LiftMoves>(Permission::HelpCustomers),
    fresh::<licenses::code::ReissueCode>(Permission::ManageLicenses),
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
    takes::<audit::FindEvents>(Permission::See),
    takes::<decisions::ListDecisions>(Permission::See),
    takes::<decisions::FindDecisions>(Permission::See),
    takes::<decisions::detail::Decision>(Permission::See),
    takes::<decisions::try_out::TryOutDevice>(Permission::See),
    takes::<products::ListProducts>(Permission::See),
    takes::<products::Product>(Permission::See),
    takes::<products::acts::CreateProduct>(Permission::ManageLicenses),
    takes::<products::acts::ChangeProduct>(Permission::ManageLicenses),
    takes::<products::acts::WithdrawProduct>(Permission::ManageLicenses),
    takes::<products::acts::OfferProductAgain>(Permission::ManageLicenses),
    takes::<policies::ListPolicies>(Permission::See),
    takes::<policies::Policy>(Permission::See),
    takes::<policies::NewPolicy>(Permission::ManageLicenses),
    takes::<policies::acts::CreatePolicy>(Permission::ManageLicenses),
    takes::<policies::acts::ChangePolicy>(Permission::ManageLicenses),
    takes::<accounts::own::OwnAccount>(Permission::See),
    takes::<accounts::own::ChangePassword>(Permission::See),
    takes::<accounts::own::ProveOneself>(Permission::See),
    fresh::<accounts::own::Disconnect>(Permission::See),
    takes::<accounts::own::SeeAs>(Permission::RunServer),
    takes::<accounts::own::SeeAsOneself>(Permission::See),
    takes::<logins::OwnLogins>(Permission::See),
    takes::<logins::EndLogin>(Permission::See),
    takes::<logins::EndOtherLogins>(Permission::See),
    takes::<logins::AllLogins>(Permission::RunServer),
    takes::<accounts::ListAccounts>(Permission::RunServer),
    takes::<accounts::Account>(Permission::RunServer),
    takes::<accounts::links::TakeLink>(Permission::RunServer),
    fresh::<accounts::invitations::Invite>(Permission::RunServer),
    fresh::<accounts::invitations::LinkInvitation>(Permission::RunServer),
    takes::<accounts::invitations::WithdrawInvitation>(Permission::RunServer),
    fresh::<accounts::acts::ChangeRole>(Permission::RunServer),
    takes::<accounts::acts::DisableAccount>(Permission::RunServer),
    takes::<accounts::acts::EnableAccount>(Permission::RunServer),
    takes::<accounts::acts::EndLogins>(Permission::RunServer),
    fresh::<accounts::acts::LinkPassword>(Permission::RunServer),
    takes::<accounts::local::FindWaysIn>(Permission::RunServer),
    fresh::<accounts::local::TurnLocalOff>(Permission::RunServer),
    fresh::<accounts::local::TurnLocalOn>(Permission::RunServer),
    takes::<tokens::ListTokens>(Permission::RunServer),
    takes::<tokens::TakeToken>(Permission::RunServer),
    fresh::<tokens::CreateToken>(Permission::RunServer),
    fresh::<tokens::RotateToken>(Permission::RunServer),
    takes::<tokens::RevokeToken>(Permission::RunServer),
];

/// The same for an act so grave that whoever does it has to have proved lately who they are.
const fn fresh<F: ServerFn>(permission: Permission) -> Row {
    Row { path: F::PATH, takes: Some(permission), fresh: true }
}

const fn open<F: ServerFn>() -> Row {
    Row { path: F::PATH, takes: None, fresh: false }
}

const fn takes<F: ServerFn>(permission: Permission) -> Row {
    Row { path: F::PATH, takes: Some(permission), fresh: false }
}
