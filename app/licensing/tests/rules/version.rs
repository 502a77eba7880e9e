use licensing::version::{LONGEST, Version, VersionError, VersionRange};

use crate::{range, version};

#[test]
fn a_version_is_three_or_four_numbers_with_optional_pre_release_and_build() {
    for good in ["0.0.0", "2.1.0", "3.0.0-beta.1", "1.2.3+build.5", "1.2.3-rc.1+5", "2.1.0.4", "2.1.0.4-rc.1+5"] {
        assert_eq!(version(good).to_string(), good);
        assert_eq!(version(&format!(" {good}\n")).to_string(), good);
    }
    for bad in [
        "",
        "v",
        "vv2",
        "2.",
        ".2",
        "2..1",
        "2.1.0.4.5",
        "-2",
        "+2",
        "2.1.0+",
        "2.1.0-01",
        "2.1.x",
        "2.1.0-",
        "2.1.-0",
        "٢.1.0",
        "99999999999999999999.0.0",
    ] {
        assert_eq!(Version::read(bad), Err(VersionError::Version), "{bad:?}");
    }
}

#[test]
fn a_version_has_at_most_64_characters() {
    let of = |length: usize| format!("1.0.0-{}", "a".repeat(length - 6));
    assert!(Version::read(&of(LONGEST)).is_ok());
    assert_eq!(Version::read(&of(LONGEST + 1)), Err(VersionError::Version));
    let of = |length: usize| format!("<1.0.0-{}", "a".repeat(length - 7));
    assert!(VersionRange::read(&of(LONGEST)).is_ok());
    assert_eq!(VersionRange::read(&of(LONGEST + 1)), Err(VersionError::Range));
}

#[test]
fn a_range_covers_the_versions_it_names() {
    for (wanted, inside, outside) in [
        ("*", vec!["0.0.1", "9.9.9", "1.0.0-beta"], vec![]),
        ("<3", vec!["0.1.0", "2.99.99", "2.1.0+build"], vec!["3.0.0", "3.0.1"]),
        (">=2.1, <4", vec!["2.1.0", "3.9.0"], vec!["2.0.9", "4.0.0"]),
        ("2.1", vec!["2.1.0", "2.7.0"], vec!["2.0.0", "3.0.0"]),
        ("~2.1", vec!["2.1.9"], vec!["2.2.0"]),
        ("=2.1.3", vec!["2.1.3", "2.1.3+b"], vec!["2.1.4"]),
        ("2.*", vec!["2.0.0", "2.9.0"], vec!["1.9.0", "3.0.0"]),
    ] {
        let covers = |v: &&str| range(wanted).covers(&version(v));
        assert_eq!(inside.iter().filter(|v| covers(v)).count(), inside.len(), "{wanted} should cover {inside:?}");
        assert_eq!(outside.iter().filter(|v| covers(v)).count(), 0, "{wanted} should not cover {outside:?}");
    }
}

#[test]
fn a_pre_release_counts_as_its_release() {
    for (wanted, asked, covered) in [
        ("<3", "2.1.0-beta", true),
        ("<3", "3.0.0-beta", false),
        (">=3", "3.0.0-beta", true),
        (">=2.1, <4", "4.0.0-rc.1", false),
        ("<3.0.0-rc.1", "2.9.0-beta", true),
    ] {
        assert_eq!(range(wanted).covers(&version(asked)), covered, "{asked} in {wanted}");
    }
}

#[test]
fn a_range_that_names_a_pre_release_is_taken_literally() {
    for (wanted, asked, covered) in [
        (">=3.0.0-rc.1", "3.0.0-beta", false),
        (">=3.0.0-rc.1", "3.0.0-rc.1", true),
        (">=3.0.0-rc.1", "3.0.0-rc.2", true),
        (">=3.0.0-rc.1", "3.0.0", true),
        (">=3.0.0-rc.1", "3.1.0-beta", true),
        ("<3.0.0-rc.1", "3.0.0-beta", true),
        ("<3.0.0-rc.1", "3.0.0-rc.1", false),
        ("=3.0.0-rc.1", "3.0.0-rc.1", true),
        ("=3.0.0-rc.1", "3.0.0", false),
    ] {
        assert_eq!(range(wanted).covers(&version(asked)), covered, "{asked} in {wanted}");
    }
}

#[test]
fn an_invalid_range_is_refused() {
    for bad in ["", " ", "three", "<", ">=2.1 <4", "<3,", "2||3", "<٣"] {
        assert_eq!(VersionRange::read(bad), Err(VersionError::Range), "{bad:?}");
    }
}

#[test]
fn a_range_is_written_as_it_reads() {
    for (typed, written) in [("<3", "<3"), (">=2.1,<4", ">=2.1, <4"), (" * ", "*"), ("2.1", "^2.1")] {
        assert_eq!(range(typed).to_string(), written);
        assert_eq!(range(&range(typed).to_string()), range(typed));
    }
}

#[test]
fn versions_are_ordered_and_builds_are_ignored() {
    let ordered = ["1.9.0", "1.10.0", "2.0.0-alpha", "2.0.0-alpha.1", "2.0.0-rc.1", "2.0.0", "2.0.1"].map(version);
    assert!(ordered.is_sorted_by(|a, b| a.order(b).is_lt()));
    assert!(version("2.0.0+linux").order(&version("2.0.0+mac")).is_eq());
}

#[test]
fn other_version_schemes_are_read_too() {
    for (text, written) in [
        ("2", "2.0.0"),
        ("2.1", "2.1.0"),
        ("v2.1.0", "2.1.0"),
        ("V2", "2.0.0"),
        ("02.01.00", "2.1.0"),
        ("2024.10.03", "2024.10.3"),
        ("2.1.0.0", "2.1.0"),
        ("2.1.0.04", "2.1.0.4"),
        ("v1.0-beta", "1.0.0-beta"),
    ] {
        assert_eq!(version(text).to_string(), written, "{text}");
        assert_eq!(serde_json::to_value(version(text)).unwrap(), written);
        assert_eq!(serde_json::from_value::<Version>(written.into()).unwrap(), version(text));
    }
}

#[test]
fn the_fourth_number_is_compared_last() {
    let ordered = ["2.1", "2.1.0.4-beta", "2.1.0.4", "2.1.0.10", "2.1.1", "2024.9.30", "2024.10.03"].map(version);
    assert!(ordered.is_sorted_by(|a, b| a.order(b).is_lt()), "{ordered:?}");
    assert!(version("v2.1").order(&version("2.1.0.0")).is_eq());
}

#[test]
fn a_range_may_name_a_fourth_number() {
    for (wanted, inside, outside) in [
        ("<3", vec!["2.9.9.9"], vec!["3.0.0.1"]),
        ("=2.1.0", vec!["2.1.0", "2.1.0.4"], vec!["2.1.1.0"]),
        (">=2.1.0.4", vec!["2.1.0.4", "2.1.0.5", "2.1.1", "3"], vec!["2.1.0.3", "2.1", "2.0.9.9"]),
        (">2.1.0.4", vec!["2.1.0.5", "2.2"], vec!["2.1.0.4"]),
        ("<2.1.0.4", vec!["2.1.0.3", "2.1", "1.9.9.9"], vec!["2.1.0.4", "2.1.1"]),
        ("<=2.1.0.4", vec!["2.1.0.4"], vec!["2.1.0.5", "2.1.1"]),
        ("=2.1.0.4", vec!["2.1.0.4"], vec!["2.1.0.5", "2.1.0"]),
        ("2.1.0.4", vec!["2.1.0.4", "2.9"], vec!["2.1.0.3", "3"]),
        ("~2.1.0.4", vec!["2.1.0.4", "2.1.9"], vec!["2.1.0.3", "2.2"]),
        (">=v2024.10.03, <2025.01", vec!["2024.10.3", "2024.12.31.9"], vec!["2024.10.2", "2025.1.0"]),
    ] {
        let covers = |v: &&str| range(wanted).covers(&version(v));
        assert_eq!(inside.iter().filter(|v| covers(v)).count(), inside.len(), "{wanted} should cover {inside:?}");
        assert_eq!(outside.iter().filter(|v| covers(v)).count(), 0, "{wanted} should not cover {outside:?}");
        assert_eq!(range(&range(wanted).to_string()), range(wanted));
    }
    for bad in ["<1.2.3.4.5", ">=1.2.3.4-beta", ">=1.2-beta", "=1.2.3.*"] {
        assert_eq!(VersionRange::read(bad), Err(VersionError::Range), "{bad:?}");
    }
}
