//! Reading the fields for the features of a product.

use licensing::{Invalid, Overrides, Terms, feature::Feature};

use super::TermsFields;
use crate::feature_values::fit;

impl TermsFields {
    /// Like [`read`](Self::read), with the feature values converted to the product's kinds.
    ///
    /// # Errors
    /// Also feature values that do not fit the product, at their field.
    pub fn read_for(&self, features: &[Feature]) -> Result<Terms, Invalid> {
        let mut terms = self.read()?;
        fit(&mut terms.features, features);
        terms.trial.iter_mut().for_each(|trial| fit(&mut trial.features, features));
        fit(&mut terms.grace_features, features);
        check(&terms, features).map(|()| terms)
    }

    /// Like [`read_overrides`](Self::read_overrides), with the feature values converted to the product's kinds.
    ///
    /// # Errors
    /// Also feature values of the license that do not fit the product, at their field.
    pub fn read_overrides_for(&self, policy: &Terms, features: &[Feature]) -> Result<Overrides, Invalid> {
        let mut own = self.read_overrides(policy)?;
        own.trial.iter_mut().flatten().for_each(|trial| fit(&mut trial.features, features));
        own.grace_features.iter_mut().for_each(|values| fit(values, features));
        check(&Terms::default().with(&own), features).map(|()| own)
    }
}

/// Checks the terms and reports each error at its form field. The rules name terms, not fields.
fn check(terms: &Terms, features: &[Feature]) -> Result<(), Invalid> {
    let field = |rule: String| match rule.as_str() {
        "features" => "policy_features".to_owned(),
        "trial" => "trial_features".to_owned(),
        _ => rule,
    };
    terms.check_features(features).map_err(|Invalid(mut errors)| {
        errors.iter_mut().for_each(|error| error.field = field(std::mem::take(&mut error.field)));
        Invalid(errors)
    })
}
