//! A relay between a client and a PostgreSQL server, in which tests inject faults.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};

/// Fault that a relay injects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Passes data on.
    None,
    /// Passes data on with a delay.
    Delay(Duration),
    /// Closes every connection, and each new one.
    Refuse,
    /// Resets every connection, and each new one.
    Reset,
    /// Passes on no data of existing connections, and closes none of them. Serves new ones.
    Silent,
}

/// A relay on its own port. It ends with the runtime in which it was started.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    state: Arc<watch::Sender<State>>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    fault: Fault,
    /// Connections of an earlier epoch than this one stay silent permanently.
    epoch: u64,
}

impl Relay {
    /// Starts a relay to the server in this URL, at an address of this host: `127.0.0.1` or `[::1]`.
    pub async fn start(url: &str, host: &str) -> Self {
        let server = server_of(url).to_owned();
        let listener = TcpListener::bind(format!("{host}:0")).await.expect("a port for the relay");
        let address = listener.local_addr().expect("its address");
        let state = Arc::new(watch::Sender::new(State { fault: Fault::None, epoch: 0 }));
        let reported = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server.clone(), reported.subscribe()));
            }
        });
        Self { address, state }
    }

    /// Returns the URL of this database through the relay.
    pub fn url(&self, url: &str) -> String {
        url.replacen(server_of(url), &self.address.to_string(), 1)
    }

    /// Sets the fault. Connections that were silenced or closed stay so.
    pub fn set(&self, fault: Fault) {
        self.state.send_modify(|state| {
            if fault == Fault::Silent {
                state.epoch += 1;
            }
            state.fault = fault;
        });
    }
}

/// Returns the host and port of a URL.
fn server_of(url: &str) -> &str {
    let (_, rest) = url.split_once('@').expect("a URL with a user");
    rest.split('/').next().expect("a host")
}

async fn serve(client: TcpStream, server: String, reported: watch::Receiver<State>) {
    let begun = *reported.borrow();
    match begun.fault {
        Fault::Refuse => return,
        Fault::Reset | Fault::None | Fault::Delay(_) | Fault::Silent => {}
    }
    // A connection that is not closed in order is reset.
    reset(&client);
    if begun.fault == Fault::Reset {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut changes = reported.clone();
    let ended = changes.wait_for(|state| matches!(state.fault, Fault::Refuse | Fault::Reset));
    let both = async {
        tokio::join!(
            pass(from_client, to_server, begun.epoch, reported.clone()),
            pass(from_server, to_client, begun.epoch, reported.clone())
        )
    };
    tokio::select! {
        _ = both => {}
        _ = ended => {}
    }
}

#[allow(deprecated, reason = "resetting the connection is the purpose")]
fn reset(stream: &TcpStream) {
    _ = stream.set_linger(Some(Duration::ZERO));
}

/// Passes bytes on until one end closes, or the connection falls silent.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, epoch: u64, reported: watch::Receiver<State>) {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await.unwrap_or(0);
        let State { fault, epoch: now } = *reported.borrow();
        if now != epoch {
            // Neither end hears from the other again.
            std::future::pending::<()>().await;
        }
        if let Fault::Delay(delay) = fault {
            sleep(delay).await;
        }
        if read == 0 || to.write_all(bytes.get(..read).unwrap_or_default()).await.is_err() {
            _ = to.shutdown().await;
            return;
        }
    }
}

/// Returns the number of faults that a test of a failing network goes through: four, or the value of
/// LATCHKEY_TEST_FAULTS.
pub fn faults() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the number is configured by the environment")]
    let given = std::env::var("LATCHKEY_TEST_FAULTS").ok();
    given.and_then(|faults| faults.parse().ok()).unwrap_or(4)
}
