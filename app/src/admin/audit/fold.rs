//! Folding events into one line: routine ones of a device, and those of an act on many licenses, so that the others stand out.

use licensing::EventKind;

use super::line::EventLine;

impl EventLine {
    /// `true` for a renewal or a check-in of the same device as `newer`.
    fn repeats(&self, newer: &Self) -> bool {
        let routine =
            matches!(EventKind::from_name(&self.kind), Some(EventKind::DeviceRenewed | EventKind::DeviceCheckedIn));
        routine && newer.kind == self.kind && newer.link == self.link
    }

    /// `true` for the same act on another license by the same request, with the same changes.
    fn is_of_same_request(&self, newer: &Self) -> bool {
        self.kind.starts_with("license.")
            && self.request_id.is_some()
            && self.link != newer.link
            && (&self.kind, &self.request_id, &self.actor) == (&newer.kind, &newer.request_id, &newer.actor)
            && (&self.reason, &self.changes) == (&newer.reason, &newer.changes)
    }

    /// Folds an older event into this line if they belong together. Returns `false` if they do not.
    fn absorb(&mut self, older: &Self) -> bool {
        if older.repeats(self) {
            self.since = older.at;
        } else if older.is_of_same_request(self) {
            self.others.push((older.subject.clone(), older.link.clone()));
        } else {
            return false;
        }
        self.count += 1;
        true
    }
}

/// Folds each run of renewals, or of check-ins, of one device into its newest line, and each run of one act on several
/// licenses by one request. `items` are ordered from new to old; `line` returns the event of an item, if it is one.
pub(in crate::admin) fn folded<T>(
    items: impl IntoIterator<Item = T>,
    line: impl Fn(&mut T) -> Option<&mut EventLine>,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for mut item in items {
        let pair = line(&mut item).zip(kept.last_mut().and_then(&line));
        if !pair.is_some_and(|(older, newer)| newer.absorb(older)) {
            kept.push(item);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    fn line(minutes_ago: i64, device: &str, kind: EventKind) -> EventLine {
        let at = DateTime::<Utc>::UNIX_EPOCH - TimeDelta::minutes(minutes_ago);
        EventLine {
            id: uuid::Uuid::nil(),
            at,
            actor: device.to_owned(),
            kind: kind.name().to_owned(),
            subject: device.to_owned(),
            link: Some(format!("/devices/{device}")),
            license_id: None,
            license: None,
            changes: Vec::new(),
            reason: None,
            address: None,
            request_id: None,
            count: 1,
            since: at,
            others: Vec::new(),
        }
    }

    #[test]
    fn a_run_of_renewals_of_one_device_becomes_one_line_and_nothing_else_does() {
        use EventKind::{DeviceActivated, DeviceCheckedIn, DeviceRenewed};
        let lines = vec![
            line(1, "a", DeviceRenewed),
            line(2, "a", DeviceRenewed),
            line(3, "a", DeviceRenewed),
            line(4, "b", DeviceRenewed),
            line(5, "a", DeviceRenewed),
            line(6, "a", DeviceCheckedIn),
            line(7, "a", DeviceActivated),
            line(8, "a", DeviceActivated),
        ];
        let folded = folded(lines, |line| Some(line));
        let shown: Vec<_> = folded.iter().map(|it| (it.subject.as_str(), it.count, it.at - it.since)).collect();
        let alone = TimeDelta::zero();
        let expected = [("a", 3, TimeDelta::minutes(2)), ("b", 1, alone), ("a", 1, alone), ("a", 1, alone)];
        assert_eq!(shown[..4], expected);
        assert_eq!(shown.len(), 6, "activations are no routine");
    }

    #[test]
    fn one_act_on_many_licenses_becomes_one_line_that_names_them_all() {
        let tagged = |minutes_ago: i64, license: &str, request: &str| EventLine {
            actor: "Ingrid".to_owned(),
            link: Some(format!("/licenses/{license}")),
            request_id: Some(request.to_owned()),
            ..line(minutes_ago, license, EventKind::LicenseTagsChanged)
        };
        let other_reason = EventLine { reason: Some("Paid.".to_owned()), ..tagged(6, "f", "r") };
        let lines = vec![
            tagged(1, "a", "r"),
            tagged(1, "b", "r"),
            tagged(1, "c", "r"),
            tagged(2, "d", "s"),
            line(3, "x", EventKind::DeviceActivated),
            tagged(4, "e", "s"),
            other_reason,
        ];
        let folded = folded(lines, |line| Some(line));
        let shown: Vec<_> = folded.iter().map(|it| (it.subject.as_str(), it.count)).collect();
        assert_eq!(shown, [("a", 3), ("d", 1), ("x", 1), ("e", 1), ("f", 1)]);
        let others: Vec<_> = folded[0].others.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(others, ["b", "c"]);
    }
}
