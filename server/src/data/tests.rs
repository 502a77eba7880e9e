#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt as _;

use service::{Clock, Service};
use tempfile::TempDir;

use super::*;
use crate::config::Sources;

fn config(folder: &TempDir) -> Config {
    let data = folder.path().join("data").display().to_string();
    Config::read(Sources { file: None, variables: vec![("LATCHKEY_DATA_DIR".to_owned(), data)] }).unwrap()
}

fn rights(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

/// Starts a server on the data folder.
async fn start(config: &Config) -> Result<SealingKey, DataError> {
    let key = prepare(config).await?;
    let store = store::Store::open(config.database_url.as_str()).await?;
    let key = key.get()?;
    let service = Service::open(store, &key, Clock::system(), "https://licenses.example.com".to_owned()).await.unwrap();
    service.close().await;
    Ok(key)
}

fn database(config: &Config) -> PathBuf {
    config.data_dir.join("latchkey.db")
}

#[tokio::test]
async fn the_first_start_creates_files_that_only_the_owner_may_read() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    let key = start(&config).await.unwrap();
    assert_eq!(rights(&config.data_dir), 0o700);
    assert_eq!(rights(&config.sealing_key_file), 0o600);
    for file in fs::read_dir(&config.data_dir).unwrap() {
        assert_eq!(rights(&file.unwrap().path()), 0o600);
    }
    assert_eq!(start(&config).await.unwrap().to_text(), key.to_text(), "the second start finds the same key");
}

#[tokio::test]
async fn a_key_that_everyone_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    start(&config).await.unwrap();
    for mode in [0o604, 0o644, 0o606] {
        fs::set_permissions(&config.sealing_key_file, fs::Permissions::from_mode(mode)).unwrap();
        let error = prepare(&config).await.unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        assert!(error.to_string().contains("LATCHKEY_SEALING_KEY"), "{error}");
    }
    for mode in [0o600, 0o400, 0o640, 0o660] {
        fs::set_permissions(&config.sealing_key_file, fs::Permissions::from_mode(mode)).unwrap();
        assert!(prepare(&config).await.is_ok(), "{mode:o}");
    }
}

#[tokio::test]
async fn a_database_that_others_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    start(&config).await.unwrap();
    for mode in [0o666, 0o644, 0o604, 0o602] {
        fs::set_permissions(database(&config), fs::Permissions::from_mode(mode)).unwrap();
        let error = prepare(&config).await.unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(database(&config), fs::Permissions::from_mode(0o640)).unwrap();
    start(&config).await.unwrap();
}

#[tokio::test]
async fn a_write_ahead_log_that_others_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    start(&config).await.unwrap();
    for end in ["-wal", "-shm"] {
        let mut log = database(&config).into_os_string();
        log.push(end);
        // As after a crash.
        fs::write(&log, "").unwrap();
        fs::set_permissions(&log, fs::Permissions::from_mode(0o644)).unwrap();
        let error = prepare(&config).await.unwrap_err().to_string();
        assert!(error.contains("chmod 600") && error.contains("-wal"), "{error}");
        fs::set_permissions(&log, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(prepare(&config).await.is_ok(), "{end}");
        // The database may have removed it when it was opened.
        drop(fs::remove_file(&log));
    }
}

#[tokio::test]
async fn an_empty_database_next_to_a_key_is_refused_unless_intended() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    let key = start(&config).await.unwrap();
    fs::remove_file(database(&config)).unwrap();
    let error = prepare(&config).await.unwrap_err().to_string();
    assert!(error.contains("is empty") && error.contains("LATCHKEY_NEW_DATABASE=on"), "{error}");
    assert!(!database(&config).exists(), "nothing is created");
    let meant = Config { new_database: true, ..config };
    assert_eq!(start(&meant).await.unwrap().to_text(), key.to_text());
}

#[tokio::test]
async fn a_failed_first_start_can_be_repeated() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    drop(prepare(&config).await.unwrap());
    assert!(!config.sealing_key_file.exists(), "without a database no key is created");
    store::Store::open(config.database_url.as_str()).await.unwrap().close().await;
    start(&config).await.unwrap();
}

async fn a_lost_key_is_not_replaced(config: &Config) {
    start(config).await.unwrap();
    fs::remove_file(&config.sealing_key_file).unwrap();
    let error = prepare(config).await.unwrap_err().to_string();
    assert!(error.contains("restore the key"), "{error}");
    assert!(!config.sealing_key_file.exists());
}

#[tokio::test]
async fn an_sqlite_database_in_use_gets_no_new_key() {
    let folder = TempDir::new().unwrap();
    a_lost_key_is_not_replaced(&config(&folder)).await;
}

#[test]
fn a_postgresql_database_in_use_gets_no_new_key() {
    testing::run(testing::Engine::Postgres, async |db| {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data").display().to_string();
        let variables = [("LATCHKEY_DATA_DIR", data.as_str()), ("LATCHKEY_DATABASE_URL", db.url())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        a_lost_key_is_not_replaced(&Config::read(Sources { file: None, variables }).unwrap()).await;
    });
}

#[tokio::test]
async fn a_file_without_a_key_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    start(&config).await.unwrap();
    for text in ["", "not base64", "c2hvcnQ="] {
        fs::write(&config.sealing_key_file, text).unwrap();
        assert!(matches!(prepare(&config).await, Err(DataError::NoKey(_))), "{text}");
    }
}
