//! Many licenses of one kind, with invented customers, for scripts and load tests.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use licensing::{ActivationCode, Fingerprint, Terms, activation::Request, terms::Seats};
use service::{
    Activation, Actor, BulkIssue, LicenseForm, Origin, PolicyForm, ProductForm, Service,
    store::{Engine, licenses::License, policies::Policy, products::Product},
};

use super::{
    command::{DemoCommand, DemoError},
    lines::{Line, Printer},
    progress::Progress,
};

/// Number of rows, licenses and devices together, that one transaction writes.
const BATCH: u32 = 4_000;
/// Number of batches that are prepared while others are written.
const PREPARED: usize = 2;
/// Number of batches that PostgreSQL writes at once. SQLite has one writer.
const WRITERS: usize = 3;
/// Number of devices that wait at the activation desk at a time: a few of its batches.
const AT_ONCE: usize = 1_024;

const FIRST: [&str; 32] = [
    "Ada",
    "Amara",
    "Anaïs",
    "Björn",
    "Camille",
    "Chiara",
    "Dariusz",
    "Edda",
    "Farid",
    "Grace",
    "Hamza",
    "Ingrid",
    "İpek",
    "Jun-ho",
    "Kwame",
    "Leila",
    "Léa",
    "Maren",
    "Nils",
    "Olga",
    "Paweł",
    "Priya",
    "Quentin",
    "Rosa",
    "Sébastien",
    "Tunde",
    "Ulla",
    "Viktor",
    "Wanda",
    "Ximena",
    "Yuki",
    "Zoë",
];
const SECOND: [&str; 32] = [
    "Adeyemi",
    "Bergström",
    "Cardoso",
    "Demir",
    "Eriksen",
    "Fontana",
    "García",
    "Haddad",
    "Ivanova",
    "Jiménez",
    "Kovačević",
    "Leclerc",
    "Mensah",
    "Nakamura",
    "Okafor",
    "Park",
    "Quispe",
    "Raman",
    "Sørlie",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Weiß",
    "Xu",
    "Yılmaz",
    "Zieliński",
    "Studio",
    "Records",
    "Audio GmbH",
    "Sound Ltd",
    "Films",
    "Radio",
];

/// Issues the licenses and activates their devices batch by batch, and prints each batch.
pub(super) async fn fill(service: &Service, command: &DemoCommand, licenses: u32) -> Result<(), DemoError> {
    let actor = Actor::command();
    let product = ProductForm { code: "plain".to_owned(), name: "Plain".to_owned(), ..ProductForm::default() };
    let product = service.licenses().create_product(product, &actor).await?;
    let terms = Terms { seats: Seats::Limited(command.seats), ..Terms::default() };
    let policy =
        service.licenses().create_policy(product.id, PolicyForm { name: "Plain".to_owned(), terms }, &actor).await?;

    // A license has at most this many devices in its first transaction.
    let first = command.devices_per_license.min(BATCH);
    let size = (BATCH / (1 + first)).max(1);
    let batches = (0..licenses).step_by(size as usize).map(|from| from..(from + size).min(licenses));
    let prepared = stream::iter(batches).map(|numbers| {
        let forms = numbers.map(customer).collect();
        tokio::spawn(prepare(service.clone(), (product.clone(), policy.clone()), forms, first))
    });
    let writers = if service.store().engine() == Engine::Sqlite { 1 } else { WRITERS };
    let mut issued = prepared
        .buffered(PREPARED)
        .map(|bulk| async { Ok::<_, DemoError>(service.activations().issue_in_bulk(bulk??).await?) })
        .buffered(writers);

    let mut printer = Printer::new(command.json);
    let mut progress = Progress::new(u64::from(licenses));
    while let Some(batch) = issued.try_next().await? {
        for (_, code) in &batch {
            activate(service, code, first..command.devices_per_license).await?;
        }
        let line =
            |(license, code): &(License, ActivationCode)| line(license, code, (&product, &policy), command.seats);
        printer.print(&batch.iter().map(line).collect::<Vec<_>>())?;
        progress.add(batch.len() as u64)?;
    }
    Ok(())
}

async fn prepare(
    service: Service,
    (product, policy): (Product, Policy),
    forms: Vec<LicenseForm>,
    devices: u32,
) -> service::Result<BulkIssue> {
    let of_code = move |code: &ActivationCode| (0..devices).filter_map(|number| device(code, number)).collect();
    service.activations().prepare_in_bulk((&product, &policy), forms, of_code, &Actor::command()).await
}

/// Activates further devices of a license at the desk.
async fn activate(
    service: &Service,
    code: &ActivationCode,
    numbers: std::ops::Range<u32>,
) -> Result<(), service::Error> {
    stream::iter(numbers.filter_map(|number| device(code, number)))
        .map(|activation| service.activations().activate_unsigned(activation))
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| std::future::ready(Ok(())))
        .await
}

fn line(license: &License, code: &ActivationCode, (product, policy): (&Product, &Policy), seats: u32) -> Line {
    Line {
        id: license.id,
        code: code.written().to_owned(),
        product: product.code.clone(),
        policy: policy.name.clone(),
        seats: Some(seats),
        state: license.state.name(),
    }
}

/// Returns the customer of the license with that number. Names repeat; addresses and references do not.
fn customer(number: u32) -> LicenseForm {
    // A multiplicative hash, so that consecutive customers have different names.
    let mixed = number.wrapping_mul(0x9E37_79B1);
    let pick = |names: &[&'static str; 32], shift: u32| names.get((mixed >> shift) as usize % 32).copied();
    let name = [pick(&FIRST, 27), pick(&SECOND, 22)].map(Option::unwrap_or_default).join(" ");
    LicenseForm {
        customer: name,
        email: format!("customer{number}@shop{}.example", mixed >> 20),
        reference: format!("order {}", 100_000 + number),
        ..LicenseForm::default()
    }
}

/// Returns the activation request of the license's device with that number.
fn device(code: &ActivationCode, number: u32) -> Option<Activation> {
    Some(Activation {
        fingerprint: Fingerprint::read(&format!("{}-{number}", code.written())).ok()?,
        code: code.clone(),
        request: Request::default(),
        device_name: Some(format!("Studio {number}")),
        platform: Some("macOS 15.3 arm64".to_owned()),
        origin: Origin { address: Some("203.0.113.9".to_owned()), request_id: None },
    })
}
