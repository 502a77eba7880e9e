//! Licenses for scripts and load tests: many of one kind, without devices.

use licensing::{Terms, terms::Seats};
use service::{Actor, LicenseForm, NewLicense, PolicyForm, ProductForm, Service};

use super::Line;

pub(super) async fn fill(service: &Service, licenses: u32, seats: u32) -> Result<Vec<Line>, service::Error> {
    let actor = Actor::command();
    let product = ProductForm { code: "plain".to_owned(), name: "Plain".to_owned(), ..ProductForm::default() };
    let product = service.create_product(product, &actor).await?;
    let terms = Terms { seats: Seats::Limited(seats), ..Terms::default() };
    let policy = service.create_policy(product.id, PolicyForm { name: "Plain".to_owned(), terms }, &actor).await?;
    let mut lines = Vec::new();
    for _ in 0..licenses {
        let new = NewLicense { policy_id: policy.id, code: String::new(), form: LicenseForm::default() };
        let (license, code) = service.create_license(new, &actor).await?;
        lines.push(Line {
            id: license.id,
            code: code.written().to_owned(),
            product: product.code.clone(),
            policy: policy.name.clone(),
            seats: Some(seats),
            state: license.state.name(),
        });
    }
    Ok(lines)
}
