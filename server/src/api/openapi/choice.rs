//! Strings of the document that have one of a few values. The types only describe.

use licensing::{activation, code, license, product, webhook};
use service::store::jobs;
use strum::VariantNames;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// Defines choices with their names on the wire.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident: $values:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::api) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let values: &[&str] = $values;
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values.iter().copied())).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

choices! {
    /// A signature algorithm.
    Algorithm: product::Algorithm::VARIANTS;
    /// The scope of a block.
    BlockScope: activation::BlockScope::VARIANTS;
    /// The shape of codes.
    CodeShape: code::CodeShape::VARIANTS;
    /// The state of a delivery.
    DeliveryState: webhook::DeliveryState::VARIANTS;
    /// The state of a job's item.
    ItemState: jobs::ItemState::VARIANTS;
    /// The act of a job.
    JobAct: jobs::JobAct::VARIANTS;
    /// The state of a job.
    JobState: jobs::JobState::VARIANTS;
    /// The state of a license.
    LicenseState: license::State::VARIANTS;
    /// The lifecycle of a product.
    Lifecycle: product::Lifecycle::VARIANTS;
    /// The state of a subscription.
    SubscriptionState: webhook::SubscriptionState::VARIANTS;
    /// The order of a list.
    Order: &["newest", "oldest"];
    /// The outcome of a decision.
    Verdict: &["granted", "refused"];
    /// The verdict of a rule.
    RuleOutcome: &["passed", "failed", "not-asked"];
    /// What lists show of a license's state.
    Standing: &["not-started", "active", "ending", "ended", "suspended", "revoked"];
    /// The seats of a license.
    Seats: &["free", "full", "over"];
    /// The format of a file.
    Format: &["jsonl", "csv"];
    /// What can be exported.
    Exported: &["licenses", "activations", "decisions", "events"];
    /// The start of an extension.
    Start: &["end", "now"];
    /// An act on many licenses.
    BulkAct: &["suspend", "reinstate", "revoke", "extend", "tag", "untag"];
    /// The kind of a feature.
    FeatureKind: &["boolean", "number", "text", "choice"];
    /// The kind of a feature in the published contract.
    ProvisionedKind: &["Boolean", "Numeric", "Text", "Enumeration"];
    /// An operation of a JSON Patch (RFC 6902 §4).
    Operation: &["add", "remove", "replace", "move", "copy", "test"];
    /// Who acted.
    ActorKind: &["account", "api_token", "device", "command", "setup", "anonymous", "server"];
    /// Who started a job.
    StarterKind: &["account", "api_token", "command"];
    /// The standing of a signing key.
    KeyStanding: &["next", "ahead", "signs", "stopped", "gone", "revoked"];
    /// The purpose of a request.
    Purpose: &["activate", "renew", "check_in", "check_out", "release", "standing"];
}
