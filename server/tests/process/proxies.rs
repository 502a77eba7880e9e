//! The server behind commonly used proxies, over kept-alive connections.

use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::program::Running;

/// Number of rounds of requests, all over the same few connections to the server.
const ROUNDS: usize = 100;

/// Size of a request, in bytes, above which a proxy may reset its connection.
const LARGE: usize = 64 * 1024;

/// A proxy in front of the server. Dropping it stops it.
struct Proxy {
    child: Child,
    port: u16,
}

impl Proxy {
    /// Starts the program with its configuration; `None` if it is not installed.
    fn start(folder: &TempDir, program: &str, arguments: &[&str], port: u16, config: &str) -> Option<Self> {
        let file = folder.path().join(format!("{program}.conf"));
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program);
        command.env("HOME", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = match command.args(arguments).arg(&file).spawn() {
            Ok(child) => child,
            Err(error) => {
                println!("left out: {program} does not run here ({error})");
                return None;
            }
        };
        let proxy = Self { child, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(proxy);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{program} does not listen on port {port}");
    }

    /// Sends a request on a connection of its own and returns the answer.
    ///
    /// Caddy sometimes resets its client's connection after refusing a large body, and the answer is lost. Only such
    /// large requests are sent again. A failure between the proxy and the server is a 502, not a reset.
    fn ask(&self, request: &str) -> String {
        for _ in 0..5 {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let mut answer = Vec::new();
            match stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_end(&mut answer)) {
                Err(error)
                    if request.len() > LARGE
                        && matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {}
                Err(error) => panic!("{request}: {error}"),
                Ok(_) => return String::from_utf8_lossy(&answer).into_owned(),
            }
        }
        panic!("{request}: the connection was reset each time");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM lets nginx stop its workers too.
        _ = Command::new("kill").arg(self.child.id().to_string()).status();
        _ = self.child.wait();
    }
}

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Sends every request that once desynchronized a kept connection, with ordinary ones in between.
fn sound(proxy: &Proxy, pages: u16) {
    let html = "Accept: text/html\r\n";
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nx=y";
    let json = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let own = "Origin: https://licenses.example.com\r\n";
    let long = format!("Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000));
    let asked = [
        ("GET /sign-in", format!("{html}\r\n"), pages),
        ("HEAD /sign-in", format!("{html}\r\n"), pages),
        ("OPTIONS /sign-in", format!("{html}\r\n"), if pages == 200 { 405 } else { pages }),
        ("POST /sign-in", format!("{html}{form}"), if pages == 200 { 403 } else { pages }),
        ("POST /admin/api/none", format!("{own}{form}"), if pages == 200 { 404 } else { pages }),
        ("GET /nowhere", format!("{html}\r\n"), if pages == 200 { 404 } else { pages }),
        ("POST /api/v1/activations/jwt", json.to_owned(), 400),
        ("POST /api/v1/activations/jwt", form.to_owned(), 415),
        ("POST /api/v1/activations/jwt", long, 413),
        ("POST //api/v1/activations/jwt", json.to_owned(), 400),
        ("GET /api/v1/activations/jwt", "\r\n".to_owned(), 405),
        ("GET /.well-known/jwks.json", "\r\n".to_owned(), 200),
        ("GET /health/ready", "\r\n".to_owned(), 200),
    ];
    for round in 0..ROUNDS {
        for (line, rest, status) in &asked {
            // The large request is the most expensive and sent only sometimes.
            if *status == 413 && round % 10 != 0 {
                continue;
            }
            let answer =
                proxy.ask(&format!("{line} HTTP/1.1\r\nHost: licenses.example.com\r\nConnection: close\r\n{rest}"));
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}, round {round}: {answer}");
        }
    }
}

fn server(folder: &TempDir) -> Running {
    let settings = [
        ("LATCHKEY_PUBLIC_URL", "https://licenses.example.com"),
        ("LATCHKEY_TRUSTED_PROXIES", "127.0.0.1"),
        // The log is not read, so it must not fill the pipe.
        ("LATCHKEY_LOG", "error,server::cli::serve=info"),
    ];
    Running::start_with(folder, &settings)
}

fn nginx(folder: &TempDir, port: u16, upstream: u16, more: &str) -> String {
    let temp = folder.path().display();
    format!(
        "daemon off; worker_processes 1; pid {temp}/nginx.pid; error_log {temp}/nginx.log;
         events {{ worker_connections 64; }}
         http {{
           access_log off; client_body_temp_path {temp}/b; proxy_temp_path {temp}/p; fastcgi_temp_path {temp}/f;
           uwsgi_temp_path {temp}/u; scgi_temp_path {temp}/s; merge_slashes off;
           upstream latchkey {{ server 127.0.0.1:{upstream}; keepalive 2; }}
           server {{
             listen 127.0.0.1:{port};
             location / {{ proxy_pass http://latchkey; proxy_http_version 1.1; proxy_set_header Connection \"\"; {more} }}
           }}
         }}"
    )
}

#[test]
fn nginx_keeps_its_connections_and_has_no_bad_gateway() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let port = port();
    let more = "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    let config = nginx(&folder, port, server.port(), more);
    let Some(proxy) = Proxy::start(&folder, "nginx", &["-c"], port, &config) else { return };
    sound(&proxy, 200);
    server.interrupt();
}

#[test]
fn behind_an_nginx_with_its_own_host_header_devices_activate_and_pages_say_what_to_do() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let port = port();
    let config = nginx(&folder, port, server.port(), "");
    let Some(proxy) = Proxy::start(&folder, "nginx", &["-c"], port, &config) else { return };
    sound(&proxy, 421);
    let page = proxy
        .ask("GET /sign-in HTTP/1.1\r\nHost: licenses.example.com\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    assert!(page.contains("allowed_hosts"), "{page}");
    server.interrupt();
}

#[test]
fn haproxy_keeps_its_connections_and_has_no_bad_gateway() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let (port, upstream) = (port(), server.port());
    let config = format!(
        "defaults
           mode http
           timeout connect 10s
           timeout client 60s
           timeout server 60s
           option forwardfor
           http-reuse always
         frontend front
           bind 127.0.0.1:{port}
           default_backend latchkey
         backend latchkey
           option httpchk GET /health/ready
           server one 127.0.0.1:{upstream} check inter 200ms\n"
    );
    let Some(proxy) = Proxy::start(&folder, "haproxy", &["-db", "-f"], port, &config) else { return };
    sound(&proxy, 200);
    server.interrupt();
}

#[test]
fn caddy_keeps_its_connections_and_has_no_bad_gateway() {
    let folder = TempDir::new().unwrap();
    let server = server(&folder);
    let (port, upstream) = (port(), server.port());
    let config = format!(
        "{{\n admin off\n auto_https off\n}}\nhttp://:{port} {{\n bind 127.0.0.1\n reverse_proxy 127.0.0.1:{upstream}\n}}\n"
    );
    let arguments = ["run", "--adapter", "caddyfile", "--config"];
    let Some(proxy) = Proxy::start(&folder, "caddy", &arguments, port, &config) else { return };
    sound(&proxy, 200);
    server.interrupt();
}
