//! PgBouncer between the server and PostgreSQL.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use testing::{Engine, Place};

use crate::{
    failing_sync::activation,
    program::{Running, latchkey, output_of},
};

/// A PgBouncer in front of one PostgreSQL database.
struct Bouncer {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Bouncer {
    fn start(database: &Place, mode: &str) -> Self {
        let (_, place) = database.url().split_once('@').unwrap();
        let (server, name) = place.split_once('/').unwrap();
        let (host, port) = server.rsplit_once(':').unwrap();
        let own = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = TempDir::new().unwrap();
        // When started by root, PgBouncer switches to another user, who must be able to read its settings.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{name} = host={host} port={port} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\ndefault_pool_size = 20\n"
        );
        fs::write(&settings, text).unwrap();
        let program = ["/usr/sbin/pgbouncer"].into_iter().find(|path| Path::new(path).exists()).unwrap_or("pgbouncer");
        let mut command = Command::new(program);
        if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            command.args(["-u", "nobody"]);
        }
        let child = command.arg(&settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", own)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "PgBouncer does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Self { child, url: format!("postgres://postgres@127.0.0.1:{own}/{name}"), _folder: folder }
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn database() -> Place {
    tokio::runtime::Runtime::new().unwrap().block_on(Place::new(Engine::Postgres))
}

#[test]
fn in_session_mode_devices_and_pages_are_served() {
    let (folder, database) = (TempDir::new().unwrap(), database());
    let bouncer = Bouncer::start(&database, "session");
    let mut demo = latchkey(Some(&folder));
    demo.env("LATCHKEY_DATABASE_URL", &bouncer.url).args(["demo", "--licenses", "1", "--seats", "100", "--json"]);
    let (code, out, stderr) = output_of(&mut demo);
    assert_eq!(code, Some(0), "{stderr}");
    let license: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    let license = license["code"].as_str().unwrap();

    let server = Running::start_with(&folder, &[("LATCHKEY_DATABASE_URL", &bouncer.url)]);
    thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for device in 0..5 {
                    let answer = server.ask(&activation(license, &format!("device-{client}-{device}")));
                    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
                }
            });
        }
    });
    let page = server.ask("GET /sign-in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    server.interrupt();
}

#[test]
fn in_transaction_mode_the_server_says_what_to_set_and_does_not_start() {
    let (folder, database) = (TempDir::new().unwrap(), database());
    for mode in ["transaction", "statement"] {
        let bouncer = Bouncer::start(&database, mode);
        let mut serve = latchkey(Some(&folder));
        let (code, _, stderr) = output_of(serve.env("LATCHKEY_DATABASE_URL", &bouncer.url).arg("serve"));
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains("set PgBouncer's pool_mode to session"), "{mode}: {stderr}");
    }
}
