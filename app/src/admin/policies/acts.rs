//! Policies: made and changed.

use leptos::prelude::*;

use crate::{Error, terms_form::TermsFields};

/// Makes a policy for a product.
#[server(endpoint = "policies/create")]
pub async fn create_policy(
    #[server(default)] product: String,
    #[server(default)] name: String,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<CreatePolicy>()?;
    let mut wrong = licensing::Invalid::default();
    let product = wrong.keep("product", product.parse().map_err(|_| "is not on the list: choose one of it"));
    let form = read(name, &terms, &mut wrong);
    let (product, form) = wrong.or((product.unwrap_or_default(), form))?;
    let policy = crate::admin::service()?.create_policy(product, form, &actor).await?;
    crate::done::Done::PolicyCreated.at(&format!("/policies/{}", policy.id));
    Ok(())
}

/// Changes a policy. Devices learn of it when they next ask.
#[server(endpoint = "policies/change")]
pub async fn change_policy(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangePolicy>()?;
    let id = crate::admin::read_id(&id)?;
    let mut wrong = licensing::Invalid::default();
    let form = read(name, &terms, &mut wrong);
    crate::admin::service()?.change_policy(id, wrong.or(form)?, &actor).await?;
    crate::done::Done::PolicyChanged.at(&format!("/policies/{id}"));
    Ok(())
}

/// The form. What is wrong goes into `wrong`, all of it at once.
#[cfg(feature = "ssr")]
fn read(name: String, terms: &TermsFields, wrong: &mut licensing::Invalid) -> service::PolicyForm {
    use licensing::text;

    wrong.keep("name", text::name(&name, text::LONGEST_NAME));
    let terms = terms.read().unwrap_or_else(|licensing::Invalid(errors)| {
        wrong.0.extend(errors);
        licensing::Terms::default()
    });
    service::PolicyForm { name, terms }
}
