//! Templates for the terms of new policies.

use licensing::{
    Period, Span, Terms,
    feature::FeatureValues,
    terms::{EmailTerm, Holding, Lease, Release, Seats, Trial, Validity, WhenFull},
};

/// Terms that many vendors use.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The value in the address.
    pub key: &'static str,
    /// The title; also the initial name of a policy made from the template.
    pub title: &'static str,
    /// The template's description.
    pub text: &'static str,
    /// The template's terms.
    pub terms: fn() -> Terms,
}

impl Template {
    /// The template with this key.
    pub fn of(key: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|it| it.key == key)
    }
}

/// Every template.
pub const TEMPLATES: [Template; 6] = [
    Template {
        key: "perpetual",
        title: "Perpetual, node-locked",
        text: "2 devices, perpetual; only support can release a seat",
        terms: perpetual,
    },
    Template { key: "subscription", title: "Subscription", text: "3 devices for one year", terms: subscription },
    Template {
        key: "team",
        title: "Floating team",
        text: "5 devices at a time; a seat is held only while checked in",
        terms: team,
    },
    Template {
        key: "trial",
        title: "Trial",
        text: "14 days per device, once; requires an e-mail address",
        terms: trial,
    },
    Template { key: "lab", title: "Offline lab", text: "12 devices that connect once a year", terms: lab },
    Template { key: "site", title: "Site license", text: "10,000 devices with one code, for a year", terms: site },
];

fn lease(default: Span, minimum: Span, maximum: Span) -> Lease {
    Lease { default, minimum, maximum }
}

fn perpetual() -> Terms {
    Terms {
        seats: Seats::Limited(2),
        lease: lease(Span::days(90), Span::days(1), Span::days(365)),
        grace: Span::days(30),
        release: Release::BySupport,
        ..Terms::default()
    }
}

fn subscription() -> Terms {
    Terms { seats: Seats::Limited(3), validity: Validity::FromIssue(Period::YEAR), ..Terms::default() }
}

fn team() -> Terms {
    Terms {
        seats: Seats::Limited(5),
        holding: Holding::Floating,
        when_full: WhenFull::TakeOver,
        lease: lease(Span::hours(8), Span::minutes(15), Span::days(7)),
        grace: Span::hours(1),
        validity: Validity::FromIssue(Period::YEAR),
        ..Terms::default()
    }
}

fn trial() -> Terms {
    Terms {
        lease: lease(Span::days(14), Span::hours(1), Span::days(14)),
        grace: Span::ZERO,
        trial: Some(Trial { lasts: Span::days(14), features: FeatureValues::new() }),
        email: EmailTerm::Required,
        release: Release::BySupport,
        ..Terms::default()
    }
}

fn lab() -> Terms {
    Terms {
        seats: Seats::Limited(12),
        lease: lease(Span::days(365), Span::days(1), Span::days(365)),
        grace: Span::days(30),
        release: Release::BySupport,
        ..Terms::default()
    }
}

fn site() -> Terms {
    Terms {
        seats: Seats::Limited(10_000),
        grace: Span::days(14),
        validity: Validity::FromIssue(Period::YEAR),
        ..Terms::default()
    }
}
