//! The log: one line per event on standard error, without secrets and without forged lines.

use std::{io, panic};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{Config, config::LogFormat};

/// Starts logging as configured. Does nothing if a subscriber is already set, as in tests.
pub fn begin(config: &Config) {
    // Validated when the settings were parsed.
    let filter = EnvFilter::try_new(&config.log).unwrap_or_default();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Lines);
    let begun = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    if begun.is_ok() {
        // Logs the place only: the message of a panic may contain the text that caused it.
        panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(alarm = true, place, "internal error: a panic");
        }));
    }
}

/// Standard error, one line at a time.
struct Lines;

/// Writer of one line. Escapes control characters, so that logged text cannot forge lines.
struct Line;

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line
    }
}

impl io::Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(escaped(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn escaped(line: &str) -> String {
    let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    let escaped = line.chars().map(|c| if c.is_control() { c.escape_unicode().to_string() } else { c.to_string() });
    escaped.collect::<String>() + end
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(escaped("plain, with “quotes”\n"), "plain, with “quotes”\n");
        assert_eq!(escaped("two\r\nlines \u{1b}[31m\u{9b}\n"), "two\\u{d}\\u{a}lines \\u{1b}[31m\\u{9b}\n");
    }
}
