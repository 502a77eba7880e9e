//! Terms that require a signed-in user.

use licensing::{
    Refusal,
    activation::{Person, Purpose, Rule, Verdict},
    terms::SignIn,
};

use super::Case;
use crate::email;

/// A signed-in user.
pub(super) fn person(email: Option<licensing::Email>, roles: &[&str]) -> Person {
    Person {
        issuer: "https://id.example.com".to_owned(),
        subject: "42".to_owned(),
        email,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    }
}

fn refused(sign_in: &SignIn, given: Option<&Person>) -> Option<(Rule, Refusal)> {
    let case = Case::with(|case| {
        case.license.terms.sign_in = sign_in.clone();
        case.request.person = given.cloned();
    });
    case.decide().err().map(|refused| (refused.rule, refused.refusal))
}

#[test]
fn a_signed_in_user_is_admitted_as_the_terms_say() {
    let ada = person(Some(email("Ada@Example.com")), &["studio", "office"]);
    let eve = person(Some(email("eve@sub.example.com")), &["Studio"]);
    let nobody_knows = person(None, &[]);
    let domain = || SignIn::Domain("example.com".to_owned());
    let role = || SignIn::Role("studio".to_owned());
    let at_domain = || Refusal::DomainMismatch { domain: "example.com".to_owned() };
    let with_role = || Refusal::RoleMissing { role: "studio".to_owned() };
    for (asked, given, refusal) in [
        (SignIn::NotAsked, None, None),
        (SignIn::NotAsked, Some(&eve), None),
        (SignIn::Required, None, Some(Refusal::AuthenticationRequired)),
        (SignIn::Required, Some(&nobody_knows), None),
        (SignIn::VerifiedEmail, None, Some(Refusal::AuthenticationRequired)),
        (SignIn::VerifiedEmail, Some(&ada), None),
        (SignIn::VerifiedEmail, Some(&eve), Some(Refusal::PersonMismatch)),
        (SignIn::VerifiedEmail, Some(&nobody_knows), Some(Refusal::PersonMismatch)),
        (domain(), None, Some(Refusal::AuthenticationRequired)),
        (domain(), Some(&ada), None),
        (domain(), Some(&eve), Some(at_domain())),
        (domain(), Some(&nobody_knows), Some(at_domain())),
        (role(), None, Some(Refusal::AuthenticationRequired)),
        (role(), Some(&ada), None),
        (role(), Some(&eve), Some(with_role())),
        (role(), Some(&nobody_knows), Some(with_role())),
    ] {
        let rule = if given.is_none() { Rule::SignedIn } else { Rule::PersonAllowed };
        assert_eq!(refused(&asked, given), refusal.map(|refusal| (rule, refusal)), "{asked:?}, {given:?}");
    }
}

#[test]
fn a_license_without_an_address_admits_no_verified_address() {
    let case = Case::with(|case| {
        case.license.email = None;
        case.license.terms.sign_in = SignIn::VerifiedEmail;
        case.request.person = Some(person(Some(email("ada@example.com")), &[]));
    });
    assert_eq!(case.decided_by(), Some(Rule::PersonAllowed));
}

#[test]
fn a_typed_address_is_not_a_verified_one() {
    let case = Case::with(|case| {
        case.license.terms.sign_in = SignIn::VerifiedEmail;
        case.request.person = Some(person(None, &[]));
    });
    assert!(case.request.email.is_some());
    assert_eq!(case.decided_by(), Some(Rule::PersonAllowed));
}

#[test]
fn a_session_needs_no_sign_in_but_a_given_one_is_checked() {
    for purpose in [Purpose::Renew, Purpose::CheckIn] {
        let mut case = Case::session(purpose);
        case.license.terms.sign_in = SignIn::Role("studio".to_owned());
        assert_eq!(case.decided_by(), None, "{purpose:?}");
        let asked =
            case.explain().into_iter().filter(|step| [Rule::SignedIn, Rule::PersonAllowed].contains(&step.rule));
        assert!(asked.into_iter().all(|step| step.verdict == Verdict::NotAsked));
        case.request.person = Some(person(None, &["studio"]));
        assert_eq!(case.decided_by(), None, "{purpose:?}");
        case.request.person = Some(person(None, &["left the studio"]));
        assert_eq!(case.decided_by(), Some(Rule::PersonAllowed), "{purpose:?}");
    }
}
