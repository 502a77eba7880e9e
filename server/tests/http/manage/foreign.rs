//! The API as programs that others wrote see it: a fuzzer that reads the OpenAPI document, and a generated client.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the environment names the programs, which are left out where they are not installed"
)]

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use axum::Extension;
use serde_json::json;
use server::http::origin::Peer;
use tempfile::TempDir;
use testing::contract;
use tokio::{net::TcpListener, task::spawn_blocking};

use super::api::Api;
use crate::fixture::Server;

/// Checks of schemathesis that are left out. `positive_data_acceptance` wants every request that matches the document to
/// succeed, but a document cannot state that an id must exist or a default must suit its feature.
const LEFT_OUT: &str = "positive_data_acceptance";
/// A request that is too large, or based on another revision, is refused before it is read.
const CONFIG: &str = "hooks = \"hooks.py\"\n\
    [checks.negative_data_rejection]\nexpected-statuses = [400, 401, 403, 404, 406, 409, 412, 413, 415, 422]\n";
const HOOKS: &str = include_str!("hooks.py");
const WALK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/manage/walk.py");

/// Returns a program of the Python environment that the tests use; `None` if it is not installed there.
fn python(program: &str) -> Option<PathBuf> {
    let python = env::var("LATCHKEY_TEST_PYTHON").ok()?;
    let found = Path::new(&python).with_file_name(program);
    if !found.exists() {
        println!("left out: {program} is not installed for {python}");
    }
    found.exists().then_some(found)
}

/// Serves the router on a socket, and returns its URL.
async fn serve(server: &Server) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = server.router().layer(Extension(Peer(([192, 0, 2, 1], 50_000).into())));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

/// Runs a program in this folder. Returns its output if it succeeded, and as an error if not.
async fn run(mut command: Command, folder: &TempDir) -> Result<String, String> {
    command.current_dir(folder.path());
    let output = spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    if output.status.success() { Ok(text) } else { Err(text) }
}

contract!(a_fuzzer_finds_no_failure_and_no_answer_that_is_not_documented, async |db| {
    let Some(schemathesis) = python("schemathesis") else { return };
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (.., code) = api.license("drift").await;
    let body = json!({ "activationCode": code, "fingerprint": "walk-1" });
    let activated = server.post("/api/v1/activations/license", &body).await.json();
    let (url, folder) = (serve(&server).await, TempDir::new().unwrap());
    std::fs::write(folder.path().join("schemathesis.toml"), CONFIG).unwrap();
    std::fs::write(folder.path().join("hooks.py"), HOOKS).unwrap();
    // With many examples of each call, it also makes calls with what earlier ones returned.
    let examples = env::var("LATCHKEY_TEST_EXAMPLES");
    let phases = if examples.is_ok() { "examples,coverage,fuzzing,stateful" } else { "examples,coverage,fuzzing" };
    let mut command = Command::new(schemathesis);
    command
        .args(["--no-color", "run", &format!("{url}/api/openapi.json"), "--url", &url])
        .args(["--exclude-checks", LEFT_OUT, "--phases", phases, "--seed", "1"])
        .args(["--max-examples", examples.as_deref().unwrap_or("2")])
        .arg("--continue-on-failure")
        .env("LATCHKEY_URL", &url)
        .env("LATCHKEY_TOKEN", api.token())
        .env("LATCHKEY_CODE", code)
        .env("LATCHKEY_LEASE", activated["licenseToken"].as_str().unwrap());
    println!("{}", run(command, &folder).await.unwrap_or_else(|found| panic!("{found}")));
});

contract!(a_generated_client_sells_activates_suspends_and_reads_a_license, async |db| {
    let Some(generator) = python("openapi-python-client") else { return };
    let server = Server::on(db).await;
    let api = Api::of(&server).await;
    let (url, folder) = (serve(&server).await, TempDir::new().unwrap());
    let document = folder.path().join("openapi.json");
    std::fs::write(&document, server.get("/api/openapi.json").await.text()).unwrap();
    let mut command = Command::new(generator);
    command.args(["generate", "--meta", "none", "--output-path", "latchkey", "--path"]).arg(&document);
    // It warns of media types that it skips, such as that of status lists.
    let generated = run(command, &folder).await.unwrap_or_else(|warnings| warnings);
    assert!(folder.path().join("latchkey/client.py").exists(), "{generated}");
    let mut command = Command::new(env::var("LATCHKEY_TEST_PYTHON").unwrap());
    command.args([WALK, &url, api.token()]);
    run(command, &folder).await.unwrap_or_else(|failure| panic!("{failure}"));
});
