//! Views: filters of the list of licenses that an account has saved under a name.

use std::collections::BTreeMap;

use licensing::{EventKind, Invalid, SubjectKind, fold, text};
use serde_json::json;
use store::saved_views::SavedView;
use uuid::Uuid;

use crate::{
    Actor, Clock, Error, LicenseQuery, Licenses, Result,
    audit::{Record, Subject},
    retry::retried,
};

/// Maximum number of views of an account.
pub const MOST_VIEWS: usize = 20;
/// Maximum length of a view's name, in characters: the tabs above the list show it.
const LONGEST_VIEW_NAME: usize = 40;
/// Maximum length of the stored filter, in bytes. Its address must fit into a link.
const LONGEST_QUERY: usize = 400;

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Filter and order.
    pub query: LicenseQuery,
}

impl Licenses {
    /// Returns the views of an account, oldest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn views(&self, account: Uuid) -> Result<Vec<LicenseView>> {
        let views = self.store.read().await?.on().saved_views(account).await?;
        views
            .into_iter()
            .map(|SavedView { id, name, query, .. }| {
                let query = serde_json::from_str(&query);
                let query = query.map_err(|_| store::Error::inconsistent("saved_views", "query", id))?;
                Ok(LicenseView { id, name, query })
            })
            .collect()
    }

    /// Saves a filter under a name, for the actor alone. A view of this name gets the filter; a view with this filter
    /// gets the name.
    ///
    /// # Errors
    /// `Invalid` with the field `name`; `Conflict` if the filter is empty, holds an activation code, or if the actor has
    /// too many views.
    #[tracing::instrument(skip_all)]
    pub async fn save_view(&self, name: &str, query: &LicenseQuery, actor: &Actor) -> Result<()> {
        let account = actor.kind.id().ok_or(Error::NotFound("account"))?;
        let name = text::name(name, LONGEST_VIEW_NAME).map_err(|why| Invalid::one("name", why.to_string()))?;
        let query = self.storable(query).await?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let owner = tx.lock_account(account).await?.ok_or(Error::NotFound("account"))?;
            let views = tx.on().saved_views(account).await?;
            let named = views.iter().find(|view| fold(&view.name) == fold(&name));
            let same = views.iter().find(|view| view.query == query);
            let now = self.clock.now();
            let view = match named.or(same) {
                None if views.len() >= MOST_VIEWS => {
                    return Err(Error::Conflict(format!(
                        "You have {MOST_VIEWS} views, which is the most. Delete one that you no longer need."
                    )));
                }
                None => SavedView {
                    id: Clock::id_at(now),
                    account_id: account,
                    name: name.clone(),
                    query: query.clone(),
                    created_at: now,
                },
                Some(view) => SavedView { name: name.clone(), query: query.clone(), ..view.clone() },
            };
            // The same filter is not kept under two names.
            if let Some(former) = same.filter(|same| same.id != view.id) {
                tx.delete_saved_view(account, former.id).await?;
            }
            tx.put_saved_view(&view).await?;
            let subject = Subject::new(SubjectKind::Account, account, owner.name);
            let record = Record::new(actor, EventKind::AccountViewSaved, subject);
            record.made(&json!({ "view": name })).write(&mut tx, now).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Deletes a view of the actor. Succeeds if it is already gone.
    ///
    /// # Errors
    /// `Unavailable`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn delete_view(&self, id: Uuid, actor: &Actor) -> Result<()> {
        let account = actor.kind.id().ok_or(Error::NotFound("account"))?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let owner = tx.lock_account(account).await?.ok_or(Error::NotFound("account"))?;
            let Some(view) = tx.delete_saved_view(account, id).await? else { return Ok(()) };
            let subject = Subject::new(SubjectKind::Account, account, owner.name);
            Record::new(actor, EventKind::AccountViewDeleted, subject)
                .changed(&json!({ "view": view.name }), &json!({}))
                .write(&mut tx, self.clock.now())
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Returns the parts of a filter that are set, as text in a fixed order.
    async fn storable(&self, query: &LicenseQuery) -> Result<String> {
        let parts = serde_json::to_value(query).map_err(Error::defect)?;
        let parts: BTreeMap<String, String> = serde_json::from_value(parts).map_err(Error::defect)?;
        let parts: BTreeMap<_, _> = parts.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect();
        if parts.is_empty() {
            return Err(Error::Conflict("The list is not filtered or sorted. Choose a filter first.".to_owned()));
        }
        for text in parts.values() {
            if self.code_in(text).await?.is_some() {
                return Err(Error::Conflict(
                    "The filter holds an activation code, which is never stored. Search for the customer instead."
                        .to_owned(),
                ));
            }
        }
        let text = serde_json::to_string(&parts).map_err(Error::defect)?;
        if text.len() > LONGEST_QUERY {
            return Err(Error::Conflict("The filter is too long to be saved.".to_owned()));
        }
        Ok(text)
    }
}
