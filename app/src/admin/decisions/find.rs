//! Finding decisions from a problem document.

use chrono::{DateTime, TimeDelta, Utc};
use service::store::{Connection, Result, decisions::DecisionRow};
use uuid::Uuid;

/// Maximum number of ids per search.
const MOST: usize = 4;

/// The ids in a pasted text: a decision's id, a problem's `instance`, or a whole document.
pub(in crate::admin) fn ids(text: &str) -> Vec<Uuid> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.filter(|word| word.len() == 36).filter_map(|word| word.parse().ok()).take(MOST).collect()
}

/// The decisions with these ids, and those of the requests with these ids.
pub(in crate::admin) async fn by_ids(on: &mut Connection<'_>, ids: &[Uuid]) -> Result<Vec<DecisionRow>> {
    let mut found: Vec<DecisionRow> = Vec::new();
    for id in ids {
        let mut rows: Vec<DecisionRow> = on.decision(*id).await?.into_iter().collect();
        if let (true, Some(at)) = (rows.is_empty(), moment(*id)) {
            rows = on.decisions_in_request(&id.to_string(), at).await?;
        }
        for row in rows {
            if found.iter().all(|other| other.id != row.id) {
                found.push(row);
            }
        }
    }
    Ok(found)
}

/// The time that many hours before `now`, but no earlier than 1970: no decision is older, and neither database stores
/// every time that `chrono` can represent.
pub(in crate::admin) fn hours_before(now: DateTime<Utc>, hours: u32) -> DateTime<Utc> {
    let earlier = TimeDelta::try_hours(hours.into()).and_then(|length| now.checked_sub_signed(length));
    earlier.unwrap_or_default().max(DateTime::UNIX_EPOCH)
}

/// The time in a UUIDv7 (RFC 9562 §5.7).
fn moment(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, _) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

/// Parses a fingerprint's hash from 64 hexadecimal digits.
pub(in crate::admin) fn hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_whatever_was_pasted() {
        let id: Uuid = "01a2078f-b6d1-74cd-aa81-dec1391627ff".parse().unwrap();
        for pasted in [
            "01a2078f-b6d1-74cd-aa81-dec1391627ff",
            " urn:uuid:01A2078F-B6D1-74CD-AA81-DEC1391627FF ",
            r#"{"status": 409, "decision": "01a2078f-b6d1-74cd-aa81-dec1391627ff"}"#,
        ] {
            assert_eq!(ids(pasted), [id], "{pasted}");
        }
        for other in ["", "Aurora", "203.0.113.7", "01a2078f-b6d1-74cd-aa81", "i…@acme.com"] {
            assert!(ids(other).is_empty(), "{other}");
        }
        assert_eq!(moment(id).unwrap().to_rfc3339(), "2026-11-23T08:39:48+00:00");
    }

    #[test]
    fn any_number_of_hours_is_a_moment() {
        let now: DateTime<Utc> = "2026-11-23T08:39:48Z".parse().unwrap();
        assert_eq!(hours_before(now, 24).to_rfc3339(), "2026-11-22T08:39:48+00:00");
        for hours in [600_000, 10_000_000, u32::MAX] {
            assert_eq!(hours_before(now, hours), DateTime::UNIX_EPOCH, "{hours}");
        }
    }

    #[test]
    fn a_hash_is_read_from_its_digits_and_from_nothing_else() {
        let text = "00ff".repeat(16);
        assert_eq!(hash(&text).unwrap()[..3], [0, 255, 0]);
        for bad in ["", "00ff", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(hash(bad), None, "{bad}");
        }
    }
}
