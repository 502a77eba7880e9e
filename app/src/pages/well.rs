//! The sentence on Home that answers whether all is well.

use licensing::sentence::thousands;

use super::decisions::refusal_reason;
use crate::{admin::home::HomePage, text::words::count};

/// Says what needs attention: refusals of the last 24 hours, and licenses that end soon.
pub(super) fn sentence(of: &HomePage) -> String {
    let refused: u64 = of.refusals.iter().map(|group| group.refusals).sum();
    let most = of.refusals.iter().max_by_key(|group| group.refusals);
    let refusals = match most {
        None => "All is well: no device was refused in the last 24 hours.".to_owned(),
        Some(group) => {
            let verb = if refused == 1 { "was" } else { "were" };
            let reason = refusal_reason(&group.refusal, "");
            let which = if group.refusals == refused { "all" } else { "most" };
            let why = match group.refusals {
                _ if refused == 1 => format!(" ({reason})"),
                most if most > refused / 2 => format!(" ({which}: {reason})"),
                _ => String::new(),
            };
            format!("{} {verb} refused in the last 24 hours{why}.", count(refused, "request"))
        }
    };
    let ending = of.overview.as_ref().map_or(0, |it| it.ending_in_week);
    match ending {
        0 => refusals,
        1 => format!("{refusals} 1 license ends within a week."),
        n => format!("{refusals} {} licenses end within a week.", thousands(n)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;
    use service::{Overview, PageVersion, Topic};

    use super::*;
    use crate::admin::decisions::GroupLine;

    fn home(refusals: &[(&str, u64)], ending_in_week: u64) -> HomePage {
        let line = |(refusal, refusals): &(&str, u64)| GroupLine {
            refusal: (*refusal).to_owned(),
            product: None,
            refusals: *refusals,
            licenses: 1,
            names: Vec::new(),
            last_at: DateTime::UNIX_EPOCH,
        };
        HomePage {
            products: 1,
            policies: 1,
            any_license: true,
            overview: Some(Arc::new(Overview { ending_in_week, ..Overview::default() })),
            activated: true,
            first_run: None,
            seen: PageVersion { topic: Topic::Home, version: "".into() },
            refusals: refusals.iter().map(line).collect(),
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_quiet_day_is_well_and_others_say_why_not() {
        for (refusals, ending, text) in [
            (&[][..], 0, "All is well: no device was refused in the last 24 hours."),
            (&[], 2, "All is well: no device was refused in the last 24 hours. 2 licenses end within a week."),
            (
                &[("seat_limit", 1)],
                1,
                "1 request was refused in the last 24 hours (no free seat). 1 license ends within a week.",
            ),
            (&[("seat_limit", 3)], 0, "3 requests were refused in the last 24 hours (all: no free seat)."),
            (
                &[("code_not_found", 2), ("seat_limit", 1_200)],
                0,
                "1,202 requests were refused in the last 24 hours (most: no free seat).",
            ),
            (&[("code_not_found", 2), ("seat_limit", 2)], 0, "4 requests were refused in the last 24 hours."),
        ] {
            assert_eq!(sentence(&home(refusals, ending)), text);
        }
    }
}
