//! A `curl` command that activates a device, to try out a code or to start an integration from.

/// The parts of the command that vary.
pub(super) struct FirstCall<'a> {
    /// This server's public address, without a slash at its end.
    pub(super) server: &'a str,
    /// The activation code.
    pub(super) code: &'a str,
    /// The e-mail address; `None` if the terms ask for none.
    pub(super) email: Option<&'a str>,
    /// `true` if the terms require a signed-in user, so that the command needs an access token.
    pub(super) signs_in: bool,
}

impl FirstCall<'_> {
    /// Returns the command, quoted for a POSIX shell.
    pub(super) fn command(&self) -> String {
        let mut body = serde_json::Map::new();
        body.insert("activationCode".to_owned(), self.code.into());
        if let Some(email) = self.email {
            body.insert("email".to_owned(), email.into());
        }
        body.insert("fingerprint".to_owned(), "device-1".into());
        let quoted = serde_json::Value::Object(body).to_string().replace('\'', r"'\''");
        let bearer = if self.signs_in { " \\\n  -H 'Authorization: Bearer ACCESS-TOKEN'" } else { "" };
        let server = self.server;
        format!(
            "curl {server}/api/v1/activations/jwt \\\n  -H 'Content-Type: application/json'{bearer} \\\n  -d '{quoted}'"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::FirstCall;

    #[test]
    fn the_command_survives_a_code_with_quotes() {
        let server = "https://licenses.example";
        let call = FirstCall { server, code: r#"IT'S-"MINE""#, email: None, signs_in: false };
        assert_eq!(
            call.command(),
            "curl https://licenses.example/api/v1/activations/jwt \\\n  -H 'Content-Type: application/json' \\\n  \
             -d '{\"activationCode\":\"IT'\\''S-\\\"MINE\\\"\",\"fingerprint\":\"device-1\"}'"
        );
        let command = FirstCall { email: Some("o'neil@acme.example"), signs_in: true, ..call }.command();
        assert!(command.contains("\"email\":\"o'\\''neil@acme.example\""), "{command}");
        assert!(command.contains("-H 'Authorization: Bearer ACCESS-TOKEN'"), "{command}");
    }
}
