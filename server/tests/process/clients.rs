//! Activations as common HTTP libraries send them by default.

use std::{
    env,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::program::{Running, latchkey, output_of};

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/clients/");

/// Starts a server with one license of a hundred seats. Returns it with the activation code.
fn served(folder: &TempDir) -> (Running, String) {
    let (code, out, stderr) =
        output_of(latchkey(Some(folder)).args(["demo", "--licenses", "1", "--seats", "100", "--json"]));
    assert_eq!(code, Some(0), "{stderr}");
    let license: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    (Running::start_with(folder, &[]), license["code"].as_str().unwrap().to_owned())
}

/// Runs a client; `None` if the program is not installed.
fn run(mut command: Command, url: &str, code: &str, device: &str) -> Option<Output> {
    match command.args([url, code, device]).output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("left out: {:?} does not run here ({error})", command.get_program());
            None
        }
    }
}

fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments);
    command
}

#[test]
fn common_libraries_activate_with_their_defaults() {
    let folder = TempDir::new().unwrap();
    let (server, code) = served(&folder);
    let url = server.url("/api/v1/activations/jwt");
    let python = env::var("LATCHKEY_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let file = |name: &str| format!("{CLIENTS}{name}");
    for (device, command) in [
        ("urllib", program(&python, &[&file("urllib_client.py")])),
        ("requests", program(&python, &[&file("requests_client.py")])),
        ("httpx", program(&python, &[&file("httpx_client.py")])),
        ("fetch", program("node", &[&file("fetch.mjs")])),
        ("node:http", program("node", &[&file("http.mjs")])),
        ("net/http", program("go", &["run", &file("client.go")])),
        ("java", program("java", &[&file("Client.java")])),
    ] {
        let Some(output) = run(command, &url, &code, device) else { continue };
        let (out, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if stderr.contains("ModuleNotFoundError: No module named 'requests'") || stderr.contains("named 'httpx'") {
            println!("left out: {device} is not installed for {python}");
            continue;
        }
        assert!(output.status.success(), "{device}: {out}{stderr}");
        assert!(!out.is_empty() && out.lines().all(|line| line.starts_with("200")), "{device}: {out}{stderr}");
        assert!(out.contains("eyJ"), "{device}: a token: {out}");
    }
    server.interrupt();
}

#[test]
fn curl_activates_with_its_defaults() {
    let folder = TempDir::new().unwrap();
    let (server, code) = served(&folder);
    let body = format!("{{\"activationCode\":\"{code}\",\"fingerprint\":\"curl\",\"x\":\"{}\"}}", "y".repeat(4000));
    for more in
        [&["--http1.1"][..], &["-H", "Expect: 100-continue"], &["-H", "Transfer-Encoding: chunked"], &["--http2"]]
    {
        let mut command = Command::new("curl");
        command.args(["-sS", "-i", "-H", "Content-Type: application/json", "-d", &body]).args(more);
        let Ok(output) = command.arg(server.url("/api/v1/activations/jwt")).output() else {
            println!("left out: curl does not run here");
            return;
        };
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(out.contains(" 200 OK") && out.contains("\"eyJ"), "{more:?}: {out}");
    }
    server.interrupt();
}

/// Requests of clients that cannot be installed here, byte for byte as documented.
#[test]
fn requests_of_dotnet_and_powershell_activate() {
    let folder = TempDir::new().unwrap();
    let (server, code) = served(&folder);
    let body = format!("{{\"activationCode\":\"{code}\",\"fingerprint\":\"net\"}}");
    let (size, length) = (format!("{:x}", body.len()), body.len());
    let line = "POST /api/v1/activations/jwt HTTP/1.1\r\n";
    let json = "Content-Type: application/json; charset=utf-8\r\n";
    let agent = "User-Agent: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.963\r\n";
    // PostAsJsonAsync: JsonContent does not know its length, so it is sent in chunks.
    let dotnet =
        format!("{line}Host: localhost\r\nTransfer-Encoding: chunked\r\n{json}\r\n{size}\r\n{body}\r\n0\r\n\r\n");
    // StringContent.
    let text = format!("{line}Host: localhost\r\n{json}Content-Length: {length}\r\n\r\n{body}");
    let last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = server.ask(&format!("{dotnet}{text}{dotnet}{last}"));
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 4, "{answer}");
    // Invoke-RestMethod of Windows PowerShell 5.1 waits for 100 Continue and writes the value of `Connection` in title
    // case.
    let head = format!(
        "{line}{agent}Content-Type: application/json\r\nHost: localhost\r\nContent-Length: {length}\r\nExpect: 100-continue\r\nConnection: Keep-Alive\r\n\r\n"
    );
    let answer = server.ask(&format!("{head}{body}{last}"));
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
    server.interrupt();
}
