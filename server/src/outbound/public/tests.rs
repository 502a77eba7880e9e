#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;

/// Counts connections to loopback addresses, which it answers.
async fn listener(address: &str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let (at, connections) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 1024];
            drop(stream.read(&mut request).await);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await);
        }
    });
    (at, connections)
}

fn get(url: &str) -> Request<Vec<u8>> {
    Request::get(url).body(vec![]).unwrap()
}

/// A client whose resolver gives these answers, one after another.
fn client(networks: &[&str], answers: Vec<Vec<SocketAddr>>) -> (PublicClient, Arc<AtomicUsize>) {
    let networks: Vec<_> = networks.iter().map(|text| Network::read(text).unwrap()).collect();
    let (asked, answers) = (Arc::<AtomicUsize>::default(), Arc::new(Mutex::new(answers.into_iter())));
    let counted = Arc::clone(&asked);
    let resolve: Resolve = Arc::new(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        let answer = answers.lock().unwrap().next().expect("another question");
        Box::pin(async move { Ok(answer) })
    });
    (PublicClient { resolve, ..PublicClient::new(true, &networks) }, asked)
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_public() {
    let (at, connections) = listener("127.0.0.1").await;
    let port = at.port();
    let direct = PublicClient::new(true, &[]);
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost"] {
        let answer = direct.send(get(&format!("http://{host}:{port}/"))).await;
        assert!(matches!(answer, Err(SendError::NotAllowed(_))), "{host}: {answer:?}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
    let https_only = PublicClient::new(false, &[Network::read("127.0.0.0/8").unwrap()]);
    let answer = https_only.send(get(&format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(answer, Err(SendError::NotAllowed(_))), "{answer:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn every_address_of_a_name_must_be_allowed() {
    let (at, connections) = listener("127.0.0.1").await;
    let public: SocketAddr = "1.1.1.1:443".parse().unwrap();
    for answer in [vec![public, at], vec![at, public]] {
        let (client, _) = client(&[], vec![answer]);
        let answer = client.send(get("http://hooks.example/")).await;
        assert!(matches!(answer, Err(SendError::NotAllowed(_))), "{answer:?}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_second_answer_of_the_resolver_changes_nothing() {
    let (allowed, good) = listener("127.0.0.1").await;
    let (forbidden, bad) = listener("127.0.0.2").await;
    let (client, asked) = client(&["127.0.0.1"], vec![vec![allowed], vec![forbidden]]);
    assert_eq!(client.send(get("http://hooks.example/")).await.unwrap().body(), b"ok");
    assert_eq!((good.load(Ordering::SeqCst), bad.load(Ordering::SeqCst)), (1, 0));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the name is looked up once");
    let second = client.send(get("http://hooks.example/")).await;
    assert!(matches!(second, Err(SendError::NotAllowed(_))), "{second:?}");
    assert_eq!(bad.load(Ordering::SeqCst), 0);
}

/// Accepts connections, answers with this text, and then goes silent.
async fn silent_after(text: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = vec![];
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(text).await.unwrap();
            held.push(stream);
        }
    });
    url
}

#[tokio::test]
async fn a_receiver_that_never_ends_its_answer_is_left() {
    for text in [&b""[..], b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nok"] {
        let url = silent_after(text).await;
        let client = PublicClient::new(true, &[Network::read("127.0.0.1").unwrap()]);
        let client = PublicClient { in_time: Duration::from_millis(200), ..client };
        let answer = client.send(get(&url)).await;
        assert!(matches!(answer, Err(SendError::Failed(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_long_answer_is_read_in_part() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n{}", "x".repeat(100_000));
    let url = silent_after(long.leak().as_bytes()).await;
    let client = PublicClient::new(true, &[Network::read("127.0.0.1").unwrap()]);
    assert_eq!(client.send(get(&url)).await.unwrap().body().len(), 16 * 1024);
}
