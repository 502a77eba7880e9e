//! Sales of the demo's vendor, and what happened to them later.

use licensing::license::StateChange;

/// A license of the demo. Times are in days before today.
pub(super) struct Sale {
    /// Code of the product, and name of the policy.
    pub(super) policy: (&'static str, &'static str),
    pub(super) customer: &'static str,
    /// Empty if the customer gave none.
    pub(super) email: &'static str,
    pub(super) sold: i64,
    pub(super) devices: usize,
    /// Day on which its devices were last seen. They were active from the sale until then.
    pub(super) seen: i64,
    pub(super) outcome: Outcome,
}

/// Later event of a license.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    /// No event: the license is active, or has ended by time.
    Left,
    /// The license changed its state: days ago, step, reason.
    Stepped(i64, StateChange, &'static str),
    /// Its first device was revoked: days ago, reason.
    LostDevice(i64, &'static str),
    /// Its first device was stolen, and blocked on the whole server: days ago, reason.
    Stolen(i64, &'static str),
}

use Outcome::{Left, LostDevice, Stepped, Stolen};
use StateChange::{Revoke, Suspend};

const DRIFT: (&str, &str) = ("drift-pro", "Perpetual, two computers");
const TRIAL: (&str, &str) = ("drift-pro", "Trial, two weeks");
const SCHOOL: (&str, &str) = ("drift-pro", "Education, one year");
const STUDIO: (&str, &str) = ("halcyon-reverb", "Studio subscription");
const HALCYON: (&str, &str) = ("halcyon-reverb", "Perpetual, version 2");
const SITE: (&str, &str) = ("meridian-daw", "Site license");
const TEAM: (&str, &str) = ("meridian-daw", "Floating team of ten");
const OFFLINE: (&str, &str) = ("meridian-daw", "Offline laboratory");
const BASS: (&str, &str) = ("undertow-bass", "Perpetual");

pub(super) const SALES: &[Sale] = &[
    sale(HALCYON, "Ingrid Sørlie", "ingrid@sorlie-lyd.example", 418, 2, 3, Left),
    sale(SITE, "Conservatorio di Genova", "laboratorio@conservatorio-ge.example", 411, 14, 1, Left),
    sale(DRIFT, "Tunde Adeyemi", "tunde@lagosbeats.example", 402, 2, 0, Left),
    sale(SCHOOL, "Lycée Berlioz", "musique@lycee-berlioz.example", 398, 4, 40, Left),
    sale(STUDIO, "Klangwerk Leipzig GmbH", "lizenzen@klangwerk.example", 390, 3, 33, Left),
    sale(BASS, "Yuki Nakamura", "yuki.nakamura@example.jp", 377, 1, 61, Left),
    sale(DRIFT, "Maren Holt", "", 366, 1, 2, Left),
    sale(STUDIO, "Estúdio Maré", "contato@estudiomare.example", 361, 3, 0, Left),
    sale(OFFLINE, "Antarctic Sound Survey", "ops@antarctic-sound.example", 344, 1, 344, Left),
    sale(SCHOOL, "Sibelius-koulu", "opettajat@sibeliuskoulu.example", 340, 5, 4, Left),
    sale(
        BASS,
        "Paweł Zieliński",
        "pawel@zielinski.example",
        322,
        1,
        200,
        Stepped(198, Revoke, "The payment was charged back."),
    ),
    sale(DRIFT, "Aroha Ngata", "aroha@tuiaudio.example", 301, 2, 1, Stolen(44, "The laptop was stolen; order 2291.")),
    sale(TEAM, "Northlight Post", "it@northlightpost.example", 288, 9, 0, Left),
    sale(HALCYON, "Dariusz & Söhne", "info@dariusz-soehne.example", 275, 1, 12, Left),
    sale(TRIAL, "Camille Roux", "camille@example.fr", 260, 1, 247, Left),
    sale(DRIFT, "Kwame Mensah", "kwame@accra-sound.example", 251, 2, 5, Left),
    sale(
        STUDIO,
        "Studio Åtta",
        "hej@studioatta.example",
        239,
        2,
        9,
        Stepped(8, Suspend, "The March invoice is unpaid."),
    ),
    sale(SITE, "Radio Nacional de Montaña", "tecnica@radiomontana.example", 221, 11, 2, Left),
    sale(DRIFT, "Leila Haddad", "leila@haddad-music.example", 214, 1, 0, Left),
    sale(
        HALCYON,
        "Old Mill Recordings",
        "desk@oldmill.example",
        205,
        2,
        30,
        LostDevice(29, "Moved to a new computer; requested by e-mail."),
    ),
    sale(BASS, "Priya Raman", "priya@example.in", 190, 1, 75, Left),
    sale(TEAM, "Kino Babylon", "ton@kino-babylon.example", 176, 6, 0, Left),
    sale(DRIFT, "Sébastien Leclerc", "seb@leclerc.example", 168, 2, 17, Left),
    sale(STUDIO, "Blue Hour Audio", "accounts@bluehour.example", 150, 3, 1, Left),
    sale(TRIAL, "Hamza Yilmaz", "hamza@example.tr", 141, 1, 128, Left),
    sale(SCHOOL, "Escola de Música do Porto", "geral@emporto.example", 133, 5, 0, Left),
    sale(DRIFT, "Nils Bergström", "", 120, 1, 58, Stepped(57, Revoke, "Bought twice by mistake; refunded.")),
    sale(HALCYON, "Chiara Fontana", "chiara@fontana.example", 111, 1, 6, Left),
    sale(OFFLINE, "Institut für Akustik", "messraum@akustik.example", 96, 1, 96, Left),
    sale(STUDIO, "Three Kites", "hello@threekites.example", 83, 2, 0, Left),
    sale(DRIFT, "Ana Kovačević", "ana@kovacevic.example", 71, 2, 3, Left),
    sale(SITE, "Toneelhuis Gent", "techniek@toneelhuis.example", 64, 7, 1, Left),
    sale(DRIFT, "Omar Benali", "omar@example.ma", 52, 1, 0, Left),
    sale(
        STUDIO,
        "Fjord & Fell",
        "post@fjordfell.example",
        45,
        3,
        11,
        Stepped(10, Suspend, "Asked to pause until the tour is over."),
    ),
    sale(TEAM, "Pixel & Reel", "admin@pixelreel.example", 33, 10, 0, Left),
    sale(HALCYON, "Jun-ho Park", "junho@example.kr", 26, 2, 2, Left),
    sale(TRIAL, "Rosa Jiménez", "rosa@example.mx", 9, 1, 0, Left),
    sale(DRIFT, "Eilidh MacLeod", "eilidh@hebrides.example", 6, 1, 0, Left),
    sale(TRIAL, "Mateus Oliveira", "mateus@example.br", 4, 1, 0, Left),
    sale(SCHOOL, "Hochschule für Medien", "labor@hfm.example", 2, 0, 2, Left),
    sale(STUDIO, "Wren Street Studios", "booking@wrenstreet.example", 1, 0, 1, Left),
    sale(DRIFT, "Freya Lindqvist", "freya@lindqvist.example", 0, 0, 0, Left),
];

const fn sale(
    policy: (&'static str, &'static str),
    customer: &'static str,
    email: &'static str,
    sold: i64,
    devices: usize,
    seen: i64,
    outcome: Outcome,
) -> Sale {
    Sale { policy, customer, email, sold, devices, seen, outcome }
}
