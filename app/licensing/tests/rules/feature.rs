use licensing::{
    Span, Terms,
    activation::Snapshot,
    feature::{Feature, FeatureKind, FeatureValue, FeatureValues, MOST, check, check_values, differing, resolve},
    terms::Trial,
};

fn choice(choices: &[&str]) -> FeatureKind {
    FeatureKind::Choice(choices.iter().map(|c| (*c).to_owned()).collect())
}

fn text(value: &str) -> FeatureValue {
    FeatureValue::Text(value.to_owned())
}

fn number(value: i64) -> FeatureValue {
    FeatureValue::Number(value.into())
}

fn feature(code: &str, kind: FeatureKind, default: FeatureValue) -> Feature {
    Feature { code: code.to_owned(), kind, default }
}

fn features() -> Vec<Feature> {
    vec![
        feature("export", FeatureKind::Boolean, FeatureValue::Boolean(false)),
        feature("tracks", FeatureKind::Number, number(16)),
        feature("banner", FeatureKind::Text, text("")),
        feature("edition", choice(&["home", "pro"]), text("home")),
    ]
}

fn values<const N: usize>(pairs: [(&str, FeatureValue); N]) -> FeatureValues {
    pairs.map(|(code, value)| (code.to_owned(), value)).into()
}

#[test]
fn a_value_is_read_as_typed() {
    let edition = choice(&["home", "pro"]);
    for (kind, typed, value) in [
        (&FeatureKind::Boolean, " On ", Some(FeatureValue::Boolean(true))),
        (&FeatureKind::Boolean, "yes", Some(FeatureValue::Boolean(true))),
        (&FeatureKind::Boolean, "true", Some(FeatureValue::Boolean(true))),
        (&FeatureKind::Boolean, "off", Some(FeatureValue::Boolean(false))),
        (&FeatureKind::Boolean, "no", Some(FeatureValue::Boolean(false))),
        (&FeatureKind::Boolean, "False", Some(FeatureValue::Boolean(false))),
        (&FeatureKind::Boolean, "1", None),
        (&FeatureKind::Boolean, "", None),
        (&FeatureKind::Number, " 64 ", Some(number(64))),
        (&FeatureKind::Number, "-1", Some(number(-1))),
        (&FeatureKind::Number, "0.5", Some(FeatureValue::Number(serde_json::Number::from_f64(0.5).unwrap()))),
        (&FeatureKind::Number, "", None),
        (&FeatureKind::Number, "0,5", None),
        (&FeatureKind::Number, "NaN", None),
        (&FeatureKind::Number, "inf", None),
        (&FeatureKind::Number, "1e999", None),
        (&FeatureKind::Number, "1 2", None),
        (&FeatureKind::Text, "  hello ", Some(text("hello"))),
        (&FeatureKind::Text, "", Some(text(""))),
        (&FeatureKind::Text, "a\0b", None),
        (&edition, "pro", Some(text("pro"))),
        (&edition, "Pro", None),
        (&edition, "", None),
    ] {
        assert_eq!(kind.read(typed).ok(), value, "{kind:?} {typed:?}");
    }
    assert!(FeatureKind::Text.read(&"é".repeat(200)).is_ok());
    assert!(FeatureKind::Text.read(&"é".repeat(201)).is_err());
}

#[test]
fn a_bad_value_is_refused_with_what_is_accepted() {
    insta::assert_snapshot!(FeatureKind::Boolean.read("maybe").unwrap_err(), @"must be on or off");
    insta::assert_snapshot!(FeatureKind::Number.read("many").unwrap_err(), @"must be a number, such as 64 or 0.5");
    insta::assert_snapshot!(choice(&["home", "pro"]).read("team").unwrap_err(), @"must be one of home, pro");
}

#[test]
fn a_kind_takes_only_values_of_its_kind() {
    let edition = choice(&["home", "pro"]);
    for (kind, value, takes) in [
        (&FeatureKind::Boolean, FeatureValue::Boolean(true), true),
        (&FeatureKind::Boolean, text("on"), false),
        (&FeatureKind::Boolean, number(1), false),
        (&FeatureKind::Number, number(1), true),
        (&FeatureKind::Number, text("1"), false),
        (&FeatureKind::Text, text("anything"), true),
        (&FeatureKind::Text, text(&"é".repeat(200)), true),
        (&FeatureKind::Text, text(&"é".repeat(201)), false),
        (&FeatureKind::Text, text("a\0b"), false),
        (&FeatureKind::Text, text("a\n"), false),
        (&FeatureKind::Text, FeatureValue::Boolean(true), false),
        (&edition, text("pro"), true),
        (&edition, text("team"), false),
        (&edition, number(1), false),
    ] {
        assert_eq!(kind.takes(&value), takes, "{kind:?} {value:?}");
    }
}

#[test]
fn a_value_is_shown_and_sent_plainly() {
    let shown = [FeatureValue::Boolean(true), FeatureValue::Boolean(false), number(64), text("pro")];
    assert_eq!(shown.clone().map(|v| v.to_string()), ["on", "off", "64", "pro"]);
    insta::assert_snapshot!(serde_json::to_string(&shown).unwrap(), @r#"[true,false,64,"pro"]"#);
    let back: Vec<FeatureValue> = serde_json::from_str(r#"[true,false,64,"pro"]"#).unwrap();
    assert_eq!(back, shown);
}

#[test]
fn good_features_pass() {
    assert_eq!(check(&features()), Ok(()));
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&[feature(&"c".repeat(40), FeatureKind::Number, number(1))]), Ok(()));
    let many = |n: usize| (0..n).map(|i| feature(&format!("f{i}"), FeatureKind::Number, number(1))).collect::<Vec<_>>();
    assert_eq!(check(&many(MOST)), Ok(()));
    assert_eq!(check(&many(MOST + 1)).unwrap_err().to_string(), "features: must not be more than 100");
}

#[test]
fn all_errors_in_the_features_are_reported_at_once() {
    let wrong = check(&[
        feature("", FeatureKind::Boolean, FeatureValue::Boolean(true)),
        feature("max tracks", FeatureKind::Number, number(1)),
        feature("tracks", FeatureKind::Number, text("16")),
        feature("tracks", FeatureKind::Number, number(1)),
        feature("none", choice(&[]), text("")),
        feature("blank", choice(&["home", ""]), text("home")),
        feature("spaced", choice(&["home "]), text("home ")),
        feature("twice", choice(&["home", "home"]), text("home")),
        feature("edition", choice(&["home", "pro"]), text("team")),
    ])
    .unwrap_err();
    let messages: Vec<&str> = wrong.0.iter().map(|e| e.message.as_str()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    “”: a feature's code is 1 to 40 letters, digits, _, - or .
    “max tracks”: a feature's code is 1 to 40 letters, digits, _, - or .
    tracks: the default does not fit the type
    tracks appears twice
    none has no choices
    blank has a choice that is not a line of 1 to 200 characters, or that has spaces around it
    spaced has a choice that is not a line of 1 to 200 characters, or that has spaces around it
    twice has a choice twice
    edition: the default does not fit the type
    "#);
    assert!(wrong.0.iter().all(|e| e.field == "features"));
}

#[test]
fn values_are_only_for_features_of_the_product() {
    assert_eq!(
        check_values(&features(), &values([("export", FeatureValue::Boolean(true)), ("tracks", number(64))])),
        Ok(())
    );
    let wrong = check_values(&features(), &values([("edition", text("team")), ("seats", number(3))])).unwrap_err();
    insta::assert_snapshot!(wrong, @"features: edition: team does not fit its type; features: the product has no feature seats");
}

#[test]
fn a_license_has_every_feature_and_its_own_values_come_first() {
    let own = values([("tracks", number(64)), ("edition", text("pro"))]);
    assert_eq!(
        resolve(&features(), &[&own]),
        values([
            ("export", FeatureValue::Boolean(false)),
            ("tracks", number(64)),
            ("banner", text("")),
            ("edition", text("pro")),
        ])
    );
}

#[test]
fn a_value_that_no_longer_fits_the_product_is_replaced_by_the_default() {
    let stale = values([("edition", text("team")), ("tracks", text("many")), ("gone", number(1))]);
    assert_eq!(resolve(&features(), &[&stale]), resolve(&features(), &[]));
}

#[test]
fn the_last_layer_with_a_valid_value_decides() {
    let policy = values([("tracks", number(16)), ("edition", text("pro")), ("banner", text("hello"))]);
    let license = values([("tracks", number(64)), ("edition", text("home"))]);
    let trial = values([("tracks", text("many")), ("edition", text("pro"))]);
    let resolved = resolve(&features(), &[&policy, &license, &trial]);
    assert_eq!(
        resolved,
        values([
            ("export", FeatureValue::Boolean(false)),
            ("tracks", number(64)),
            ("banner", text("hello")),
            ("edition", text("pro")),
        ])
    );
}

#[test]
fn grace_values_include_only_those_that_differ_and_fit() {
    let usual = resolve(&features(), &[&values([("tracks", number(64))])]);
    let grace = values([("tracks", number(8)), ("edition", text("team")), ("banner", text("")), ("gone", number(1))]);
    assert_eq!(differing(&features(), &grace, &usual), values([("tracks", number(8))]));
}

#[test]
fn an_activation_gets_the_values_of_policy_license_and_trial() {
    let mut terms = Terms {
        features: values([("tracks", number(16)), ("banner", text("policy")), ("edition", text("pro"))]),
        grace_features: values([("tracks", number(8))]),
        ..Terms::default()
    };
    let own = values([("tracks", number(64)), ("banner", text("license"))]);
    let snapshot = |terms: &Terms| Snapshot::new("Studio".to_owned(), None, terms, &features(), &own);
    let bought = snapshot(&terms);
    assert_eq!((&bought.features["tracks"], &bought.features["banner"]), (&number(64), &text("license")));
    assert_eq!((&bought.features["edition"], bought.trial), (&text("pro"), false));
    assert_eq!(bought.grace_features, values([("tracks", number(8))]));
    terms.trial = Some(Trial { lasts: Span::days(14), features: values([("tracks", number(2))]) });
    let tried = snapshot(&terms);
    assert_eq!((&tried.features["tracks"], &tried.features["banner"]), (&number(2), &text("license")));
    assert!(tried.trial);
}
