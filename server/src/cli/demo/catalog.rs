//! Products of the demo's vendor: plug-ins and a studio for musicians.

use licensing::{
    CodeShape, Period, Span, Terms, VersionRange,
    feature::{Feature, FeatureKind, FeatureValue, FeatureValues},
    product::Algorithm,
    terms::{Devices, EmailTerm, Holding, Lease, Reactivation, Release, Seats, Strictness, Trial, Validity, Versions},
};
use service::{PolicyForm, ProductForm};

/// A product and its policies.
pub(super) struct Offer {
    pub(super) product: ProductForm,
    pub(super) policies: Vec<PolicyForm>,
}

pub(super) fn catalog() -> Vec<Offer> {
    vec![drift(), halcyon(), meridian(), undertow()]
}

fn drift() -> Offer {
    let perpetual = Terms { seats: Seats::Limited(2), grace: Span::days(14), ..Terms::default() };
    let trial = Terms {
        lease: lease(1, 3),
        grace: Span::days(1),
        trial: Some(Trial { lasts: Span::days(14), features: FeatureValues::new() }),
        email: EmailTerm::Required,
        release: Release::BySupport,
        ..Terms::default()
    };
    let education = Terms {
        seats: Seats::Limited(5),
        validity: Validity::FromIssue(Period::YEAR),
        email: EmailTerm::MustMatch,
        ..Terms::default()
    };
    Offer {
        product: product(
            "drift-pro",
            "Drift Pro",
            Algorithm::ES256,
            vec![
                choice("edition", &["standard", "pro", "artist"], "pro"),
                number("oscillators", 4),
                boolean("mpe", true),
            ],
        ),
        policies: vec![
            policy("Perpetual, two computers", perpetual),
            policy("Trial, two weeks", trial),
            policy("Education, one year", education),
        ],
    }
}

fn halcyon() -> Offer {
    let subscription = Terms {
        seats: Seats::Limited(3),
        lease: lease(14, 30),
        grace: Span::days(3),
        validity: Validity::FromIssue(Period::YEAR),
        ..Terms::default()
    };
    let perpetual = Terms {
        seats: Seats::Limited(2),
        versions: VersionRange::read("<3").map_or(Versions::Any, Versions::Range),
        ..Terms::default()
    };
    Offer {
        product: product(
            "halcyon-reverb",
            "Halcyon Reverb",
            Algorithm::EdDSA,
            vec![boolean("surround", false), number("rooms", 12)],
        ),
        policies: vec![policy("Studio subscription", subscription), policy("Perpetual, version 2", perpetual)],
    }
}

fn meridian() -> Offer {
    let site = Terms { seats: Seats::Unlimited, lease: lease(90, 90), grace: Span::days(30), ..Terms::default() };
    let team = Terms {
        seats: Seats::Limited(10),
        holding: Holding::Floating,
        lease: lease(1, 7),
        grace: Span::hours(12),
        ..Terms::default()
    };
    let offline = Terms {
        lease: lease(365, 730),
        grace: Span::days(30),
        reactivation: Reactivation::Refuse,
        release: Release::BySupport,
        devices: Devices::Authorized,
        strictness: Strictness::Strict,
        ..Terms::default()
    };
    Offer {
        product: product(
            "meridian-daw",
            "Meridian DAW",
            Algorithm::ES256,
            vec![
                choice("edition", &["essential", "studio", "broadcast"], "studio"),
                number("tracks", 256),
                boolean("video", true),
            ],
        ),
        policies: vec![
            policy("Site license", site),
            policy("Floating team of ten", team),
            policy("Offline laboratory", offline),
        ],
    }
}

fn undertow() -> Offer {
    let product = product("undertow-bass", "Undertow Bass", Algorithm::RS256, vec![]);
    Offer {
        product: ProductForm { code_shape: CodeShape::ThreeBySix, ..product },
        policies: vec![policy("Perpetual", Terms::default())],
    }
}

fn product(code: &str, name: &str, algorithm: Algorithm, features: Vec<Feature>) -> ProductForm {
    ProductForm { code: code.to_owned(), name: name.to_owned(), algorithm, features, ..ProductForm::default() }
}

fn policy(name: &str, terms: Terms) -> PolicyForm {
    PolicyForm { name: name.to_owned(), terms }
}

/// Creates a lease from numbers of days.
fn lease(default: u64, maximum: u64) -> Lease {
    Lease { default: Span::days(default), minimum: Span::hours(1), maximum: Span::days(maximum) }
}

fn boolean(code: &str, default: bool) -> Feature {
    feature(code, FeatureKind::Boolean, FeatureValue::Boolean(default))
}

fn number(code: &str, default: u32) -> Feature {
    feature(code, FeatureKind::Number, FeatureValue::Number(default.into()))
}

fn choice(code: &str, choices: &[&str], default: &str) -> Feature {
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    feature(code, FeatureKind::Choice(choices), FeatureValue::Text(default.to_owned()))
}

fn feature(code: &str, kind: FeatureKind, default: FeatureValue) -> Feature {
    Feature { code: code.to_owned(), kind, default }
}
