//! Products: made and changed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What people say of a product, as they type it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductFields {
    /// Its name.
    pub name: String,
    /// The name of its lifecycle; active where there is none.
    pub lifecycle: String,
    /// The name of its algorithm.
    pub algorithm: String,
    /// The name of the shape of its codes.
    pub code_shape: String,
    /// Its features, as [`features::read`](crate::features::read) takes them.
    pub features: String,
    /// Its releases, as [`releases::read`](crate::releases::read) takes them.
    pub releases: String,
}

/// Makes a product.
#[server(endpoint = "products/create")]
pub async fn create_product(
    #[server(default)] code: String,
    #[server(flatten)] fields: ProductFields,
) -> Result<(), Error> {
    use licensing::{Invalid, text};

    let actor = crate::admin::guard::<CreateProduct>()?;
    let mut wrong = Invalid::default();
    wrong.keep("code", text::slug(&code, text::LONGEST_SLUG));
    let form = fields.read(&mut wrong);
    let form = wrong.or(service::ProductForm { code, ..form })?;
    let product = crate::admin::service()?.create_product(form, &actor).await?;
    crate::done::Done::ProductCreated.at(&format!("/products/{}", product.id));
    Ok(())
}

/// Changes a product; its code stays.
#[server(endpoint = "products/change")]
pub async fn change_product(
    #[server(default)] id: String,
    #[server(flatten)] fields: ProductFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangeProduct>()?;
    let id = crate::admin::read_id(&id)?;
    let mut wrong = licensing::Invalid::default();
    let form = fields.read(&mut wrong);
    crate::admin::service()?.change_product(id, wrong.or(form)?, &actor).await?;
    crate::done::Done::ProductChanged.at(&format!("/products/{id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
impl ProductFields {
    /// The form, but for the code. What is wrong goes into `wrong`, all of it at once.
    fn read(self, wrong: &mut licensing::Invalid) -> service::ProductForm {
        use licensing::{
            CodeShape,
            product::{Algorithm, Lifecycle},
            text,
        };

        const CHOOSE: &str = "is not on the list: choose one of it";
        let lifecycle = if self.lifecycle.is_empty() { Lifecycle::default().name() } else { &self.lifecycle };
        let lifecycle = Lifecycle::from_name(lifecycle).ok_or(CHOOSE);
        service::ProductForm {
            code: String::new(),
            name: wrong.keep("name", text::name(&self.name, text::LONGEST_NAME)).unwrap_or_default(),
            lifecycle: wrong.keep("lifecycle", lifecycle).unwrap_or_default(),
            algorithm: wrong.keep("algorithm", Algorithm::from_name(&self.algorithm).ok_or(CHOOSE)).unwrap_or_default(),
            code_shape: wrong
                .keep("code_shape", CodeShape::from_name(&self.code_shape).ok_or(CHOOSE))
                .unwrap_or_default(),
            features: listed(crate::features::read(&self.features), wrong),
            releases: listed(crate::releases::read(&self.releases), wrong),
        }
    }
}

#[cfg(feature = "ssr")]
fn listed<T>(read: Result<Vec<T>, licensing::Invalid>, wrong: &mut licensing::Invalid) -> Vec<T> {
    read.unwrap_or_else(|licensing::Invalid(errors)| {
        wrong.0.extend(errors);
        Vec::new()
    })
}
