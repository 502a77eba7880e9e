//! What each problem means, in words: for whoever uses the software, and for whoever develops it.

use crate::api::problem::Code;

pub(super) struct Words {
    /// What happened.
    pub(super) means: &'static str,
    /// What the software's user can do.
    pub(super) user: &'static str,
    /// What its developer can do.
    pub(super) developer: &'static str,
}

const ASK_FOR_UPDATE: &str = "The fault is in the software: see whether there is an update, else tell its vendor.";
const SHOW_DETAIL: &str = "Show the sentence in detail to the user, and let them enter it again.";
const ASK_VENDOR: &str = "Ask the vendor of the software; what it tells you to do is theirs to decide.";
const KEEP_TOKEN: &str = "Show the sentence in detail. A token that the device has stays good until it expires.";
const WAIT: &str = "Nothing: an activated device keeps running on the token it has. Else try again in a moment.";

impl Words {
    pub(super) const fn of(code: Code) -> Self {
        let (means, user, developer) = match code {
            Code::InvalidRequest => (
                "The request is not JSON, lacks a member, or holds one that breaks a bound.",
                "Check what you entered. If it looks right, see whether there is an update of the software.",
                "The member errors names every field that is not good, with a message each. Correct them all and send the request again.",
            ),
            Code::InvalidToken => (
                "The request carries a bearer token or a release ticket, and this server does not take it, or no longer.",
                ASK_FOR_UPDATE,
                "Send the request without the header Authorization: the activation code is all that these calls ask for.",
            ),
            Code::AuthenticationRequired => (
                "The license asks for a person who is signed in, or for one with a certain role.",
                "Sign in, with the account that the message asks for, and activate again.",
                "Send an access token of the vendor's identity provider in the header Authorization.",
            ),
            Code::EmailRequired => (
                "The license asks for an e-mail address, and the request has none.",
                "Enter your e-mail address and activate again.",
                "Send the address as email. Ask every user for it if some of your licenses want it.",
            ),
            Code::EmailMismatch => (
                "The license was issued to another e-mail address.",
                "Enter the address that your order was sent to, or ask the vendor which one that is.",
                SHOW_DETAIL,
            ),
            Code::VersionNotCovered => (
                "The license does not cover this version of the software.",
                "Install a version that it covers, or renew it.",
                "The sentence in detail names the range of versions that is covered. A request without targetSoftwareVersion passes, and its token says the range.",
            ),
            Code::LicenseSuspended => ("The license is suspended for the time being.", ASK_VENDOR, KEEP_TOKEN),
            Code::LicenseRevoked => ("The license was revoked, for good.", ASK_VENDOR, KEEP_TOKEN),
            Code::ProductUnavailable => ("The product was withdrawn and is activated no more.", ASK_VENDOR, KEEP_TOKEN),
            Code::CodeNotFound => (
                "No license has this activation code, or the license has ended. The answer is the same for both, so that codes cannot be tried out.",
                "Compare the code with the one you were sent: case, spaces and dashes do not matter. If it is right, the license may be over: ask the vendor.",
                SHOW_DETAIL,
            ),
            Code::DeviceBlocked => ("The vendor has blocked this device.", ASK_VENDOR, KEEP_TOKEN),
            Code::DeviceNotAuthorized => (
                "The license runs only on devices that the vendor has entered beforehand.",
                "Send the vendor this device's fingerprint, and activate again when they have entered it.",
                "Show the device's fingerprint to the user, so that they can send it.",
            ),
            Code::NotYourSession => (
                "The token in the header Authorization belongs to another activation than the address names, or to a person who \
                 did not activate it.",
                ASK_FOR_UPDATE,
                "The claim sid of a token is the sessionId of its address. Keep each activation's own token; the access token \
                 of an identity provider is good for what the same person activated.",
            ),
            Code::NotPermitted => (
                "The API token is good, but may not do this, or not from this network address.",
                "Nothing: this happens between the systems of a vendor.",
                "Ask an owner of the server for a token with the scope that the message names, or one for your network.",
            ),
            Code::ReleaseNotAllowed => (
                "The license does not let a device give its seat up, or has no floating seats to check out.",
                "Ask the vendor to free the seat.",
                SHOW_DETAIL,
            ),
            Code::TransferLimit => (
                "Seats of this license were given up too often in a while.",
                "Try again when the message says, or ask the vendor to free the seat.",
                "Show the sentence in detail. Renew a token instead of giving the seat up and activating again.",
            ),
            Code::SessionNotFound => (
                "There is no such session: it was revoked or released, or another took its place.",
                "Activate again with your activation code.",
                "Forget the token and activate with the code.",
            ),
            Code::NotFound => (
                "There is nothing at this address.",
                ASK_FOR_UPDATE,
                "Compare the address with the documentation, down to the slash at its end.",
            ),
            Code::MethodNotAllowed => (
                "The address is right, and does not take this method.",
                ASK_FOR_UPDATE,
                "The header Allow names the methods that it takes.",
            ),
            Code::AlreadyActivated => (
                "The device is activated, and the license lets a device activate once.",
                "Use the software as it is. If it lost its token, ask the vendor to free the seat.",
                "Keep the token and use it until it expires, instead of activating at every start.",
            ),
            Code::SeatLimit => (
                "Every seat of the license is in use on another device.",
                "Ask the vendor to free a seat or to add one, or try again when the next comes free, as the message says.",
                "Show the sentence in detail. seatsUsed and seatsAllowed have the numbers; nextSeatAt, where it is there, says when the next seat comes free by itself. Where the request had the license's email and its policy allows it, devices lists those in use, and releaseTicket frees one of them at POST /api/v1/activations/release.",
            ),
            Code::TicketUsed => (
                "A release ticket frees one device, and this one has.",
                "Activate again. If the license is still full, choose another device.",
                "Send the activation again: if it is answered seat_limit, there is a new ticket in it.",
            ),
            Code::IdempotencyConflict => (
                "The same call, under the same Idempotency-Key, is being answered at this moment.",
                WAIT,
                "Wait as long as the header Retry-After says and send the same call again: it is told what the first one came to.",
            ),
            Code::TooLarge => (
                "The request is larger than 16 KiB.",
                ASK_FOR_UPDATE,
                "Send only the members that the documentation names, and a hash instead of a long fingerprint.",
            ),
            Code::UnsupportedMediaType => (
                "The body of the request is not said to be JSON.",
                ASK_FOR_UPDATE,
                "Send a JSON object in UTF-8, not compressed, under the content type application/json.",
            ),
            Code::IdempotencyMismatch => (
                "Something else was asked under the same Idempotency-Key, less than a day ago.",
                ASK_FOR_UPDATE,
                "Take a new key for every new request, and the old key only to send the very same request again.",
            ),
            Code::RateLimited => (
                "Too many wrong activation codes came from this network, or devices of one license asked for too many changes.",
                "Wait as long as the message says, then enter the code with care.",
                "Wait as long as the header Retry-After says. Never send codes that the user has not entered, and check a seat \
                 out only when the user stops working.",
            ),
            Code::Internal => (
                "The license server met a defect of its own.",
                WAIT,
                "Try again a few times, waiting longer each time. If it stays, send instance to whoever runs the server: it leads to the cause in the log.",
            ),
            Code::Unavailable => (
                "The license server, or its database, is away or full. Nothing was changed.",
                WAIT,
                "Try again after as many seconds as the header Retry-After says, and let the software run on until its token expires.",
            ),
        };
        Self { means, user, developer }
    }
}
