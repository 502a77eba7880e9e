//! Commands shown on pages: each does what the page says.

use axum::http::StatusCode;
use licensing::{Role, terms::EmailTerm};
use testing::contract;

use super::{
    editing::{form, send},
    person::{Person, accounts, signed_in},
};
use crate::fixture::{Answer, Html, Server};

/// Sends the request of a curl command.
async fn run(server: &Server, command: &str) -> Answer {
    let address = command.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
    let path = address.trim_start_matches("https://licenses.example.com");
    let body = command.split_once("-d '").unwrap().1.trim_end().trim_end_matches('\'').replace("'\\''", "'");
    server.post_text(path, body).await
}

/// The curl command on a page.
async fn shown(person: &Person<'_>, page: &str) -> String {
    let html = Html::read(person.open(page).await.text());
    html.blocks.into_iter().find(|block| block.contains("curl")).expect("a command")
}

contract!(the_command_of_a_product_has_the_members_that_its_policies_require, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    for (term, asked) in [(EmailTerm::NotAsked, false), (EmailTerm::Required, true), (EmailTerm::MustMatch, true)] {
        let license = server.license().email("kim@example.com").terms(|terms| terms.email = term).create().await;
        let page = format!("/products/{}", license.product_id);
        let command = shown(&viewer, &page).await;
        assert_eq!(command.contains("customer@example.com"), asked, "{term:?}: {command}");
        let filled = command.replace("THE-CODE", &license.code).replace("customer@example.com", "kim@example.com");
        let answer = run(&server, &filled).await;
        assert_eq!(answer.status, StatusCode::OK, "{term:?}: {}", answer.text());
    }
});

contract!(the_command_of_a_new_license_activates_a_device_under_every_template, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let (owner, product) = (signed_in(&server, Role::Owner).await, server.license().create().await.product_id);
    for template in app::terms_form::TEMPLATES {
        let page = format!("/policies/new?product={product}&template={}", template.key);
        let policy = form(&owner, &page, "policies/create").await.fill("name", template.key);
        let made = send(&owner, &page, &policy).await;
        let policy = made.header("location").trim_start_matches("/policies/").split('?').next().unwrap().to_owned();
        for email in ["", "ada@acme.example"] {
            let page = format!("/licenses/new?policy={policy}");
            let license = form(&owner, &page, "licenses/create").await.fill("email", email);
            let made = send(&owner, &page, &license).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}: {}", template.key, made.text());
            let shown = owner.open(made.header("location")).await;
            let html = Html::read(shown.text());
            let command = html.blocks.iter().find(|block| block.contains("curl")).expect("a command");
            let answer = run(&server, command).await;
            assert_eq!(answer.status, StatusCode::OK, "{} for {email:?}: {command}", template.key);
        }
    }
});
