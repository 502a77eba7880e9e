//! The program that calls, and the products that its token reaches.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use licensing::Act;
use service::{Actor, ApiCaller};
use uuid::Uuid;

use crate::{
    AppState,
    api::{
        caller::{Caller, views},
        problem::{Code, Problem},
    },
};

/// A program with an API token. Its [`Actor`] is given out only for a product that the token reaches, or for all
/// products, so that no handler can forget the token's products.
#[derive(Clone, Debug)]
pub(in crate::api) struct Program {
    caller: ApiCaller,
    actor: Actor,
}

impl FromRequestParts<AppState> for Program {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Caller(caller) = Caller::from_request_parts(parts, state).await?;
        let actor = parts.extensions.get::<Actor>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self { caller, actor })
    }
}

impl Program {
    /// The actor for an act on this product, or on something that belongs to it.
    ///
    /// # Errors
    /// 404 if the token does not reach the product, exactly as if the product did not exist.
    pub(in crate::api) fn of(&self, product: Uuid) -> Result<Actor, Problem> {
        if self.reaches(product) { Ok(self.actor()) } else { Err(nothing()) }
    }

    /// The actor for an act on several products.
    ///
    /// # Errors
    /// 404 if the token does not reach one of them.
    pub(in crate::api) fn of_each(&self, products: impl IntoIterator<Item = Uuid>) -> Result<Actor, Problem> {
        match products.into_iter().all(|product| self.reaches(product)) {
            true => Ok(self.actor()),
            false => Err(nothing()),
        }
    }

    /// The actor for an act on a job with licenses of this product, or of several products if it is `None`.
    ///
    /// # Errors
    /// 404 if the token does not reach all of them, unless it has started the job: it reached them then.
    pub(in crate::api) fn of_job(&self, product: Option<Uuid>, started_by: Option<Uuid>) -> Result<Actor, Problem> {
        let reaches = product.map_or_else(|| self.reaches_all(), |product| self.reaches(product));
        if reaches || started_by == Some(self.caller.id) { Ok(self.actor()) } else { Err(nothing()) }
    }

    /// The id of the token.
    pub(in crate::api) fn id(&self) -> Uuid {
        self.caller.id
    }

    /// The actor for an act that concerns all products.
    ///
    /// # Errors
    /// 403 if the token is limited to some products.
    pub(in crate::api) fn of_all(&self) -> Result<Actor, Problem> {
        if self.reaches_all() {
            return Ok(self.actor());
        }
        let detail = "This API token is limited to certain products, and this concerns all of them. Use another token.";
        Err(Problem::new(Code::NotPermitted, detail))
    }

    /// Returns `true` if the token reaches the product.
    pub(in crate::api) fn reaches(&self, product: Uuid) -> bool {
        self.reaches_all() || self.caller.products.contains(&product)
    }

    /// Returns `true` if the token is not limited to some products.
    pub(in crate::api) fn reaches_all(&self) -> bool {
        self.caller.products.is_empty()
    }

    /// The only product that the token reaches; `None` if there are several.
    pub(in crate::api) fn only_product(&self) -> Option<Uuid> {
        match self.caller.products.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The products that the token reaches; empty for all.
    pub(in crate::api) fn products(&self) -> &[Uuid] {
        &self.caller.products
    }

    /// Returns `true` if a scope of the token covers the act.
    pub(in crate::api) fn may(&self, act: Act) -> bool {
        self.caller.may(act)
    }

    /// Returns `true` if the token may only look: the setting that hides e-mail addresses from viewers applies to it.
    pub(in crate::api) fn views(&self) -> bool {
        views(&self.caller)
    }

    /// The actor for looking up an earlier call. Must not be used for an act.
    pub(super) fn to_look_up(&self) -> Actor {
        self.actor()
    }

    fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

/// The answer for an id that does not exist, or that the token does not reach.
pub(in crate::api) fn nothing() -> Problem {
    Problem::new(Code::NotFound, "There is nothing with this id, or this API token does not reach it.")
}

/// Reads an id in a path. Other text names nothing.
pub(in crate::api) fn read_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| nothing())
}
