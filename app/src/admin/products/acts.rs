//! Creating and changing products.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    http::address::{LICENSE_WANTED, WANTED},
};

/// A product's details as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductFields {
    /// The product's name.
    pub name: String,
    /// The name of the signing algorithm.
    pub algorithm: String,
    /// The name of the codes' shape.
    pub code_shape: String,
    /// The features, in the format of [`features::read`](crate::features::read).
    pub features: String,
    /// The released versions, in the format of [`versions::read`](crate::text::versions::read).
    pub releases: String,
}

/// Creates a product. If a license is `wanted`, the form for its policy opens next.
#[server(endpoint = "products/create")]
pub async fn create_product(
    #[server(default)] wanted: String,
    #[server(default)] code: String,
    #[server(flatten)] fields: ProductFields,
) -> Result<(), Error> {
    use licensing::{Invalid, text};

    let actor = crate::admin::guard::<CreateProduct>()?;
    let mut wrong = Invalid::default();
    let is_derived = code.trim().is_empty();
    let code = if is_derived { text::slug_of(&fields.name, text::LONGEST_SLUG) } else { code };
    if is_derived && code.is_empty() && !fields.name.trim().is_empty() {
        wrong.add("code", "cannot be derived from this name: write one");
    } else {
        wrong.keep("code", text::slug(&code, text::LONGEST_SLUG));
    }
    let form = fields.read(&mut wrong);
    let form = wrong.or(service::ProductForm { code, ..form })?;
    let product = crate::admin::service()?.licenses().create_product(form, &actor).await?;
    let id = product.id;
    crate::http::done::Done::ProductCreated.at(&match wanted == LICENSE_WANTED {
        true => format!("/policies/new?product={id}&{WANTED}={LICENSE_WANTED}"),
        false => format!("/products/{id}"),
    });
    Ok(())
}

/// Changes a product, except its code and its lifecycle.
#[server(endpoint = "products/change")]
pub async fn change_product(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(flatten)] fields: ProductFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangeProduct>()?;
    let (service, id) = (crate::admin::service()?, crate::admin::read_id(&id)?);
    let opened = crate::form::read_revision(&revision)?;
    let product = service.store().read().await?.on().product(id).await?.ok_or(Error::NotFound)?;
    let mut wrong = licensing::Invalid::default();
    let form = service::ProductForm { lifecycle: product.lifecycle, ..fields.read(&mut wrong) };
    service.licenses().save_product(id, opened, wrong.or(form)?, &actor).await?;
    crate::http::done::Done::ProductChanged.at(&format!("/products/{id}"));
    Ok(())
}

/// Withdraws a product. If it has licenses, its name has to be typed as well.
#[server(endpoint = "products/withdraw")]
pub async fn withdraw_product(
    #[server(default)] id: String,
    #[server(default)] reason: String,
    #[server(default)] name: String,
) -> Result<(), Error> {
    use licensing::product::Lifecycle;

    let actor = crate::admin::guard::<WithdrawProduct>()?;
    let (service, id) = (crate::admin::service()?, crate::admin::read_id(&id)?);
    let mut reading = service.store().read().await?;
    let product = reading.on().product(id).await?.ok_or(Error::NotFound)?;
    let has_licenses = reading.on().has_licenses_of(id).await?;
    drop(reading);
    if has_licenses && name.trim() != product.name {
        return Err(Error::field("name", format!("does not match: type “{}”", product.name)));
    }
    service.licenses().set_lifecycle(id, Lifecycle::Withdrawn, &reason, &actor).await?;
    crate::http::done::Done::ProductWithdrawn.at(&format!("/products/{id}"));
    Ok(())
}

/// Reinstates a withdrawn product.
#[server(endpoint = "products/offer-again")]
pub async fn offer_product_again(
    #[server(default)] id: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<OfferProductAgain>()?;
    let id = crate::admin::read_id(&id)?;
    crate::admin::service()?
        .licenses()
        .set_lifecycle(id, licensing::product::Lifecycle::Active, &reason, &actor)
        .await?;
    crate::http::done::Done::ProductOfferedAgain.at(&format!("/products/{id}"));
    Ok(())
}

impl ProductFields {
    /// Reads the form, without the code and the lifecycle. Adds every error to `wrong`.
    fn read(self, wrong: &mut licensing::Invalid) -> service::ProductForm {
        use licensing::{CodeShape, product::Algorithm, text};

        const CHOOSE: &str = "is not on the list: choose one from it";
        service::ProductForm {
            name: wrong.keep("name", text::name(&self.name, text::LONGEST_NAME)).unwrap_or_default(),
            algorithm: wrong.keep("algorithm", Algorithm::from_name(&self.algorithm).ok_or(CHOOSE)).unwrap_or_default(),
            code_shape: wrong
                .keep("code_shape", CodeShape::from_name(&self.code_shape).ok_or(CHOOSE))
                .unwrap_or_default(),
            features: listed(crate::features::read(&self.features), wrong),
            versions: listed(crate::text::versions::read(&self.releases), wrong),
            ..service::ProductForm::default()
        }
    }
}

fn listed<T>(read: Result<Vec<T>, licensing::Invalid>, wrong: &mut licensing::Invalid) -> Vec<T> {
    read.unwrap_or_else(|licensing::Invalid(errors)| {
        wrong.0.extend(errors);
        Vec::new()
    })
}
