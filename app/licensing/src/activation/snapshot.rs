//! Terms and values that a device was granted under.

use serde::{Deserialize, Serialize};

use crate::{
    Span, Terms,
    feature::{self, Feature, FeatureValues},
    terms::Versions,
};

/// Terms and values that an activation was granted under. Later edits reach the device with its next request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name of the policy.
    pub policy: String,
    /// Name of the customer.
    pub customer: Option<String>,
    /// Offline grace.
    pub grace: Span,
    /// Covered versions.
    pub versions: Versions,
    /// Values of all features.
    pub features: FeatureValues,
    /// Features whose values differ during the offline grace.
    #[serde(default, skip_serializing_if = "FeatureValues::is_empty")]
    pub grace_features: FeatureValues,
    /// `true` if the license is a trial.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
}

impl Snapshot {
    /// Takes a snapshot of the terms in effect and of the product's features, as set by the policy, the license's `own`
    /// values and the trial.
    pub fn new(
        policy: String,
        customer: Option<String>,
        terms: &Terms,
        product: &[Feature],
        own: &FeatureValues,
    ) -> Self {
        let of_trial = terms.trial.as_ref().map(|trial| &trial.features);
        let layers: Vec<&FeatureValues> = [&terms.features, own].into_iter().chain(of_trial).collect();
        let features = feature::resolve(product, &layers);
        Self {
            policy,
            customer,
            grace: terms.grace,
            versions: terms.versions.clone(),
            grace_features: feature::differing(product, &terms.grace_features, &features),
            features,
            trial: terms.trial.is_some(),
        }
    }
}
