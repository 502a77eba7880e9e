//! Changes to a policy that leave customers with less.

use licensing::{
    Period, Span, Terms,
    terms::{AfterEnd, EmailTerm, Identity, Maintenance, Overage, Reactivation, Seats, Validity, WhenFull},
};

fn narrowed(change: impl FnOnce(&mut Terms)) -> Vec<(&'static str, String, String)> {
    let before = Terms {
        seats: Seats::Limited(10),
        overage: Overage::Seats(2),
        validity: Validity::FromIssue(Period::YEAR),
        after_end: AfterEnd::KeepRunning,
        when_full: WhenFull::TakeOver,
        identity: Identity::Policy,
        maintenance: Maintenance::FromIssue(Period::YEAR),
        ..Terms::default()
    };
    let mut now = before.clone();
    change(&mut now);
    before.narrowed_by(&now)
}

fn names(change: impl FnOnce(&mut Terms)) -> Vec<&'static str> {
    narrowed(change).into_iter().map(|(name, ..)| name).collect()
}

#[test]
fn fewer_seats_are_listed_with_the_old_and_new_number() {
    let fewer = narrowed(|terms| terms.seats = Seats::Limited(3));
    assert_eq!(fewer, [("Seats", "10 devices".to_owned(), "3 devices".to_owned())]);
    assert_eq!(names(|terms| terms.overage = Overage::None), ["Overage"]);
}

#[test]
fn an_earlier_end_and_new_requirements_are_narrower() {
    assert_eq!(names(|terms| terms.validity = Validity::FromIssue(Span::days(30).into())), ["Ends"]);
    assert_eq!(names(|terms| terms.validity = Validity::FromFirstActivation(Period::Months(24))), ["Ends"]);
    assert_eq!(names(|terms| terms.after_end = AfterEnd::Stop), ["After the end"]);
    assert_eq!(names(|terms| terms.maintenance = Maintenance::FromIssue(Span::days(30).into())), ["Maintenance"]);
    assert_eq!(names(|terms| terms.email = EmailTerm::MustMatch), ["E-mail"]);
    assert_eq!(names(|terms| terms.identity = Identity::Product), ["One seat per device in"]);
    assert_eq!(names(|terms| terms.reactivation = Reactivation::Refuse), ["Activating again"]);
    assert_eq!(names(|terms| terms.when_full = WhenFull::Refuse), ["When all seats are in use"]);
}

#[test]
fn more_is_not_narrower() {
    assert!(names(|_| ()).is_empty());
    assert!(names(|terms| (terms.seats, terms.overage) = (Seats::Unlimited, Overage::None)).is_empty());
    assert!(names(|terms| (terms.seats, terms.overage) = (Seats::Limited(12), Overage::None)).is_empty());
    assert!(names(|terms| terms.validity = Validity::Perpetual).is_empty());
    assert!(names(|terms| terms.lease.default = Span::days(1)).is_empty());
    assert!(names(|terms| terms.identity = Identity::License).is_empty());
    assert!(names(|terms| terms.maintenance = Maintenance::Always).is_empty());
}
