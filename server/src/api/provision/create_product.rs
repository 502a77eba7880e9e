//! `POST /assets/products`.

use axum::{extract::State, response::Response};
use licensing::{Act, Version, product::ProductVersion};
use service::{Error, Outcome, ProductForm};
use utoipa::ToSchema;

use super::wire::{ProductJson, answered, refuse};
use crate::{
    AppState,
    api::{
        manage::{call::Call, located::unlocated, products::with, program::nothing},
        problem::Problem,
    },
};

/// A product and its version.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = ProvisionProduct)]
#[expect(dead_code, reason = "a type that only describes")]
pub(super) struct NewProduct {
    product_code: String,
    product_version: String,
    /// Required for a new product. For a new version of one, absent or the name that it has.
    name: Option<String>,
}

/// Creates a product with a version, or announces a version of a product whose code is known. A version that is known too
/// is 409.
#[utoipa::path(
    post,
    path = "/api/v1/provision/admin/assets/products",
    operation_id = "provisionProduct",
    tag = "Provisioning",
    request_body = NewProduct,
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn create_product(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    if let Some(done) = call.repeated(&state).await? {
        let outcome: Outcome<()> = Outcome::Repeated(done);
        return answered(&state, done.subject.ok_or_else(nothing)?, &outcome).await;
    }
    let mut fields = call.fields()?;
    let code = fields.text("productCode");
    let code = fields.need("productCode", code);
    let version = fields.parse("productVersion", Version::read);
    let version = fields.need("productVersion", version);
    let name = fields.text("name");
    refuse(&mut fields, &["description", "externalId"], "a product has a name and a code");
    let known = match &code {
        Some(code) => state.service.store().for_api().read().await?.on().product_of_code(code).await?,
        None => None,
    };
    let known = known.filter(|product| call.program.reaches(product.id));
    match &known {
        Some(product) if name.as_ref().is_some_and(|name| *name != product.name) => {
            fields.note("name", "is not the name of this product: rename it by PATCH");
        }
        Some(_) => {}
        None => {
            fields.need("name", name.as_ref());
        }
    }
    unlocated(fields.end())?;
    let version = version.ok_or_else(nothing)?;
    let release = ProductVersion { version, released_at: state.service.clock().now() };
    let licenses = state.service.licenses();
    let Some(product) = known else {
        let form = ProductForm {
            code: code.unwrap_or_default(),
            name: name.unwrap_or_default(),
            versions: vec![release],
            ..ProductForm::default()
        };
        let begun = call.begin(&state, call.program.of_all()?).await?;
        let outcome = begun.run(licenses.create_product(form, begun.actor())).await?;
        let id = match &outcome {
            Outcome::Done(product) => product.id,
            Outcome::Repeated(done) => done.subject.ok_or_else(nothing)?,
        };
        return answered(&state, id, &outcome).await;
    };
    if !call.program.may(Act::ProductsAnnounceVersion) {
        return Err(Problem::scope_lacking(Act::ProductsAnnounceVersion));
    }
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = licenses.edit_product(product.id, None, begun.actor(), |product| {
        if product.versions.iter().any(|old| old.version == release.version) {
            return Err(Error::Conflict("This product has this version already.".to_owned()));
        }
        Ok(with(product, |form| form.versions.push(release.clone())))
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}
