//! Checks the framing of requests, in parallel to hyper.
//!
//! hyper accepts some requests that another parser would frame differently: lines that end in a bare LF, a repeated
//! `Content-Length`, `Content-Length` together with `Transfer-Encoding`, `chunked` twice. Behind a proxy, such a
//! request can smuggle another one in its body (RFC 9112 §11.2), and the request that hyper produces no longer shows
//! it. So the incoming bytes are parsed here too, and each head leaves a verdict, which is checked before the request
//! is routed.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::http::edge::BadFraming;

/// Maximum size of a head that is parsed, in bytes; hyper refuses a larger one.
const LARGEST_HEAD: usize = 64 * 1024;

/// Parser of the framing. Clones share the verdicts.
#[derive(Clone, Debug, Default)]
pub(super) struct Framing {
    part: Part,
    line: Vec<u8>,
    head: Head,
    verdicts: Arc<Mutex<VecDeque<Option<BadFraming>>>>,
}

/// Part of a request to which the next byte belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    /// The boundaries of requests are no longer known.
    Lost,
}

/// Relevant facts of the head so far.
#[derive(Clone, Debug, Default)]
struct Head {
    begun: bool,
    size: usize,
    length: Option<u64>,
    chunked: bool,
    wrong: Option<BadFraming>,
}

impl Framing {
    /// Returns the verdict on the next request that hyper produces.
    pub(super) fn verdict(&self) -> Option<BadFraming> {
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).pop_front().flatten()
    }

    /// Parses the next bytes.
    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.part {
                Part::Lost => return,
                Part::Body(left) => self.skip(bytes, left, Part::Body, Part::Head),
                Part::Chunk(left) => self.skip(bytes, left, Part::Chunk, Part::ChunkEnd),
                Part::Head | Part::ChunkSize | Part::ChunkEnd | Part::Trailers => self.read_line(bytes),
            };
        }
    }

    fn skip<'a>(&mut self, bytes: &'a [u8], left: u64, more: fn(u64) -> Part, next: Part) -> &'a [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - here as u64;
        self.part = if left == 0 { next } else { more(left) };
        bytes.get(here..).unwrap_or_default()
    }

    /// Reads up to the end of the line, or buffers an incomplete one.
    fn read_line<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (piece, rest, ended) = match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => (bytes.get(..end), bytes.get(end + 1..), true),
            None => (Some(bytes), None, false),
        };
        self.line.extend_from_slice(piece.unwrap_or_default());
        self.head.size += piece.unwrap_or_default().len();
        if self.head.size > LARGEST_HEAD {
            self.part = Part::Lost;
        }
        if ended {
            let line = std::mem::take(&mut self.line);
            match line.strip_suffix(b"\r") {
                Some(line) => self.end_line(line, false),
                None => self.end_line(&line, true),
            }
        }
        rest.unwrap_or_default()
    }

    fn end_line(&mut self, line: &[u8], bare: bool) {
        match self.part {
            Part::Head => self.head_line(line, bare),
            Part::ChunkSize => self.part = chunk(line),
            Part::ChunkEnd => self.part = if line.is_empty() { Part::ChunkSize } else { Part::Lost },
            Part::Trailers if line.is_empty() => (self.part, self.head) = (Part::Head, Head::default()),
            Part::Trailers | Part::Body(_) | Part::Chunk(_) | Part::Lost => {}
        }
    }

    fn head_line(&mut self, line: &[u8], bare: bool) {
        if line.is_empty() && !self.head.begun {
            return; // Empty lines before a request are skipped (RFC 9112 §2.2).
        }
        self.head.begun = true;
        if bare {
            self.head.wrong = Some(BadFraming("Each line of the head must end in CR and LF."));
        }
        if line.is_empty() {
            return self.end_head();
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            if self.head.length.is_some() {
                self.head.wrong = Some(BadFraming("The Content-Length header was sent twice. Send it once."));
            }
            self.head.length = str::from_utf8(value).ok().and_then(|value| value.parse().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.head.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                self.head.wrong =
                    Some(BadFraming("The Transfer-Encoding header must be sent once, with the value chunked."));
            }
            self.head.chunked = true;
        }
    }

    fn end_head(&mut self) {
        let head = std::mem::take(&mut self.head);
        let both = head.chunked && head.length.is_some();
        let both = both.then_some(BadFraming("Send Content-Length or Transfer-Encoding, not both."));
        let verdict = head.wrong.or(both);
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).push_back(verdict);
        self.part = match (verdict, head.chunked, head.length) {
            (Some(_), ..) => Part::Lost,
            (None, true, _) => Part::ChunkSize,
            (None, false, None | Some(0)) => Part::Head,
            (None, false, Some(length)) => Part::Body(length),
        };
    }
}

/// Returns the part after a line with the size of a chunk. hyper parses the same line, and closes the connection if it
/// is not valid.
fn chunk(line: &[u8]) -> Part {
    let size = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match str::from_utf8(size).ok().and_then(|size| u64::from_str_radix(size, 16).ok()) {
        Some(0) => Part::Trailers,
        Some(size) => Part::Chunk(size),
        None => Part::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the verdicts on these bytes, and checks that they do not depend on how the bytes are split.
    fn verdicts(bytes: &str) -> Vec<bool> {
        let read = |pieces: usize| {
            let mut framing = Framing::default();
            bytes.as_bytes().chunks(pieces).for_each(|piece| framing.read(piece));
            let verdicts = framing.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
            verdicts.iter().map(Option::is_some).collect::<Vec<_>>()
        };
        let whole = read(bytes.len());
        for pieces in [1, 2, 3, 7] {
            assert_eq!(read(pieces), whole, "{bytes:?} in pieces of {pieces}");
        }
        whole
    }

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    #[test]
    fn one_request_after_the_other_is_found_whatever_its_body() {
        for body in [
            "Content-Length: 5\r\n\r\na\n\n\nb",
            "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\na\n\r\nb\r\n0\r\n\r\n",
            "transfer-encoding:CHUNKED\r\n\r\n2\r\nab\r\n0\r\nTrailer: x\r\n\r\n",
            "Content-Length:0\r\n\r\n",
            "Expect: 100-continue\r\n\r\n\r\n",
        ] {
            let post = format!("POST / HTTP/1.1\r\nHost: a\r\n{body}");
            assert_eq!(verdicts(&format!("{GET}{post}{GET}")), [false, false, false], "{body:?}");
        }
    }

    #[test]
    fn what_could_be_framed_otherwise_is_refused() {
        for head in [
            "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked, chunked\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n",
            "X: y\n\r\n",
            "X: y\r\n\n",
        ] {
            let post = format!("POST / HTTP/1.1\r\nHost: a\r\n{head}");
            assert_eq!(verdicts(&format!("{GET}{post}{GET}")), [false, true], "{head:?}");
        }
        assert_eq!(verdicts("GET / HTTP/1.1\nHost: a\n\n"), [true]);
    }
}
