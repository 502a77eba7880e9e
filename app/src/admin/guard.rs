//! The permission check that every read and every act starts with.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};
use licensing::Act;
use service::{Actor, Origin, Service};
use uuid::Uuid;

use super::call::{Call, FRESH_FOR, ReadName, Row, Rows};
use crate::{
    Error,
    http::context::{Browser, visitor},
    text::roles::reason,
};

/// Checks in [`TABLE`](super::TABLE) that the signed-in account's role may do the act of the server function `F`.
///
/// # Errors
/// [`Error::SignInNeeded`] if nobody is signed in; [`Error::ProofNeeded`] if the row requires a fresh proof and the
/// last proof is older than ten minutes; [`Error::Forbidden`] if the role lacks the permission, and for every act that
/// is missing from the table.
pub fn guard<F: ServerFn>() -> Result<Actor, Error> {
    authorize(Call::Act(F::PATH))
}

/// Checks in [`TABLE`](super::TABLE) that the signed-in account's role may do this read.
///
/// # Errors
/// [`Error::SignInNeeded`] if nobody is signed in; [`Error::Forbidden`] if the role lacks the permission, and for every
/// read that is missing from the table.
pub fn guard_read(read: ReadName) -> Result<Actor, Error> {
    authorize(Call::Read(read))
}

/// Checks in [`TABLE`](super::TABLE) that anonymous visitors may do this read.
///
/// # Errors
/// As [`guard_read`], if the read is not open to them.
pub fn guard_open(read: ReadName) -> Result<(), Error> {
    match row(Call::Read(read)) {
        Some(Row { act: None, .. }) => Ok(()),
        _ => guard_read(read).map(drop),
    }
}

fn row(call: Call) -> Option<&'static Row> {
    use_context::<Rows>()?.0.iter().find(|row| row.call == call)
}

fn authorize(call: Call) -> Result<Actor, Error> {
    let account = visitor().account.ok_or(Error::SignInNeeded)?;
    let (row, person) = (row(call), account.person());
    let admitted = match row.map(Row::permission) {
        None => Err("No one can do this."),
        Some(None) => Ok(person.oneself(origin())),
        Some(Some(permission)) => person.authorize(permission, origin()).map_err(|_| reason(permission)),
    };
    let actor = admitted.map_err(|why| {
        // Each refusal is written to the audit log once the request is answered.
        if let Ok(browser) = browser() {
            browser.record_refused(call.name());
        }
        Error::Forbidden(why.to_owned())
    })?;
    if row.is_some_and(Row::needs_fresh_proof) && !has_fresh_proof()? {
        return Err(Error::ProofNeeded(None));
    }
    Ok(actor.with_daily_revocations(visitor().revocations_per_day))
}

/// Checks that the signed-in account may also do this act, on which the content of a form depends. The row of the form
/// names another act.
///
/// # Errors
/// As [`guard`].
pub(super) fn guard_also(act: Act) -> Result<(), Error> {
    let account = visitor().account.ok_or(Error::SignInNeeded)?;
    if !account.role.may(act.permission()) {
        return Err(Error::Forbidden(reason(act.permission()).to_owned()));
    }
    if act.needs_fresh_proof() && !has_fresh_proof()? {
        return Err(Error::ProofNeeded(None));
    }
    Ok(())
}

/// Returns `true` if the signed-in person proved who they are within the last ten minutes.
pub(super) fn has_fresh_proof() -> Result<bool, Error> {
    let now = service()?.clock().now();
    Ok(browser()?.proved_at().is_some_and(|at| now < FRESH_FOR.after(at)))
}

/// The request's IP address and id, for the audit log.
pub fn origin() -> Origin {
    let visitor = visitor();
    Origin { address: visitor.address, request_id: Some(visitor.request_id).filter(|id| !id.is_empty()) }
}

/// The acts, and the data layer below them.
///
/// # Errors
/// [`Error::Internal`] if the server provided none.
pub fn service() -> Result<Service, Error> {
    use_context().ok_or_else(Error::internal)
}

/// The visitor's browser.
///
/// # Errors
/// [`Error::Internal`] if the server provided none.
pub fn browser() -> Result<Arc<dyn Browser>, Error> {
    use_context().ok_or_else(Error::internal)
}

/// Parses the id in an address or a form.
///
/// # Errors
/// [`Error::NotFound`] if it is not an id.
pub fn read_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

#[cfg(test)]
mod tests {
    use licensing::Role;
    use uuid::Uuid;

    use super::*;
    use crate::{
        admin::{
            home::HOME, products::acts::CreateProduct, provide_table, sign_in::SIGN_IN_OPTIONS, theme::ChooseTheme,
        },
        http::context::{CurrentAccount, Visitor},
    };

    #[server(endpoint = "test/not-in-the-table")]
    async fn not_in_the_table() -> Result<(), Error> {
        Ok(())
    }

    fn as_seen_by<T>(role: Option<Role>, guard: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        Owner::new().with(|| {
            let account =
                role.map(|role| CurrentAccount { id: Uuid::nil(), name: "Ingrid Lund".to_owned(), role, really: None });
            provide_table();
            provide_context(Visitor { account, address: Some("203.0.113.24".to_owned()), ..Visitor::default() });
            guard()
        })
    }

    #[test]
    fn the_anonymous_are_asked_to_sign_in() {
        assert_eq!(as_seen_by(None, || guard_read(HOME)), Err(Error::SignInNeeded));
        assert_eq!(as_seen_by(None, || guard_open(HOME)), Err(Error::SignInNeeded));
        assert_eq!(as_seen_by(None, guard::<CreateProduct>), Err(Error::SignInNeeded));
    }

    #[test]
    fn a_permitted_account_acts_under_their_name_and_address() {
        let actor = as_seen_by(Some(Role::Viewer), || guard_read(HOME)).unwrap();
        assert_eq!((actor.name.as_str(), actor.origin.address.as_deref()), ("Ingrid Lund", Some("203.0.113.24")));
    }

    #[test]
    fn the_table_opens_some_calls_to_anonymous_visitors() {
        assert!(as_seen_by(Some(Role::Viewer), guard::<ChooseTheme>).is_ok());
        assert_eq!(as_seen_by(None, || guard_open(SIGN_IN_OPTIONS)), Ok(()));
    }

    #[test]
    fn no_one_may_do_what_the_table_does_not_name() {
        let no_one = Error::Forbidden("No one can do this.".to_owned());
        let unnamed = ReadName("not-in-the-table");
        assert_eq!(as_seen_by(Some(Role::Owner), guard::<NotInTheTable>), Err(no_one.clone()));
        assert_eq!(as_seen_by(Some(Role::Owner), || guard_read(unnamed)), Err(no_one.clone()));
        assert_eq!(as_seen_by(Some(Role::Owner), || guard_open(unnamed)), Err(no_one));
        assert_eq!(as_seen_by(None, || guard_open(unnamed)), Err(Error::SignInNeeded));
    }

    #[test]
    fn without_the_table_no_one_may_do_anything() {
        Owner::new().with(|| {
            let account =
                CurrentAccount { id: Uuid::nil(), name: "Ingrid Lund".to_owned(), role: Role::Owner, really: None };
            provide_context(Visitor { account: Some(account), ..Visitor::default() });
            let no_one = Error::Forbidden("No one can do this.".to_owned());
            assert_eq!(guard::<ChooseTheme>(), Err(no_one.clone()));
            assert_eq!(guard_read(HOME), Err(no_one.clone()));
            assert_eq!(guard_open(SIGN_IN_OPTIONS), Err(no_one));
        });
    }

    #[test]
    fn an_act_of_the_name_of_a_read_is_another_thing() {
        Owner::new().with(|| {
            provide_table();
            assert!(row(Call::Read(HOME)).is_some());
            assert_eq!(row(Call::Act("/admin/api/home")), None);
        });
    }

    #[test]
    fn a_role_that_is_not_enough_is_told_whose_is() {
        let refused = as_seen_by(Some(Role::Support), guard::<CreateProduct>);
        assert_eq!(refused, Err(Error::Forbidden("Only an administrator can do this.".to_owned())));
    }
}
