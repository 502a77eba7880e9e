//! The program itself: how it starts, answers and stops.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::print_stdout, reason = "a test reports what it skips")]
#![allow(clippy::disallowed_methods, reason = "these tests start programs and wait for them")]

mod clients;
mod demo;
mod failing_sync;
mod jobs;
mod pooler;
mod program;
mod proxies;
mod webhooks;

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use program::{Running, latchkey, output_of};
use tempfile::TempDir;

fn rights(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn the_version_is_printed() {
    assert_eq!(
        output_of(latchkey(None).arg("version")),
        (Some(0), format!("latchkey {}\n", env!("CARGO_PKG_VERSION")), String::new())
    );
}

#[test]
fn without_a_command_the_help_names_serve() {
    let (code, _, text) = output_of(&mut latchkey(None));
    assert_ne!(code, Some(0));
    assert!(text.contains("Start with `latchkey serve`"), "{text}");
}

#[test]
fn the_printed_settings_are_valid_settings() {
    let folder = TempDir::new().unwrap();
    let (code, settings, _) = output_of(latchkey(None).arg("settings"));
    assert_eq!(code, Some(0));
    let file = folder.path().join("all.toml");
    fs::write(&file, settings).unwrap();
    let demo =
        latchkey(Some(&folder)).env("LATCHKEY_CONFIG", &file).args(["demo", "--licenses", "1"]).status().unwrap();
    assert!(demo.success());
}

#[test]
fn all_errors_in_the_settings_are_reported_at_once() {
    let folder = TempDir::new().unwrap();
    let wrong = [("LATCHKEY_LISTEN", "here"), ("LATCHKEY_LOG_FORMAT", "xml"), ("LATCHKEY_LOG_LEVEL", "debug")];
    let (code, out, text) = output_of(latchkey(Some(&folder)).envs(wrong).arg("serve"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(text.contains("3 settings are invalid"), "{text}");
    for (name, _) in wrong {
        assert!(text.contains(name), "{text}");
    }
    assert!(!folder.path().join("data").exists(), "nothing is created before the settings are valid");
}

#[test]
fn service_links_of_kubernetes_and_unknown_variables_do_not_prevent_a_start() {
    let folder = TempDir::new().unwrap();
    let variables = [
        ("LATCHKEY_SERVICE_HOST", "10.96.4.7"),
        ("LATCHKEY_SERVICE_PORT", "80"),
        ("LATCHKEY_PORT", "tcp://10.96.4.7:80"),
        ("LATCHKEY_PORT_80_TCP_ADDR", "10.96.4.7"),
        ("LATCHKEY_TEAM", "hunter2"),
    ];
    let log = Running::start_with(&folder, &variables).interrupt();
    assert!(!log.contains("hunter2") && !log.contains("10.96.4.7"), "{log}");
}

#[test]
fn a_connection_idle_for_longer_than_configured_is_closed() {
    let folder = TempDir::new().unwrap();
    let server = Running::start_with(&folder, &[("LATCHKEY_IDLE_TIMEOUT_SECONDS", "1")]);
    let answer = server.ask("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    server.interrupt();
}

#[test]
#[cfg(target_os = "linux")]
fn a_crash_writes_no_core_dump() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(&folder);
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let core: Vec<&str> =
        limits.lines().find(|line| line.starts_with("Max core")).unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
    server.interrupt();
}

#[test]
fn a_sealing_key_readable_by_everyone_is_refused_and_by_the_group_warned_about() {
    let folder = TempDir::new().unwrap();
    assert!(latchkey(Some(&folder)).args(["demo", "--licenses", "1"]).status().unwrap().success());
    let key = folder.path().join("data/sealing.key");
    let with_mode = |mode| {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        output_of(latchkey(Some(&folder)).args(["keys", "list"]))
    };
    for everybody in [0o644, 0o604, 0o602, 0o666] {
        let (code, _, text) = with_mode(everybody);
        assert_eq!(code, Some(1), "{everybody:o}");
        assert!(text.contains("chmod 600") && text.contains("LATCHKEY_SEALING_KEY"), "{text}");
    }
    // `fsGroup` sets these modes on every mount.
    for group in [0o640, 0o660] {
        let (code, _, text) = with_mode(group);
        assert_eq!(code, Some(0), "{group:o}: {text}");
        assert!(text.contains("WARN") && text.contains("group") && text.contains("LATCHKEY_SEALING_KEY"), "{text}");
    }
    let (code, _, text) = with_mode(0o400);
    assert_eq!((code, text.as_str()), (Some(0), ""));
}

#[test]
fn the_first_start_prints_the_setup_link_and_restricts_access_to_its_files() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(&folder);
    let token = server.stdout.split("/first-start?token=").nth(1).expect("a link").trim().to_owned();
    assert!(token.len() >= 43, "{token}");
    let data = folder.path().join("data");
    assert_eq!(rights(&data), 0o700);
    for file in fs::read_dir(&data).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(rights(&file), 0o600, "{}", file.display());
    }
    let log = server.interrupt();
    assert!(!log.contains(&token), "the link is secret but appears in the log");
}

#[test]
fn ctrl_c_stops_the_server_even_if_a_client_never_finishes_its_request() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(&folder);
    let mut half_sent = server.connect();
    half_sent.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n").unwrap();
    let silent = server.connect();
    let log = server.interrupt();
    assert!(log.contains("stopped"), "{log}");
    drop((half_sent, silent));
}

#[test]
fn an_oversized_head_and_an_overlong_address_are_refused() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(&folder);
    let head = format!("{:a<40000}\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ");
    assert!(server.ask(&head).starts_with("HTTP/1.1 431 "));
    let uri = format!("GET /?{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "a".repeat(9 * 1024));
    assert!(server.ask(&uri).starts_with("HTTP/1.1 414 "));
    server.interrupt();
}

#[test]
fn a_full_server_names_the_setting_in_its_log() {
    let folder = TempDir::new().unwrap();
    let server = Running::start_with(&folder, &[("LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS", "1")]);
    // The server waits for the body of this request, so its connection is in use.
    let mut held = server.connect();
    held.write_all(b"POST /api/v1/activations/jwt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        .unwrap();
    held.write_all(b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n").unwrap();
    held.read_exact(&mut [0; 21]).unwrap();
    let answer = server.ask("GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5\r\n"), "{answer}");
    let log = server.interrupt();
    assert!(log.contains("max_connections_per_address"), "{log}");
}

#[test]
fn keys_are_listed_rotated_and_exported_next_to_a_running_server() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(&folder);
    let listed = || -> Vec<serde_json::Value> {
        let (code, out, text) = output_of(latchkey(Some(&folder)).args(["keys", "list", "--json"]));
        assert_eq!(code, Some(0), "{text}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let first = listed().remove(0);
    let kid = first["kid"].as_str().unwrap();
    assert_eq!(
        (&first["state"], &first["algorithm"], &first["devices"]),
        (&"signs".into(), &"ES256".into(), &0.into())
    );

    let (code, out, _) = output_of(latchkey(Some(&folder)).args(["keys", "rotate"]));
    assert_eq!(code, Some(0));
    let states: Vec<_> = listed().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["signs", "next"]);
    assert!(out.contains(listed()[1]["kid"].as_str().unwrap()) && out.contains("signs from"), "{out}");

    let (code, _, text) = output_of(latchkey(Some(&folder)).args(["keys", "retire", kid]));
    assert_eq!(code, Some(1));
    assert!(text.contains("rotate first"), "{text}");
    let (code, _, text) = output_of(latchkey(Some(&folder)).args(["keys", "revoke", kid, "--reason", "Stolen."]));
    assert_eq!(code, Some(1));
    assert!(text.contains("nothing was done") && text.contains("0 devices") && text.contains("--yes"), "{text}");
    assert_eq!(listed()[0]["state"], "signs");
    let (code, out, _) =
        output_of(latchkey(Some(&folder)).args(["keys", "revoke", kid, "--reason", "Stolen.", "--yes"]));
    assert_eq!((code, out.contains("out of the key set")), (Some(0), true), "{out}");
    assert_eq!(listed()[0]["state"], "revoked");

    let (code, out, _) = output_of(latchkey(Some(&folder)).args(["keys", "export", kid]));
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with("-----BEGIN PUBLIC KEY-----\n") && out.contains("\"kty\":\"EC\"") && !out.contains("\"d\"")
    );
    let (_, table, _) = output_of(latchkey(Some(&folder)).args(["keys", "list"]));
    assert!(table.starts_with("KEY") && table.contains("revoked on") && table.contains("signs since"), "{table}");
    server.interrupt();
}
