//! Icons of the Lucide set (ISC license). [`Sprite`] defines them once per page; [`Icon`] refers to them.

use leptos::prelude::*;

/// An icon by its Lucide name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Symbol {
    Activity,
    ArrowDown,
    Ban,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    ChevronsUpDown,
    CircleAlert,
    CircleCheck,
    CircleDashed,
    CircleSlash,
    CircleX,
    Clock,
    Copy,
    DoorClosed,
    Ellipsis,
    Eye,
    EyeOff,
    FileQuestion,
    History,
    House,
    Info,
    KeyRound,
    Layers,
    Link,
    Lock,
    LogIn,
    LogOut,
    Menu,
    Monitor,
    MonitorSmartphone,
    Moon,
    Package,
    Pause,
    Pencil,
    Plus,
    RefreshCw,
    ScrollText,
    Search,
    Settings,
    ShieldCheck,
    SlidersHorizontal,
    Sun,
    TriangleAlert,
    Undo2,
    Unplug,
    User,
    Users,
    X,
}

impl Symbol {
    const fn id(self) -> &'static str {
        match self {
            Self::Activity => "#activity",
            Self::ArrowDown => "#arrow-down",
            Self::Ban => "#ban",
            Self::Check => "#check",
            Self::ChevronDown => "#chevron-down",
            Self::ChevronLeft => "#chevron-left",
            Self::ChevronRight => "#chevron-right",
            Self::ChevronUp => "#chevron-up",
            Self::ChevronsUpDown => "#chevrons-up-down",
            Self::CircleAlert => "#circle-alert",
            Self::CircleCheck => "#circle-check",
            Self::CircleDashed => "#circle-dashed",
            Self::CircleSlash => "#circle-slash",
            Self::CircleX => "#circle-x",
            Self::Clock => "#clock",
            Self::Copy => "#copy",
            Self::DoorClosed => "#door-closed",
            Self::Ellipsis => "#ellipsis",
            Self::Eye => "#eye",
            Self::EyeOff => "#eye-off",
            Self::FileQuestion => "#file-question",
            Self::History => "#history",
            Self::House => "#house",
            Self::Info => "#info",
            Self::KeyRound => "#key-round",
            Self::Layers => "#layers",
            Self::Link => "#link",
            Self::Lock => "#lock",
            Self::LogIn => "#log-in",
            Self::LogOut => "#log-out",
            Self::Menu => "#menu",
            Self::Monitor => "#monitor",
            Self::MonitorSmartphone => "#monitor-smartphone",
            Self::Moon => "#moon",
            Self::Package => "#package",
            Self::Pause => "#pause",
            Self::Pencil => "#pencil",
            Self::Plus => "#plus",
            Self::RefreshCw => "#refresh-cw",
            Self::ScrollText => "#scroll-text",
            Self::Search => "#search",
            Self::Settings => "#settings",
            Self::ShieldCheck => "#shield-check",
            Self::SlidersHorizontal => "#sliders-horizontal",
            Self::Sun => "#sun",
            Self::TriangleAlert => "#triangle-alert",
            Self::Undo2 => "#undo-2",
            Self::Unplug => "#unplug",
            Self::User => "#user",
            Self::Users => "#users",
            Self::X => "#x",
        }
    }
}

/// An icon next to text with the same meaning, so screen readers skip it.
#[component]
pub fn Icon(
    /// The icon's symbol.
    of: Symbol,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=of.id()></use>
        </svg>
    }
}
