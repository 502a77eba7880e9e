//! The server behind a real socket, to test the bytes that a proxy has to parse.

mod connections;
mod framing;
mod lengths;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use axum::Router;
use server::{Config, config::Sources, http::connections::Connections};
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};

use crate::fixture::Server;

/// Longer than any answer takes. A read that takes longer waits for bytes that never come.
const NEVER: Duration = Duration::from_secs(30);

/// A server that listens on its own port until it is dropped.
pub(crate) struct Wire {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn of(server: &Server) -> Self {
        Self::with(server.router(), &[]).await
    }

    /// The same with these connection settings.
    pub(crate) async fn with(app: Router, settings: &[(&str, &str)]) -> Self {
        let variables = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut connections = Connections::new(&Config::read(Sources { file: None, variables }).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = tokio::spawn(async move { connections.accept(&listener, &app).await });
        Self { address, accepting }
    }

    pub(crate) fn connect(&self) -> Line {
        Self::line(TcpStream::connect(self.address).unwrap())
    }

    /// A connection from another address of this machine.
    pub(crate) async fn connect_from(&self, address: [u8; 4]) -> Line {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        let stream = socket.connect(self.address).await.unwrap().into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        Self::line(stream)
    }

    fn line(stream: TcpStream) -> Line {
        stream.set_read_timeout(Some(NEVER)).unwrap();
        // A request is sent in pieces, and the second one would wait 40 ms for the acknowledgement of the first.
        stream.set_nodelay(true).unwrap();
        Line(BufReader::new(stream))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The client's end of a connection.
pub(crate) struct Line(BufReader<TcpStream>);

/// An answer as received.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Line {
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        // If the server has closed the connection already, reading will show it.
        _ = self.0.get_mut().write_all(bytes.as_ref());
    }

    /// Reads one answer by its framing.
    pub(crate) fn reply(&mut self, method: &str) -> Reply {
        let first = self.line();
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).map(str::parse);
        let status = status.unwrap_or_else(|| panic!("no answer begins with {first:?}")).unwrap();
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(": ") else {
                assert_eq!(line, "", "a header");
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        if method == "HEAD" || matches!(status, 100..200 | 204 | 304) {
            return reply;
        }
        if let Some(length) = reply.header("content-length") {
            reply.body = self.bytes(length.parse().unwrap());
        } else if reply.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(&self.line(), 16).expect("the size of a chunk");
                let chunk = self.bytes(size);
                assert_eq!(self.line(), "", "the end of a chunk");
                if chunk.is_empty() {
                    break;
                }
                reply.body.extend(chunk);
            }
        } else {
            reply.body = self.rest();
        }
        reply
    }

    /// Everything up to the end of the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("the server closes");
        rest
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line");
        line.strip_suffix("\r\n").unwrap_or_else(|| panic!("{line:?} is not a complete line")).to_owned()
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).unwrap_or_else(|error| panic!("{count} bytes were announced: {error}"));
        bytes
    }
}

impl Reply {
    /// The value of the header; `None` if it is absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// Returns `true` if the connection ends with this answer.
    pub(crate) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
