//! Accounts over HTTP: changed roles, and ended logins that must not return.

use axum::http::StatusCode;
use futures_util::future::join_all;
use licensing::Role;
use service::{Actor, Login};
use testing::contract;
use uuid::Uuid;

use super::person::{PASSWORD, Person, accounts, signed_in};
use crate::fixture::Server;

fn id(role: Role) -> Uuid {
    Uuid::from_u128(role as u128 + 1)
}

async fn change_role(server: &Server, of: Role, to: Role) {
    server.service.accounts().change_role(id(of), to.name(), &Actor::command()).await.unwrap();
}

contract!(a_changed_role_applies_from_the_next_request_under_a_new_cookie, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Support).await;
    let before = person.copied();
    assert_eq!(person.open("/settings/accounts").await.status, StatusCode::FORBIDDEN);
    change_role(&server, Role::Support, Role::Owner).await;
    assert_eq!(person.open("/settings/accounts").await.status, StatusCode::OK, "from the next request");
    assert_ne!(person.login(), before.login(), "the cookie is a new one");
    assert_eq!(before.open("/").await.status, StatusCode::SEE_OTHER, "the previous cookie is dead");
    assert_eq!(person.open("/").await.status, StatusCode::OK);
    change_role(&server, Role::Support, Role::Viewer).await;
    assert_eq!(person.open("/settings/accounts").await.status, StatusCode::FORBIDDEN);
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});

contract!(concurrent_acts_all_find_the_changed_role, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Support).await;
    let before = person.copied();
    change_role(&server, Role::Support, Role::Admin).await;
    let (one, two) = (person.copied(), person.copied());
    for call in [&one, &two] {
        let looked_at = call.call("/admin/api/policies/create", "").await.status;
        assert_eq!(looked_at, StatusCode::UNPROCESSABLE_ENTITY, "permitted by the new role");
        assert_eq!(call.login(), person.login(), "under the secret of the page");
    }
    assert_eq!(person.open("/products/new").await.status, StatusCode::OK);
    assert_ne!(person.login(), before.login(), "the next page sets a new secret");
    assert_eq!(
        before.call("/admin/api/policies/create", "").await.status,
        StatusCode::UNAUTHORIZED,
        "the previous secret is dead"
    );
});

contract!(a_disabled_account_is_signed_out_at_once_and_stays_out_when_enabled, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let person = signed_in(&server, Role::Support).await;
    let command = Actor::command();
    server.service.accounts().disable_account(id(Role::Support), "left", &command).await.unwrap();
    assert_eq!(person.copied().open("/").await.status, StatusCode::SEE_OTHER);
    server.service.accounts().enable_account(id(Role::Support), &command).await.unwrap();
    assert_eq!(person.open("/").await.status, StatusCode::SEE_OTHER, "the login does not return");
    assert_eq!(person.sign_in("support@example.com").await.status, StatusCode::SEE_OTHER);
    assert_eq!(person.open("/").await.status, StatusCode::OK);
});

contract!(signing_out_works_while_the_login_is_renewed, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let slow = signed_in(&server, Role::Support).await;
    let leaving = slow.copied();
    change_role(&server, Role::Support, Role::Viewer).await;
    assert_eq!(slow.open("/").await.status, StatusCode::OK, "renewed");
    // This request was sent earlier, with the old secret, which still ends the login.
    let old = leaving.login_secret();
    server.service.identity().end_login(&old).await.unwrap();
    assert_eq!(slow.open("/").await.status, StatusCode::SEE_OTHER);
});

/// An event that affects a login while a slow request is about to save it.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Logout,
    RoleChange,
    Disabling,
    EndedByOwner,
}

contract!(no_login_returns_in_a_thousand_interleavings, async |db| {
    use Meanwhile::{Disabling, EndedByOwner, Logout, RoleChange};

    let server = Server::on(db).await;
    accounts(&server).await;
    let (service, account, command) = (&server.service, id(Role::Support), Actor::command());
    for round in 0..1000_u128 {
        let meanwhile = [Logout, RoleChange, Disabling, EndedByOwner][(round % 4) as usize];
        let (secret, fresh) = (round.to_be_bytes(), (round + (1 << 64)).to_be_bytes());
        let login = Login {
            account_id: Some(account),
            upstream_session: None,
            data: "{}".to_owned(),
            expires_at: server.now() + chrono::TimeDelta::hours(1),
            seen_at: None,
            address: None,
            agent: None,
        };
        service.identity().create_login(&secret, &login).await.unwrap();
        // The slow request has read the login and will save it. Its pauses differ between rounds.
        let read = service.identity().login(&secret).await.unwrap().unwrap();
        let slow = async {
            for _ in 0..round % 7 {
                tokio::task::yield_now().await;
            }
            service.identity().save_login(&secret, &read).await.unwrap();
            if let RoleChange = meanwhile {
                // As the next request would, if it came before the other one ended the login.
                _ = service.identity().renew_login(&secret, &fresh).await.unwrap();
            }
            service.identity().save_login(&secret, &read).await.unwrap();
        };
        let ends = async {
            for _ in 0..round % 5 {
                tokio::task::yield_now().await;
            }
            match meanwhile {
                Logout => service.identity().end_login(&secret).await.unwrap(),
                RoleChange => {
                    let role = if round % 8 < 4 { "viewer" } else { "support" };
                    service.accounts().change_role(account, role, &command).await.unwrap();
                    service.identity().end_login(&secret).await.unwrap();
                }
                Disabling => service.accounts().disable_account(account, "test", &command).await.unwrap(),
                EndedByOwner => {
                    service.accounts().end_logins_of(account, None, "test", &command).await.unwrap();
                }
            }
        };
        tokio::join!(slow, ends);
        for secret in [secret, fresh] {
            assert_eq!(service.identity().login(&secret).await.unwrap(), None, "round {round}, {meanwhile:?}");
        }
        if let Disabling = meanwhile {
            assert!(service.identity().create_login(&secret, &login).await.is_err(), "a sign-in in progress must fail");
            service.accounts().enable_account(account, &command).await.unwrap();
            assert_eq!(service.identity().login(&secret).await.unwrap(), None, "round {round}, enabled again");
        }
    }
});

contract!(requests_that_race_with_a_sign_out_leave_no_login, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for round in 0..12 {
        let person = signed_in(&server, Role::Support).await;
        let busy: Vec<_> = (0..3).map(|_| person.copied()).collect();
        // More than a minute later a request updates the time of the last click, so each of these saves the login.
        server.clock.advance(61);
        if round % 2 == 1 {
            let to = if round % 4 == 1 { "viewer" } else { "support" };
            server.service.accounts().change_role(id(Role::Support), to, &Actor::command()).await.unwrap();
        }
        let leaving = person.copied();
        let out = leaving.submit("/", "_action=/admin/api/sign-out&_form=sign-out");
        let (_, left) = tokio::join!(join_all(busy.iter().map(|one| one.open("/"))), out);
        assert_eq!(left.status, StatusCode::SEE_OTHER, "round {round}");
        for one in busy.iter().chain([&person]) {
            assert_eq!(one.open("/").await.status, StatusCode::SEE_OTHER, "round {round}");
        }
    }
});

contract!(users_see_their_own_logins_and_can_end_the_others, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (here, there) = (signed_in(&server, Role::Support).await, signed_in(&server, Role::Support).await);
    let admin = signed_in(&server, Role::Admin).await;
    let page = here.open("/settings/logins").await;
    assert_eq!(page.text().matches("This browser").count(), 1);
    let others = service_logins(&server, Role::Support).await;
    assert_eq!(others.len(), 2);
    let theirs = service_logins(&server, Role::Admin).await[0];
    let refused = here.call("/admin/api/logins/end", &format!("id={theirs}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "another user's login cannot be ended");
    assert_eq!(admin.open("/").await.status, StatusCode::OK);
    here.submit("/settings/logins", "_action=/admin/api/logins/end-others&_form=end-others").await;
    assert_eq!(there.open("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.open("/").await.status, StatusCode::OK);
    let owner = signed_in(&server, Role::Owner).await;
    let silent = owner.call("/admin/api/logins/end", &format!("id={theirs}")).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "an owner must give a reason");
    assert_eq!(admin.open("/").await.status, StatusCode::OK);
    owner.call("/admin/api/logins/end", &format!("id={theirs}&reason=Stolen")).await;
    assert_eq!(admin.open("/").await.status, StatusCode::SEE_OTHER, "an owner may end any login");
});

async fn service_logins(server: &Server, of: Role) -> Vec<Uuid> {
    server.service.identity().logins(Some(id(of))).await.unwrap().into_iter().filter_map(|row| row.id).collect()
}

contract!(an_invitation_link_makes_an_account_and_its_secret_stays_in_no_address, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    let form = "_action=/admin/api/accounts/invite&_form=invite&email=ada@example.com&role=support";
    let done = owner.submit("/settings/accounts?dialog=invite", form).await;
    assert_eq!(done.header("location"), "/settings/accounts");
    let page = owner.open("/settings/accounts").await;
    let token = page.text().split("/link?token=").nth(1).unwrap();
    let token: String = token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    assert!(!owner.open("/settings/accounts").await.text().contains(&token), "the link is shown once");
    let ada = Person::at(&server);
    let answer = ada.open(&format!("/link?token={token}")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/link"));
    assert!(ada.open("/link").await.text().contains("ada@example.com"));
    let late = ada.copied();
    let join =
        format!("_action=/admin/api/link/take-invitation&_form=join&name=Ada&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(ada.submit("/link", &join).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ada.open("/licenses").await.status, StatusCode::OK);
    assert_eq!(late.submit("/link", &join).await.status, StatusCode::CONFLICT);
});

contract!(an_expired_link_says_so_without_a_form_and_shows_what_to_do, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (service, command) = (&server.service, Actor::command());
    let invite = async |email: &str| service.accounts().invite(email, "support", &command).await.unwrap();
    let (used, withdrawn, old) =
        (invite("ada@example.com").await, invite("bo@example.com").await, invite("cy@example.com").await);
    let link = async |of: Role| service.accounts().link_password(id(of), &command).await.unwrap();
    let (set, replaced, old_link) = (link(Role::Viewer).await, link(Role::Support).await, link(Role::Admin).await);
    let links = [
        ("a used invitation", used.token),
        ("a withdrawn invitation", withdrawn.token),
        ("a used password link", set),
        ("a replaced password link", replaced),
        ("an old invitation", old.token),
        ("an old password link", old_link),
    ];
    let open = async |token: &str| {
        let person = Person::at(&server);
        let answer = person.open(&format!("/link?token={token}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/link"));
        person
    };
    let mut early = vec![];
    for (what, token) in &links {
        let person = open(token).await;
        assert!(person.open("/link").await.text().contains("name=\"password\""), "{what} was valid");
        early.push(person);
    }

    let password = "nine grey geese upstairs".replace(' ', "+");
    let join = format!("_action=/admin/api/link/take-invitation&_form=join&name=Ada&password={password}");
    assert_eq!(early[0].copied().submit("/link", &join).await.status, StatusCode::SEE_OTHER);
    service.accounts().withdraw_invitation(withdrawn.invitation.id, &command).await.unwrap();
    let choose = format!("_action=/admin/api/link/set-password&_form=new-password&password={password}");
    assert_eq!(early[2].copied().submit("/link", &choose).await.status, StatusCode::SEE_OTHER);
    link(Role::Support).await;
    let is_told = async |(what, token): &(&str, String), early: &Person<'_>| {
        for (who, person) in [("who opened it before", early), ("who opens it now", &open(token).await)] {
            let page = person.open("/link").await;
            let reported = format!("{what}, {who}: {}", page.text());
            assert!(page.text().contains("This link is invalid or has expired."), "{reported}");
            assert!(page.text().contains("Ask an owner of this server for a new one"), "{reported}");
            assert!(
                page.text().contains("href=\"/sign-in\"") && !page.text().contains("name=\"password\""),
                "{reported}"
            );
            assert!(!page.text().contains("@example.com"), "the page must not show the address: {reported}");
            for form in [&join, &choose] {
                let answer = person.submit("/link", form).await;
                assert_eq!((answer.status, person.login()), (StatusCode::CONFLICT, None), "{what}, {who}");
            }
        }
    };
    for (link, early) in links.iter().zip(&early).take(4) {
        is_told(link, early).await;
    }
    server.clock.advance(24 * 60 * 60);
    for (link, early) in links.iter().zip(&early).skip(4) {
        is_told(link, early).await;
    }
});

contract!(an_owner_can_view_as_another_role_and_return, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let owner = signed_in(&server, Role::Owner).await;
    owner.call("/admin/api/own-account/see-as", "role=owner").await;
    assert_eq!(owner.open("/settings/accounts").await.status, StatusCode::OK, "viewing as owner changes nothing");
    owner.call("/admin/api/own-account/see-as", "role=support").await;
    let home = owner.open("/").await;
    assert!(home.text().contains("You are viewing the app as"));
    assert_eq!(owner.open("/settings/accounts").await.status, StatusCode::FORBIDDEN);
    let refused = owner.call("/admin/api/accounts/invite", "email=x@example.com&role=owner").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let raised = owner.call("/admin/api/own-account/see-as", "role=admin").await;
    assert_eq!(raised.status, StatusCode::FORBIDDEN, "a lower role cannot choose again");
    owner.call("/admin/api/own-account/see-as-oneself", "").await;
    assert_eq!(owner.open("/settings/accounts").await.status, StatusCode::OK);
    for role in [Role::Viewer, Role::Support, Role::Admin] {
        let person = signed_in(&server, role).await;
        let refused = person.call("/admin/api/own-account/see-as", "role=viewer").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role:?}");
    }
});
