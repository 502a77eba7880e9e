//! Tags of licenses.

use licensing::{EventKind, Invalid};
use serde_json::json;
use store::{Tx, licenses::LicenseWithTerms};
use uuid::Uuid;

use crate::{
    Actor, Licenses, Result,
    audit::Record,
    licenses::{
        change::subject,
        tag_list::{read_tag, replace_tags, sorted},
    },
    retry::retried,
};

/// Change of a license's tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    /// Adds a tag.
    Add(String),
    /// Removes a tag.
    Remove(String),
    /// Replaces all tags.
    Set(Vec<String>),
}

impl Licenses {
    /// Changes the tags of a license, and returns them. Without an effect, no event is written.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` with the field `tags`.
    #[tracing::instrument(skip_all, fields(%id))]
    pub async fn change_tags(&self, id: Uuid, change: TagChange, actor: &Actor) -> Result<Vec<String>> {
        let change = read(change)?;
        retried(|| async {
            let mut tx = self.store.begin().await?;
            let tags = self.tag_within(&mut tx, id, &change, actor).await?;
            tx.commit().await?;
            Ok(tags)
        })
        .await
    }

    /// The same within a transaction, for a change whose tags were read.
    pub(crate) async fn tag_within(
        &self,
        tx: &mut Tx,
        id: Uuid,
        change: &TagChange,
        actor: &Actor,
    ) -> Result<Vec<String>> {
        let (LicenseWithTerms { license, .. }, now) = self.lock(tx, id).await?;
        let old = tx.on().tags(id).await?;
        let new: Vec<String> = match change {
            TagChange::Add(tag) => old.iter().chain([tag]).cloned().collect(),
            TagChange::Remove(tag) => old.iter().filter(|it| *it != tag).cloned().collect(),
            TagChange::Set(tags) => tags.clone(),
        };
        let new = sorted(new)?;
        if new == old {
            return Ok(old);
        }
        replace_tags(tx, id, &old, &new).await?;
        Record::new(actor, EventKind::LicenseTagsChanged, subject(&license))
            .changed(&json!({ "tags": old.join(", ") }), &json!({ "tags": new.join(", ") }))
            .write(tx, now)
            .await?;
        Ok(new)
    }
}

/// Reads the tags of a change.
fn read(change: TagChange) -> Result<TagChange, Invalid> {
    Ok(match change {
        TagChange::Add(tag) => TagChange::Add(read_tag(&tag)?),
        TagChange::Remove(tag) => TagChange::Remove(read_tag(&tag)?),
        TagChange::Set(tags) => TagChange::Set(tags.iter().map(|tag| read_tag(tag)).collect::<Result<_, _>>()?),
    })
}
