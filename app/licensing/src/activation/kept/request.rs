//! Stored form of a request.

use serde::{Deserialize, Serialize};

use crate::{
    Email, Span, Version,
    activation::{LicenseFacts, Person, Purpose, Request},
    terms::SignIn,
};

/// Maximum number of a person's roles that are stored, and the maximum length of each, in characters.
const ROLES: (usize, usize) = (16, 80);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptRequest {
    pub(super) purpose: Purpose,
    /// Whose address was sent; `None` if no address was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<EmailMatch>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) person: Option<KeptPerson>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<Version>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptPerson {
    /// Domain of their verified address, and whether the address is the license's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<(String, EmailMatch)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum EmailMatch {
    /// The license's own address.
    Own,
    Other,
}

impl KeptRequest {
    pub(super) fn of(request: &Request, license: Option<&LicenseFacts>) -> Self {
        let own = license.and_then(|license| license.email.as_ref());
        let email_match = |email: &Email| match own {
            Some(own) if own.same_mailbox(email) => EmailMatch::Own,
            Some(_) | None => EmailMatch::Other,
        };
        let asked = license.and_then(|license| match &license.terms.sign_in {
            SignIn::Role(role) => Some(role),
            SignIn::NotAsked | SignIn::Required | SignIn::VerifiedEmail | SignIn::Domain(_) => None,
        });
        let person = |person: &Person| KeptPerson {
            email: person.email.as_ref().map(|email| (email.domain().to_owned(), email_match(email))),
            roles: few_roles(&person.roles, asked),
        };
        Self {
            purpose: request.purpose,
            email: request.email.as_ref().map(email_match),
            person: request.person.as_ref().map(person),
            lease: request.lease,
            version: request.version.clone(),
        }
    }
}

/// Cuts the roles to the stored number and length, but always keeps the required one whole.
fn few_roles(roles: &[String], asked: Option<&String>) -> Vec<String> {
    let (most, longest) = ROLES;
    let mut kept: Vec<String> = roles.iter().take(most).map(|role| role.chars().take(longest).collect()).collect();
    if let Some(asked) = asked.filter(|asked| roles.contains(asked) && !kept.contains(asked)) {
        kept.push(asked.clone());
    }
    kept
}
