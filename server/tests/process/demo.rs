//! `latchkey demo`.

use service::store::{Paging, Store, licenses::LicenseFilter};
use tempfile::TempDir;

use crate::program::{latchkey, output_of};

#[test]
fn a_demo_prints_its_codes_and_needs_a_new_folder() {
    let folder = TempDir::new().unwrap();
    let (code, out, _) = output_of(latchkey(Some(&folder)).args(["demo", "--licenses", "3", "--seats", "2", "--json"]));
    assert_eq!(code, Some(0));
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert_eq!(line["code"].as_str().unwrap().len(), 31);
        assert_eq!((&line["seats"], &line["state"]), (&2.into(), &"active".into()));
        for name in ["id", "product", "policy"] {
            assert!(line[name].is_string(), "{line}");
        }
    }
    let (code, out, text) = output_of(latchkey(Some(&folder)).arg("demo"));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(text.contains("in use"), "{text}");
}

#[test]
fn a_demo_of_many_licenses_gives_each_its_devices() {
    let folder = TempDir::new().unwrap();
    let many = ["demo", "--licenses", "1002", "--devices-per-license", "2", "--json"];
    let (code, out, text) = output_of(latchkey(Some(&folder)).args(many));
    assert_eq!((code, out.lines().count()), (Some(0), 1002), "{text}");
    let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
    let seats = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let all = LicenseFilter::default();
        let page = store.read().await.unwrap().on().licenses(&all, Paging::First, 5_000, chrono::Utc::now()).await;
        page.unwrap().rows.into_iter().map(|row| row.seats_used).collect::<Vec<_>>()
    });
    assert_eq!(seats, [2; 1002]);

    let folder = TempDir::new().unwrap();
    let too_many = ["demo", "--licenses", "1", "--seats", "2", "--devices-per-license", "3"];
    let (code, out, text) = output_of(latchkey(Some(&folder)).args(too_many));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(text.contains("fewer seats than devices"), "{text}");
}

#[test]
fn a_demo_activates_more_devices_of_a_license_than_fit_into_a_batch() {
    let folder = TempDir::new().unwrap();
    let many = ["demo", "--licenses", "1", "--seats", "4010", "--devices-per-license", "4010", "--json"];
    let (code, _, text) = output_of(latchkey(Some(&folder)).args(many));
    assert_eq!(code, Some(0), "{text}");
    let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
    let seats = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let all = LicenseFilter::default();
        let page = store.read().await.unwrap().on().licenses(&all, Paging::First, 9, chrono::Utc::now()).await;
        page.unwrap().rows.into_iter().map(|row| row.seats_used).collect::<Vec<_>>()
    });
    assert_eq!(seats, [4010]);
}

#[test]
fn the_table_of_a_demo_has_one_head_and_aligned_columns() {
    let folder = TempDir::new().unwrap();
    // More than one batch.
    let (code, out, text) = output_of(latchkey(Some(&folder)).args(["demo", "--licenses", "4001"]));
    assert_eq!((code, out.lines().count(), text.as_str()), (Some(0), 4002, ""));
    let columns = |line: &str| ["PRODUCT", "POLICY", "SEATS", "STATE", "LICENSE"].map(|name| line.find(name));
    let head = out.lines().next().unwrap();
    let [product, policy, seats, state, license] = columns(head).map(Option::unwrap);
    for line in out.lines().skip(1) {
        let cells = [(product, "plain "), (policy, "Plain "), (seats, "3 "), (state, "active ")];
        assert!(cells.iter().all(|(at, cell)| line[*at..].starts_with(cell)), "{line}");
        assert_eq!(line[license..].len(), 36);
    }
}

#[test]
fn the_sample_vendor_is_listed_without_log_lines() {
    let folder = TempDir::new().unwrap();
    let (code, out, text) = output_of(latchkey(Some(&folder)).arg("demo"));
    assert_eq!((code, text.as_str()), (Some(0), ""), "{out}");
}

#[test]
fn the_demo_has_licenses_in_every_state() {
    let folder = TempDir::new().unwrap();
    let (code, out, text) = output_of(latchkey(Some(&folder)).args(["demo", "--json"]));
    assert_eq!(code, Some(0), "{text}");
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 40);
    for state in ["active", "suspended", "revoked", "ended"] {
        assert!(lines.iter().any(|line| line["state"] == state), "{state}");
    }
}

#[test]
fn the_demo_has_floating_seats_trials_and_refusals_of_several_kinds() {
    let folder = TempDir::new().unwrap();
    let (code, _, text) = output_of(latchkey(Some(&folder)).args(["demo", "--json"]));
    assert_eq!(code, Some(0), "{text}");
    let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let mut reading = store.read().await.unwrap();
        let policies = reading.on().policies(None).await.unwrap();
        let terms = |name: &str| policies.iter().find(|row| row.policy.name == name).unwrap().policy.terms.clone();
        assert_eq!(terms("Floating team of ten").holding, licensing::terms::Holding::Floating);
        assert!(terms("Trial, two weeks").trial.is_some());
        let since = Some(chrono::Utc::now() - chrono::TimeDelta::hours(24));
        let recent = service::store::decisions::DecisionFilter { since, ..Default::default() };
        let groups = reading.on().refusal_groups(&recent, 10).await.unwrap();
        let kinds: Vec<_> = groups.iter().map(|group| group.outcome.as_str()).collect();
        for kind in ["seat_limit", "code_not_found", "email_mismatch"] {
            assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
        }
    });
}
