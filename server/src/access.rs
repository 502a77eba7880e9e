//! Access rules of every route, the counterpart of `app::admin::TABLE`, which lists the reads and acts. A test compares
//! them with the router, and requests every route as every kind of caller.

use licensing::Permission;

/// Callers that may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// Every caller. The request itself proves the right to what it does, for example by an activation code.
    Everybody,
    /// A caller with the token of the activation that the path names.
    Session,
    /// A caller with an API token. The handler checks its permissions.
    ApiToken,
    /// A signed-in account with this permission; the route is a page.
    Page(Permission),
}

/// A route: method, path with `{parts}`, and access rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// Callers that may use it.
    pub opens: Opens,
}

const fn route(method: &'static str, path: &'static str, opens: Opens) -> Route {
    Route { method, path, opens }
}

const fn page(path: &'static str, permission: Permission) -> Route {
    route("GET", path, Opens::Page(permission))
}

/// Returns `true` if a route exists at this path. Acts are looked up one by one; reads have no route.
pub(crate) fn exists(path: &str) -> bool {
    if path.starts_with(app::admin::API) {
        return app::admin::TABLE.iter().any(|row| row.path() == Some(path));
    }
    ROUTES.iter().any(|route| {
        let same = |(wanted, given): (&str, &str)| wanted == given || (wanted.starts_with('{') && !given.is_empty());
        match route.path.split_once("{*") {
            Some((before, _)) => path.strip_prefix(before).is_some_and(|rest| !rest.is_empty()),
            None => {
                route.path.split('/').count() == path.split('/').count()
                    && route.path.split('/').zip(path.split('/')).all(same)
            }
        }
    })
}

/// All routes.
pub const ROUTES: &[Route] = &[
    route("POST", "/api/v1/activations/jwt", Opens::Everybody),
    route("POST", "/api/v1/activations/license", Opens::Everybody),
    route("GET", "/api/v1/activations/{sessionId}", Opens::Session),
    route("DELETE", "/api/v1/activations/{sessionId}", Opens::Session),
    route("POST", "/api/v1/activations/{sessionId}/renew", Opens::Session),
    route("POST", "/api/v1/activations/{sessionId}/check-in", Opens::Session),
    route("POST", "/api/v1/activations/{sessionId}/check-out", Opens::Session),
    route("POST", "/api/v1/activations/offline", Opens::Everybody),
    route("POST", "/api/v1/activations/offline/release", Opens::Everybody),
    route("POST", "/api/v1/activations/release", Opens::Everybody),
    route("GET", "/api/v1/admin/whoami", Opens::ApiToken),
    route("GET", "/api/openapi.json", Opens::Everybody),
    route("GET", "/api", Opens::Everybody),
    route("GET", "/api/", Opens::Everybody),
    route("GET", "/api/{*rest}", Opens::Everybody),
    route("GET", "/.well-known/jwks.json", Opens::Everybody),
    route("GET", "/status-lists/{id}", Opens::Everybody),
    route("GET", "/health/live", Opens::Everybody),
    route("GET", "/health/ready", Opens::Everybody),
    route("GET", "/problems", Opens::Everybody),
    route("GET", "/problems/{code}", Opens::Everybody),
    // Each act has its own row in TABLE.
    route("POST", "/admin/api/{*function}", Opens::Everybody),
    route("GET", "/sign-in", Opens::Everybody),
    route("GET", "/sign-in/oidc/{provider}", Opens::Everybody),
    route("GET", "/sign-in/oidc/{provider}/callback", Opens::Everybody),
    // Authorized by the token that the provider signed.
    route("POST", "/sign-in/oidc/{provider}/backchannel-logout", Opens::Everybody),
    route("GET", "/sign-out/oidc", Opens::Everybody),
    route("GET", "/first-start", Opens::Everybody),
    route("GET", "/link", Opens::Everybody),
    page("/", Permission::See),
    page("/licenses", Permission::See),
    page("/licenses/new", Permission::ManageLicenses),
    page("/licenses/{id}", Permission::See),
    page("/licenses/{id}/edit", Permission::ManageLicenses),
    page("/licenses/{id}/try", Permission::See),
    page("/jobs", Permission::See),
    page("/jobs/{id}", Permission::See),
    page("/decisions", Permission::See),
    page("/decisions/{id}", Permission::See),
    page("/audit", Permission::See),
    page("/devices/blocked", Permission::See),
    page("/devices/block", Permission::HelpCustomers),
    page("/devices/{id}", Permission::See),
    page("/offline", Permission::See),
    page("/offline/read", Permission::HelpCustomers),
    page("/offline/{id}", Permission::HelpCustomers),
    page("/products", Permission::See),
    page("/products/new", Permission::ManageLicenses),
    page("/products/{id}", Permission::See),
    page("/products/{id}/edit", Permission::ManageLicenses),
    page("/policies", Permission::See),
    page("/policies/new", Permission::ManageLicenses),
    page("/policies/{id}", Permission::See),
    page("/policies/{id}/edit", Permission::ManageLicenses),
    page("/settings/account", Permission::See),
    page("/settings/logins", Permission::See),
    page("/settings/all-logins", Permission::RunServer),
    page("/settings/accounts", Permission::RunServer),
    page("/settings/accounts/{id}", Permission::RunServer),
    page("/settings/sign-in", Permission::RunServer),
    page("/settings/tokens", Permission::RunServer),
    page("/settings/tokens/new", Permission::RunServer),
];
