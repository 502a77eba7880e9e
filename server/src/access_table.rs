//! The access table: every route of the server with its access rule, the counterpart of `app::admin::TABLE`, which
//! lists the reads and acts. A test requests every route as every kind of caller.

use std::sync::LazyLock;

use crate::{
    api, oidc,
    routes::{Opens, Route},
    web::{acts, live},
};

/// Every route.
pub static ACCESS_TABLE: LazyLock<Vec<Route>> = LazyLock::new(|| {
    // Pages that are routes of `oidc` too show the errors of a sign-in.
    let browsers = oidc::ROUTES.table().filter(|route| !pages().any(|page| page.path == route.path));
    api::ROUTES.table().chain(acts::ROUTES.table()).chain(live::ROUTES.table()).chain(browsers).chain(pages()).collect()
});

fn pages() -> impl Iterator<Item = Route> {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| app::PAGES.iter().map(app::Page::route).collect());
    let opens = app::PAGES.iter().map(|page| page.act.map_or(Opens::Everybody, Opens::Account));
    PATHS.iter().zip(opens).map(|(path, opens)| Route { method: "GET", path, opens })
}

/// Returns `true` if a route exists at this path. Acts are looked up one by one; reads have no route.
pub(crate) fn exists(path: &str) -> bool {
    if path.starts_with(app::admin::API) {
        return acts::exists(path);
    }
    ACCESS_TABLE.iter().any(|route| {
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
