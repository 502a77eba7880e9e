//! Errors of the service, located in the request by JSON pointers (RFC 6901).

use licensing::{Invalid, wire::terms};
use service::Error;

use crate::api::problem::Problem;

/// Place of the terms in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum TermsAt {
    /// A license's own terms, in `overrides`. Its `features` are beside them.
    Overrides,
    /// A policy's terms, in `terms`, with their `features`.
    Terms,
    /// The request has none.
    Nowhere,
}

/// Converts an error of an act. The service names the fields of forms; the problem names the members of the request.
pub(in crate::api) fn located(error: Error, terms_at: TermsAt) -> Problem {
    match error {
        Error::Invalid(Invalid(mut errors)) => {
            for error in &mut errors {
                error.field = in_item(&error.field, terms_at).unwrap_or_else(|| pointer(&error.field, terms_at));
            }
            Invalid(errors).into()
        }
        other => other.into(),
    }
}

/// Converts errors of reading, which name members by pointers already.
pub(in crate::api) fn unlocated<T>(read: Result<T, Invalid>) -> Result<T, Problem> {
    read.map_err(Problem::from)
}

/// The pointer to a field of an item of a list, such as `items/3/email`.
fn in_item(field: &str, terms_at: TermsAt) -> Option<String> {
    let (n, own) = field.strip_prefix("items/")?.split_once('/')?;
    Some(format!("/items/{n}{}", pointer(own, terms_at)))
}

fn pointer(field: &str, terms_at: TermsAt) -> String {
    let term = terms::pointer(field);
    match (terms_at, term) {
        _ if field.is_empty() || field.starts_with('/') => field.to_owned(),
        (TermsAt::Overrides, Some(term)) if field != "email" => format!("/overrides{term}"),
        (TermsAt::Terms, Some(term)) => format!("/terms{term}"),
        (TermsAt::Terms, None) if field == "features" => "/terms/features".to_owned(),
        _ => format!("/{field}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_forms_become_pointers() {
        assert_eq!(pointer("lease_minimum", TermsAt::Overrides), "/overrides/lease/minimum");
        assert_eq!(pointer("email", TermsAt::Overrides), "/email", "the address, since no rule refuses that term");
        assert_eq!(pointer("features", TermsAt::Overrides), "/features");
        assert_eq!(pointer("features", TermsAt::Terms), "/terms/features");
        assert_eq!(pointer("when_full", TermsAt::Terms), "/terms/whenFull");
        assert_eq!(pointer("name", TermsAt::Terms), "/name");
        assert_eq!(in_item("items/3/email", TermsAt::Overrides).as_deref(), Some("/items/3/email"));
        assert_eq!(in_item("items/3/seats", TermsAt::Overrides).as_deref(), Some("/items/3/overrides/seats"));
        assert_eq!(in_item("items", TermsAt::Overrides), None);
        assert_eq!(pointer("/lease", TermsAt::Terms), "/lease");
    }
}
