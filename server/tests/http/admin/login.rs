//! Logins: how they begin, expire and end.

use axum::http::{StatusCode, header::SET_COOKIE};
use licensing::Role;
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::{fixture::Server, oidc::visit::events};

const MINUTE: i64 = 60;

contract!(a_login_cookie_is_readable_only_by_this_server_and_not_by_scripts, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let answer = Person::at(&server).sign_in("owner@example.com").await;
    let cookies = || answer.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let attributes = |name: &str| {
        let cookie = cookies().find(|cookie| cookie.starts_with(&format!("{name}="))).expect(name);
        let mut attributes: Vec<&str> = cookie.split("; ").skip(1).collect();
        attributes.sort_unstable();
        attributes
    };
    assert_eq!(attributes("__Host-latchkey"), ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(
        attributes("__Host-latchkey-device"),
        ["HttpOnly", "Max-Age=15552000", "Path=/", "SameSite=Lax", "Secure"]
    );
    assert_eq!(cookies().count(), 2);
});

contract!(the_theme_cookie_is_only_sent_over_tls, async |db| {
    let server = Server::on(db).await;
    let answer = Person::at(&server).call("/admin/api/theme/choose", "theme=dark").await;
    let cookie = answer.header(SET_COOKIE);
    assert!(cookie.starts_with("theme=dark; ") && cookie.contains("; Secure"), "{cookie}");
});

contract!(pages_set_no_cookie_for_anonymous_visitors, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for page in ["/", "/sign-in", "/nowhere", "/first-start?token=x"] {
        let answer = Person::at(&server).open(page).await;
        assert_eq!(answer.header(SET_COOKIE), "", "{page}");
    }
});

contract!(a_login_ends_after_half_an_hour_without_a_click, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    for _ in 0..4 {
        server.clock.advance(29 * MINUTE);
        assert_eq!(person.open("/").await.status, StatusCode::OK, "a click extends the login");
    }
    server.clock.advance(31 * MINUTE);
    assert_eq!(person.open("/").await.status, StatusCode::SEE_OTHER);
});

contract!(a_login_ends_after_eight_hours_even_if_in_use, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    for _ in 0..23 {
        server.clock.advance(20 * MINUTE);
        assert_eq!(person.open("/").await.status, StatusCode::OK);
    }
    server.clock.advance(20 * MINUTE);
    assert_eq!(person.open("/").await.status, StatusCode::SEE_OTHER);
});

contract!(signing_out_ends_the_login_for_every_copy_of_its_cookie, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    let copy = person.copied();
    let answer = person.submit("/", "_action=/admin/api/sign-out&_form=sign-out").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(person.login(), None, "the browser deletes the cookie");
    assert_eq!(copy.open("/").await.status, StatusCode::SEE_OTHER, "the server ends the login");
});

contract!(a_sign_out_is_logged_once_and_only_if_signed_in, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    let copy = person.copied();
    let form = "_action=/admin/api/sign-out&_form=sign-out";
    for browser in [&person, &copy, &Person::at(&server)] {
        assert_eq!(browser.submit("/", form).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(events(&server, "account.signed_out").await, [("Olga Owner".to_owned(), None)]);
    let late = signed_in(&server, Role::Viewer).await;
    server.clock.advance(31 * MINUTE);
    assert_eq!(late.open("/").await.status, StatusCode::SEE_OTHER, "the login has expired");
    assert_eq!(events(&server, "account.signed_out").await.len(), 1);
});

contract!(signing_in_again_makes_a_new_login_and_ends_the_old_one, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Viewer).await;
    let before = person.copied();
    assert_eq!(person.sign_in("admin@example.com").await.status, StatusCode::SEE_OTHER);
    assert_ne!(person.login(), before.login());
    assert_eq!(before.open("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});

contract!(a_wrong_password_does_not_sign_in_and_is_not_sent_back, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = Person::at(&server);
    let form = "_action=/admin/api/sign-in&_form=sign-in&email=owner@example.com&password=hunter2hunter2&to=/";
    let answer = person.submit("/sign-in", form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("owner@example.com"), "the form comes back filled in");
    assert!(!answer.text().contains("hunter2"), "the password is not sent back");
    assert_eq!(person.login(), None);
});

contract!(the_setup_link_makes_an_owner_once, async |db| {
    let server = Server::on(db).await;
    let token = server.service.accounts().new_setup_link().await.unwrap().unwrap();
    let person = Person::at(&server);
    let answer = person.open(&format!("/first-start?token={token}")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/first-start"));
    assert!(answer.header(SET_COOKIE).contains("; HttpOnly"), "no script reads the token");
    let kept = person.cookie("__Host-latchkey-setup").unwrap();
    assert!(!kept.contains(&token), "the cookie does not contain the token in the clear");
    let (other, form) = (
        person.copied(),
        "_action=/admin/api/first-start/create-owner&_form=owner&name=Ada&email=ada@example.com\
         &password=five+owls+on+a+fence&provider_name=Acme&provider_email=help@example.com",
    );
    assert_eq!(person.submit("/first-start", form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(person.open("/").await.status, StatusCode::OK, "the owner is signed in");
    assert_eq!(other.submit("/first-start", form).await.status, StatusCode::CONFLICT);
    assert_eq!(other.login(), None);
});
