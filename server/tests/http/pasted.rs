//! Pasted activation codes.

use serde_json::json;
use testing::contract;

use crate::fixture::{Issued, Server};

/// Forms that a code takes when it is pasted from a message into a field.
fn pasted(code: &str) -> Vec<String> {
    let wide =
        code.chars().map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c });
    vec![
        format!("\"{code}\""),
        format!("{code}."),
        format!("{code},"),
        format!("> {code}"),
        format!("License key: {code}"),
        format!("License key:\r\n> {}", code.replace('-', "-\r\n> ")),
        format!("Dear Ingrid, {} your key is {code}. Regards", "thank you very much. ".repeat(20)),
        wide.collect(),
    ]
}

/// The license with this text as its typed code.
fn typed(license: &Issued, text: String) -> Issued {
    license.typed(text)
}

contract!(a_code_is_found_in_any_pasted_text, async |db| {
    let server = Server::on(db).await;
    let license = server.license().create().await;
    for text in pasted(&license.code) {
        let typed = typed(&license, text.clone());
        assert_eq!(server.activate(&typed, "device-1").await.status, 200, "{text}");
        let dry = server.post("/api/v1/activations/jwt?dryRun=true", &typed.asks("device-1", json!({}))).await;
        assert_eq!(dry.json()["outcome"], "granted", "{text}");
    }
    assert_eq!(license.devices_and_seats(&server).await, (1, 1));
});

contract!(a_code_found_in_pasted_text_does_not_count_as_wrong, async |db| {
    let server = Server::limited_on(db).await;
    let license = server.license().create().await;
    for _ in 0..30 {
        let typed = typed(&license, format!("License key: {}.", license.code));
        assert_eq!(server.activate(&typed, "device-1").await.status, 200);
    }
    // Wrong codes still count.
    let wrong = typed(&license, "License key: PRO/2026#77".to_owned());
    let mut last = 0;
    for _ in 0..100 {
        last = server.activate(&wrong, "device-1").await.status.as_u16();
    }
    assert_eq!(last, 429);
    let right = typed(&license, format!("\"{}\"", license.code));
    assert_eq!(server.activate(&right, "device-1").await.status, 200);
});

contract!(an_imported_code_that_contains_a_generated_one_is_found_itself, async |db| {
    let server = Server::on(db).await;
    let inner = server.license().create().await;
    let outer: &'static str = format!("PRO {}", inner.code).leak();
    let whole = server.license().code(outer).create().await;

    let token = server.activate(&whole, "device-1").await.token();
    assert_eq!(token.claims["sub"], whole.id.to_string());
    assert_eq!(inner.devices_and_seats(&server).await, (0, 0));
    let found = typed(&inner, format!("KEY {}", inner.code));
    assert_eq!(server.activate(&found, "device-1").await.token().claims["sub"], inner.id.to_string());
});
