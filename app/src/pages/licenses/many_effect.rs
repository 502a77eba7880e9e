//! The effect of an act on many licenses, in words.

use licensing::sentence::thousands;

use crate::{
    admin::licenses::many::{Many, ManyAct},
    text::words,
};

/// The effect of an act on the devices of these licenses.
pub(super) fn effect(act: ManyAct, of: &Many) -> String {
    let devices = match of.seats {
        0 => "No device holds a seat now.".to_owned(),
        1 => "1 device holds a seat.".to_owned(),
        n => format!("{} hold seats.", words::count(n, "device")),
    };
    let until = if of.seats == 0 { "" } else { " Each runs until its token ends." };
    match act {
        ManyAct::Extend => {
            "Each license gets a new end. Devices pick it up at their next renewal; the codes stay the same.".to_owned()
        }
        ManyAct::Tag | ManyAct::Untag => {
            "Tags group licenses in lists. Customers and devices never see them.".to_owned()
        }
        ManyAct::Suspend => {
            format!("No device can activate or renew until the licenses are reinstated. {devices}{until}")
        }
        ManyAct::Reinstate => "Devices can activate and renew again immediately, with the same codes.".to_owned(),
        ManyAct::Revoke => format!(
            "This can’t be undone. The codes stop working permanently, and all seats are taken back immediately. {devices} \
             Offline devices stop when their tokens end."
        ),
        ManyAct::Export => "The licenses are downloaded as a file.".to_owned(),
    }
}

/// The number of licenses to which the act does not apply, and what they are.
pub(super) const fn skipped(act: ManyAct, of: &Many) -> (u64, &'static str) {
    match act {
        ManyAct::Extend => (of.endless + of.revoked, "revoked, or without an end"),
        ManyAct::Suspend => (of.suspended + of.revoked, "suspended or revoked already"),
        ManyAct::Reinstate => (of.count.saturating_sub(of.suspended), "not suspended"),
        ManyAct::Revoke => (of.revoked, "revoked already"),
        ManyAct::Tag | ManyAct::Untag | ManyAct::Export => (0, ""),
    }
}

/// The sentence about the licenses that will be skipped.
pub(super) fn skipped_words(n: u64, why: &str) -> String {
    match n {
        1 => format!("1 of them is {why}, and will be skipped."),
        n => format!("{} of them are {why}, and will be skipped.", thousands(n)),
    }
}

#[cfg(test)]
mod tests {
    use service::LicenseQuery;

    use super::*;

    fn many(count: u64, seats: u64) -> Many {
        Many {
            query: LicenseQuery::default(),
            count,
            names: vec!["Aurora".to_owned()],
            seats,
            suspended: 2,
            revoked: 1,
            endless: 3,
            is_complete: true,
        }
    }

    #[test]
    fn the_effect_names_the_devices() {
        for (seats, text) in [
            (0, "No device holds a seat now."),
            (1, "1 device holds a seat. Each runs until its token ends."),
            (1_200, "1,200 devices hold seats. Each runs until its token ends."),
        ] {
            assert!(effect(ManyAct::Suspend, &many(9, seats)).ends_with(text), "{seats}");
        }
    }

    #[test]
    fn licenses_to_which_an_act_does_not_apply_are_counted() {
        for (act, number) in [
            (ManyAct::Extend, 4),
            (ManyAct::Suspend, 3),
            (ManyAct::Reinstate, 7),
            (ManyAct::Revoke, 1),
            (ManyAct::Tag, 0),
        ] {
            assert_eq!(skipped(act, &many(9, 0)).0, number, "{act:?}");
        }
        assert_eq!(skipped_words(1, "revoked already"), "1 of them is revoked already, and will be skipped.");
        assert_eq!(skipped_words(1_200, "not suspended"), "1,200 of them are not suspended, and will be skipped.");
    }
}
