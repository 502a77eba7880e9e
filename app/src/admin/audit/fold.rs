//! Folding routine events of devices into one line, so that the others stand out.

use licensing::EventKind;

use super::line::EventLine;

impl EventLine {
    /// `true` for a renewal or a check-in.
    fn is_routine(&self) -> bool {
        matches!(EventKind::from_name(&self.kind), Some(EventKind::DeviceRenewed | EventKind::DeviceCheckedIn))
    }
}

/// Folds each run of renewals, or of check-ins, of one device into its newest line. `items` are ordered from new to old;
/// `line` returns the event of an item, if it is one.
pub(in crate::admin) fn folded<T>(
    items: impl IntoIterator<Item = T>,
    line: impl Fn(&mut T) -> Option<&mut EventLine>,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for mut item in items {
        let older = line(&mut item).filter(|it| it.is_routine()).map(|it| (it.kind.clone(), it.link.clone(), it.at));
        let newer = kept.last_mut().and_then(&line);
        match older.zip(newer) {
            Some(((kind, link, at), newer)) if newer.kind == kind && newer.link == link => {
                newer.count += 1;
                newer.since = at;
            }
            _ => kept.push(item),
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
}
