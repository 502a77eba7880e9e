//! Explanations of the problem codes, for users of the software and for its developers.

use crate::api::problem::Code;

pub(super) struct ProblemTexts {
    /// Meaning of the code.
    pub(super) means: &'static str,
    /// Advice for the user of the software.
    pub(super) user: &'static str,
    /// Advice for its developer.
    pub(super) developer: &'static str,
}

const ASK_FOR_UPDATE: &str = "This is a fault of the software. Check for an update, or tell its vendor.";
const SHOW_DETAIL: &str = "Show the text of detail to the user, and let them correct their entry.";
const ASK_VENDOR: &str = "Ask the vendor of the software. Only they can change this.";
const KEEP_TOKEN: &str = "Show the text of detail. A token that the device already has stays valid until it expires.";
const WAIT: &str = "An activated device keeps running on the token it has. Otherwise, try again in a moment.";

impl ProblemTexts {
    pub(super) const fn of(code: Code) -> Self {
        let (means, user, developer) = match code {
            Code::InvalidRequest => (
                "The request is not JSON, lacks a member, or has a member that is not valid.",
                "Check what you entered. If it is right, check for an update of the software.",
                "The member errors lists every invalid field, each with a message. Correct them all and send the request again.",
            ),
            Code::InvalidToken => (
                "The request has a bearer token or a release ticket that is invalid, expired, or not accepted here.",
                ASK_FOR_UPDATE,
                "If the call takes an activation code, send it without the Authorization header. Otherwise, activate again or sign in again for a new token.",
            ),
            Code::AuthenticationRequired => (
                "The license requires a person who is signed in, or who has a certain role.",
                "Sign in with the account that the message names, and activate again.",
                "Send an access token of the vendor's identity provider in the Authorization header.",
            ),
            Code::EmailRequired => (
                "The license requires an e-mail address, and the request has none.",
                "Enter your e-mail address and activate again.",
                "Send the address as email. Ask every user for it if some of your licenses require it.",
            ),
            Code::EmailMismatch => (
                "The license was issued to another e-mail address.",
                "Enter the address that your order confirmation was sent to, or ask the vendor which one it is.",
                SHOW_DETAIL,
            ),
            Code::VersionNotCovered => (
                "The license does not cover this version of the software.",
                "Install a version that the license covers, or renew the license.",
                "The text of detail names the range of covered versions. A request without targetSoftwareVersion passes this check, and its token contains the range.",
            ),
            Code::LicenseSuspended => ("The license is suspended for now.", ASK_VENDOR, KEEP_TOKEN),
            Code::LicenseRevoked => ("The license was revoked permanently.", ASK_VENDOR, KEEP_TOKEN),
            Code::ProductUnavailable => {
                ("The product was withdrawn and can no longer be activated.", ASK_VENDOR, KEEP_TOKEN)
            }
            Code::Conflict => (
                "The object is in a state that does not allow this, such as a license that is already suspended.",
                ASK_FOR_UPDATE,
                "The text of detail says why. Read the object again before you decide what to do.",
            ),
            Code::PatchConflict => (
                "A JSON Patch does not apply to the object: a test failed, or a path does not exist.",
                ASK_FOR_UPDATE,
                "The text of detail names the operation. Nothing was changed. Read the object again, and make a new patch.",
            ),
            Code::PreconditionFailed => (
                "The object was changed after it was read: If-Match names an older revision.",
                ASK_FOR_UPDATE,
                "Read the object again, and repeat the change on its present revision. Nothing was changed.",
            ),
            Code::CodeNotFound => (
                "No license has this activation code, or the license has ended. The answer is the same for both, so that codes cannot be guessed.",
                "Compare the code with the one you were sent. Case, spaces and hyphens do not matter. If it is right, the license may have ended: ask the vendor.",
                SHOW_DETAIL,
            ),
            Code::DeviceBlocked => ("The vendor has blocked this device.", ASK_VENDOR, KEEP_TOKEN),
            Code::DeviceNotAuthorized => (
                "The license runs only on devices that the vendor has registered in advance.",
                "Send this device's fingerprint to the vendor, and activate again when they have registered it.",
                "Show the device's fingerprint to the user, so that they can send it.",
            ),
            Code::NotYourSession => (
                "The token in the Authorization header belongs to another activation than the one in the URL, or to a person who \
                 did not activate it.",
                ASK_FOR_UPDATE,
                "The claim sid of a token is the sessionId of its URL. Keep each activation's own token. An access token of an \
                 identity provider works only for what the same person activated.",
            ),
            Code::NotPermitted => (
                "The API token is valid but not allowed to do this, or not from this network address.",
                "Nothing. This happens between the vendor's own systems.",
                "Ask an owner of the server for a token with the scope that the message names, or one for your network.",
            ),
            Code::ReleaseNotAllowed => (
                "The license does not let a device release its seat, or has no floating seats to check out.",
                "Ask the vendor to free the seat.",
                SHOW_DETAIL,
            ),
            Code::TransferLimit => (
                "The seats of this license were transferred too often in a short time.",
                "Try again at the time in the message, or ask the vendor to free the seat.",
                "Show the text of detail. Renew a token instead of releasing the seat and activating again.",
            ),
            Code::SessionNotFound => (
                "There is no such session. It was revoked or released, or another session replaced it.",
                "Activate again with your activation code.",
                "Delete the token and activate with the code.",
            ),
            Code::NotFound => (
                "There is nothing at this address.",
                ASK_FOR_UPDATE,
                "Check the address against the documentation, including any slash at its end.",
            ),
            Code::MethodNotAllowed => (
                "The address exists but does not support this method.",
                ASK_FOR_UPDATE,
                "The Allow header lists the supported methods.",
            ),
            Code::AlreadyActivated => (
                "The device is already activated, and the license lets each device activate once.",
                "Use the software as it is. If it has lost its token, ask the vendor to free the seat.",
                "Keep the token and use it until it expires, instead of activating at every start.",
            ),
            Code::SeatLimit => (
                "Every seat of the license is in use on another device.",
                "Ask the vendor to free or add a seat, or try again when the next seat becomes free; the message says when.",
                "Show the text of detail. seatsUsed and seatsAllowed are the numbers; nextSeatAt, if present, is when the next seat becomes free by itself. If the request had the license's email and the policy allows it, devices lists the devices in use, and releaseTicket frees one of them at POST /api/v1/activations/release.",
            ),
            Code::TicketUsed => (
                "A release ticket frees one device, and this ticket was already used.",
                "Activate again. If the license is still full, choose another device.",
                "Send the activation again. If the answer is seat_limit, it contains a new ticket.",
            ),
            Code::IdempotencyConflict => (
                "The same call with the same Idempotency-Key is still being processed.",
                WAIT,
                "Wait for the time in the Retry-After header and send the same call again. It gets the result of the first one.",
            ),
            Code::TooLarge => (
                "The request is larger than 16 KiB.",
                ASK_FOR_UPDATE,
                "Send only the documented members, and a hash instead of a long fingerprint.",
            ),
            Code::UnsupportedMediaType => (
                "The content type of the request is not supported.",
                ASK_FOR_UPDATE,
                "Send an uncompressed JSON object in UTF-8, with the content type application/json.",
            ),
            Code::IdempotencyMismatch => (
                "A different request used the same Idempotency-Key less than a day ago.",
                ASK_FOR_UPDATE,
                "Use a new key for every new request. Reuse a key only to send the identical request again.",
            ),
            Code::RateLimited => (
                "This network sent too many wrong activation codes or API tokens, or devices of one license requested too many changes.",
                "Wait for the time in the message, then enter the code carefully.",
                "Wait for the time in the Retry-After header. Never send codes that the user has not entered, and check a seat \
                 out only when the user stops working.",
            ),
            Code::Internal => (
                "The license server had an internal error.",
                WAIT,
                "Try again a few times, waiting longer each time. If the error persists, send instance to the server's operator, who can find the cause in the log.",
            ),
            Code::Unavailable => (
                "The license server or its database is unavailable or overloaded. Nothing was changed.",
                WAIT,
                "Try again after the number of seconds in the Retry-After header, and let the software run until its token expires.",
            ),
        };
        Self { means, user, developer }
    }
}
