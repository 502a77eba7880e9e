//! Find: one field for everything that can be typed or pasted.

use licensing::Role;
use serde_json::json;
use service::{Actor, LicenseForm};
use testing::contract;

use super::person::{Person, accounts, signed_in};
use crate::{
    decisions::explained,
    fixture::{Answer, Html, Issued, Server},
};

/// Types a text into the dialog of Find, which every page has.
async fn find(person: &Person<'_>, text: &str) -> Answer {
    let form = Html::read(person.open("/audit").await.text()).form("find");
    person.submit("/audit", &form.fill("q", text).encoded()).await
}

/// The page that the text leads to.
async fn place(person: &Person<'_>, text: &str) -> String {
    let answer = find(person, text).await;
    assert_eq!(answer.status, 303, "{text}: {}", answer.text());
    answer.header("location").to_owned()
}

async fn named(server: &Server, customer: &str, reference: &str, email: &str) -> Issued {
    let license = server.license().create().await;
    let form = LicenseForm {
        customer: customer.to_owned(),
        reference: reference.to_owned(),
        email: email.to_owned(),
        ..LicenseForm::default()
    };
    server.service.licenses().change_license(license.id, form, &Actor::command()).await.unwrap();
    license
}

contract!(a_single_hit_opens_its_page, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let reel = named(&server, "Pixel & Reel", "NW-2361", "admin@pixelreel.example").await;
    let ana = named(&server, "Ana Jiménez", "NW-18077", "ana@jimenez.example").await;
    let token = server.activate_with(&reel, "device-1", json!({ "deviceName": "Mix Room A" })).await.token();
    let session = token.claims["sid"].as_str().unwrap().to_owned();
    let viewer = signed_in(&server, Role::Viewer).await;
    let (license, device) = (format!("/licenses/{}", reel.id), format!("/devices/{session}"));
    let tail = reel.code[reel.code.len() - 4..].to_owned();

    for text in [
        "Reel Pixel",
        "pixel reel",
        "admin@pixel",
        "ADMIN@pixelreel.example",
        "order 2361",
        "#2361",
        "NW-2361",
        &tail,
        &format!("••• {tail}"),
        &reel.code,
        &format!("My code is {}.", reel.code),
        &reel.id.to_string(),
    ] {
        assert_eq!(place(&viewer, text).await, license, "{text}");
    }
    assert_eq!(place(&viewer, "jimenez").await, format!("/licenses/{}", ana.id));
    for text in ["device-1", "Mix Room A", "mix room a", &session] {
        assert_eq!(place(&viewer, text).await, device, "{text}");
    }
    assert_eq!(place(&viewer, &reel.product_id.to_string()).await, format!("/products/{}", reel.product_id));
    assert_eq!(place(&viewer, &reel.policy_id.to_string()).await, format!("/policies/{}", reel.policy_id));
    assert_eq!(place(&viewer, "203.0.113.7").await, "/decisions?q=203.0.113.7");
    assert_eq!(place(&viewer, "audit lo").await, "/audit");
});

contract!(several_hits_are_listed, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    for place in ["Freiburg", "Basel"] {
        named(&server, &format!("Aurora Sound {place}"), "", "").await;
    }
    let viewer = signed_in(&server, Role::Viewer).await;
    assert_eq!(place(&viewer, "aurora sound").await, "/find?q=aurora%20sound");
    let page = viewer.open("/find?q=aurora%20sound").await;
    assert!(page.text().contains("Aurora Sound Freiburg") && page.text().contains("Aurora Sound Basel"));
});

contract!(a_misspelled_customer_is_offered_and_not_opened, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    named(&server, "Aurora Sound Studio", "", "").await;
    let viewer = signed_in(&server, Role::Viewer).await;
    for text in ["Arora Sound", "aurora studoi", "Auroora"] {
        let to = place(&viewer, text).await;
        assert!(to.starts_with("/find?q="), "{text}: {to}");
        let page = viewer.open(&to).await;
        assert!(page.text().contains("most similar") && page.text().contains("Aurora Sound Studio"), "{text}");
    }
    let page = viewer.open("/find?q=zzyzx").await;
    assert!(page.text().contains("Nothing found for “zzyzx”"));
});

contract!(a_problem_and_its_instance_lead_to_the_decision, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    server.activate(&issued, "device-1").await.token();
    let problem = server.activate(&issued, "device-2").await.json();
    explained(&server, problem["decision"].as_str().unwrap()).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let decision = format!("/decisions/{}", problem["decision"].as_str().unwrap());
    for text in [&problem.to_string(), problem["instance"].as_str().unwrap(), problem["decision"].as_str().unwrap()] {
        assert_eq!(place(&viewer, text).await, decision, "{text}");
    }
});

contract!(a_pasted_token_opens_its_device_and_is_in_no_answer, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let issued = server.license().create().await;
    let token = server.activate(&issued, "device-1").await;
    let (text, session) = (token.json().as_str().unwrap().to_owned(), token.token().claims["sid"].clone());
    let viewer = signed_in(&server, Role::Viewer).await;
    for pasted in [text.clone(), format!("\"{text}\""), format!("Authorization: Bearer {text}")] {
        assert_eq!(place(&viewer, &pasted).await, format!("/devices/{}", session.as_str().unwrap()));
    }
    for pasted in ["eyJhbGciOiJFUzI1NiJ9.eyJ4IjoxfQ.c2lnbmF0dXJl", "lk_019ab2c4000070008000000000000000_c2VjcmV0"] {
        let answer = find(&viewer, pasted).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (409, ""), "{pasted}");
        assert!(!answer.text().contains(pasted), "{pasted}");
    }
});

contract!(a_code_that_no_license_has_leads_to_codes_with_its_end, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    // A last group of letters alone is read as a word.
    let mut issued = server.license().create().await;
    while issued.code.rsplit('-').next().unwrap().bytes().all(|byte| byte.is_ascii_alphabetic()) {
        issued = server.license().create().await;
    }
    let viewer = signed_in(&server, Role::Viewer).await;
    let answer = find(&viewer, "7K3QD9X-W2MZ0HV-8R4JTC6-PY1E5GB").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (409, ""));
    assert!(answer.text().contains("No license has this code"));
    assert!(!answer.text().contains("8R4JTC6"));
    // The last group of a real code: found by its end, which alone becomes part of an address.
    let end = issued.code.rsplit('-').next().unwrap();
    let tail = &end[end.len() - 4..];
    let mistyped = format!("0000000-0000000-0000000-000{tail}");
    for text in [end, &issued.code[8..], &mistyped] {
        let to = place(&viewer, text).await;
        assert_eq!(to, format!("/find?q={tail}&of=code"), "{text}");
        assert!(viewer.open(&to).await.text().contains("Only the last four characters of codes"));
    }
});

contract!(find_does_not_reveal_hidden_addresses, async |db| {
    let hidden = [("LATCHKEY_RATE_LIMITS", "off"), ("LATCHKEY_HIDE_EMAILS_FROM_VIEWERS", "on")];
    let server = Server::with(db, &hidden).await;
    accounts(&server).await;
    named(&server, "Countess", "", "ada@acme.example").await;
    let viewer = signed_in(&server, Role::Viewer).await;
    for text in ["ada@acme.example", "ada acme", "acme", "acmee example"] {
        let page = viewer.open(&format!("/find?q={}", app::http::address::escape(text))).await;
        assert!(page.text().contains("Nothing found"), "{text}");
    }
    assert!(place(&viewer, "countess").await.starts_with("/licenses/"));
    assert!(place(&signed_in(&server, Role::Support).await, "ada acme").await.starts_with("/licenses/"));
});
