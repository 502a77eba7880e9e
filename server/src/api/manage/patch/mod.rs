//! Patches: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902).
//!
//! A patch is applied to the object as read under its lock, so that two patches at the same time do not undo each other.

use axum::{
    body::Body,
    http::{header::CONTENT_TYPE, request::Parts},
};
use json_patch::PatchOperation;
use licensing::{
    FieldError, Invalid,
    wire::{Fields, without_nul},
};
use serde_json::{Value, json};
use service::Error;

use crate::api::{body, problem::Problem};

const MERGE_PATCH: &str = "application/merge-patch+json";
const JSON_PATCH: &str = "application/json-patch+json";
/// Media types of patches, for the header `Accept-Patch` (RFC 5789 §3.1).
const ACCEPT_PATCH: &str = "application/merge-patch+json, application/json-patch+json, application/json";
/// Maximum number of operations.
const MOST_OPERATIONS: usize = 100;
/// Maximum size of a patch, and of the object after each operation, in bytes: `copy` can double it.
const LARGEST_PATCH: usize = 64 * 1024;
/// Operations by their number, as .NET's `JsonPatchDocument` sends them in `operationType`.
const NUMBERED: [&str; 6] = ["add", "remove", "replace", "move", "copy", "test"];

/// A patch.
#[derive(Clone, Debug)]
pub(in crate::api) enum Patch {
    /// RFC 7396.
    Merge(Value),
    /// RFC 6902.
    Operations(Vec<PatchOperation>),
}

impl Patch {
    /// Reads a patch. An array is a JSON Patch, an object a merge patch: some clients send a merge patch under the media
    /// type of the other.
    fn read(value: Value) -> Result<Self, Invalid> {
        match without_nul(value)? {
            Value::Object(patch) => Ok(Self::Merge(Value::Object(patch))),
            Value::Array(list) if list.len() > MOST_OPERATIONS => {
                Err(Invalid::one("", format!("has more than {MOST_OPERATIONS} operations")))
            }
            Value::Array(list) => {
                let mut wrong = Invalid::default();
                let read = list
                    .into_iter()
                    .enumerate()
                    .map(|(n, operation)| wrong.keep(&format!("/{n}"), operation_of(operation)));
                let operations = read.collect::<Vec<_>>();
                wrong.or(Self::Operations(operations.into_iter().flatten().collect()))
            }
            _ => Err(Invalid::one("", "must be an object (a merge patch) or an array (a JSON Patch)")),
        }
    }

    /// Returns the object after the patch.
    ///
    /// # Errors
    /// `Inapplicable` if a `test` fails or a path does not exist; `Invalid` if the object becomes too large.
    pub(in crate::api) fn apply(&self, object: &Value) -> Result<Value, Error> {
        let mut object = object.clone();
        match self {
            Self::Merge(patch) => json_patch::merge(&mut object, patch),
            Self::Operations(operations) => {
                for (n, operation) in operations.iter().enumerate() {
                    json_patch::patch(&mut object, std::slice::from_ref(operation)).map_err(|error| {
                        Error::Inapplicable(format!("Operation {n} does not apply: {}.", error.kind))
                    })?;
                    check_size(&object)?;
                }
            }
        }
        check_size(&object)?;
        Ok(object)
    }

    /// Applies the patch to an object of which only the members `editable` may change. Returns the edited members.
    ///
    /// # Errors
    /// As for [`apply`](Self::apply); `Invalid` if another member changes.
    pub(in crate::api) fn edit(&self, object: &Value, editable: &[&str]) -> Result<Fields, Error> {
        let Value::Object(mut members) = self.apply(object)? else {
            return Err(Invalid::one("", "must stay an object").into());
        };
        let mut wrong = Invalid::default();
        for (name, value) in
            object.as_object().into_iter().flatten().filter(|(name, _)| !editable.contains(&name.as_str()))
        {
            if members.remove(name).as_ref() != Some(value) {
                wrong.add(format!("/{name}"), "is read-only");
            }
        }
        wrong.or(())?;
        Ok(Fields::at(String::new(), members))
    }
}

fn check_size(object: &Value) -> Result<(), Invalid> {
    if object.to_string().len() > LARGEST_PATCH {
        return Err(Invalid::one("", format!("would be larger than {} KiB", LARGEST_PATCH / 1024)));
    }
    Ok(())
}

fn operation_of(mut operation: Value) -> Result<PatchOperation, String> {
    if let Some(members) = operation.as_object_mut()
        && !members.contains_key("op")
        && let Some(name) =
            members.get("operationType").and_then(Value::as_u64).and_then(|n| NUMBERED.get(usize::try_from(n).ok()?))
    {
        members.insert("op".to_owned(), json!(name));
    }
    serde_json::from_value(operation).map_err(|error| format!("is not an operation of JSON Patch: {error}"))
}

impl Patch {
    /// Reads the patch of a request, and returns it also as sent.
    pub(super) async fn read_request(head: &Parts, body: Body) -> Result<(Self, Value), Problem> {
        let kind = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !body::is_json(&head.headers) || !ACCEPT_PATCH.split(", ").any(|known| known == essence) {
            return Err(Problem::unsupported_patch(ACCEPT_PATCH));
        }
        let Some(read) = body::value(body, LARGEST_PATCH).await? else {
            return Err(Invalid::one("", "is empty: send a patch").into());
        };
        let errors = read.repeated.into_iter().map(|name| FieldError::new(name.pointer, "is repeated"));
        let sent = Invalid(errors.collect()).or(read.value)?;
        if sent.is_array() && essence == MERGE_PATCH {
            let why = format!("must be an object: a list of operations is sent as {JSON_PATCH}");
            return Err(Invalid::one("", why).into());
        }
        Ok((Self::read(sent.clone())?, sent))
    }
}

#[cfg(test)]
mod tests;
