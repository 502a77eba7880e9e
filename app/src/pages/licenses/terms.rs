//! The terms and features in effect, each with its origin.

use leptos::prelude::*;
use licensing::terms::{Effective, TermSource, effective};

use crate::{
    admin::licenses::detail::{FeatureLine, LicenseDetail},
    components::{Badge, Fact, Facts, Icon, Panel, Sentence, Symbol, Tone},
};

/// The terms in effect.
#[component]
pub(super) fn TermsPanel(
    /// The license.
    of: StoredValue<LicenseDetail>,
) -> impl IntoView {
    let (policy, terms, own) = of.with_value(|it| (it.policy.0, it.terms.clone(), it.overrides.clone()));
    let (own_lines, others): (Vec<_>, Vec<_>) =
        effective(&terms, &own).into_iter().partition(|line| line.origin == TermSource::License);
    let line = |line: Effective| {
        let policy = (line.origin == TermSource::License).then_some(line.policy);
        let from = origin(policy, "from policy");
        view! {
            <Fact name=line.name from>
                {line.value}
            </Fact>
        }
    };
    let rest = match own_lines.len() {
        0 => format!("All {} terms come from the policy", others.len()),
        _ => format!("{} more from the policy", others.len()),
    };
    let overridden = (!own_lines.is_empty())
        .then(|| view! { <Facts terms=true>{own_lines.into_iter().map(line).collect_view()}</Facts> });
    let others = others.into_iter().map(line).collect_view();
    view! {
        <Panel
            id="terms"
            title="Terms in effect"
            aside=move || view! { <a href=format!("/policies/{policy}")>"Policy"</a> }
        >
            <div class="stack">
                <Sentence of=terms.with(&own).sentence() small=true />
                {overridden}
                <details class="more" open>
                    <summary>
                        <Icon of=Symbol::ChevronRight />
                        {rest}
                    </summary>
                    <Facts terms=true>{others}</Facts>
                </details>
            </div>
        </Panel>
    }
}

/// The feature values in effect.
#[component]
pub(super) fn FeaturesPanel(
    /// Every feature of the product.
    features: Vec<FeatureLine>,
) -> impl IntoView {
    let lines = features.into_iter().map(|line| {
        let from = origin(line.default, "from product");
        view! {
            <Fact name=line.code from>
                {line.value}
            </Fact>
        }
    });
    view! {
        <Panel id="features" title="Features">
            <Facts terms=true>{lines.collect_view()}</Facts>
        </Panel>
    }
}

/// The origin of a value: `usual`; or, if `other` is given, the license itself, which overrides that value.
fn origin(other: Option<String>, usual: &'static str) -> ViewFn {
    match other {
        Some(other) => ViewFn::from(move || {
            let other = format!("set here; otherwise {other}");
            view! {
                <Badge tone=Tone::Accent>{other}</Badge>
            }
        }),
        None => ViewFn::from(move || usual),
    }
}
