//! Many licenses of one kind, with invented customers, for scripts and load tests.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use licensing::{ActivationCode, Fingerprint, Terms, activation::Request, terms::Seats};
use service::{Activation, Actor, LicenseForm, Origin, PolicyForm, ProductForm, Service};

use super::{
    command::{DemoCommand, DemoError},
    lines::Line,
};

/// Number of licenses issued in one transaction.
const BATCH: u32 = 1_000;
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

/// Issues the licenses batch by batch, activates their devices, and passes each batch to `print`.
pub(super) async fn fill(
    service: &Service,
    command: &DemoCommand,
    licenses: u32,
    mut print: impl FnMut(Vec<Line>) -> std::io::Result<()>,
) -> Result<(), DemoError> {
    let actor = Actor::command();
    let product = ProductForm { code: "plain".to_owned(), name: "Plain".to_owned(), ..ProductForm::default() };
    let product = service.licenses().create_product(product, &actor).await?;
    let terms = Terms { seats: Seats::Limited(command.seats), ..Terms::default() };
    let policy =
        service.licenses().create_policy(product.id, PolicyForm { name: "Plain".to_owned(), terms }, &actor).await?;
    let mut from = 0;
    while from < licenses {
        let to = (from + BATCH).min(licenses);
        let issued = service.licenses().create_licenses(policy.id, (from..to).map(customer).collect(), &actor).await?;
        let devices = issued.iter().flat_map(|(_, code)| (0..command.devices_per_license).map(move |n| (code, n)));
        let activations: Vec<_> = devices.filter_map(|(code, n)| device(code, n)).collect();
        stream::iter(activations)
            .map(|activation| service.activations().activate_unsigned(activation))
            .buffer_unordered(AT_ONCE)
            .try_for_each(|_| std::future::ready(Ok(())))
            .await?;
        let lines = issued.into_iter().map(|(license, code)| Line {
            id: license.id,
            code: code.written().to_owned(),
            product: product.code.clone(),
            policy: policy.name.clone(),
            seats: Some(command.seats),
            state: license.state.name(),
        });
        print(lines.collect())?;
        from = to;
    }
    Ok(())
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
