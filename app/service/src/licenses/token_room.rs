//! The room for feature values in a token.

use licensing::feature::FeatureValues;

/// Maximum size of a product's feature defaults as JSON, in bytes; a license's own values may take as much again. A
/// token holds a mixture of both, so no later change of the product can make a token larger than 4 KiB.
const MOST_FEATURE_BYTES: usize = 512;

/// Checks that these values leave room in a token for as many again.
pub(crate) fn fits_token(values: &FeatureValues) -> Result<(), String> {
    match serde_json::to_string(values) {
        Ok(json) if json.len() <= MOST_FEATURE_BYTES => Ok(()),
        _ => Err(format!("take more than {MOST_FEATURE_BYTES} bytes in a token: shorten their codes or values")),
    }
}
