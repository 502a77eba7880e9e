//! Creating and changing products.

use licensing::{
    CodeShape, EventKind, Invalid, SubjectKind,
    feature::{self, Feature},
    product::{Algorithm, Lifecycle, ProductVersion},
    text,
};
use store::products::Product;
use uuid::Uuid;

use crate::{
    Actor, Error, Licenses, Result, Stale,
    audit::{Record, Subject},
    licenses::token_room::fits_token,
    reason::read_reason,
    retry::retried,
};

/// Maximum number of versions kept per product: each activation under a maintenance period searches them.
const MOST_VERSIONS: usize = 200;

/// Input for creating or changing a product.
#[derive(Clone, Debug, Default)]
pub struct ProductForm {
    /// Code: 1–40 lowercase letters, digits and hyphens. Used only when the product is created.
    pub code: String,
    /// Name, 1–80 characters.
    pub name: String,
    /// Lifecycle state.
    pub lifecycle: Lifecycle,
    /// Algorithm that signs the product's tokens.
    pub algorithm: Algorithm,
    /// Shape of generated codes.
    pub code_shape: CodeShape,
    /// Features.
    pub features: Vec<Feature>,
    /// Announced versions, at most 200.
    pub versions: Vec<ProductVersion>,
}

impl ProductForm {
    /// The form of a product as it is.
    pub fn of(product: &Product) -> Self {
        let Product { code, name, lifecycle, algorithm, code_shape, features, versions, .. } = product.clone();
        Self { code, name, lifecycle, algorithm, code_shape, features, versions }
    }

    /// Returns the product that the form describes, with the id and times of `old`.
    fn read(self, old: Product) -> Result<Product, Invalid> {
        let mut wrong = Invalid::default();
        let code = wrong.keep("code", text::slug(&self.code, text::LONGEST_SLUG)).unwrap_or_default();
        let name = wrong.keep("name", text::name(&self.name, text::LONGEST_NAME)).unwrap_or_default();
        if let Err(Invalid(errors)) = feature::check(&self.features) {
            wrong.0.extend(errors);
        }
        wrong.keep("features", fits_token(&feature::resolve(&self.features, &[])));
        wrong.keep("releases", check_versions(&self.versions));
        let Self { lifecycle, algorithm, code_shape, features, versions, .. } = self;
        wrong.or(Product { code, name, lifecycle, algorithm, code_shape, features, versions, ..old })
    }
}

fn check_versions(versions: &[ProductVersion]) -> Result<(), String> {
    if versions.len() > MOST_VERSIONS {
        return Err(format!("must be at most {MOST_VERSIONS}: remove old ones"));
    }
    let twice = versions.iter().enumerate().find(|(i, r)| versions.iter().take(*i).any(|e| e.version == r.version));
    twice.map_or(Ok(()), |(_, release)| Err(format!("contain {} twice", release.version)))
}

impl Licenses {
    /// Creates a product, and a signing key for its algorithm if there is none.
    ///
    /// # Errors
    /// `Invalid` with the fields `code`, `name`, `features`, `releases`.
    #[tracing::instrument(skip_all)]
    pub async fn create_product(&self, form: ProductForm, actor: &Actor) -> Result<Product> {
        // Before the transaction, since creating a key takes a transaction of its own.
        self.keyring.signer(form.algorithm, None).await?;
        let mut tx = self.store.begin().await?;
        let now = self.clock.now();
        let blank = Product {
            id: self.clock.id(),
            code: String::new(),
            name: String::new(),
            lifecycle: Lifecycle::Active,
            algorithm: Algorithm::default(),
            code_shape: CodeShape::default(),
            features: vec![],
            versions: vec![],
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        let product = form.read(blank)?;
        tx.insert_product(&product).await?;
        let subject = Subject::new(SubjectKind::Product, product.id, &product.name);
        Record::new(actor, EventKind::ProductCreated, subject).made(&product).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(product)
    }

    /// Changes a product. Its code stays, because tokens carry it.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the fields `name`, `features`, `releases`.
    pub async fn change_product(&self, id: Uuid, form: ProductForm, actor: &Actor) -> Result<Product> {
        self.save_product(id, None, form, actor).await
    }

    /// Like [`change_product`](Self::change_product), for a form opened at revision `opened`.
    ///
    /// # Errors
    /// Also `Stale` if another change came first.
    pub async fn save_product(
        &self,
        id: Uuid,
        opened: Option<i64>,
        form: ProductForm,
        actor: &Actor,
    ) -> Result<Product> {
        self.edit_product(id, opened, actor, |_| Ok(form.clone())).await
    }

    /// Like [`save_product`](Self::save_product), with a form that `edit` makes of the product as read under its lock, so
    /// that no change made meanwhile is lost.
    ///
    /// # Errors
    /// Also those of `edit`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn edit_product(
        &self,
        id: Uuid,
        opened: Option<i64>,
        actor: &Actor,
        edit: impl Fn(&Product) -> Result<ProductForm> + Sync,
    ) -> Result<Product> {
        let edit = &edit;
        retried(|| async move { self.try_to_edit_product(id, opened, actor, (edit, None)).await }).await
    }

    /// Removes a feature from a product.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if a license sets a value of the feature.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn delete_feature(&self, id: Uuid, code: &str, actor: &Actor) -> Result<Product> {
        let without = &|product: &Product| {
            let mut form = ProductForm::of(product);
            form.features.retain(|feature| feature.code != code);
            if form.features.len() == product.features.len() { Err(Error::NotFound("feature")) } else { Ok(form) }
        };
        retried(|| async move { self.try_to_edit_product(id, None, actor, (without, Some(code))).await }).await
    }

    async fn try_to_edit_product(
        &self,
        id: Uuid,
        opened: Option<i64>,
        actor: &Actor,
        (edit, deleted): (&(impl Fn(&Product) -> Result<ProductForm> + Sync), Option<&str>),
    ) -> Result<Product> {
        let before = self.store.read().await?.on().product(id).await?.ok_or(Error::NotFound("product"))?;
        let algorithm = edit(&before)?.algorithm;
        // Before the change is saved: an algorithm without a key would break the product's devices.
        self.keyring.signer(algorithm, None).await?;
        let mut tx = self.store.begin().await?;
        let old = tx.lock_product(id).await?.ok_or(Error::NotFound("product"))?;
        let form = edit(&old)?;
        // Licenses that set features hold the product, so none can set this one from here on.
        if let Some(code) = deleted
            && tx.on().is_feature_set(id, code).await?
        {
            let detail = format!("A license sets the feature {code}: remove its value from the licenses first.");
            return Err(Error::Conflict(detail));
        }
        if form.algorithm != algorithm {
            // Somebody changed the product between the two reads.
            return Err(Error::Contended);
        }
        let now = self.clock.now();
        let form = ProductForm { code: old.code.clone(), ..form };
        let new = Product { updated_at: now, revision: old.revision + 1, ..form.read(old.clone())? };
        Stale::check(opened, old.revision, (&old, &new))?;
        tx.update_product(&new).await?;
        let subject = Subject::new(SubjectKind::Product, id, &new.name);
        Record::new(actor, EventKind::ProductChanged, subject).changed(&old, &new).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Withdraws a product, so that nothing activates or renews under any of its licenses, or offers it again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` if the product is already in that state; `Invalid` with the field `reason`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn set_lifecycle(&self, id: Uuid, to: Lifecycle, reason: &str, actor: &Actor) -> Result<Product> {
        let reason = read_reason(reason)?;
        let mut tx = self.store.begin().await?;
        let old = tx.lock_product(id).await?.ok_or(Error::NotFound("product"))?;
        if old.lifecycle == to {
            return Err(Error::Conflict(format!("This product is already {}.", to.name())));
        }
        let now = self.clock.now();
        let new = Product { lifecycle: to, updated_at: now, revision: old.revision + 1, ..old.clone() };
        tx.update_product(&new).await?;
        let kind = match to {
            Lifecycle::Withdrawn => EventKind::ProductWithdrawn,
            Lifecycle::Active => EventKind::ProductOfferedAgain,
        };
        Record::new(actor, kind, Subject::new(SubjectKind::Product, id, &new.name))
            .changed(&old, &new)
            .because(Some(reason))
            .write(&mut tx, now)
            .await?;
        tx.commit().await?;
        Ok(new)
    }
}
