//! Products.

use axum::{
    extract::{Path, State},
    response::Response,
};
use licensing::wire::Fields;
use service::{
    Outcome, ProductForm,
    store::{Cursor, products::Product},
};
use uuid::Uuid;

use super::{
    answer::{self, Items},
    call::{Call, PatchCall, marked, read_reason},
    located::unlocated,
    program::{Program, nothing},
    query::{Query, page_of},
    revision::IfMatch,
    wire::product::{EDITABLE, ProductJson, read_form, read_lifecycle, write_editable},
};
use crate::{
    AppState,
    api::{
        openapi::choice,
        problem::{Code, Problem},
    },
};

/// Returns the product with this id or code, if the token reaches it.
pub(in crate::api) async fn reached(state: &AppState, program: &Program, text: &str) -> Result<Product, Problem> {
    let mut reading = state.service.store().for_api().read().await?;
    let found = match text.parse() {
        Ok(id) => reading.on().product(id).await?,
        // PostgreSQL fails on U+0000, which is refused in queries and bodies, but not in paths.
        Err(_) if text.contains('\0') => None,
        Err(_) => reading.on().product_of_code(text).await?,
    };
    found.filter(|product| program.reaches(product.id)).ok_or_else(nothing)
}

/// Reads the filter by product. A token with only one product is limited to that.
pub(super) async fn product_filter(
    state: &AppState,
    program: &Program,
    fields: &mut Fields,
) -> Result<Option<Uuid>, Problem> {
    let Some(text) = fields.text("product") else { return Ok(program.only_product()) };
    match reached(state, program, &text).await {
        Ok(product) => Ok(Some(product.id)),
        Err(problem) if problem.code() == Code::NotFound => {
            fields.note("product", "does not exist, or this API token does not reach it");
            Ok(None)
        }
        Err(problem) => Err(problem),
    }
}

/// Answers a product in its present state.
pub(super) async fn answered<T>(state: &AppState, id: Uuid, outcome: &Outcome<T>) -> Result<Response, Problem> {
    let product = state.service.store().for_api().read().await?.on().product(id).await?.ok_or_else(nothing)?;
    let revision = product.revision;
    Ok(marked(outcome, answer::found(ProductJson::from(product), revision)))
}

/// Returns products, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products",
    operation_id = "listProducts",
    tag = "products",
    params(
        ("lifecycle" = inline(Option<choice::Lifecycle>), Query, description = "Lifecycle of the product."),
        ("limit" = inline(Option<u16>), Query, description = "1 to 200; 50 by default."),
        ("cursor" = inline(Option<String>), Query, description = "The next or previous of a page."),
        ("order" = inline(Option<choice::Order>), Query, description = "newest, the default, or oldest."),
    ),
    responses((status = 200, description = "A page of products.", body = Items<ProductJson>)),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    program: Program,
    mut query: Query,
) -> Result<Response, Problem> {
    let lifecycle = query.fields().parse("lifecycle", read_lifecycle);
    let page = query.page()?;
    let mut all = state.service.store().for_api().read().await?.on().products().await?;
    all.retain(|product| program.reaches(product.id) && lifecycle.is_none_or(|wanted| product.lifecycle == wanted));
    let place = |row: &Product| Cursor { at: row.created_at, id: row.id };
    let (rows, links) = page.turn(page_of(all, page.paging, page.size, place));
    Ok(answer::items(rows.into_iter().map(ProductJson::from).collect(), links))
}

/// Creates a product.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products",
    operation_id = "createProduct",
    tag = "products",
    request_body = super::schemas::NewProduct,
    responses((status = 201, description = "The product.", body = ProductJson)),
)]
pub(super) async fn create(State(state): State<AppState>, call: Call) -> Result<Response, Problem> {
    let actor = call.program.of_all()?;
    let mut fields = call.fields()?;
    let code = fields.text("code");
    let code = fields.need("code", code).unwrap_or_default();
    let form = read_form(&mut fields, ProductForm { code, ..ProductForm::default() });
    let name = Some(form.name.clone()).filter(|name| !name.is_empty());
    fields.need("name", name);
    unlocated(fields.end())?;
    let begun = call.begin(&state, actor).await?;
    let outcome = begun.run(state.service.licenses().create_product(form, begun.actor())).await?;
    let product = match &outcome {
        Outcome::Done(product) => product.clone(),
        Outcome::Repeated(done) => {
            let id = done.subject.ok_or_else(nothing)?;
            reached(&state, &call.program, &id.to_string()).await?
        }
    };
    let (id, revision) = (product.id, product.revision);
    let created = answer::created(ProductJson::from(product), Some(revision), &format!("/api/v1/admin/products/{id}"));
    Ok(marked(&outcome, created))
}

/// Returns a product.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products/{product}",
    operation_id = "getProduct",
    tag = "products",
    params(("product" = String, Path, description = "Id or code of the product.")),
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn get(
    State(state): State<AppState>,
    program: Program,
    Path(product): Path<String>,
) -> Result<Response, Problem> {
    let product = reached(&state, &program, &product).await?;
    let revision = product.revision;
    Ok(answer::found(ProductJson::from(product), revision))
}

/// Changes a product by a merge patch or a JSON Patch.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/products/{product}",
    operation_id = "changeProduct",
    tag = "products",
    params(("product" = String, Path, description = "Id or code of the product.")),
    request_body(content(
        (super::schemas::ProductMembers = "application/merge-patch+json"),
        (super::schemas::JsonPatch = "application/json-patch+json"),
        (super::schemas::ProductMembers = "application/json"),
    )),
    responses((status = 200, description = "The product after the change.", body = ProductJson)),
)]
pub(super) async fn change(
    State(state): State<AppState>,
    Path(product): Path<String>,
    seen: IfMatch,
    call: PatchCall,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let edit = state.service.licenses().edit_product(product.id, None, begun.actor(), |product| {
        seen.check(product.revision)?;
        let mut fields = call.patch.edit(&write_editable(product), &EDITABLE)?;
        // Members that the patch removed have their usual values.
        let form =
            ProductForm { versions: product.versions.clone(), lifecycle: product.lifecycle, ..ProductForm::default() };
        let form = read_form(&mut fields, form);
        fields.end()?;
        Ok(form)
    });
    let outcome = begun.run(edit).await?;
    answered(&state, product.id, &outcome).await
}

/// Withdraws a product, or offers it again.
#[utoipa::path(
    put,
    path = "/api/v1/admin/products/{product}/lifecycle",
    operation_id = "setLifecycle",
    tag = "products",
    params(("product" = String, Path, description = "Id or code of the product.")),
    request_body = super::schemas::NewLifecycle,
    responses((status = 200, description = "The product.", body = ProductJson)),
)]
pub(super) async fn set_lifecycle(
    State(state): State<AppState>,
    Path(product): Path<String>,
    call: Call,
) -> Result<Response, Problem> {
    let product = reached(&state, &call.program, &product).await?;
    let mut fields = call.fields()?;
    let lifecycle = fields.parse("lifecycle", read_lifecycle);
    let lifecycle = fields.need("lifecycle", lifecycle);
    let reason = read_reason(&mut fields);
    unlocated(fields.end())?;
    let begun = call.begin(&state, call.program.of(product.id)?).await?;
    let lifecycle = lifecycle.unwrap_or(product.lifecycle);
    let licenses = state.service.licenses();
    let outcome = begun.run(licenses.set_lifecycle(product.id, lifecycle, &reason, begun.actor())).await?;
    answered(&state, product.id, &outcome).await
}

/// The form of a product as it is, with one change.
pub(in crate::api) fn with(product: &Product, change: impl FnOnce(&mut ProductForm)) -> ProductForm {
    let mut form = ProductForm::of(product);
    change(&mut form);
    form
}
