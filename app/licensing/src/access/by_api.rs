//! Acts that the management API does not offer.

use super::Act;

/// Acts without a call of the management API, and the reason. A token that named one could do nothing more.
const NOT_BY_API: &[(Act, &str)] = &[
    (Act::HomeSee, "an overview for people"),
    (Act::FindSee, "a search for people; programs use the filters of lists"),
    (Act::LicensesNote, "notes are changed with the license"),
    (Act::LicensesAddSeats, "seats are changed with the license"),
    (Act::OfflineSee, "files are exchanged by people"),
    (Act::OfflineRead, "files are exchanged by people"),
    (Act::OfflineGrant, "files are exchanged by people"),
    (Act::OfflineRelease, "files are exchanged by people"),
    (Act::OwnSee, "a program has no account"),
    (Act::OwnChangePassword, "a program has no account"),
    (Act::OwnProve, "a program has no account"),
    (Act::OwnDisconnect, "a program has no account"),
    (Act::OwnEndLogins, "a program has no account"),
    (Act::OwnChangeViews, "a program has no account"),
    (Act::OwnViewAs, "a program has no account"),
    (Act::OwnViewAsSelf, "a program has no account"),
    (Act::LoginsSee, "a program must not learn who is signed in"),
    (Act::AccountsSee, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsInvite, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsWithdraw, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsChangeRole, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsDisable, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsEndLogins, "a token must not outlive its revocation in an account that it made"),
    (Act::AccountsLinkPassword, "a token must not outlive its revocation in an account that it made"),
    (Act::SignInSee, "a program must not decide how people sign in"),
    (Act::SignInChange, "a program must not decide how people sign in"),
    (Act::OrganizationSee, "the vendor's profile is changed by people"),
    (Act::OrganizationChange, "the vendor's profile is changed by people"),
    (Act::DataSee, "the server's own state is watched by the people who run it"),
    (Act::TokensSee, "a token must not outlive its revocation in a token that it made"),
    (Act::TokensCreate, "a token must not outlive its revocation in a token that it made"),
    (Act::TokensRotate, "a token must not outlive its revocation in a token that it made"),
    (Act::TokensRevoke, "a token must not outlive its revocation in a token that it made"),
];

impl Act {
    /// Returns `true` if the management API offers the act.
    pub fn is_by_api(self) -> bool {
        NOT_BY_API.iter().all(|(act, _)| *act != self)
    }
}
