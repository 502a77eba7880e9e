//! Jobs of a server that is killed while it works.

use std::{collections::HashSet, fs};

use service::{
    Actor, Clock, LicenseForm, LicenseQuery, PolicyForm, ProductForm, SealingKey, Service,
    store::{Paging, Store, jobs::JobState},
};
use tempfile::TempDir;

use crate::program::Running;

/// Number of licenses of the job.
const LICENSES: usize = 10_000;

/// Number of parts, each of 100 licenses, after which a server is killed.
const PARTS: usize = 15;

#[test]
fn a_job_creates_ten_thousand_licenses_although_the_server_is_killed() {
    let folder = TempDir::new().unwrap();
    let key = SealingKey::generate().unwrap();
    let settings = [("LATCHKEY_SEALING_KEY", key.to_text()), ("LATCHKEY_LOG", "info,service=debug".to_owned())];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let first = [&settings[..], &[("LATCHKEY_NEW_DATABASE", "on")]].concat();
    Running::start_with(&folder, &first).interrupt();

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let actor = Actor::command();
    let job = runtime.block_on(async {
        let service = open(&folder, &key).await;
        let form = ProductForm { code: "drift".to_owned(), name: "Drift".to_owned(), ..ProductForm::default() };
        let product = service.licenses().create_product(form, &actor).await.unwrap();
        let form = PolicyForm { name: "Plain".to_owned(), ..PolicyForm::default() };
        let policy = service.licenses().create_policy(product.id, form, &actor).await.unwrap();
        let form = LicenseForm::default();
        let job = service.jobs().create_licenses(policy.id, LICENSES, form, &actor).await.unwrap();
        service.close().await;
        job
    });

    // Each server works for a while and is killed without warning. The last one finishes.
    let (mut logs, mut kills) = (String::new(), 0);
    loop {
        let mut running = Running::start_with(&folder, &settings);
        let log = running.log_until(PARTS, "a part of a job is done", "a job is finished");
        let is_finished = log.contains("a job is finished");
        logs += &log;
        if is_finished {
            logs += &running.interrupt();
            break;
        }
        kills += 1;
        logs += &running.kill();
    }
    assert!(kills >= 3, "killed {kills} times");

    let (sample, licenses) = runtime.block_on(async {
        let service = open(&folder, &key).await;
        let row = service.store().read().await.unwrap().on().job(job).await.unwrap().unwrap();
        assert_eq!((row.state, row.done, row.failed), (JobState::Finished, 10_000, 0));
        let query = LicenseQuery { batch: job.to_string(), ..LicenseQuery::default() };
        let (filter, now) = (query.read(service.clock().now()).0, service.clock().now());
        let (mut licenses, mut paging) = (vec![], Paging::First);
        loop {
            let mut reading = service.store().read().await.unwrap();
            let page = reading.on().licenses(&filter, paging, 500, now).await.unwrap();
            licenses.extend(page.rows.into_iter().map(|row| row.license));
            let Some(next) = page.next else { break };
            paging = Paging::After(next);
        }
        let mut sample = vec![];
        for license in licenses.iter().step_by(500) {
            sample.push(service.licenses().reveal_code(license.id, &actor).await.unwrap());
        }
        service.close().await;
        (sample, licenses)
    });
    let codes: HashSet<_> = licenses.iter().map(|license| license.code_hmac.clone()).collect();
    let ids: HashSet<_> = licenses.iter().map(|license| license.id).collect();
    assert_eq!((licenses.len(), ids.len(), codes.len()), (LICENSES, LICENSES, LICENSES));
    for file in fs::read_dir(folder.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            assert!(!sample.iter().any(|code| content.contains(code)), "{} contains a code", path.display());
        }
    }
    assert!(!sample.iter().any(|code| logs.contains(code)), "the log contains a code");
}

async fn open(folder: &TempDir, key: &SealingKey) -> Service {
    let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
    let store = Store::open(&url).await.unwrap();
    Service::open(store, key, Clock::system(), "https://licenses.example.com".to_owned()).await.unwrap()
}
