//! The list of a license's tags.

use licensing::{
    Invalid,
    tag::{MOST_TAGS, tag},
};
use store::Tx;
use uuid::Uuid;

use crate::Result;

/// Writes the differences between the tags of a license before and after a change.
pub(crate) async fn replace_tags(tx: &mut Tx, id: Uuid, old: &[String], new: &[String]) -> Result<()> {
    for gone in old.iter().filter(|tag| !new.contains(tag)) {
        tx.remove_tag(id, gone).await?;
    }
    let added: Vec<_> = new.iter().filter(|tag| !old.contains(tag)).map(|tag| (id, tag.clone())).collect();
    Ok(tx.add_tags(&added).await?)
}

/// Reads all tags of a license: sorted, and each once.
///
/// # Errors
/// `Invalid` with the field `tags`.
pub(crate) fn read_tags(tags: &[String]) -> Result<Vec<String>, Invalid> {
    sorted(tags.iter().map(|tag| read_tag(tag)).collect::<Result<_, _>>()?)
}

/// Sorts the tags of a license and removes repeated ones.
///
/// # Errors
/// `Invalid` with the field `tags` if there are too many.
pub(crate) fn sorted(mut tags: Vec<String>) -> Result<Vec<String>, Invalid> {
    tags.sort_unstable();
    tags.dedup();
    if tags.len() > MOST_TAGS {
        return Err(Invalid::one("tags", format!("are limited to {MOST_TAGS} for each license")));
    }
    Ok(tags)
}

/// Reads a tag.
///
/// # Errors
/// `Invalid` with the field `tags`.
pub(crate) fn read_tag(text: &str) -> Result<String, Invalid> {
    tag(text).map_err(|error| Invalid::one("tags", error.to_string()))
}
