//! Searches, and search terms that must not become part of an address.

use axum::http::StatusCode;
use licensing::Role;
use serde_json::json;
use server::{access_table::ACCESS_TABLE, routes::Opens};
use service::{Actor, LicenseForm};
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::fixture::{Answer, Html, Server};

const PAGES: [(&str, &str); 4] =
    [("/licenses", "licenses"), ("/decisions", "decisions"), ("/audit", "audit"), ("/devices", "devices")];

async fn search(person: &Person<'_>, (page, function): (&str, &str), text: &str) -> Answer {
    let form = Html::read(person.open(page).await.text()).form(&format!("{function}/find"));
    person.submit(page, &form.fill("q", text).encoded()).await
}

contract!(no_search_term_is_in_an_address_before_it_is_known_not_to_be_a_secret, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    server.license().create().await;
    let owner = signed_in(&server, Role::Owner).await;
    for route in
        ACCESS_TABLE.iter().filter(|route| matches!(route.opens, Opens::Account(_)) && !route.path.contains('{'))
    {
        let html = Html::read(owner.open(route.path).await.text());
        for form in html.forms {
            assert!(form.posts || form.value("q").is_none(), "{} searches by GET", route.path);
        }
    }
});

contract!(a_search_for_a_code_leads_to_its_license_and_puts_it_in_no_address, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (issued, own) = (server.license().create().await, server.license().code("BRING-YOUR-OWN").create().await);
    let viewer = signed_in(&server, Role::Viewer).await;
    for license in [&issued, &own] {
        let id = license.id;
        let places = [
            format!("/licenses/{id}"),
            format!("/decisions?license={id}"),
            format!("/audit?license={id}"),
            format!("/licenses/{id}#devices"),
        ];
        for (page, place) in PAGES.into_iter().zip(places) {
            for typed in [license.code.clone(), format!(" {} ", license.code)] {
                let answer = search(&viewer, page, &typed).await;
                assert_eq!(
                    (answer.status, answer.header("location")),
                    (StatusCode::SEE_OTHER, place.as_str()),
                    "{typed}"
                );
            }
        }
    }
});

contract!(a_search_for_an_unknown_code_looks_only_for_its_end, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    let code = "7K3QD9X-W2MZ0HV-8R4JTC6-PY1E5GB";
    server.activate(&issued.typed(code), "device-1").await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let answer = search(&viewer, PAGES[1], code).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/decisions?q=E5GB"));
    for page in [PAGES[0], PAGES[2], PAGES[3]] {
        let answer = search(&viewer, page, code).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (409, ""));
        assert!(answer.text().contains("No license has this code"));
    }
});

contract!(a_token_is_not_searched_for, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    let token = server.activate(&issued, "device-1").await.json().as_str().unwrap().to_owned();
    let viewer = signed_in(&server, Role::Viewer).await;
    for page in PAGES {
        for pasted in [token.clone(), format!("\"{token}\""), format!("Bearer {}", &token[..60])] {
            let answer = search(&viewer, page, &pasted).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (409, ""), "{}", page.0);
            assert!(answer.text().contains("That is a token"), "{}", page.0);
        }
    }
});

contract!(a_problem_document_is_found_by_its_ids, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    server.activate(&issued, "device-1").await.token();
    let problem = server.activate(&issued, "device-2").await.json();
    let viewer = signed_in(&server, Role::Viewer).await;
    let answer = search(&viewer, PAGES[1], &problem.to_string()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let place = answer.header("location");
    assert!(place.contains(problem["decision"].as_str().unwrap()) && !place.contains("status"), "{place}");
});

contract!(a_viewer_cannot_find_out_hidden_addresses_by_searching, async |db| {
    let shown = Server::on(db).await;
    accounts(&shown).await;
    let hidden = [("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_HIDE_EMAILS_FROM_VIEWERS", "on")];
    let hidden = Server::with(db, &hidden).await;
    let issued = shown.license().terms(|terms| terms.email = licensing::terms::EmailTerm::Required).create().await;
    let service = &shown.service;
    let form = |customer: &str| LicenseForm {
        customer: customer.to_owned(),
        email: "ada@acme.example".to_owned(),
        ..LicenseForm::default()
    };
    service.licenses().change_license(issued.id, form("Countess"), &Actor::command()).await.unwrap();
    shown.activate_with(&issued, "one", json!({ "email": "ada@acme.example" })).await.token();
    service.accounts().invite("zoe@acme.example", "viewer", &Actor::command()).await.unwrap();

    let queries = ["/licenses?q=acme.ex", "/decisions?q=acme.ex", "/audit?q=zoe"];
    let nothing = ["No matching licenses", "No matching decisions", "No matching events"];
    for (query, nothing) in queries.into_iter().zip(nothing) {
        let finds =
            async |server: &Server, role| !signed_in(server, role).await.open(query).await.text().contains(nothing);
        assert!(finds(&shown, Role::Viewer).await, "{query}: visible values are found");
        assert!(finds(&hidden, Role::Support).await, "{query}: support sees addresses");
        assert!(!finds(&hidden, Role::Viewer).await, "{query}");
    }
    let viewer = signed_in(&hidden, Role::Viewer).await;
    let page = viewer.open("/licenses?q=countess").await;
    assert!(!page.text().contains("No matching licenses"), "a name is found as before");
    service.licenses().change_license(issued.id, form("ada@acme.example"), &Actor::command()).await.unwrap();
    let page = viewer.open("/licenses?q=ada%40a").await;
    assert!(page.text().contains("No matching licenses"), "an address in place of a name is one all the same");
});
