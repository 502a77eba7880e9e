//! Messages as libraries of Standard Webhooks and CloudEvents read them.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the environment names Python, and the libraries read the true time"
)]

use std::{
    env,
    io::Write as _,
    process::{Command, Stdio},
};

use chrono::Utc;
use serde_json::{Map, Value, json};
use testing::contract;
use tokio::task::spawn_blocking;

use super::{
    Sending,
    receiver::{Received, Receiver},
    subscribed,
};
use crate::manage::api::Api;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/webhooks/");

/// Runs a program that reads the message. `None` if it or its libraries are not installed here.
async fn read_by(program: &str, script: &str, input: Value) -> Option<String> {
    let mut command = Command::new(program);
    command.arg(format!("{HERE}{script}")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = spawn_blocking(move || {
        let mut child = command.spawn().ok()?;
        child.stdin.take()?.write_all(input.to_string().as_bytes()).unwrap();
        Some(child.wait_with_output().unwrap())
    });
    let output = output.await.unwrap()?;
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if error.contains("ModuleNotFoundError") || error.contains("ERR_MODULE_NOT_FOUND") {
        println!("left out: the libraries of {script} are not installed here");
        return None;
    }
    assert!(output.status.success(), "{script}: {out}{error}");
    Some(out.trim().to_owned())
}

fn input(secret: &str, message: &Received) -> Value {
    let headers = message.headers.iter().map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())));
    let other = format!("{}AAAA", secret.get(..secret.len() - 4).unwrap());
    let body = String::from_utf8(message.body.to_vec()).unwrap();
    json!({ "secret": secret, "other": other, "headers": headers.collect::<Map<_, _>>(), "body": body })
}

contract!(libraries_of_others_verify_and_parse_messages_and_refuse_forged_ones, async |db| {
    let sending = Sending::on(db).await;
    // The libraries compare the timestamp with the true time.
    sending.server.clock.advance((Utc::now() - sending.server.now()).num_seconds());
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["license.*"], json!({})).await;
    api.license("drift-pro").await;
    let message = receiver.next().await;
    let expected = format!("license.created {} Ingrid Solberg", message.header("webhook-id"));
    let python = env::var("LATCHKEY_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    for (program, script) in [(python.as_str(), "receive.py"), ("node", "receive.mjs")] {
        if let Some(read) = read_by(program, script, input(&receiver.secret(), &message)).await {
            assert_eq!(read, expected, "{script}");
        }
    }
});
