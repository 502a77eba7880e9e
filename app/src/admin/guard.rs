//! Who may go on: what each server function asks first.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use service::{Actor, Origin, Service};
use uuid::Uuid;

use super::{FRESH_FOR, Row, TABLE};
use crate::{
    Error,
    components::reason,
    context::{Browser, visitor},
};

/// Lets whoever is signed in go on, if [`TABLE`] lets their role call the server function `F`.
///
/// # Errors
/// [`Error::SignInNeeded`] for the anonymous; [`Error::ProofNeeded`] where the row asks for a fresh proof of who it is and the
/// last is older than ten minutes; [`Error::Forbidden`] where the role is not enough, and for every server
/// function that the table does not name.
pub fn guard<F: ServerFn>() -> Result<Actor, Error> {
    let account = visitor().account.ok_or(Error::SignInNeeded)?;
    let row = TABLE.iter().find(|row| row.path == F::PATH);
    let may = match row {
        Some(Row { takes: None, .. }) => Ok(()),
        Some(Row { takes: Some(permission), .. }) if account.role.may(*permission) => Ok(()),
        Some(Row { takes: Some(permission), .. }) => Err(reason(*permission)),
        None => Err("Nobody may do this."),
    };
    if let Err(why) = may {
        // Each refused act is written down, when the request is answered.
        if let Ok(browser) = browser() {
            browser.note_refused(F::PATH.trim_start_matches("/admin/api/"));
        }
        return Err(Error::Forbidden(why.to_owned()));
    }
    if row.is_some_and(|row| row.fresh) && !is_fresh()? {
        return Err(Error::ProofNeeded(None));
    }
    let actor = Actor::account(account.id, account.acts_as(), origin()).with_releases(visitor().releases_per_day);
    Ok(match row.and_then(|row| row.takes) {
        Some(permission) => actor.with_permission(permission),
        None => actor,
    })
}

/// Whether whoever is signed in proved within the last ten minutes who they are.
pub(super) fn is_fresh() -> Result<bool, Error> {
    let now = service()?.clock().now();
    Ok(browser()?.proved_at().is_some_and(|at| now < FRESH_FOR.after(at)))
}

/// Where the request came from, for the audit log.
pub fn origin() -> Origin {
    let visitor = visitor();
    Origin { address: visitor.address, request_id: Some(visitor.request_id).filter(|id| !id.is_empty()) }
}

/// The acts, and the data layer behind them.
///
/// # Errors
/// [`Error::Internal`] where the server provided none.
pub fn service() -> Result<Service, Error> {
    use_context().ok_or_else(Error::internal)
}

/// The browser that asks.
///
/// # Errors
/// [`Error::Internal`] where the server provided none.
pub fn browser() -> Result<Arc<dyn Browser>, Error> {
    use_context().ok_or_else(Error::internal)
}

/// The id that an address or a form names.
///
/// # Errors
/// [`Error::NotFound`] where it is none.
pub fn read_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

#[cfg(test)]
mod tests {
    use licensing::Role;
    use uuid::Uuid;

    use super::*;
    use crate::{
        admin::{home::Home, theme::ChooseTheme},
        context::{SignedIn, Visitor},
    };

    #[server(endpoint = "test/not-in-the-table")]
    async fn not_in_the_table() -> Result<(), Error> {
        Ok(())
    }

    fn as_seen_by<F: ServerFn>(role: Option<Role>) -> Result<Actor, Error> {
        Owner::new().with(|| {
            let account =
                role.map(|role| SignedIn { id: Uuid::nil(), name: "Ingrid Lund".to_owned(), role, really: None });
            provide_context(Visitor { account, address: Some("203.0.113.24".to_owned()), ..Visitor::default() });
            guard::<F>()
        })
    }

    #[test]
    fn the_anonymous_are_asked_to_sign_in() {
        assert_eq!(as_seen_by::<Home>(None), Err(Error::SignInNeeded));
    }

    #[test]
    fn whoever_may_acts_under_their_name_and_address() {
        let actor = as_seen_by::<Home>(Some(Role::Viewer)).unwrap();
        assert_eq!((actor.name.as_str(), actor.origin.address.as_deref()), ("Ingrid Lund", Some("203.0.113.24")));
    }

    #[test]
    fn the_table_opens_some_doors_to_everybody() {
        assert!(as_seen_by::<ChooseTheme>(Some(Role::Viewer)).is_ok());
    }

    #[test]
    fn what_the_table_does_not_name_nobody_may_do() {
        let refused = as_seen_by::<NotInTheTable>(Some(Role::Owner));
        assert_eq!(refused, Err(Error::Forbidden("Nobody may do this.".to_owned())));
    }

    #[test]
    fn a_role_that_is_not_enough_is_told_whose_is() {
        use crate::admin::products::acts::CreateProduct;

        let refused = as_seen_by::<CreateProduct>(Some(Role::Support));
        assert_eq!(refused, Err(Error::Forbidden("An administrator may do this.".to_owned())));
    }
}
