//! The response to an offline request: as text, for copying, as a file and as a QR code.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Error,
    admin::{ReadName, licenses::LicenseLine},
};

/// A response, to be taken to its device.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The file.
    pub file: String,
    /// The file without its first and last line, as a QR code; `None` if it is too long for one.
    pub qr: Option<QrCode>,
    /// The license.
    pub license: LicenseLine,
    /// The activation that it began or renewed.
    pub session: Uuid,
    /// The license's policy at the time of the grant.
    pub policy: String,
    /// The end of the lease.
    pub lease_ends_at: DateTime<Utc>,
    /// The end of the token.
    pub token_expires_at: DateTime<Utc>,
    /// The time of the grant.
    pub granted_at: DateTime<Utc>,
    /// The server's time.
    pub now: DateTime<Utc>,
}

/// A QR code (ISO/IEC 18004), to be drawn as one stroke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// Modules per side, including the quiet zone.
    pub side: u32,
    /// The dark modules, as the data of an SVG path whose stroke is one module wide.
    pub path: String,
}

pub const WRITE_RESPONSE: ReadName = ReadName("offline/response");

/// Writes the response to a request, any number of times: the same claims, signed again.
pub async fn write_response(id: String) -> Result<Response, Error> {
    crate::admin::guard_read(WRITE_RESPONSE)?;
    let (service, id) = (crate::admin::service()?, crate::admin::read_id(&id)?);
    let now = service.clock().now();
    let response = service.offline().offline_response(id).await?;
    let granted = &response.granted;
    Ok(Response {
        file: response.armored(),
        qr: QrCode::of(&response.compact),
        license: LicenseLine::of(service.licenses().license(granted.license_id).await?, now),
        session: granted.session_id,
        policy: granted.snapshot.policy.clone(),
        lease_ends_at: granted.lease_ends_at,
        token_expires_at: granted.token_expires_at,
        granted_at: granted.at,
        now,
    })
}

impl QrCode {
    /// The blank margin that ISO/IEC 18004 requires around a code, in modules.
    const QUIET: i32 = 4;

    fn of(text: &str) -> Option<Self> {
        let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Low).ok()?;
        let size = code.size();
        let mut path = String::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let run = (x..size).take_while(|x| code.get_module(*x, y)).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}.5h{run}", x + Self::QUIET, y + Self::QUIET));
                }
                x += i32::try_from(run).unwrap_or(size) + 1;
            }
        }
        Some(Self { side: u32::try_from(size + 2 * Self::QUIET).ok()?, path })
    }
}

#[cfg(test)]
mod tests {
    use super::QrCode;

    #[test]
    fn a_code_has_its_three_corners_and_its_quiet_zone() {
        let code = QrCode::of("eyJh.bGci.OiJ").unwrap();
        assert_eq!(code.side, 21 + 8, "the smallest there is");
        assert!(code.path.starts_with("M4 4.5h7M"), "{}", code.path);
        let top: Vec<&str> = code.path.split('M').filter(|run| run.contains(" 4.5h")).collect();
        assert_eq!(top.last(), Some(&"18 4.5h7"));
        assert_eq!(QrCode::of(&"a".repeat(2_953)).map(|code| code.side), Some(177 + 8));
        assert_eq!(QrCode::of(&"a".repeat(2_954)), None, "no QR code holds more");
    }
}
