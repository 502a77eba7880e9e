use licensing::{
    Span, Terms,
    sentence::{day, thousands},
    terms::{EmailTerm, Lease, Reactivation, Release, Seats, Validity, Versions},
};

use crate::{at, range};

fn said(change: impl FnOnce(&mut Terms)) -> String {
    let mut terms = Terms { seats: Seats::Limited(3), ..Terms::default() };
    change(&mut terms);
    terms.sentence().to_string()
}

#[test]
fn terms_are_said_in_one_sentence() {
    insta::assert_snapshot!(said(|_| {}), @"3 devices at a time, each confirmed for 30 days and 7 days longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.seats = Seats::Limited(1)), @"1 device, confirmed for 30 days and 7 days longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.seats = Seats::Limited(1_000_000)), @"1,000,000 devices at a time, each confirmed for 30 days and 7 days longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.seats = Seats::Unlimited), @"Any number of devices at a time, each confirmed for 30 days and 7 days longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.grace = Span::ZERO), @"3 devices at a time, each confirmed for 30 days and not a moment longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.lease.default = Span::hours(36)), @"3 devices at a time, each confirmed for 1 day 12 hours and 7 days longer offline; never ends.");
    insta::assert_snapshot!(said(|t| t.validity = Validity::Until(at("2027-03-12T23:59:59Z"))), @"3 devices at a time, each confirmed for 30 days and 7 days longer offline; ends on 12 March 2027.");
    insta::assert_snapshot!(said(|t| t.validity = Validity::FromIssue(Span::days(730))), @"3 devices at a time, each confirmed for 30 days and 7 days longer offline; ends 2 years after it was issued.");
    insta::assert_snapshot!(said(|t| t.validity = Validity::FromFirstActivation(Span::days(365))), @"3 devices at a time, each confirmed for 30 days and 7 days longer offline; ends 1 year after the first activation.");
}

#[test]
fn a_sentence_says_every_term_that_is_not_the_usual_one() {
    let whole = said(|terms| {
        *terms = Terms {
            seats: Seats::Limited(2),
            lease: Lease { default: Span::hours(8), minimum: Span::hours(1), maximum: Span::days(1) },
            grace: Span::hours(1),
            validity: Validity::FromFirstActivation(Span::days(14)),
            email: EmailTerm::MustMatch,
            versions: Versions::Range(range(">=2.1, <4")),
            reactivation: Reactivation::Refuse,
            release: Release::BySupport,
        };
    });
    insta::assert_snapshot!(whole, @"2 devices at a time, each confirmed for 8 hours and 1 hour longer offline; ends 14 days after the first activation; covers versions >=2.1, <4; asks for the license's e-mail address; a device may activate only once; only support frees seats.");
    insta::assert_snapshot!(said(|t| t.email = EmailTerm::Required), @"3 devices at a time, each confirmed for 30 days and 7 days longer offline; never ends; asks for an e-mail address.");
}

#[test]
fn the_weighty_words_are_marked() {
    let sentence = Terms::default().sentence();
    let strong: Vec<&str> = sentence.0.iter().filter(|p| p.strong).map(|p| p.text.as_str()).collect();
    assert_eq!(strong, ["1 device", "30 days", "7 days", "never ends"]);
}

#[test]
fn validity_is_a_fact_in_a_list() {
    for (validity, words) in [
        (Validity::Perpetual, "never"),
        (Validity::Until(at("2027-03-12T10:00:00Z")), "12 March 2027"),
        (Validity::FromIssue(Span::days(365)), "1 year after issue"),
        (Validity::FromFirstActivation(Span::days(14)), "14 days after the first activation"),
    ] {
        assert_eq!(validity.words(), words);
    }
}

#[test]
fn whole_years_of_365_days_are_said_as_years() {
    for (span, words) in [
        (Span::ZERO, "no time"),
        (Span::days(364), "364 days"),
        (Span::days(365), "1 year"),
        (Span::days(366), "366 days"),
        (Span::days(730), "2 years"),
        (Span::hours(365 * 24), "1 year"),
        (Span::hours(365), "15 days 5 hours"),
        (Span::minutes(365), "6 hours 5 minutes"),
    ] {
        assert_eq!(span.in_years(), words);
    }
}

#[test]
fn a_date_is_said_in_words() {
    assert_eq!(day(at("2027-03-02T00:00:00Z")), "2 March 2027");
    assert_eq!(day(at("9999-12-31T23:59:59Z")), "31 December 9999");
}

#[test]
fn thousands_stand_apart() {
    for (n, said) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_000_000, "1,000,000")] {
        assert_eq!(thousands(n), said);
    }
    assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
}
