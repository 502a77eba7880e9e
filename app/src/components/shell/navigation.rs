//! The main navigation.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{Brand, FindButton};
use crate::components::{Icon, Symbol};

type Place = (&'static str, Symbol, &'static str);

const WORK: &[Place] = &[
    ("/", Symbol::House, "Home"),
    ("/licenses", Symbol::ScrollText, "Licenses"),
    ("/devices", Symbol::MonitorSmartphone, "Devices"),
    ("/offline", Symbol::Unplug, "Offline devices"),
    ("/products", Symbol::Package, "Products"),
    ("/policies", Symbol::SlidersHorizontal, "Policies"),
];
const FOOT: &[Place] = &[("/settings", Symbol::Settings, "Settings")];
const WATCH: &[Place] = &[
    ("/decisions", Symbol::Activity, "Decisions"),
    ("/devices/blocked", Symbol::Ban, "Blocked devices"),
    ("/audit", Symbol::History, "Audit log"),
];

/// A sidebar on wide screens. On a phone, a drawer that the button in the top bar opens and a link closes.
#[component]
pub(super) fn Navigation(
    /// The content at the foot.
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="sidebar" id="nav" popover="auto" aria-label="Main">
            <Brand />
            <FindButton />
            <ul class="nav">{places(WORK)}</ul>
            <div>
                <p class="nav-title" id="nav-watch">
                    "Monitoring"
                </p>
                <ul class="nav" aria-labelledby="nav-watch">
                    {places(WATCH)}
                </ul>
            </div>
            <div class="sidebar-foot">
                <ul class="nav">{places(FOOT)}</ul>
                {children()}
            </div>
        </nav>
    }
}

fn places(all: &'static [Place]) -> impl IntoView {
    all.iter()
        .map(|(to, icon, label)| {
            view! {
                <li>
                    <A href=*to exact=matches!(*to, "/" | "/devices")>
                        <Icon of=*icon />
                        " "
                        {*label}
                    </A>
                </li>
            }
        })
        .collect_view()
}
