//! The acts: everything that people and programs may do, in one list.

use strum::{EnumString, IntoStaticStr};

use super::Permission;

/// Defines [`Act`] from rows of name, permission and, for acts that need one, the words `fresh proof`.
macro_rules! acts {
    ($($(#[$doc:meta])+ $act:ident = $name:literal: $permission:ident $(, $fresh:ident proof)?;)+) => {
        /// Something that people or programs may do: an operation, or a kind of read.
        ///
        /// Rows of the admin app, routes of the API and scopes of API tokens name an act. The permission that it
        /// requires is stated only here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
        pub enum Act {
            $($(#[$doc])+ #[strum(serialize = $name)] $act,)+
        }

        impl Act {
            /// Every act, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$act),+];

            /// Permission that the act requires.
            pub const fn permission(self) -> Permission {
                match self {
                    $(Self::$act => Permission::$permission,)+
                }
            }

            /// Returns `true` if a person must have proved their identity again shortly before. A program cannot do
            /// so; instead, its token must name the act.
            pub const fn needs_fresh_proof(self) -> bool {
                match self {
                    $(Self::$act => acts!(@ $($fresh)?),)+
                }
            }
        }
    };
    (@ fresh) => { true };
    (@) => { false };
}

acts! {
    /// View the overview of all licenses and activations.
    HomeSee = "home.see": See;
    /// Search everything at once. The results are those that the searcher may view.
    FindSee = "find.see": See;
    /// View products.
    ProductsSee = "products.see": See;
    /// Create a product.
    ProductsCreate = "products.create": ManageLicenses;
    /// Edit a product and its features, and start or stop selling it.
    ProductsChange = "products.change": ManageLicenses;
    /// Announce a version of a product.
    ProductsAnnounceVersion = "products.release": ManageLicenses;
    /// View policies.
    PoliciesSee = "policies.see": See;
    /// Create a policy.
    PoliciesCreate = "policies.create": ManageLicenses;
    /// Edit a policy.
    PoliciesChange = "policies.change": ManageLicenses;
    /// View licenses, with their codes masked, and simulate activations.
    LicensesSee = "licenses.see": See;
    /// Create licenses.
    LicensesCreate = "licenses.create": ManageLicenses;
    /// Edit a license.
    LicensesChange = "licenses.change": ManageLicenses;
    /// Change the notes on a license.
    LicensesNote = "licenses.note": HelpCustomers;
    /// Suspend and reinstate a license.
    LicensesSuspend = "licenses.suspend": HelpCustomers;
    /// Revoke a license permanently.
    LicensesRevoke = "licenses.revoke": ManageLicenses, fresh proof;
    /// Read a whole activation code.
    LicensesReveal = "licenses.reveal": RevealCodes;
    /// Replace an activation code by a new one.
    LicensesReissue = "licenses.reissue": ManageLicenses, fresh proof;
    /// Extend a license.
    LicensesExtend = "licenses.extend": ManageLicenses;
    /// Give a license more seats.
    LicensesAddSeats = "licenses.add_seats": ManageLicenses;
    /// Change the tags of a license.
    LicensesTag = "licenses.tag": HelpCustomers;
    /// Run one of these acts on many licenses at once. The act itself must be permitted, too.
    LicensesBulk = "licenses.bulk": ManageLicenses, fresh proof;
    /// Export licenses without their codes, activations, decisions and events.
    ExportsRun = "exports.run": ManageLicenses;
    /// Export licenses with their codes.
    ExportsCodes = "exports.codes": RevealCodes, fresh proof;
    /// View jobs and their progress.
    JobsSee = "jobs.see": See;
    /// Start, cancel and resume jobs.
    JobsRun = "jobs.run": ManageLicenses;
    /// Reset the transfer count of a license.
    LicensesResetTransfers = "licenses.forgive": HelpCustomers;
    /// View devices, blocks and pre-registered devices.
    DevicesSee = "devices.see": See;
    /// Name a device.
    DevicesName = "devices.name": HelpCustomers;
    /// Release a device's seat on the customer's behalf.
    DevicesFree = "devices.free": HelpCustomers;
    /// Revoke a device's seat.
    DevicesRevoke = "devices.revoke": HelpCustomers;
    /// Undo a release or revocation.
    DevicesRestore = "devices.restore": HelpCustomers;
    /// Pre-register devices, and remove them from the list.
    DevicesAuthorize = "devices.authorize": HelpCustomers;
    /// Block a device.
    DevicesBlock = "devices.block": HelpCustomers;
    /// Revoke all seats of a device on a product or the whole server while blocking it. The effect is as wide as that
    /// of revoking a license.
    DevicesRevokeAll = "devices.revoke_all": HelpCustomers, fresh proof;
    /// Remove a block.
    DevicesUnblock = "devices.unblock": HelpCustomers;
    /// View the list of offline requests.
    OfflineSee = "offline.see": See;
    /// Read an offline file that a customer sent.
    OfflineRead = "offline.read": HelpCustomers;
    /// Grant an offline request, and write its response file.
    OfflineGrant = "offline.grant": HelpCustomers;
    /// Accept an offline release.
    OfflineRelease = "offline.release": HelpCustomers;
    /// View decisions.
    DecisionsSee = "decisions.see": See;
    /// View the audit log.
    EventsSee = "events.see": See;
    /// View the public signing keys.
    KeysSee = "keys.see": See;
    /// Create the next signing key, or create keys in advance.
    KeysRotate = "keys.rotate": RunServer, fresh proof;
    /// Stop signing with a key.
    KeysRetire = "keys.retire": RunServer, fresh proof;
    /// Revoke a signing key. Its tokens can no longer be verified.
    KeysRevoke = "keys.revoke": RunServer, fresh proof;
    /// View one's own account and logins.
    OwnSee = "own.see": See;
    /// Change one's own password.
    OwnChangePassword = "own.change_password": See;
    /// Prove one's identity again.
    OwnProve = "own.prove": See;
    /// Disconnect one's own account from an identity provider.
    OwnDisconnect = "own.disconnect": See, fresh proof;
    /// End one's own logins.
    OwnEndLogins = "own.end_logins": See;
    /// Save and delete one's own views of the list of licenses.
    OwnChangeViews = "own.change_views": See;
    /// View the admin app as a person with a lower role sees it.
    OwnViewAs = "own.view_as": RunServer;
    /// Return to one's own view.
    OwnViewAsSelf = "own.view_as_self": See;
    /// View everyone's logins.
    LoginsSee = "logins.see": RunServer;
    /// View accounts, and links just made for them.
    AccountsSee = "accounts.see": RunServer;
    /// Invite a person, and make new links for invitations.
    AccountsInvite = "accounts.invite": RunServer, fresh proof;
    /// Withdraw an invitation.
    AccountsWithdraw = "accounts.withdraw": RunServer;
    /// Change the role of an account.
    AccountsChangeRole = "accounts.change_role": RunServer, fresh proof;
    /// Disable and enable an account.
    AccountsDisable = "accounts.disable": RunServer;
    /// End all logins of an account.
    AccountsEndLogins = "accounts.end_logins": RunServer;
    /// Make a link with which a person sets a new password.
    AccountsLinkPassword = "accounts.link_password": RunServer, fresh proof;
    /// View how people can sign in.
    SignInSee = "sign_in.see": RunServer;
    /// Turn sign-in with passwords off and on.
    SignInChange = "sign_in.change": RunServer, fresh proof;
    /// View the vendor's name and support address.
    OrganizationSee = "organization.see": RunServer;
    /// Change the vendor's name and support address.
    OrganizationChange = "organization.change": RunServer;
    /// View how long data is kept, the size of the database, and how to back it up.
    DataSee = "data.see": RunServer;
    /// View subscriptions to webhooks and their deliveries.
    WebhooksSee = "webhooks.see": RunServer;
    /// Create, edit, verify and delete subscriptions to webhooks, and replace their secrets.
    WebhooksChange = "webhooks.change": RunServer, fresh proof;
    /// Send messages of webhooks again, and send test messages.
    WebhooksSend = "webhooks.send": RunServer;
    /// View API tokens, and the text of one just made.
    TokensSee = "tokens.see": RunServer;
    /// Create an API token.
    TokensCreate = "tokens.create": RunServer, fresh proof;
    /// Give an API token a new secret.
    TokensRotate = "tokens.rotate": RunServer, fresh proof;
    /// Revoke an API token.
    TokensRevoke = "tokens.revoke": RunServer;
}
