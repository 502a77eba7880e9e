//! The query of a list: filters, `limit`, `cursor` and `order`.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use licensing::{
    Invalid,
    wire::{Fields, HAS_NUL},
};
use serde_json::{Map, Value};
use service::store::{Cursor, Page, Paging};

use crate::api::problem::Problem;

/// Items on a page, unless the caller asks for another number.
const USUAL: usize = 50;
/// Maximum number of items on a page.
const MOST: usize = 200;

/// The parameters of a query, read one by one like the members of an object. Unknown and repeated ones are errors.
#[derive(Debug)]
pub(in crate::api) struct Query {
    fields: Fields,
    uri: Uri,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut parameters = Map::new();
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if value.contains('\0') {
                return Err(Invalid::one(name, HAS_NUL).into());
            }
            if parameters.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                return Err(Invalid::one(name, "was sent twice: send it once").into());
            }
        }
        // A script whose variable is not set would otherwise get a list of everything. An empty search is common, and harmless.
        parameters.retain(|name, value| name != "q" || value != "");
        if let Some((name, _)) = parameters.iter().find(|(_, value)| *value == "") {
            return Err(Invalid::one(name, "is empty: send a value, or leave the parameter out").into());
        }
        Ok(Self { fields: Fields::at(String::new(), parameters), uri: parts.uri.clone() })
    }
}

impl Query {
    /// The parameters that are filters.
    pub(in crate::api) fn fields(&mut self) -> &mut Fields {
        &mut self.fields
    }

    /// Returns `true` if the parameter was sent.
    pub(in crate::api) fn has(&self, name: &str) -> bool {
        self.fields.has(name)
    }

    /// Reads `true` or `false`; `None` if the parameter is absent.
    pub(in crate::api) fn flag(&mut self, name: &str) -> Option<bool> {
        self.fields.parse(name, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err("must be true or false"),
        })
    }

    /// Reads the position in the list, and ends the reading.
    pub(in crate::api) fn page(mut self) -> Result<PageQuery, Problem> {
        let size = self.fields.parse("limit", read_limit).unwrap_or(USUAL);
        let order = self.fields.parse("order", |text| match text {
            "newest" => Ok(false),
            "oldest" => Ok(true),
            _ => Err("must be newest or oldest"),
        });
        let cursor = self.fields.parse("cursor", read_cursor);
        let uri = self.uri.clone();
        self.end()?;
        let oldest_first = order.unwrap_or_default();
        let start = if oldest_first { Paging::Before(OLDEST) } else { Paging::First };
        Ok(PageQuery { paging: cursor.unwrap_or(start), size, oldest_first, uri })
    }

    /// Reads the position in a list of numbered items, and ends the reading.
    pub(in crate::api) fn numbered(mut self) -> Result<NumberedQuery, Problem> {
        let size = self.fields.parse("limit", read_limit).unwrap_or(USUAL);
        let read = |text: &str| text.parse().ok().filter(|n: &i64| *n > 0).ok_or(NOT_A_CURSOR);
        let after = self.fields.parse("cursor", read);
        let uri = self.uri.clone();
        self.end()?;
        Ok(NumberedQuery { after: after.unwrap_or_default(), size, uri })
    }

    /// Ends the reading of a query without pages.
    pub(in crate::api) fn end(self) -> Result<(), Problem> {
        Ok(self.fields.end().map_err(|Invalid(mut errors)| {
            // Parameters have names, not pointers.
            for error in &mut errors {
                error.field = error.field.trim_start_matches('/').to_owned();
            }
            Invalid(errors)
        })?)
    }
}

const NOT_A_CURSOR: &str = "is not a cursor of this list: send one as a response had it";

/// Before every row.
const OLDEST: Cursor = Cursor { at: chrono::DateTime::UNIX_EPOCH, id: uuid::Uuid::nil() };

fn read_limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| format!("must be a whole number from 1 to {MOST}"))
}

/// Reads a cursor: the direction, and the row that it begins at.
fn read_cursor(text: &str) -> Result<Paging, &'static str> {
    let place = |text: &str| text.parse::<Cursor>().ok();
    let paging = match (text.strip_prefix("a."), text.strip_prefix("b.")) {
        (Some(text), _) => place(text).map(Paging::After),
        (None, Some(text)) => place(text).map(Paging::Before),
        (None, None) => None,
    };
    paging.ok_or(NOT_A_CURSOR)
}

/// The requested page.
#[derive(Clone, Debug)]
pub(in crate::api) struct PageQuery {
    pub(in crate::api) paging: Paging,
    pub(in crate::api) size: usize,
    oldest_first: bool,
    uri: Uri,
}

/// The requested page of a list of numbered items, which has no pages before.
#[derive(Clone, Debug)]
pub(in crate::api) struct NumberedQuery {
    /// Number of the last item before the page.
    pub(in crate::api) after: i64,
    size: usize,
    uri: Uri,
}

impl NumberedQuery {
    /// Number of items to read: one more than the page has, if there is a next page.
    pub(in crate::api) fn read(&self) -> i64 {
        i64::try_from(self.size + 1).unwrap_or(i64::MAX)
    }

    /// Returns the items of the page, and the links.
    pub(in crate::api) fn turn<T>(&self, mut rows: Vec<T>, number: impl Fn(&T) -> i64) -> (Vec<T>, PageLinks) {
        let has_more = rows.len() > self.size;
        rows.truncate(self.size);
        let next = rows.last().filter(|_| has_more).map(|row| number(row).to_string());
        let header = next.as_deref().map(|next| format!("<{}>; rel=\"next\"", address(&self.uri, next)));
        (rows, PageLinks { next, previous: None, header })
    }
}

/// The links of a page: the cursors of the next and the previous one, and the same as a `Link` header (RFC 8288).
#[derive(Clone, Debug)]
pub(in crate::api) struct PageLinks {
    pub(in crate::api) next: Option<String>,
    pub(in crate::api) previous: Option<String>,
    pub(in crate::api) header: Option<String>,
}

impl PageQuery {
    /// Returns the rows in the requested order, and the links.
    pub(in crate::api) fn turn<T>(&self, page: Page<T>) -> (Vec<T>, PageLinks) {
        let Page { mut rows, previous, next, .. } = page;
        let older = next.map(|place| format!("a.{place}"));
        let newer = previous.map(|place| format!("b.{place}"));
        let (next, previous) = if self.oldest_first { (newer, older) } else { (older, newer) };
        if self.oldest_first {
            rows.reverse();
        }
        // Nothing is before the oldest row.
        let previous = previous.filter(|_| self.paging != Paging::Before(OLDEST));
        let links = [("next", &next), ("prev", &previous)];
        let links = links.into_iter().filter_map(|(relation, cursor)| Some((relation, cursor.as_deref()?)));
        let links: Vec<_> =
            links.map(|(relation, cursor)| format!("<{}>; rel=\"{relation}\"", address(&self.uri, cursor))).collect();
        (rows, PageLinks { next, previous, header: Some(links.join(", ")).filter(|links| !links.is_empty()) })
    }
}

/// The address of the page at this cursor: the same query with another cursor.
fn address(uri: &Uri, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "cursor" {
            query.append_pair(&name, &value);
        }
    }
    format!("{}?{}", uri.path(), query.append_pair("cursor", cursor).finish())
}

/// Builds a page from a whole list: its items, newest first, after or before the cursor.
pub(in crate::api) fn page_of<T>(all: Vec<T>, paging: Paging, size: usize, place: impl Fn(&T) -> Cursor) -> Page<T> {
    let key = |cursor: &Cursor| (cursor.at, cursor.id);
    let mut rows: Vec<T> = all;
    rows.sort_by_key(|row| std::cmp::Reverse(key(&place(row))));
    rows.retain(|row| match &paging {
        Paging::First => true,
        Paging::After(at) => key(&place(row)) < key(at),
        Paging::Before(at) => key(&place(row)) > key(at),
    });
    if matches!(paging, Paging::Before(_)) {
        rows.reverse();
    }
    rows.truncate(size + 1);
    Page::of(rows, size, paging, place)
}
