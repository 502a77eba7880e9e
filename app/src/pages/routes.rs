//! The pages' addresses, each declared once with its act: the router and the access table are made of one list.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Routes},
    path,
};
use licensing::Act;

use super::{
    audit::AuditPage,
    decisions::{DecisionPage, DecisionsPage, TryOutPage},
    devices::{BlockPage, BlockedPage, DevicePage, DevicesPage},
    find::FindPage,
    first_start::FirstStartPage,
    home::HomePage,
    jobs::{JobPage, JobsPage},
    licenses::{
        EditLicensePage, LicenseActivityPage, LicenseNotesPage, LicensePage, LicenseTermsPage, LicensesPage, ManyPage,
        NewLicensePage,
    },
    link::LinkPage,
    offline::{OfflineFilePage, OfflinePage, ResponsePage},
    policies::{EditPolicyPage, NewPolicyPage, PoliciesPage, PolicyPage},
    products::{EditProductPage, NewProductPage, ProductPage, ProductsPage},
    settings::{
        AccountPage, AccountsPage, AllLoginsPage, DataPage, DeliveryPage, EditWebhookPage, KeysPage, NewTokenPage,
        NewWebhookPage, OrganizationPage, OwnAccountPage, OwnLoginsPage, SignInSettingsPage, TokensPage, WebhookPage,
        WebhooksPage,
    },
    sign_in::SignInPage,
};
use crate::components::shell::{Layout, Nowhere};

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Path with parameters after colons: `/licenses/:id`.
    pub path: &'static str,
    /// Act of a person who opens the page; `None` if anonymous visitors may.
    pub act: Option<Act>,
}

impl Page {
    /// Path with parameters in braces: `/licenses/{id}`.
    pub fn route(&self) -> String {
        let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

macro_rules! pages {
    (open { $($open:tt => $open_view:ident;)+ } app { $($path:tt => $view:ident, $act:ident;)+ }) => {
        /// Every page.
        pub const PAGES: &[Page] = &[
            $(Page { path: $open, act: None },)+
            $(Page { path: $path, act: Some(Act::$act) },)+
        ];

        /// The page at the address of the request.
        #[component]
        pub(crate) fn Pages() -> impl IntoView {
            view! {
                <Routes fallback=Nowhere>
                    $(<Route path=path!($open) view=$open_view ssr=SsrMode::Async />)+
                    <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                        $(<Route path=path!($path) view=$view />)+
                    </ParentRoute>
                </Routes>
            }
        }
    };
}

pages! {
    open {
        "/sign-in" => SignInPage;
        // A failed sign-in at an identity provider ends here.
        "/sign-in/oidc/:provider" => SignInPage;
        "/sign-in/oidc/:provider/callback" => SignInPage;
        "/first-start" => FirstStartPage;
        "/link" => LinkPage;
    }
    app {
        "/" => HomePage, HomeSee;
        "/find" => FindPage, FindSee;
        "/licenses" => LicensesPage, LicensesSee;
        "/licenses/new" => NewLicensePage, LicensesCreate;
        "/licenses/many" => ManyPage, JobsRun;
        "/licenses/:id" => LicensePage, LicensesSee;
        "/licenses/:id/activity" => LicenseActivityPage, LicensesSee;
        "/licenses/:id/terms" => LicenseTermsPage, LicensesSee;
        "/licenses/:id/notes" => LicenseNotesPage, LicensesSee;
        "/licenses/:id/edit" => EditLicensePage, LicensesChange;
        "/jobs" => JobsPage, JobsSee;
        "/jobs/:id" => JobPage, JobsSee;
        "/offline" => OfflinePage, OfflineSee;
        "/offline/read" => OfflineFilePage, OfflineRead;
        "/offline/:id" => ResponsePage, OfflineGrant;
        "/devices" => DevicesPage, DevicesSee;
        "/devices/blocked" => BlockedPage, DevicesSee;
        "/devices/block" => BlockPage, DevicesBlock;
        "/devices/:id" => DevicePage, DevicesSee;
        "/licenses/:id/try" => TryOutPage, LicensesSee;
        "/decisions" => DecisionsPage, DecisionsSee;
        "/decisions/:id" => DecisionPage, DecisionsSee;
        "/audit" => AuditPage, EventsSee;
        "/products" => ProductsPage, ProductsSee;
        "/products/new" => NewProductPage, ProductsCreate;
        "/products/:id" => ProductPage, ProductsSee;
        "/products/:id/edit" => EditProductPage, ProductsChange;
        "/policies" => PoliciesPage, PoliciesSee;
        "/policies/new" => NewPolicyPage, PoliciesCreate;
        "/policies/:id" => PolicyPage, PoliciesSee;
        "/policies/:id/edit" => EditPolicyPage, PoliciesChange;
        "/settings" => OwnAccountPage, OwnSee;
        "/settings/account" => OwnAccountPage, OwnSee;
        "/settings/logins" => OwnLoginsPage, OwnSee;
        "/settings/all-logins" => AllLoginsPage, LoginsSee;
        "/settings/organization" => OrganizationPage, OrganizationSee;
        "/settings/accounts" => AccountsPage, AccountsSee;
        "/settings/accounts/:id" => AccountPage, AccountsSee;
        "/settings/sign-in" => SignInSettingsPage, SignInSee;
        "/settings/data" => DataPage, DataSee;
        "/settings/tokens" => TokensPage, TokensSee;
        "/settings/tokens/new" => NewTokenPage, TokensCreate;
        "/settings/keys" => KeysPage, KeysSee;
        "/settings/webhooks" => WebhooksPage, WebhooksSee;
        "/settings/webhooks/new" => NewWebhookPage, WebhooksChange;
        "/settings/webhooks/:id" => WebhookPage, WebhooksSee;
        "/settings/webhooks/:id/edit" => EditWebhookPage, WebhooksChange;
        "/settings/webhooks/:id/deliveries/:delivery" => DeliveryPage, WebhooksSee;
    }
}
