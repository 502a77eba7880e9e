//! A disk that fails to store what is written to it.

use std::{fs, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{Running, latchkey, output_of};

pub(crate) fn activation(code: &str, device: &str) -> String {
    let body = json!({ "activationCode": code, "fingerprint": device }).to_string();
    format!(
        "POST /api/v1/activations/jwt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn a_failed_sync_confirms_nothing_and_stops_the_server_with_an_error() {
    let folder = TempDir::new().unwrap();
    let shim = folder.path().join("failing_sync.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/process/failing_sync.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&shim).args([source, "-ldl"]).status();
    assert!(compiled.unwrap().success());
    let (code, out, text) =
        output_of(latchkey(Some(&folder)).args(["demo", "--licenses", "1", "--seats", "100", "--json"]));
    assert_eq!(code, Some(0), "{text}");
    let license: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    let license = license["code"].as_str().unwrap();

    let fails = folder.path().join("fails");
    let settings = [("LD_PRELOAD", shim.to_str().unwrap()), ("SYNC_FAILS", fails.to_str().unwrap())];
    let server = Running::start_with(&folder, &settings);
    let granted = server.ask(&activation(license, "device-1"));
    assert!(granted.starts_with("HTTP/1.1 200 "), "{granted}");

    fs::write(&fails, "").unwrap();
    let refused = server.ask(&activation(license, "device-2"));
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let (code, log) = server.end();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("the disk under the database cannot be relied on"), "{log}");

    // Once the disk works again, everything that was confirmed is there.
    fs::remove_file(&fails).unwrap();
    let server = Running::start_with(&folder, &settings);
    let again = server.ask(&activation(license, "device-1"));
    assert!(again.starts_with("HTTP/1.1 200 "), "{again}");
    server.interrupt();
}
