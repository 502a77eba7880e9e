use licensing::{
    Period, Span, Terms,
    feature::{FeatureValue, FeatureValues},
    sentence::{count, day, thousands, times},
    terms::{
        AfterEnd, Devices, EmailTerm, Holding, Identity, Lease, Maintenance, Overage, Reactivation, Release, Seats,
        SignIn, Strictness, Transfers, Trial, Validity, Versions, WhenFull,
    },
};

use crate::{at, range};

fn sentence_of(change: impl FnOnce(&mut Terms)) -> String {
    let mut terms = Terms { seats: Seats::Limited(3), ..Terms::default() };
    change(&mut terms);
    terms.sentence().to_string()
}

#[test]
fn terms_are_described_in_one_sentence() {
    insta::assert_snapshot!(sentence_of(|_| {}), @"3 devices at a time, each activated for 30 days plus 7 days offline; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.seats = Seats::Limited(1)), @"1 device, activated for 30 days plus 7 days offline; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.seats = Seats::Limited(1_000_000)), @"1,000,000 devices at a time, each activated for 30 days plus 7 days offline; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.seats = Seats::Unlimited), @"Any number of devices at a time, each activated for 30 days plus 7 days offline; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.grace = Span::ZERO), @"3 devices at a time, each activated for 30 days, with no offline grace; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.lease.default = Span::hours(36)), @"3 devices at a time, each activated for 1 day 12 hours plus 7 days offline; never ends.");
    insta::assert_snapshot!(sentence_of(|t| t.validity = Validity::Until(at("2027-03-12T23:59:59Z"))), @"3 devices at a time, each activated for 30 days plus 7 days offline; ends on 12 March 2027.");
    insta::assert_snapshot!(sentence_of(|t| t.validity = Validity::FromIssue(Period::Months(24))), @"3 devices at a time, each activated for 30 days plus 7 days offline; ends 2 years after it was issued.");
    insta::assert_snapshot!(sentence_of(|t| t.validity = Validity::FromFirstActivation(Period::YEAR)), @"3 devices at a time, each activated for 30 days plus 7 days offline; ends 1 year after the first activation.");
}

#[test]
fn a_sentence_names_every_term_that_is_not_the_default() {
    let whole = sentence_of(|terms| {
        *terms = Terms {
            seats: Seats::Limited(2),
            lease: Lease { default: Span::hours(8), minimum: Span::hours(1), maximum: Span::days(1) },
            grace: Span::hours(1),
            validity: Validity::FromFirstActivation(Span::days(14).into()),
            email: EmailTerm::MustMatch,
            versions: Versions::Range(range(">=2.1, <4")),
            reactivation: Reactivation::Refuse,
            release: Release::BySupport,
            ..Terms::default()
        };
    });
    insta::assert_snapshot!(whole, @"2 devices at a time, each activated for 8 hours plus 1 hour offline; ends 14 days after the first activation; covers versions >=2.1, <4; requires the license’s e-mail address; a device may activate only once; only support frees seats.");
    insta::assert_snapshot!(sentence_of(|t| t.email = EmailTerm::Required), @"3 devices at a time, each activated for 30 days plus 7 days offline; never ends; requires an e-mail address.");
}

#[test]
fn every_other_term_has_a_clause() {
    let on = |code: &str| FeatureValues::from([(code.to_owned(), FeatureValue::Boolean(true))]);
    let floating = sentence_of(|t| {
        (t.holding, t.when_full, t.overage) = (Holding::Floating, WhenFull::TakeOver, Overage::Percent(10));
        (t.validity, t.after_end) = (Validity::FromIssue(Period::YEAR), AfterEnd::KeepRunning);
        (t.maintenance, t.strictness) = (Maintenance::FromIssue(Period::YEAR), Strictness::Strict);
    });
    insta::assert_snapshot!(floating, @"3 devices at a time, each activated for 30 days plus 7 days offline; ends 1 year after it was issued, and then keeps running without newer versions; seats float; a lapsed seat can be taken over; allows 10 % more, shown as over the limit; covers releases within 1 year of issue; a freed seat waits until its tokens end.");
    let trial = sentence_of(|t| {
        t.trial = Some(Trial { lasts: Span::days(14), features: FeatureValues::new() });
        (t.sign_in, t.devices, t.identity) =
            (SignIn::Role("studio".to_owned()), Devices::Authorized, Identity::Product);
        t.release = Release::Limited { times: 2, per: Span::days(30) };
        t.transfers = Transfers::Limited { moves: 1, per: Span::days(7) };
        (t.features, t.grace_features) = (on("export").into_iter().chain(on("sync")).collect(), on("banner"));
    });
    insta::assert_snapshot!(trial, @"3 devices at a time, each activated for 30 days plus 7 days offline; never ends; each device may try it for 14 days; requires sign-in: anyone with the role “studio”; devices must be pre-registered; a device may hold one seat of the product; devices may free seats twice in 30 days; seats may be transferred once in 7 days; sets 2 features; changes 1 feature in offline grace.");
    insta::assert_snapshot!(sentence_of(|t| {
        (t.overage, t.transfers) = (Overage::Seats(2), Transfers::Unlimited);
        (t.identity, t.sign_in) = (Identity::Policy, SignIn::VerifiedEmail);
        t.maintenance = Maintenance::Until(at("2027-03-12T00:00:00Z"));
    }), @"3 devices at a time, each activated for 30 days plus 7 days offline; never ends; allows 2 more, shown as over the limit; covers releases until 12 March 2027; requires sign-in: the user with the license’s e-mail address; a device may hold one seat of the policy; seats may be transferred at any time.");
}

#[test]
fn the_important_words_are_emphasized() {
    let sentence = Terms::default().sentence();
    let strong: Vec<&str> = sentence.0.iter().filter(|p| p.strong).map(|p| p.text.as_str()).collect();
    assert_eq!(strong, ["1 device", "30 days", "7 days", "never ends"]);
}

#[test]
fn validity_is_a_fact_in_a_list() {
    for (validity, words) in [
        (Validity::Perpetual, "never"),
        (Validity::Until(at("2027-03-12T10:00:00Z")), "12 March 2027"),
        (Validity::FromIssue(Period::YEAR), "1 year after issue"),
        (Validity::FromFirstActivation(Span::days(14).into()), "14 days after the first activation"),
    ] {
        assert_eq!(validity.words(), words);
    }
}

#[test]
fn a_date_is_written_in_words() {
    assert_eq!(day(at("2027-03-02T00:00:00Z")), "2 March 2027");
    assert_eq!(day(at("9999-12-31T23:59:59Z")), "31 December 9999");
}

#[test]
fn thousands_are_separated() {
    for (n, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_000_000, "1,000,000")] {
        assert_eq!(thousands(n), expected);
    }
    assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
}

#[test]
fn counts_are_written_with_their_noun() {
    assert_eq!([0, 1, 2, 2_000].map(|n| count(n, "seat")), ["0 seats", "1 seat", "2 seats", "2,000 seats"]);
    assert_eq!([1, 2, 3].map(times), ["once", "twice", "3 times"]);
}
