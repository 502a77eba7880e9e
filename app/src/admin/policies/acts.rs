//! Creating and changing policies.

use leptos::prelude::*;

use crate::{Error, terms_form::TermsFields};

/// Creates a policy for a product. If a license is `wanted`, its form opens next.
#[server(endpoint = "policies/create")]
pub async fn create_policy(
    #[server(default)] wanted: String,
    #[server(default)] product: String,
    #[server(default)] name: String,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<CreatePolicy>()?;
    let service = crate::admin::service()?;
    let found = match product.parse() {
        Ok(id) => service.store().read().await?.on().product(id).await?,
        Err(_) => None,
    };
    let mut wrong = licensing::Invalid::default();
    let product = wrong.keep("product", found.ok_or("is not on the list: choose one from it"));
    let features = product.as_ref().map(|product| product.features.as_slice());
    let form = read(name, &terms, features, &mut wrong);
    let form = wrong.or(form)?;
    let policy = service.licenses().create_policy(product.map(|it| it.id).unwrap_or_default(), form, &actor).await?;
    crate::http::done::Done::PolicyCreated.at(&match wanted == crate::http::address::LICENSE_WANTED {
        true => format!("/licenses/new?policy={}", policy.id),
        false => format!("/policies/{}", policy.id),
    });
    Ok(())
}

/// Changes a policy. Devices get the change at their next renewal. Requires a reason and the policy's name if existing
/// licenses get less than before.
#[server(endpoint = "policies/change")]
pub async fn change_policy(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(default)] typed_name: String,
    #[server(default)] name: String,
    #[server(flatten)] terms: TermsFields,
) -> Result<(), Error> {
    let actor = crate::admin::guard::<ChangePolicy>()?;
    let (service, id) = (crate::admin::service()?, crate::admin::read_id(&id)?);
    let mut reading = service.store().read().await?;
    let opened = crate::form::read_revision(&revision)?;
    let policy = reading.on().policy(id).await?.ok_or(Error::NotFound)?;
    let product = reading.on().product(policy.product_id).await?.ok_or(Error::NotFound)?;
    let mut wrong = licensing::Invalid::default();
    let form = read(name, &terms, Some(&product.features), &mut wrong);
    let form = wrong.or(form)?;
    let over = match (policy.terms.allowed(), form.terms.allowed()) {
        (before, Some(limit)) if before.is_none_or(|before| limit < before) => {
            reading.on().licenses_over(id, limit.into(), MOST_COUNTED, service.clock().now()).await?
        }
        _ => Default::default(),
    };
    drop(reading);
    let narrowed = policy.terms.narrowed_by(&form.terms);
    let effect = match narrowed.is_empty() {
        true => service::PolicyEffect::default(),
        false => service.licenses().policy_effect(id, form.clone()).await?,
    };
    // If another change was saved first, the answer reports that instead.
    let reason = match opened == Some(policy.revision) {
        true => reason_for(&policy.name, (effect, over), &narrowed, (&reason, &typed_name))?,
        false => None,
    };
    service.licenses().save_policy(id, opened, form, reason, &actor).await?;
    crate::http::done::Done::PolicyChanged.at(&format!("/policies/{id}"));
    Ok(())
}

/// Maximum number of licenses that are counted before an act asks for its reason.
const MOST_COUNTED: i64 = 10_000;

/// The reason. It is required, as is the policy's name, if there are licenses that get less than before.
fn reason_for(
    policy: &str,
    (effect, over): (service::PolicyEffect, service::store::licenses::OverLimit),
    narrowed: &[licensing::terms::Narrowed],
    (reason, typed_name): (&str, &str),
) -> Result<Option<String>, Error> {
    use licensing::{sentence::count, text};

    let given = text::line(reason, 500);
    if effect.licenses_narrowed == 0 {
        return Ok(given.unwrap_or_default());
    }
    let is_named = typed_name.trim() == policy;
    // A person who was not asked yet has made no mistake.
    let was_asked = !reason.trim().is_empty() || !typed_name.trim().is_empty();
    let wrong = match given {
        Ok(Some(reason)) if is_named => return Ok(Some(reason)),
        Ok(Some(_)) => None,
        Ok(None) => was_asked.then(|| "must not be empty".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    let wrong_name = (was_asked && !is_named).then(|| "does not match".to_owned());
    let changes: Vec<_> = narrowed.iter().map(|(name, before, now)| format!("{name}: {before} → {now}.")).collect();
    let more = if effect.truncated { " and more" } else { "" };
    // Those over the limit were looked for among fewer licenses.
    let more_over = if effect.licenses >= MOST_COUNTED.unsigned_abs() { " and more" } else { "" };
    let over = match over.licenses {
        0 => String::new(),
        n => format!(
            " {}{more_over} would be over the limit on {}: they keep their seats, but no other device can activate there.",
            count(crate::admin::counted(over.devices), "device"),
            count(crate::admin::counted(n), "license")
        ),
    };
    let (less, get) =
        (count(effect.licenses_narrowed, "license"), if effect.licenses_narrowed == 1 { "gets" } else { "get" });
    let effect = format!("{less}{more} {get} less than before. {}{over}", changes.join(" "));
    Err(Error::ReasonNeeded { effect, wrong, name: policy.to_owned(), wrong_name })
}

/// Reads the form, for a product with those features if it is known. Adds every error to `wrong`.
fn read(
    name: String,
    terms: &TermsFields,
    features: Option<&[licensing::feature::Feature]>,
    wrong: &mut licensing::Invalid,
) -> service::PolicyForm {
    use licensing::text;

    wrong.keep("name", text::name(&name, text::LONGEST_NAME));
    let read = match features {
        Some(features) => terms.read_for(features),
        None => terms.read(),
    };
    let terms = read.unwrap_or_else(|licensing::Invalid(errors)| {
        wrong.0.extend(errors);
        licensing::Terms::default()
    });
    service::PolicyForm { name, terms }
}
