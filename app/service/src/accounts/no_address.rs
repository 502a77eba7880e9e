//! The placeholder for the address of an account that has none.

use store::accounts::Account;
use uuid::Uuid;

/// Prefix of every [`no_address`]; not valid in an e-mail address.
const NO_ADDRESS: &str = "none:";

/// The placeholder for the address of an account that has none. It works as the address when signing in with a
/// password.
pub(crate) fn no_address(account: Uuid) -> String {
    format!("{NO_ADDRESS}{account}")
}

/// Returns `true` if the account has an e-mail address.
pub(crate) fn has_address(account: &Account) -> bool {
    !account.email.starts_with(NO_ADDRESS)
}
