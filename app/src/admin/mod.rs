//! Reads for pages, acts for forms, and one table with the act that each of them does.
//!
//! A *read* is a plain function that a page awaits; it has no address. An *act* is a server function that forms are
//! posted to.

#![allow(
    missing_docs,
    reason = "an act's arguments are the fields of its form, and a read's name is that of its function"
)]

pub mod accounts;
pub mod audit;
pub mod data;
pub mod decisions;
pub mod devices;
pub mod exports;
pub mod find;
pub mod first_run;
pub mod first_start;
pub mod home;
pub mod jobs;
pub mod keys;
pub mod licenses;
pub mod logins;
pub mod offline;
pub mod organization;
pub mod paging;
pub mod policies;
pub mod products;
pub mod search;
pub mod sign_in;
pub mod theme;
pub mod tokens;
pub mod webhooks;

use leptos::{prelude::provide_context, server_fn::ServerFn};
use licensing::Act;

use call::Rows;
pub(crate) use counted::counted;

mod call;
mod counted;
mod guard;
mod preference;
#[cfg(test)]
mod tests;

pub use call::{API, Call, FRESH_FOR, ReadName, Row};
pub use guard::{browser, guard, guard_open, guard_read, origin, read_id, service};
use guard::{guard_also, has_fresh_proof};

/// The reads and server functions of the app, each with the act that it does. Calls that are missing here are always
/// refused.
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
    reads(home::HOME, Act::HomeSee),
    reads(find::FIND, Act::FindSee),
    does::<find::FindAnything>(Act::FindSee),
    reads(licenses::list::LIST_LICENSES, Act::LicensesSee),
    does::<licenses::list::FindLicense>(Act::LicensesSee),
    does::<licenses::columns::ChooseColumns>(Act::LicensesSee),
    does::<licenses::views::SaveView>(Act::OwnChangeViews),
    does::<licenses::views::DeleteView>(Act::OwnChangeViews),
    reads(licenses::many::SELECT_LICENSES, Act::JobsRun),
    does::<licenses::many::ExtendMany>(Act::LicensesBulk),
    does::<licenses::many::TagMany>(Act::LicensesBulk),
    does::<licenses::many::UntagMany>(Act::LicensesBulk),
    does::<licenses::many::SuspendMany>(Act::LicensesBulk),
    does::<licenses::many::ReinstateMany>(Act::LicensesBulk),
    does::<licenses::many::RevokeMany>(Act::LicensesBulk),
    reads(licenses::detail::LICENSE, Act::LicensesSee),
    reads(licenses::form::OFFER_LICENSE, Act::LicensesCreate),
    does::<licenses::form::CreateLicense>(Act::LicensesCreate),
    reads(licenses::form::EDIT_LICENSE, Act::LicensesChange),
    does::<licenses::form::ChangeLicense>(Act::LicensesChange),
    reads(licenses::code::TAKE_CODE, Act::LicensesReveal),
    does::<licenses::code::RevealCode>(Act::LicensesReveal),
    does::<licenses::notes::ChangeNotes>(Act::LicensesNote),
    does::<licenses::acts::SuspendLicense>(Act::LicensesSuspend),
    does::<licenses::acts::ReinstateLicense>(Act::LicensesSuspend),
    does::<licenses::acts::RevokeLicense>(Act::LicensesRevoke),
    does::<licenses::extend::ExtendLicense>(Act::LicensesExtend),
    does::<licenses::extend::AddSeats>(Act::LicensesAddSeats),
    does::<licenses::extend::TagLicense>(Act::LicensesTag),
    does::<exports::ExportLicenses>(Act::ExportsRun),
    does::<exports::ExportDecisions>(Act::ExportsRun),
    does::<exports::ExportEvents>(Act::ExportsRun),
    reads(jobs::LIST_JOBS, Act::JobsSee),
    reads(jobs::JOB, Act::JobsSee),
    does::<jobs::CancelJob>(Act::JobsRun),
    does::<jobs::ResumeJob>(Act::JobsRun),
    does::<exports::ExportJob>(Act::JobsSee),
    reads(offline::LIST_REQUESTS, Act::OfflineSee),
    reads(offline::FIND_OFFLINE_FILE, Act::OfflineRead),
    does::<offline::acts::ReadOfflineFile>(Act::OfflineRead),
    does::<offline::search::FindOfflineLicense>(Act::OfflineRead),
    does::<offline::acts::GrantOfflineRequest>(Act::OfflineGrant),
    does::<offline::acts::TakeRelease>(Act::OfflineRelease),
    reads(offline::response::WRITE_RESPONSE, Act::OfflineGrant),
    does::<licenses::acts::ResetTransfers>(Act::LicensesResetTransfers),
    does::<licenses::code::ReissueCode>(Act::LicensesReissue),
    reads(devices::list::LIST_DEVICES, Act::DevicesSee),
    does::<devices::list::FindDevices>(Act::DevicesSee),
    reads(devices::DEVICE, Act::DevicesSee),
    does::<devices::acts::FreeDevice>(Act::DevicesFree),
    does::<devices::acts::RevokeDevice>(Act::DevicesRevoke),
    does::<devices::acts::RestoreDevice>(Act::DevicesRestore),
    does::<devices::acts::NameDevice>(Act::DevicesName),
    reads(devices::blocks::LIST_BLOCKS, Act::DevicesSee),
    reads(devices::blocks::BLOCK_FORM, Act::DevicesBlock),
    does::<devices::blocks::BlockDevice>(Act::DevicesBlock),
    does::<devices::blocks::UnblockDevice>(Act::DevicesUnblock),
    reads(devices::authorized::LIST_AUTHORIZED, Act::DevicesSee),
    does::<devices::authorized::AuthorizeDevices>(Act::DevicesAuthorize),
    does::<devices::authorized::UnauthorizeDevice>(Act::DevicesAuthorize),
    reads(audit::LIST_EVENTS, Act::EventsSee),
    does::<audit::FindEvents>(Act::EventsSee),
    reads(decisions::LIST_DECISIONS, Act::DecisionsSee),
    does::<decisions::FindDecisions>(Act::DecisionsSee),
    reads(decisions::detail::DECISION, Act::DecisionsSee),
    reads(decisions::try_out::TRY_OUT, Act::LicensesSee),
    reads(products::LIST_PRODUCTS, Act::ProductsSee),
    reads(products::PRODUCT, Act::ProductsSee),
    does::<products::acts::CreateProduct>(Act::ProductsCreate),
    does::<products::acts::ChangeProduct>(Act::ProductsChange),
    does::<products::acts::WithdrawProduct>(Act::ProductsChange),
    does::<products::acts::OfferProductAgain>(Act::ProductsChange),
    reads(policies::LIST_POLICIES, Act::PoliciesSee),
    reads(policies::POLICY, Act::PoliciesSee),
    reads(policies::NEW_POLICY, Act::PoliciesCreate),
    does::<policies::acts::CreatePolicy>(Act::PoliciesCreate),
    does::<policies::acts::ChangePolicy>(Act::PoliciesChange),
    reads(accounts::own::OWN_ACCOUNT, Act::OwnSee),
    does::<accounts::own::ChangePassword>(Act::OwnChangePassword),
    does::<accounts::own::ProveIdentity>(Act::OwnProve),
    does::<accounts::own::Disconnect>(Act::OwnDisconnect),
    does::<accounts::own::ViewAs>(Act::OwnViewAs),
    does::<accounts::own::ViewAsSelf>(Act::OwnViewAsSelf),
    reads(logins::OWN_LOGINS, Act::OwnSee),
    does::<logins::EndLogin>(Act::OwnEndLogins),
    does::<logins::EndOtherLogins>(Act::OwnEndLogins),
    reads(logins::ALL_LOGINS, Act::LoginsSee),
    reads(accounts::LIST_ACCOUNTS, Act::AccountsSee),
    reads(accounts::ACCOUNT, Act::AccountsSee),
    reads(accounts::links::TAKE_LINK, Act::AccountsSee),
    does::<accounts::invitations::Invite>(Act::AccountsInvite),
    does::<accounts::invitations::LinkInvitation>(Act::AccountsInvite),
    does::<accounts::invitations::WithdrawInvitation>(Act::AccountsWithdraw),
    does::<accounts::acts::ChangeRole>(Act::AccountsChangeRole),
    does::<accounts::acts::DisableAccount>(Act::AccountsDisable),
    does::<accounts::acts::EnableAccount>(Act::AccountsDisable),
    does::<accounts::acts::EndLogins>(Act::AccountsEndLogins),
    does::<accounts::acts::LinkPassword>(Act::AccountsLinkPassword),
    reads(accounts::local::FIND_WAYS_IN, Act::SignInSee),
    does::<accounts::local::TurnLocalOff>(Act::SignInChange),
    does::<accounts::local::TurnLocalOn>(Act::SignInChange),
    reads(organization::ORGANIZATION, Act::OrganizationSee),
    does::<organization::ChangeOrganization>(Act::OrganizationChange),
    reads(data::DATA, Act::DataSee),
    reads(tokens::LIST_TOKENS, Act::TokensSee),
    reads(tokens::TAKE_TOKEN, Act::TokensSee),
    does::<tokens::CreateToken>(Act::TokensCreate),
    does::<tokens::RotateToken>(Act::TokensRotate),
    does::<tokens::RevokeToken>(Act::TokensRevoke),
    reads(keys::LIST_KEYS, Act::KeysSee),
    does::<keys::RotateKey>(Act::KeysRotate),
    does::<keys::PregenerateKeys>(Act::KeysRotate),
    does::<keys::RetireKey>(Act::KeysRetire),
    does::<keys::RevokeKey>(Act::KeysRevoke),
    reads(webhooks::LIST_WEBHOOKS, Act::WebhooksSee),
    reads(webhooks::WEBHOOK, Act::WebhooksSee),
    reads(webhooks::DELIVERY, Act::WebhooksSee),
    reads(webhooks::WEBHOOK_FORM, Act::WebhooksSee),
    reads(webhooks::TAKE_WEBHOOK_SECRET, Act::WebhooksSee),
    does::<webhooks::acts::CreateWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::ChangeWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::SwitchWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::DeleteWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::VerifyWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::VouchForWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::RotateWebhook>(Act::WebhooksChange),
    does::<webhooks::acts::TestWebhook>(Act::WebhooksSend),
    does::<webhooks::acts::ReplayWebhook>(Act::WebhooksSend),
];

/// Provides [`TABLE`] to [`guard()`] for the request.
pub fn provide_table() {
    provide_context(Rows(TABLE));
}

const fn open<F: ServerFn>() -> Row {
    Row { call: Call::Act(F::PATH), act: None }
}

const fn does<F: ServerFn>(act: Act) -> Row {
    Row { call: Call::Act(F::PATH), act: Some(act) }
}

const fn open_read(read: ReadName) -> Row {
    Row { call: Call::Read(read), act: None }
}

const fn reads(read: ReadName, act: Act) -> Row {
    Row { call: Call::Read(read), act: Some(act) }
}
