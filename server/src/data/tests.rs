#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::os::unix::fs::PermissionsExt as _;

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

#[test]
fn the_first_start_makes_what_nobody_else_may_read() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    let key = prepare(&config).unwrap();
    assert_eq!(rights(&config.data_dir), 0o700);
    assert_eq!(rights(&config.sealing_key_file), 0o600);
    assert_eq!(rights(&config.data_dir.join("latchkey.db")), 0o600);
    assert_eq!(fs::read_dir(&config.data_dir).unwrap().count(), 2, "nothing else is left there");
    assert_eq!(prepare(&config).unwrap().to_text(), key.to_text(), "the second start finds the same key");
}

#[test]
fn a_key_that_everybody_may_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    prepare(&config).unwrap();
    for mode in [0o604, 0o644, 0o606] {
        fs::set_permissions(&config.sealing_key_file, fs::Permissions::from_mode(mode)).unwrap();
        let error = prepare(&config).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        assert!(error.to_string().contains("LATCHKEY_SEALING_KEY"), "{error}");
    }
    for mode in [0o600, 0o400, 0o640, 0o660] {
        fs::set_permissions(&config.sealing_key_file, fs::Permissions::from_mode(mode)).unwrap();
        assert!(prepare(&config).is_ok(), "{mode:o}");
    }
}

#[test]
fn a_database_without_its_key_is_not_given_another() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    prepare(&config).unwrap();
    fs::write(config.data_dir.join("latchkey.db"), "something").unwrap();
    fs::remove_file(&config.sealing_key_file).unwrap();
    assert!(matches!(prepare(&config), Err(DataError::LostKey { .. })));
    assert!(!config.sealing_key_file.exists());
}

#[test]
fn a_file_that_holds_no_key_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = config(&folder);
    prepare(&config).unwrap();
    for text in ["", "not base64", "c2hvcnQ="] {
        fs::write(&config.sealing_key_file, text).unwrap();
        assert!(matches!(prepare(&config), Err(DataError::NoKey(_))), "{text}");
    }
}
