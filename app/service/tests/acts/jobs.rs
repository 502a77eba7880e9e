//! Jobs: acts on many licenses, with cancellations, failures and crashes on the way.

use std::collections::HashSet;

use licensing::{
    Role,
    extension::Extension,
    license::{State, StateChange},
};
use service::{
    BulkAct, Error, LicenseForm, TagChange,
    store::jobs::{ItemState, Job, JobState},
};
use testing::contract;
use uuid::Uuid;

use crate::test_service::{TestService, assert_err, bad_fields, of, seats, signed_in};

async fn job(fixture: &TestService, id: Uuid) -> Job {
    fixture.service.store().read().await.unwrap().on().job(id).await.unwrap().unwrap()
}

async fn finish(fixture: &TestService) {
    while fixture.service.jobs().run_some().await.unwrap() {}
}

fn suspend() -> BulkAct {
    BulkAct::ChangeState { change: StateChange::Suspend, reason: "payment overdue".to_owned() }
}

contract!(a_batch_creates_each_license_once_even_if_another_worker_takes_over, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    let form = LicenseForm { reference: "order 7".to_owned(), ..LicenseForm::default() };
    let id = fixture.service.jobs().create_licenses(policy.id, 250, form, &fixture.actor).await.unwrap();
    assert!(fixture.service.jobs().run_some().await.unwrap());
    let first = job(&fixture, id).await;
    assert_eq!((first.state, first.total, first.done), (JobState::Running, 250, 100));

    // The first worker is gone. Its claim ends after a minute.
    let other = fixture.second_instance(db).await;
    assert!(!other.jobs().run_some().await.unwrap(), "the job is claimed");
    fixture.clock.advance(61);
    while other.jobs().run_some().await.unwrap() {}
    let last = job(&fixture, id).await;
    assert_eq!((last.state, last.done, last.failed), (JobState::Finished, 250, 0));
    assert!(last.finished_at.is_some());

    let query = service::LicenseQuery { batch: id.to_string(), ..Default::default() };
    let filter = query.read(fixture.clock.now()).0;
    let now = fixture.clock.now();
    let mut reading = fixture.service.store().read().await.unwrap();
    let page = reading.on().licenses(&filter, Default::default(), 1_000, now).await.unwrap();
    let codes: HashSet<_> = page.rows.iter().map(|row| row.license.code_hmac.clone()).collect();
    assert_eq!((page.rows.len(), codes.len()), (250, 250));
    assert_eq!(fixture.events_of("license.created").await.len(), 251);
    assert_eq!(fixture.events_of("job.started").await.len(), 1);
});

contract!(a_license_to_which_the_act_does_not_apply_is_skipped_and_can_be_tried_again, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, first, _) = fixture.licensed(seats(3)).await;
    let (second, _) = fixture.license(&policy).await;
    let (licenses, jobs, actor) = (fixture.service.licenses(), fixture.service.jobs(), &fixture.actor);
    licenses.change_state(first.id, StateChange::Suspend, "x", actor).await.unwrap();
    let id = jobs.change_licenses(suspend(), vec![second.id, first.id, second.id], actor).await.unwrap();
    finish(&fixture).await;
    let done = job(&fixture, id).await;
    assert_eq!((done.state, done.total, done.done, done.failed, done.skipped), (JobState::Finished, 2, 1, 0, 1));
    let skipped =
        fixture.service.store().read().await.unwrap().on().job_items(id, ItemState::Skipped, 9).await.unwrap();
    assert_eq!(skipped[0].license_id, Some(first.id));
    assert_eq!(skipped[0].error.as_deref(), Some("This license is already suspended."));
    let state = async |id| licenses.license(id).await.unwrap().license.state;
    assert_eq!(state(second.id).await, State::Suspended);
    assert_eq!(fixture.events_of("license.suspended").await.len(), 2);

    licenses.change_state(first.id, StateChange::Reinstate, "x", actor).await.unwrap();
    jobs.resume(id, actor).await.unwrap();
    finish(&fixture).await;
    let done = job(&fixture, id).await;
    assert_eq!((done.state, done.done, done.skipped), (JobState::Finished, 2, 0));
    assert_eq!(state(first.id).await, State::Suspended);
    assert_err!(jobs.resume(id, actor).await, Error::Conflict(_));
    assert_err!(jobs.cancel(id, actor).await, Error::Conflict(_));
});

contract!(a_cancelled_job_does_nothing_more_until_it_is_resumed, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, ..) = fixture.licensed(seats(3)).await;
    let (jobs, actor) = (fixture.service.jobs(), &fixture.actor);
    let id = jobs.create_licenses(policy.id, 150, LicenseForm::default(), actor).await.unwrap();
    jobs.run_some().await.unwrap();
    jobs.cancel(id, actor).await.unwrap();
    finish(&fixture).await;
    let cancelled = job(&fixture, id).await;
    assert_eq!((cancelled.state, cancelled.done), (JobState::Cancelled, 100));
    jobs.resume(id, actor).await.unwrap();
    finish(&fixture).await;
    assert_eq!(job(&fixture, id).await.done, 150);
    assert_eq!(fixture.events_of("license.created").await.len(), 151);
});

contract!(an_account_without_the_permission_starts_no_job, async |db| {
    let fixture = TestService::open(db).await;
    let (_, license, _) = fixture.licensed(seats(3)).await;
    let gone = signed_in(Uuid::from_u128(99), "Gone", Role::Admin);
    let gone = gone.authorize(licensing::Permission::ManageLicenses, Default::default()).unwrap();
    let started = fixture.service.jobs().change_licenses(suspend(), vec![license.id], &gone).await;
    assert_err!(started, Error::Forbidden(_));
    assert!(fixture.service.store().read().await.unwrap().on().jobs(9).await.unwrap().is_empty());
});

contract!(the_other_acts_of_jobs_extend_and_tag_licenses, async |db| {
    let fixture = TestService::open(db).await;
    let (policy, license, _) = fixture.licensed(seats(3)).await;
    let (licenses, jobs, actor) = (fixture.service.licenses(), fixture.service.jobs(), &fixture.actor);
    licenses.change_tags(license.id, TagChange::Add("old".to_owned()), actor).await.unwrap();
    let extend = BulkAct::Extend { extension: Extension::Months(1), reason: "renewed".to_owned() };
    for act in [BulkAct::Tag("NEW".to_owned()), BulkAct::Untag("old".to_owned()), extend] {
        jobs.change_licenses(act, vec![license.id], actor).await.unwrap();
        finish(&fixture).await;
    }
    let mut reading = fixture.service.store().read().await.unwrap();
    assert_eq!(reading.on().tags(license.id).await.unwrap(), ["new"]);
    let all = reading.on().jobs(10).await.unwrap();
    let acts: Vec<_> = all.iter().map(|job| (job.act.name(), job.skipped)).collect();
    assert_eq!(acts, [("extend", 1), ("untag", 0), ("tag", 0)], "a license without an end is not extended");

    let no_reason = BulkAct::ChangeState { change: StateChange::Revoke, reason: String::new() };
    assert_eq!(bad_fields(jobs.change_licenses(no_reason, vec![license.id], actor).await), ["reason"]);
    assert_eq!(bad_fields(jobs.change_licenses(suspend(), vec![], actor).await), ["licenses"]);
    for count in [0, 10_001] {
        let started = jobs.create_licenses(policy.id, count, LicenseForm::default(), actor).await;
        assert_eq!(bad_fields(started), ["quantity"]);
    }
    let form = LicenseForm { email: "?".to_owned(), ..of(&policy).form };
    assert_eq!(bad_fields(jobs.create_licenses(policy.id, 5, form, actor).await), ["email"]);
});
