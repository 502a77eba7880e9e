//! The first steps on Home, from an empty server to the first token.

use leptos::prelude::*;
use licensing::Permission;

use super::first_call::FirstCall;
use crate::{
    admin::{first_run::FirstRun, home::HomePage as Data, licenses::code::Secret},
    components::{CodeBlock, Gate, Icon, Symbol},
};

/// A step.
pub(super) struct Step {
    /// `true` once it is done.
    pub(super) done: bool,
    title: &'static str,
    aside: &'static str,
    link: (&'static str, &'static str),
}

/// The steps, and which of them are done.
pub(super) fn steps(data: &Data) -> [Step; 4] {
    [
        Step {
            done: data.products > 0,
            title: "Create a product",
            aside: "what you license, and how its tokens are signed",
            link: ("/products/new", "New product"),
        },
        Step {
            done: data.policies > 0,
            title: "Create a policy",
            aside: "how many devices, for how long, and how long offline",
            link: ("/policies/new", "New policy"),
        },
        Step {
            done: data.any_license,
            title: "Create a license",
            aside: "one customer’s grant, with its activation code",
            link: ("/licenses/new", "New license"),
        },
        Step {
            done: data.activated,
            title: "Activate a device",
            aside: "with the command below, or with your own software",
            link: ("/licenses", "Licenses"),
        },
    ]
}

/// The list of steps. The last one waits for the first activation, and then shows the token that it got.
pub(super) fn checklist(steps: [Step; 4], first_run: Option<FirstRun>) -> impl IntoView {
    let last = steps.len() - 1;
    let now = steps.iter().position(|step| !step.done);
    let lines = steps.into_iter().enumerate().map(|(i, step)| {
        let is_now = now == Some(i);
        let class = match (step.done, is_now) {
            (true, _) => "done",
            (false, true) => "now",
            (false, false) => "later",
        };
        let tick = match step.done {
            true => view! {
                <Icon of=Symbol::Check />
                <span class="visually-hidden">"done"</span>
            }
            .into_any(),
            false => (i + 1).into_any(),
        };
        let first_run = (i == last).then(|| first_run.clone()).flatten();
        let inside = match (first_run, is_now) {
            (Some(first_run), _) => Some(activation(first_run).into_any()),
            (None, true) => Some(button(step.link).into_any()),
            (None, false) => None,
        };
        let inside = inside.map(|inside| view! { <div class="inside">{inside}</div> });
        view! {
            <li class=class aria-current=is_now.then_some("step")>
                <span class="tick">{tick}</span>
                <h3>{step.title}</h3>
                <span class="aside">{step.aside}</span>
                {inside}
            </li>
        }
    });
    view! {
        <section class="narrow stack" aria-labelledby="steps">
            <h2 id="steps">"First steps"</h2>
            <ol class="steps">{lines.collect_view()}</ol>
        </section>
    }
}

fn button((to, words): (&'static str, &'static str)) -> impl IntoView {
    view! {
        <div class="actions">
            <Gate permission=Permission::ManageLicenses label=words>
                <a class="button primary" href=to>
                    {words}
                </a>
            </Gate>
        </div>
    }
}

/// The command of the first activation, or its token.
fn activation(of: FirstRun) -> AnyView {
    match of {
        FirstRun::Waits { license: (id, name), secret } => view! {
            {match secret {
                Some(secret) => command(&secret).into_any(),
                None => {
                    view! {
                        <p>
                            "Reveal the activation code of " <a href=format!("/licenses/{id}")>
                                <bdi>{name}</bdi>
                            </a> " to activate a device with it."
                        </p>
                    }
                        .into_any()
                }
            }}
            <p class="waiting">"Waiting for the first activation. It appears here."</p>
        }
        .into_any(),
        FirstRun::Activated { device: (id, name), product, claims } => view! {
            <p>
                <a href=format!("/devices/{id}")>
                    <bdi>{name}</bdi>
                </a> " is activated. Your software reads this from its token:"
            </p>
            <CodeBlock title="Claims of the token" text=claims />
            <div class="actions">
                <a class="button primary" href=format!("/products/{}#integrate", product.0)>
                    "Verify it in your language"
                </a>
            </div>
        }
        .into_any(),
    }
}

fn command(secret: &Secret) -> impl IntoView + use<> {
    let Secret { code, server, email, signs_in, authorized_only, .. } = secret;
    let call = FirstCall { server, code, email: email.as_deref(), signs_in: *signs_in };
    let needs = [
        (
            *signs_in,
            "The terms require a signed-in user: replace ACCESS-TOKEN with an access token from your identity provider.",
        ),
        (
            *authorized_only,
            "Only pre-registered devices can activate: register the fingerprint device-1 on the license’s page first.",
        ),
    ];
    let needs = needs.into_iter().filter(|(needed, _)| *needed);
    let needs = needs.map(|(_, text)| view! { <p class="small">{text}</p> });
    view! {
        <CodeBlock title="Terminal" text=call.command() />
        {needs.collect_view()}
    }
}
