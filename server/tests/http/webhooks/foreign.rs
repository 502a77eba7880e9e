//! Messages as libraries of Standard Webhooks and CloudEvents read them, and as the code of `docs/webhooks.md` does.
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
use tempfile::TempDir;
use testing::{Database, Engine, contract};
use tokio::task::spawn_blocking;

use super::{
    Sending,
    receiver::{Received, Receiver},
    subscribed,
};
use crate::manage::api::Api;

const DOCUMENTATION: &str = include_str!("../../../../docs/webhooks.md");
const NODE_MODULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/node_modules");
/// Languages of the documentation's code, with the program that runs it, and what stands around it.
const RECEIVERS: [(&str, &[&str], &str, &str); 5] = [
    ("js", &["node"], "receiver.mjs", include_str!("receivers/receiver.mjs")),
    ("python", &["python3"], "receiver.py", include_str!("receivers/receiver.py")),
    ("php", &["php"], "receiver.php", include_str!("receivers/receiver.php")),
    ("go", &["go", "run"], "receiver.go", include_str!("receivers/receiver.go")),
    ("java", &["java"], "Receiver.java", include_str!("receivers/Receiver.java")),
];
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

/// Runs the documentation's code of a language on a message. `None` if the language is not installed here; otherwise the type of
/// the message if the code finds it genuine, or nothing.
async fn verified_by(language: &str, secret: &str, message: &Received, body: &str) -> Option<String> {
    let (_, program, file, around) = RECEIVERS.into_iter().find(|(name, ..)| *name == language).unwrap();
    let code = DOCUMENTATION.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(file);
    std::fs::write(&file, around.replace("CODE\n", code)).unwrap();
    // Node looks for libraries beside the file.
    std::os::unix::fs::symlink(NODE_MODULES, folder.path().join("node_modules")).unwrap();
    let python = env::var("LATCHKEY_TEST_PYTHON").ok().filter(|_| language == "python");
    let mut command = Command::new(python.as_deref().unwrap_or(program[0]));
    command.args(&program[1..]).arg(file).env("SECRET", secret).env("BODY", body);
    for name in ["id", "timestamp", "signature"] {
        command.env(name.to_uppercase(), message.header(&format!("webhook-{name}")));
    }
    let output = spawn_blocking(move || command.output()).await.unwrap().ok()?;
    let error = String::from_utf8_lossy(&output.stderr);
    let has_libraries = !error.contains("ModuleNotFoundError") && !error.contains("ERR_MODULE_NOT_FOUND");
    has_libraries.then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_the_documentation_accepts_a_message_and_refuses_a_forged_one() {
    let db = Database::new(Engine::Sqlite).await;
    let sending = Sending::on(&db).await;
    sending.server.clock.advance((Utc::now() - sending.server.now()).num_seconds());
    let api = Api::of(&sending.server).await;
    let mut receiver = Receiver::start().await;
    subscribed(&api, &mut receiver, &["license.*"], json!({})).await;
    api.license("drift-pro").await;
    let message = receiver.next().await;
    let body = String::from_utf8(message.body.to_vec()).unwrap();
    for (language, ..) in RECEIVERS {
        let Some(genuine) = verified_by(language, &receiver.secret(), &message, &body).await else {
            println!("left out: {language} or its library is not installed here");
            continue;
        };
        assert_eq!(genuine, "license.created", "{language}");
        let forged = verified_by(language, &receiver.secret(), &message, &body.replace("Solberg", "Solveig")).await;
        assert_eq!(forged.as_deref(), Some(""), "{language}");
    }
}
