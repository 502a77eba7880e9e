//! A disk that is full, and then has space again.

use std::{fs, path::Path, process::Command, time::Duration};

use axum::http::StatusCode;
use serde_json::json;
use service::store::Store;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::fixture::{JWT, Server};

/// A small file system of its own, if this process may mount one.
struct Disk(TempDir);

impl Disk {
    #[expect(clippy::print_stderr, reason = "a skipped test reports it")]
    fn mount() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).output();
        match mount {
            Ok(mounted) if mounted.status.success() => Some(Self(folder)),
            other => {
                eprintln!("skipped: a file system cannot be mounted here: {other:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Uses up all space.
    fn fill(&self) {
        for n in 0..10_000 {
            if fs::write(self.path().join(format!("filler-{n}")), vec![0_u8; 4096]).is_err() {
                return;
            }
        }
        panic!("the disk does not fill up");
    }

    fn clear(&self) {
        for entry in fs::read_dir(self.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("filler-") {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_503_until_there_is_space_again() {
    let Some(disk) = Disk::mount() else { return };
    let store = Store::open(&format!("sqlite:{}", disk.path().join("latchkey.db").display())).await.unwrap();
    let server = Server::on(&store).await;
    let license = server.license().seats(100_000).create().await;
    server.activate(&license, "device-1").await.token();

    for round in 0..2 {
        disk.fill();
        let refused = async {
            for n in 0.. {
                let answer = server.post(JWT, &license.asks(&format!("device-{round}-{n}"), json!({}))).await;
                if answer.status != StatusCode::OK {
                    return answer;
                }
            }
            unreachable!("writes still succeed on a full disk")
        };
        assert_eq!(refused.await.problem(), (503, "unavailable".to_owned()));
        assert_eq!(server.get("/health/ready").await.problem().0, 503, "no write succeeds");

        disk.clear();
        let succeeds = async {
            while server.activate(&license, &format!("device-{round}")).await.status != StatusCode::OK {
                sleep(Duration::from_millis(50)).await;
            }
            // A failed write next to the successful one keeps the server unready for two seconds.
            while server.get("/health/ready").await.status != StatusCode::OK {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(20), succeeds).await.expect("writes succeed once there is space");
    }
    store.close().await;
}
