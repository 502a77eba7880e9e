//! Fourteen months of a vendor, simulated in a few seconds: the clock is set back and advanced from act to act.

use std::collections::HashMap;

use licensing::{
    ActivationCode, Email, Fingerprint, Terms, Version,
    activation::Request,
    license::{self, StateChange},
    product::Lifecycle,
    terms::{Devices, Seats},
};
use service::{Activation, Actor, BlockedFor, Clock, LicenseForm, NewBlock, NewLicense, Origin, ProductForm, Service};
use uuid::Uuid;

use super::{
    catalog::{Offer, catalog},
    lines::Line,
    sales::{Outcome, SALES, Sale},
};

/// Start of the simulation, in days before today.
const BEGAN: i64 = 420;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Names and platforms of devices, used in rotation.
const DEVICES: &[(&str, &str)] = &[
    ("Studio Mac", "macOS 15.3 arm64"),
    ("MacBook Pro", "macOS 14.7 arm64"),
    ("MIX-01", "Windows 11 x86-64"),
    ("Live rig", "Windows 11 x86-64"),
    ("edit-suite-b", "Ubuntu 24.04 x86-64"),
    ("Laptop", "Windows 10 x86-64"),
    ("render-2", "Debian 12 x86-64"),
];
const VERSIONS: &[&str] = &["2.4.1", "2.4.0", "2.3.7", "2.5.0-beta.2"];

/// An event, in seconds before now.
struct Scene {
    before: i64,
    act: Act,
}

enum Act {
    Sell(&'static Sale),
    /// The sale's device with that number requests an activation.
    Ask(&'static Sale, usize),
    /// The sale's first device makes a mistake.
    Err(&'static Sale, Mistake),
    StateChange(&'static Sale, StateChange, &'static str),
    RevokeFirstDevice(&'static Sale, &'static str),
    BlockFirstDevice(&'static Sale, &'static str),
}

/// A mistake of a customer, with which the demo has refusals of several kinds.
#[derive(Clone, Copy)]
enum Mistake {
    /// Types the code of another vendor.
    Code,
    /// Enters another e-mail address.
    Address,
    /// Installs the software on one more computer than allowed.
    Computer,
}

/// The mistakes: hours before now, the customer, and the mistake.
const MISTAKES: &[(i64, &str, Mistake)] = &[
    (2, "Tunde Adeyemi", Mistake::Computer),
    (3, "Tunde Adeyemi", Mistake::Computer),
    (5, "Leila Haddad", Mistake::Code),
    (6, "Escola de Música do Porto", Mistake::Address),
    (7, "Leila Haddad", Mistake::Code),
    (30, "Kwame Mensah", Mistake::Computer),
    (52, "Sibelius-koulu", Mistake::Address),
    (170, "Blue Hour Audio", Mistake::Computer),
    (260, "Omar Benali", Mistake::Code),
    (400, "Tunde Adeyemi", Mistake::Computer),
];

struct Policy {
    id: Uuid,
    terms: Terms,
}

/// A sold license, and the session of its first device.
struct Sold {
    id: Uuid,
    code: ActivationCode,
    first_device: Option<Uuid>,
}

/// Returns a clock set to the start of the simulation.
pub(super) fn clock() -> Clock {
    let clock = Clock::fixed(Clock::system().now());
    clock.advance(-BEGAN * DAY);
    clock
}

/// Runs the simulation, from [`clock`]'s time until now.
pub(super) async fn fill(service: &Service) -> Result<Vec<Line>, service::Error> {
    let actor = Actor::command();
    let (policies, bass) = open_shop(service, &actor).await?;
    let mut sold: HashMap<&str, Sold> = HashMap::new();
    let mut elapsed = BEGAN * DAY;
    for Scene { before, act } in scenes() {
        service.clock().advance(elapsed - before);
        elapsed = before;
        play(service, &actor, &policies, &mut sold, act).await?;
    }
    service.clock().advance(elapsed);
    if let Some((id, form)) = bass {
        service.licenses().change_product(id, ProductForm { lifecycle: Lifecycle::Withdrawn, ..form }, &actor).await?;
    }
    lines(service, &policies, &sold).await
}

type Policies = HashMap<(String, String), Policy>;

/// Creates products and policies. Returns the last product too, which is withdrawn at the end.
async fn open_shop(
    service: &Service,
    actor: &Actor,
) -> Result<(Policies, Option<(Uuid, ProductForm)>), service::Error> {
    let (mut all, mut last) = (HashMap::new(), None);
    for Offer { product: form, policies } in catalog() {
        let product = service.licenses().create_product(form.clone(), actor).await?;
        for policy in policies {
            let policy = service.licenses().create_policy(product.id, policy, actor).await?;
            all.insert((product.code.clone(), policy.name), Policy { id: policy.id, terms: policy.terms });
        }
        last = Some((product.id, form));
    }
    Ok((all, last))
}

/// Returns all events, in order.
fn scenes() -> Vec<Scene> {
    let mut scenes: Vec<Scene> =
        (0_i64..).zip(SALES).flat_map(|(hour, sale)| story_of(sale, hour % 9 * HOUR)).collect();
    let mistakes = MISTAKES.iter().filter_map(|(hours, customer, mistake)| {
        let sale = SALES.iter().find(|sale| sale.customer == *customer)?;
        Some(Scene { before: hours * HOUR, act: Act::Err(sale, *mistake) })
    });
    scenes.extend(mistakes);
    scenes.sort_by_key(|scene| std::cmp::Reverse(scene.before));
    scenes
}

/// Returns the events of a sale: its devices return every 13 days and for a last time, then its fate follows. `at`
/// spreads sales over the day.
fn story_of(sale: &'static Sale, at: i64) -> Vec<Scene> {
    let sold = sale.sold * DAY + at + 10 * HOUR;
    let mut scenes = vec![Scene { before: sold, act: Act::Sell(sale) }];
    for (device, late) in (0..sale.devices).zip(1_i64..) {
        let first = (sold - late * 2 * HOUR).max(HOUR);
        let last = (sale.seen * DAY + late * HOUR / 2).min(first);
        let visits =
            std::iter::successors(Some(first), |before| Some(before - 13 * DAY)).take_while(|before| *before > last);
        scenes.extend(visits.chain([last]).map(|before| Scene { before, act: Act::Ask(sale, device) }));
    }
    match sale.outcome {
        Outcome::Left => {}
        Outcome::Stepped(day, step, why) => {
            scenes.push(Scene { before: day * DAY, act: Act::StateChange(sale, step, why) })
        }
        Outcome::Stolen(day, why) => scenes.push(Scene { before: day * DAY, act: Act::BlockFirstDevice(sale, why) }),
        Outcome::LostDevice(day, why) => {
            scenes.push(Scene { before: day * DAY, act: Act::RevokeFirstDevice(sale, why) })
        }
    }
    scenes
}

async fn play(
    service: &Service,
    actor: &Actor,
    policies: &Policies,
    sold: &mut HashMap<&'static str, Sold>,
    act: Act,
) -> Result<(), service::Error> {
    match act {
        Act::Sell(sale) => {
            let Some(policy) = policies.get(&named(sale)) else { return Ok(()) };
            let (license, code) = service.licenses().create_license(order(sale, policy.id), actor).await?;
            if policy.terms.devices == Devices::Authorized {
                service.devices().authorize_devices(license.id, &laboratory(sale), actor).await?;
            }
            sold.insert(sale.customer, Sold { id: license.id, code, first_device: None });
        }
        Act::Ask(sale, device) => {
            let Some(sold) = sold.get_mut(sale.customer) else { return Ok(()) };
            let Some(asking) = asking(sale, device, &sold.code) else { return Ok(()) };
            match service.activations().activate(asking).await {
                Ok((activated, _)) if device == 0 => sold.first_device = Some(activated.session_id),
                // The license has ended, and the device is refused as a real one would be.
                Ok(_) | Err(service::Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Act::Err(sale, mistake) => {
            let Some(sold) = sold.get(sale.customer) else { return Ok(()) };
            let Some(asking) = mistaken(sale, mistake, &sold.code) else { return Ok(()) };
            match service.activations().activate(asking).await {
                Ok(_) | Err(service::Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Act::StateChange(sale, step, why) => {
            if let Some(sold) = sold.get(sale.customer) {
                service.licenses().change_state(sold.id, step, why, actor).await?;
            }
        }
        Act::BlockFirstDevice(sale, why) => {
            if let Some(fingerprint) = fingerprint(sale, 0) {
                let (blocked_for, reason) = (BlockedFor::Server, why.to_owned());
                service
                    .devices()
                    .block_device(NewBlock { fingerprint, blocked_for, revoke: true, reason }, actor)
                    .await?;
            }
        }
        Act::RevokeFirstDevice(sale, why) => {
            if let Some(device) = sold.get(sale.customer).and_then(|sold| sold.first_device) {
                service.devices().revoke_activation(device, why, actor).await?;
            }
        }
    }
    Ok(())
}

fn named(sale: &Sale) -> (String, String) {
    (sale.policy.0.to_owned(), sale.policy.1.to_owned())
}

fn order(sale: &Sale, policy_id: Uuid) -> NewLicense {
    let reference = format!("order {}", 1200 + (BEGAN - sale.sold) * 3);
    let form = LicenseForm {
        customer: sale.customer.to_owned(),
        email: sale.email.to_owned(),
        reference,
        ..LicenseForm::default()
    };
    NewLicense { policy_id, code: String::new(), form }
}

/// Returns a distinct number for each device of a sale.
fn seed(sale: &Sale, device: usize) -> usize {
    sale.customer.bytes().fold(device, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}

fn fingerprint(sale: &Sale, device: usize) -> Option<Fingerprint> {
    let text = format!("{:016x}-{device:04}", seed(sale, device).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Fingerprint::read(&text).ok()
}

/// Returns the devices of a laboratory, all pre-registered; the last three have not activated yet.
fn laboratory(sale: &Sale) -> Vec<(Fingerprint, String)> {
    let desks = 0..sale.devices + 3;
    desks.filter_map(|desk| Some((fingerprint(sale, desk)?, format!("Laboratory, desk {}", desk + 1)))).collect()
}

fn asking(sale: &Sale, device: usize, code: &ActivationCode) -> Option<Activation> {
    let seed = seed(sale, device);
    let (name, platform) = DEVICES.get(seed % DEVICES.len()).copied().unwrap_or_default();
    let version = VERSIONS.get(seed % VERSIONS.len()).and_then(|version| Version::read(version).ok());
    let address = format!("203.0.113.{}", seed % 254 + 1);
    Some(Activation {
        code: code.clone(),
        fingerprint: fingerprint(sale, device)?,
        request: Request { email: Email::read(sale.email).ok(), version, ..Request::default() },
        device_name: Some(name.to_owned()),
        platform: Some(platform.to_owned()),
        origin: Origin { address: Some(address), request_id: None },
    })
}

/// Returns the request of a customer who makes a mistake.
fn mistaken(sale: &Sale, mistake: Mistake, code: &ActivationCode) -> Option<Activation> {
    let device = if matches!(mistake, Mistake::Computer) { sale.devices } else { 0 };
    let asked = asking(sale, device, code)?;
    Some(match mistake {
        Mistake::Code => Activation { code: ActivationCode::read("ANOTHER-VENDORS-CODE").ok()?, ..asked },
        Mistake::Address => {
            let email = Email::read("someone.else@example.com").ok();
            Activation { request: Request { email, ..asked.request }, ..asked }
        }
        Mistake::Computer => asked,
    })
}

/// Returns the lines of all sold licenses in their current state.
async fn lines(
    service: &Service,
    policies: &Policies,
    sold: &HashMap<&str, Sold>,
) -> Result<Vec<Line>, service::Error> {
    let now = service.clock().now();
    let mut lines = Vec::new();
    for (sale, sold) in SALES.iter().filter_map(|sale| Some((sale, sold.get(sale.customer)?))) {
        let license = service.licenses().license(sold.id).await?.license;
        let Some(policy) = policies.get(&named(sale)) else { continue };
        let ends_at = license::ends_at(policy.terms.validity, license.issued_at, license.first_activated_at);
        let ended = license.state == license::State::Active && license::has_ended(ends_at, now);
        lines.push(Line {
            id: sold.id,
            code: sold.code.written().to_owned(),
            product: sale.policy.0.to_owned(),
            policy: sale.policy.1.to_owned(),
            seats: match policy.terms.seats {
                Seats::Limited(seats) => Some(seats),
                Seats::Unlimited => None,
            },
            state: if ended { "ended" } else { license.state.name() },
        });
    }
    Ok(lines)
}
