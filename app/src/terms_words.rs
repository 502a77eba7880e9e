//! Terms as facts in a list: a name and a few words each. Pure, so that both sides of hydration say the same.

use licensing::{
    Overrides, Span, Terms,
    terms::{EmailTerm, Reactivation, Release, Versions},
};

/// A term of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TermLine {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What is in effect.
    pub(crate) value: String,
    /// What the policy says, where the license sets it for itself.
    pub(crate) policy: Option<String>,
}

/// Every term in effect, and what it stands in place of.
pub(crate) fn lines(policy: &Terms, own: &Overrides) -> Vec<TermLine> {
    let own = words(own);
    let line = |(name, said): (&'static str, String)| match own.iter().find(|(n, _)| *n == name) {
        Some((_, value)) => TermLine { name, value: value.clone(), policy: Some(said) },
        None => TermLine { name, value: said, policy: None },
    };
    words(&Overrides::whole(policy)).into_iter().map(line).collect()
}

/// Name and words of each term that is set.
pub(crate) fn words(set: &Overrides) -> Vec<(&'static str, String)> {
    let all = [
        ("Seats", set.seats.map(|seats| seats.words())),
        ("Lease", set.lease.map(|lease| lease.default.to_string())),
        ("On request", set.lease.map(|lease| format!("{} to {}", lease.minimum, lease.maximum))),
        (
            "Offline grace",
            set.grace.map(|grace| if grace == Span::ZERO { "none".to_owned() } else { grace.to_string() }),
        ),
        ("Ends", set.validity.map(|validity| validity.words())),
        ("E-mail", set.email.map(email)),
        ("Versions", set.versions.as_ref().map(versions)),
        ("Activating again", set.reactivation.map(reactivation)),
        ("Seats are freed by", set.release.map(release)),
    ];
    all.into_iter().filter_map(|(name, said)| Some((name, said?))).collect()
}

fn email(term: EmailTerm) -> String {
    match term {
        EmailTerm::NotAsked => "not asked",
        EmailTerm::Required => "any address",
        EmailTerm::MustMatch => "the license’s own",
    }
    .to_owned()
}

fn versions(term: &Versions) -> String {
    match term {
        Versions::Any => "all".to_owned(),
        Versions::Range(range) => range.to_string(),
    }
}

fn reactivation(term: Reactivation) -> String {
    match term {
        Reactivation::SameSeat => "gets the same seat",
        Reactivation::Refuse => "is refused",
    }
    .to_owned()
}

fn release(term: Release) -> String {
    match term {
        Release::ByDevice => "the device or support",
        Release::BySupport => "support only",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use licensing::terms::Seats;

    use super::*;

    #[test]
    fn a_term_that_the_license_sets_says_what_the_policy_says() {
        let own = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
        let lines = lines(&Terms::default(), &own);
        let of = |name| {
            lines.iter().find(|line| line.name == name).map(|line| (line.value.as_str(), line.policy.as_deref()))
        };
        assert_eq!(of("Seats"), Some(("5 devices", Some("1 device"))));
        assert_eq!(of("Offline grace"), Some(("7 days", None)));
        assert_eq!(lines.len(), 9);
    }
}
