#![allow(clippy::unwrap_used)]

use licensing::feature::{Feature, FeatureKind, FeatureValue, FeatureValues};
use licensing::terms::{
    AfterEnd, Devices, EmailTerm, Holding, Identity, Lease, Maintenance, Overage, Reactivation, Release, Seats, SignIn,
    Strictness, Transfers, Trial, Validity, Versions, WhenFull,
};
use licensing::{Invalid, Overrides, Period, Span, Terms, VersionRange};

use super::{TEMPLATES, TermsFields};

fn features(code: &str, value: FeatureValue) -> FeatureValues {
    FeatureValues::from([(code.to_owned(), value)])
}

/// Terms that all differ from the defaults.
fn unusual() -> Terms {
    Terms {
        seats: Seats::Limited(40),
        holding: Holding::Floating,
        when_full: WhenFull::TakeOver,
        overage: Overage::Percent(10),
        lease: Lease { default: Span::minutes(90), minimum: Span::minutes(1), maximum: Span::days(365) },
        grace: Span::ZERO,
        validity: Validity::FromFirstActivation(Period::Months(24)),
        after_end: AfterEnd::Stop,
        trial: Some(Trial {
            lasts: Span::days(14),
            features: features("edition", FeatureValue::Text("live".to_owned())),
        }),
        features: features("voices", FeatureValue::Number(64.into())),
        grace_features: features("surround", FeatureValue::Boolean(false)),
        email: EmailTerm::MustMatch,
        sign_in: SignIn::Domain("example.com".to_owned()),
        devices: Devices::Authorized,
        identity: Identity::Product,
        versions: Versions::Range(VersionRange::read(">=2.1, <4").unwrap()),
        maintenance: Maintenance::FromIssue(Period::YEAR),
        reactivation: Reactivation::Refuse,
        release: Release::Limited { times: 2, per: Span::days(30) },
        transfers: Transfers::Limited { moves: 7, per: Span::hours(12) },
        strictness: Strictness::Lenient,
    }
}

/// The values that neither the default nor the unusual terms have.
fn others() -> Vec<Terms> {
    let moment = "2027-03-12T23:59:59Z".parse().unwrap();
    let odd = "2027-03-12T08:30:00.000125Z".parse().unwrap();
    let usual = Terms::default;
    vec![
        Terms { seats: Seats::Unlimited, ..usual() },
        Terms { overage: Overage::Seats(1_000), ..usual() },
        Terms { strictness: Strictness::Strict, identity: Identity::Policy, ..usual() },
        Terms { email: EmailTerm::Required, sign_in: SignIn::Required, ..usual() },
        Terms { sign_in: SignIn::VerifiedEmail, release: Release::BySupport, ..usual() },
        Terms { sign_in: SignIn::Role("site admin".to_owned()), transfers: Transfers::Unlimited, ..usual() },
        Terms { validity: Validity::Until(moment), after_end: AfterEnd::KeepRunning, ..usual() },
        Terms { validity: Validity::Until(odd), maintenance: Maintenance::Until(moment), ..usual() },
        Terms {
            validity: Validity::FromIssue(Span::hours(36).into()),
            maintenance: Maintenance::Until(odd),
            ..usual()
        },
        Terms {
            validity: Validity::FromIssue(Period::Months(18)),
            maintenance: Maintenance::FromIssue(Span::days(365).into()),
            ..usual()
        },
        Terms { grace: Span::seconds(90), ..usual() },
        Terms { trial: Some(Trial { lasts: Span::days(365), features: FeatureValues::new() }), ..usual() },
    ]
}

fn fields_of(invalid: Invalid) -> Vec<String> {
    invalid.0.into_iter().map(|it| it.field).collect()
}

#[test]
fn terms_round_trip_through_the_form() {
    for terms in others().into_iter().chain([Terms::default(), unusual()]) {
        assert_eq!(TermsFields::of(&terms).read(), Ok(terms));
    }
}

#[test]
fn overrides_round_trip_through_the_form() {
    let only_seats = Overrides { seats: Some(Seats::Limited(5)), ..Overrides::default() };
    let no_trial = Overrides { trial: Some(None), ..Overrides::default() };
    let no_features = Overrides { grace_features: Some(FeatureValues::new()), ..Overrides::default() };
    let whole = others().into_iter().chain([Terms::default(), unusual()]).map(|terms| Overrides::whole(&terms));
    for own in whole.chain([only_seats, no_trial, no_features, Overrides::default()]) {
        let fields = TermsFields::of_overrides(&own);
        assert_eq!(fields.is_empty(), own == Overrides::default());
        assert_eq!(fields.read_overrides(&Terms::default()), Ok(own));
    }
}

#[test]
fn each_single_override_round_trips() {
    let whole = serde_json::to_value(Overrides::whole(&unusual())).unwrap();
    for (term, value) in whole.as_object().unwrap() {
        let own: Overrides = serde_json::from_value(serde_json::json!({ term: value })).unwrap();
        let fields = TermsFields::of_overrides(&own);
        assert!(!fields.is_empty(), "{term}");
        // Under a policy with the same values for all other terms.
        assert_eq!(fields.read_overrides(&unusual()), Ok(own), "{term}");
    }
}

#[test]
fn features_are_read_by_their_kind_and_refused_if_the_product_lacks_them() {
    let label =
        Feature { code: "label".to_owned(), kind: FeatureKind::Text, default: FeatureValue::Text(String::new()) };
    let typed = "label = 64".to_owned();
    let fields = TermsFields {
        policy_features: typed.clone(),
        trial: "yes".to_owned(),
        trial_length: "14".to_owned(),
        trial_features: typed.clone(),
        grace_features: typed,
        ..TermsFields::of(&Terms::default())
    };
    let expected = features("label", FeatureValue::Text("64".to_owned()));
    let terms = fields.read_for(std::slice::from_ref(&label)).unwrap();
    assert_eq!([&terms.features, &terms.grace_features, &terms.trial.unwrap().features], [&expected; 3]);
    let own = fields.read_overrides_for(&Terms::default(), &[label]).unwrap();
    assert_eq!(own.grace_features, Some(expected));

    let wrong = fields_of(fields.read_for(&[]).unwrap_err());
    assert_eq!(wrong, ["policy_features", "trial_features", "grace_features"]);
    let wrong = fields_of(fields.read_overrides_for(&Terms::default(), &[]).unwrap_err());
    assert_eq!(wrong, ["trial_features", "grace_features"]);
}

#[test]
fn every_template_is_good_and_round_trips_through_the_form() {
    for template in TEMPLATES {
        let terms = (template.terms)();
        assert_eq!(TermsFields::of(&terms).read().unwrap(), terms, "{}", template.key);
    }
}

#[test]
fn a_year_is_shown_as_a_year() {
    let fields = TermsFields::of(&unusual());
    assert_eq!((fields.validity_period.as_str(), fields.validity_period_unit.as_str()), ("2", "years"));
    assert_eq!((fields.lease_maximum.as_str(), fields.lease_maximum_unit.as_str()), ("365", "days"));
}

#[test]
fn a_policy_needs_every_field_except_those_that_may_be_empty() {
    let missing = fields_of(TermsFields::default().read().unwrap_err());
    let whole = serde_json::to_value(TermsFields::of(&Terms::default())).unwrap();
    let mut needed: Vec<_> =
        whole.as_object().unwrap().iter().filter(|(_, text)| *text != "").map(|(name, _)| name).collect();
    // Except the units, which default to days, and the fields that depend on a choice.
    needed.retain(|name| !name.ends_with("_unit") && !name.starts_with("transfers_"));
    assert_eq!(needed.iter().filter(|name| !missing.contains(name)).count(), 0);
    assert_eq!(needed.len(), missing.len());
}

#[test]
fn fields_of_a_choice_are_required() {
    let chosen = |name: &str, word: &str| {
        let mut fields = serde_json::to_value(TermsFields::of(&Terms::default())).unwrap();
        fields[name] = word.into();
        for part in ["transfers_moves", "transfers_per"] {
            fields[part] = "".into();
        }
        fields["transfers"] = if name == "transfers" { word } else { "unlimited" }.into();
        fields_of(serde_json::from_value::<TermsFields>(fields).unwrap().read().unwrap_err())
    };
    assert_eq!(chosen("validity", "until"), ["validity_until"]);
    assert_eq!(chosen("validity", "from-issue"), ["validity_period"]);
    assert_eq!(chosen("maintenance", "until"), ["maintenance_until"]);
    assert_eq!(chosen("maintenance", "from-issue"), ["maintenance_period"]);
    assert_eq!(chosen("trial", "yes"), ["trial_length"]);
    assert_eq!(chosen("sign_in", "domain"), ["sign_in_domain"]);
    assert_eq!(chosen("sign_in", "role"), ["sign_in_role"]);
    assert_eq!(chosen("release", "limited"), ["release_times", "release_per"]);
    assert_eq!(chosen("transfers", "limited"), ["transfers_moves", "transfers_per"]);
}

#[test]
fn a_value_out_of_bounds_is_reported_at_its_own_field() {
    let reported = |name: &str, word: &str, values: &[(&str, &str)]| {
        let mut fields = serde_json::to_value(TermsFields::of(&Terms::default())).unwrap();
        fields[name] = word.into();
        for (field, value) in values {
            fields[*field] = (*value).into();
        }
        fields_of(serde_json::from_value::<TermsFields>(fields).unwrap().read().unwrap_err())
    };
    let days = |number, unit| [(number, "0"), (unit, "days")];
    let validity = days("validity_period", "validity_period_unit");
    assert_eq!(reported("validity", "from-issue", &validity), ["validity_period"]);
    assert_eq!(reported("validity", "from-first-activation", &validity), ["validity_period"]);
    let maintenance = days("maintenance_period", "maintenance_period_unit");
    assert_eq!(reported("maintenance", "from-issue", &maintenance), ["maintenance_period"]);
    assert_eq!(reported("sign_in", "domain", &[("sign_in_domain", "Example")]), ["sign_in_domain"]);
    let limited = [("transfers_moves", "0"), ("transfers_per", "30"), ("transfers_per_unit", "days")];
    assert_eq!(reported("transfers", "limited", &limited), ["transfers_moves"]);
}

#[test]
fn all_bad_fields_are_reported_at_once() {
    let fields = TermsFields {
        seats: "many".to_owned(),
        lease_default: "-3".to_owned(),
        grace: "7".to_owned(),
        grace_unit: "moons".to_owned(),
        validity: "until".to_owned(),
        validity_until: "12 March".to_owned(),
        overage: "some".to_owned(),
        email_term: "maybe".to_owned(),
        identity: "galaxy".to_owned(),
        versions: "newer".to_owned(),
        ..TermsFields::of(&Terms::default())
    };
    let wrong = fields_of(fields.read().unwrap_err());
    assert_eq!(
        wrong,
        ["seats", "overage", "lease_default", "grace", "validity_until", "email_term", "identity", "versions"]
    );
}

#[test]
fn numbers_out_of_bounds_are_left_to_the_rules() {
    let fields = TermsFields {
        seats: "0".to_owned(),
        lease_maximum: "99999999999999999999".to_owned(),
        ..TermsFields::of(&Terms::default())
    };
    assert_eq!(fields_of(fields.read().unwrap_err()), ["lease_maximum"]);
    let fields = TermsFields { lease_maximum: "18446744073709551615".to_owned(), ..fields };
    assert_eq!(fields_of(fields.read().unwrap_err()), ["seats", "lease_maximum"]);
}

#[test]
fn an_override_of_one_part_of_the_lease_keeps_the_other_parts_of_the_policy() {
    let policy = Terms::default();
    let fields =
        TermsFields { lease_default: "14".to_owned(), lease_default_unit: "days".to_owned(), ..TermsFields::default() };
    let own = fields.read_overrides(&policy).unwrap();
    assert_eq!(own.lease, Some(Lease { default: Span::days(14), ..policy.lease }));
    assert_eq!(own.seats, None);

    let too_long = TermsFields { lease_default: "91".to_owned(), ..fields };
    assert_eq!(fields_of(too_long.read_overrides(&policy).unwrap_err()), ["lease_maximum"]);
}
