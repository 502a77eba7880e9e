use licensing::{Email, Invalid, Span};

#[test]
fn good_values_pass_and_every_bad_one_is_reported_at_its_field() {
    let mut wrong = Invalid::default();
    assert_eq!(wrong.keep("lease", Span::read("30")), Some(Span::days(30)));
    assert_eq!(wrong.clone().or("good"), Ok("good"));
    assert_eq!(wrong.keep("email", Email::read("ada")), None);
    wrong.add("name", "must not be empty");
    insta::assert_snapshot!(
        wrong.or("good").unwrap_err(),
        @"email: is not an e-mail address: write it like name@example.com; name: must not be empty"
    );
}

#[test]
fn one_bad_field_is_an_error_by_itself() {
    assert_eq!(Invalid::one("code", "is there already").or(()).unwrap_err().to_string(), "code: is there already");
}
