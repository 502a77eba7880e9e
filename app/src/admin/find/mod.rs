//! Find: one field for everything that can be typed or pasted.

mod hit;
mod look;
mod places;
mod wanted;

use leptos::prelude::*;

use self::{
    look::{Looked, look},
    wanted::{Wanted, end_of_code_part},
};
pub use hit::{Hit, HitKind};
pub(crate) use places::{pages, shortcuts};

use super::search::{Sought, narrow, sought_text};
use crate::{Error, admin::ReadName, http::context::visitor};

/// The results of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// The text.
    pub text: String,
    /// The results.
    pub hits: Vec<Hit>,
    /// `true` if nothing was found, and the results are only similar to the text.
    pub similar: bool,
    /// `true` if a code was pasted that no license has, or a part of one; the text is its end.
    pub end_of_code: bool,
    /// `true` if the text was an id.
    pub is_id: bool,
    /// `true` if e-mail addresses were not searched, since the account may not see them.
    pub without_email: bool,
}

pub const FIND: ReadName = ReadName("findings");

/// The results for the text `q`. If `of` is `code`, the text is the end of a code that no license has.
pub async fn find(q: String, of: String) -> Result<Finding, Error> {
    super::guard_read(FIND)?;
    let wanted = Wanted::read(&q);
    let Looked { hits, similar } = look(&wanted).await?;
    Ok(Finding {
        text: q.trim().to_owned(),
        hits,
        similar,
        end_of_code: of == OF_CODE,
        is_id: matches!(wanted, Wanted::Ids(_)),
        without_email: visitor().hides_emails,
    })
}

/// The value of the key `of` for the end of a code.
const OF_CODE: &str = "code";

/// Finds typed or pasted text. A single result is opened; several are listed by the page of Find. No code and no token
/// becomes part of an address: a token is only read for the ids in it, and of a code that no license has, only the end
/// is searched for.
#[server(endpoint = "find")]
pub async fn find_anything(#[server(default)] q: String) -> Result<(), Error> {
    super::guard::<FindAnything>()?;
    let wanted = Wanted::read(&q);
    if let Wanted::Text(_) = wanted {
        match sought_text(&q).await? {
            Sought::License(id) => {
                crate::http::address::go(&format!("/licenses/{id}"));
                return Ok(());
            }
            Sought::UnknownCode(end) => return to_end_of_code(&end).await,
            Sought::Text(_) => {}
        }
    }
    let text = match &wanted {
        Wanted::Nothing => String::new(),
        Wanted::ApiToken => {
            return Err(Error::Refused(
                "That is an API token, which is as good as a password, so it was not searched for. API tokens are listed \
                 in the settings."
                    .to_owned(),
            ));
        }
        Wanted::Token(ids) if ids.is_empty() => {
            return Err(Error::Refused(
                "That token names no session of this server, so there is nothing to open. It was not kept.".to_owned(),
            ));
        }
        // A token is found by its session; its license is the next best.
        Wanted::Token(ids) => {
            for id in ids {
                if let [hit, ..] = look(&Wanted::Ids(vec![*id])).await?.hits.as_slice() {
                    crate::http::address::go(&hit.to);
                    return Ok(());
                }
            }
            ids.first().map(ToString::to_string).unwrap_or_default()
        }
        Wanted::Ids(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Wanted::Address(address) => address.to_string(),
        Wanted::Text(text) => text.clone(),
    };
    let Looked { hits, similar } = look(&wanted).await?;
    match hits.as_slice() {
        [hit] if !similar => crate::http::address::go(&hit.to),
        [] => match end_of_code_part(&text) {
            Some(end) => return to_end_of_code(&end).await,
            None => narrow("/find", [("q", &text)])?,
        },
        _ => narrow("/find", [("q", &text)])?,
    }
    Ok(())
}

/// Lists the licenses whose codes end like one that no license has.
async fn to_end_of_code(end: &str) -> Result<(), Error> {
    if look(&Wanted::Text(end.to_owned())).await?.hits.is_empty() {
        return Err(Error::Refused(
            "No license has this code, and none has a code with the same end. Check it for typing errors, or search for the \
             customer instead."
                .to_owned(),
        ));
    }
    narrow("/find", [("q", end), ("of", OF_CODE)])
}
