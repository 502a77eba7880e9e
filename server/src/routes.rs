//! Declarations of routes: the method and path, the access rule and the handler, in one place. The router, the access
//! table ([`ACCESS_TABLE`](crate::access_table::ACCESS_TABLE)) and the OpenAPI document are built from them.

use axum::{Router, routing::MethodRouter};
use licensing::Act;
use utoipa::openapi::{Components, OpenApi, PathItem, RefOr, Schema};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::AppState;

/// Callers that may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// Every caller. The request itself proves the right to what it does, for example by an activation code.
    Everybody,
    /// A caller with the token of the activation that the path names.
    Session,
    /// A caller with any valid API token.
    ApiToken,
    /// A caller with an API token whose scopes cover the act.
    Act(Act),
    /// A signed-in account whose role permits the act: pages, streams and downloads.
    Account(Act),
}

/// A row of the access table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// Callers that may use it.
    pub opens: Opens,
}

/// Declared routes, in the order of the access table.
#[derive(Clone, Default)]
pub(crate) struct Routes(Vec<Declaration>);

#[derive(Clone)]
struct Declaration {
    path: String,
    methods: Vec<&'static str>,
    opens: Opens,
    handlers: MethodRouter<AppState>,
    /// `None` for routes that the OpenAPI document does not describe.
    described: Option<Description>,
}

#[derive(Clone)]
struct Description {
    item: PathItem,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Routes {
    /// Adds a call: a handler with `#[utoipa::path]`, which names its method and path, in `routes!(…)`.
    pub(crate) fn call(mut self, opens: Opens, (schemas, paths, handlers): UtoipaMethodRouter<AppState>) -> Self {
        for (path, item) in paths.paths {
            let description = Description { item: item.clone(), schemas: schemas.clone() };
            self.0.push(Declaration {
                path,
                methods: methods(&item),
                opens,
                handlers: handlers.clone(),
                described: Some(description),
            });
        }
        self
    }

    /// Adds a route that the OpenAPI document does not describe.
    pub(crate) fn route(
        mut self,
        method: &'static str,
        path: &str,
        opens: Opens,
        handlers: MethodRouter<AppState>,
    ) -> Self {
        self.0.push(Declaration { path: path.to_owned(), methods: vec![method], opens, handlers, described: None });
        self
    }

    /// Adds the routes of another part of the server.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Yields the rows of the access table.
    pub(crate) fn table(&'static self) -> impl Iterator<Item = Route> {
        self.0.iter().flat_map(|it| it.methods.iter().map(|method| Route { method, path: &it.path, opens: it.opens }))
    }

    /// Builds the router. `guard` adds the checks that an access rule requires to the handlers.
    pub(crate) fn router(
        &self,
        guard: impl Fn(Opens, MethodRouter<AppState>) -> MethodRouter<AppState>,
    ) -> Router<AppState> {
        self.0.iter().fold(Router::new(), |router, it| router.route(&it.path, guard(it.opens, it.handlers.clone())))
    }

    /// Adds the calls and their schemas to the OpenAPI document.
    pub(crate) fn describe(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_with(Components::new);
        for (path, described) in self.0.iter().filter_map(|it| Some((&it.path, it.described.clone()?))) {
            components.schemas.extend(described.schemas);
            document.paths.paths.entry(path.clone()).or_default().merge_operations(described.item);
        }
    }
}

/// Leaves handlers as they are: their routes are open to everybody, or a layer around all of them checks who calls.
pub(crate) fn unguarded(_: Opens, handlers: MethodRouter<AppState>) -> MethodRouter<AppState> {
    handlers
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let operations = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    operations.into_iter().filter_map(|(method, operation)| operation.as_ref().map(|_| method)).collect()
}
