//! Connections: accepted at once, one task each, closed when they are too slow or make way for others (`connections.rs`).

use crate::FORM_MAX;
use crate::answer::{Asker, No};
use crate::connections::{Limits, Table};
use crate::page;
use crate::tls::{Authority, Greeter, greet};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// Longest TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Longest wait for a whole request head, and for the next one on an idle connection: a browser opens another in no time.
const HEAD: Duration = Duration::from_secs(15);
/// Longest wait for a whole form.
const BODY: Duration = Duration::from_secs(15);
/// Longest standstill of an answer whose reader takes nothing.
const WRITE: Duration = Duration::from_secs(30);
/// Longest request head, bytes: four times what browsers send with all cookies.
const HEAD_MAX: usize = 32 * 1024;
/// So many descriptors are wanted.
const DESCRIPTORS: u64 = 4096;

/// Where a connection came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

type Places = Mutex<Table<oneshot::Sender<()>>>;

/// A connection's place in the table, free again when it is dropped.
pub(crate) struct Seat {
    places: Arc<Places>,
    id: u64,
}

fn lock(places: &Places) -> MutexGuard<'_, Table<oneshot::Sender<()>>> {
    places.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seat {
    /// A request with a valid login has come.
    pub(crate) fn signed_in(&self) {
        lock(&self.places).signed_in(self.id);
    }

    /// Whether one has come already.
    pub(crate) fn is_known(&self) -> bool {
        lock(&self.places).is_known(self.id)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.places).left(self.id);
    }
}

/// Raises the process's limit of descriptors as far as it may, up to what is wanted, and tells what it is now.
pub(crate) fn raise_descriptors() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(DESCRIPTORS, |maximum| maximum.min(DESCRIPTORS));
    let now = current.unwrap_or(u64::MAX);
    if now >= wanted || setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }).is_err() {
        return now;
    }
    wanted
}

/// Serves `app` to what comes to `tcp`, over TLS with an `authority`. Never ends.
pub(crate) async fn serve(tcp: TcpListener, authority: Option<Authority>, app: Router, limits: Limits) {
    let places = Arc::new(Mutex::new(Table::new(limits)));
    let mut greeter = authority.map(Greeter::new);
    loop {
        let (stream, peer) = match tcp.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(here) = stream.local_addr() else { continue };
        let acceptor = match greeter.as_mut().map(|greeter| greeter.at(here.ip().to_canonical())).transpose() {
            Ok(acceptor) => acceptor,
            Err(error) => {
                tracing::error!("no certificate for {}: {error:#}", here.ip());
                continue;
            }
        };
        let (closer, closed) = oneshot::channel();
        let (id, _) = lock(&places).admit(peer.ip(), closer);
        let seat = Arc::new(Seat { places: places.clone(), id });
        let app = app.clone();
        tokio::spawn(async move {
            tokio::select! {
                // The table dropped the closer: others need the place.
                _ = closed => {}
                () = talk(stream, (here, peer), acceptor, seat, app) => {}
            }
        });
    }
}

async fn talk(
    stream: TcpStream,
    (here, peer): (SocketAddr, SocketAddr),
    acceptor: Option<TlsAcceptor>,
    seat: Arc<Seat>,
    app: Router,
) {
    // Answers are small: none waits for the next to fill a packet.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else { return converse(stream, peer, seat, app).await };
    if let Ok(Some(stream)) = timeout(HANDSHAKE, greet(stream, here, &acceptor)).await {
        converse(stream, peer, seat, app).await;
    }
}

async fn converse<S>(stream: S, peer: SocketAddr, seat: Arc<Seat>, app: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let (app, seat) = (app.clone(), seat.clone());
        async move { Ok::<_, Infallible>(answer(request, peer, seat, app).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_MAX);
    let stream = Patient { stream, stuck: None };
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a connection ended: {error}");
    }
}

/// A connection that ends when its other end takes nothing of an answer for [`WRITE`].
struct Patient<S> {
    stream: S,
    /// Since the first write that had to wait.
    stuck: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncWrite + Unpin> Patient<S> {
    /// What a write came to, or an error when it waits too long.
    fn wait<T>(&mut self, came: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if came.is_ready() {
            self.stuck = None;
            return came;
        }
        let stuck = self.stuck.get_or_insert_with(|| Box::pin(sleep(WRITE)));
        ready!(stuck.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let came = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wait(came, cx)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let came = Pin::new(&mut self.stream).poll_flush(cx);
        self.wait(came, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let came = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.wait(came, cx)
    }
}

/// Answers a request once it is whole: nothing waits in the console for who sends slowly.
async fn answer(request: Request<Incoming>, peer: SocketAddr, seat: Arc<Seat>, app: Router) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = match timeout(BODY, to_bytes(Body::new(body), FORM_MAX)).await {
        Ok(Ok(body)) => body,
        unread => {
            let mut no = No::bad(
                "Formulir terlalu besar atau terlalu lambat terkirim. Muat ulang halaman.",
                "The form is too large or was sent too slowly. Reload the page.",
            );
            no.status = if unread.is_ok() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::REQUEST_TIMEOUT };
            let mut response = page::alone(Asker::of(&parts.headers, parts.uri.path()), &no);
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            return response;
        }
    };
    lock(&seat.places).asked(seat.id);
    parts.extensions.insert(ConnectInfo(Peer(peer.ip())));
    parts.extensions.insert(seat);
    let Ok(response) = tower::ServiceExt::oneshot(app, Request::from_parts(parts, Body::from(body))).await;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::{get, post};
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpSocket;

    const HELLO: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    const PATIENCE: Duration = Duration::from_secs(60);

    /// The console's stand-in, whose every request is a clerk's or, at /public, a stranger's.
    async fn start() -> SocketAddr {
        let clerk = |request: Request<Body>| async move {
            request.extensions().get::<Arc<Seat>>().unwrap().signed_in();
            "halo"
        };
        let app = Router::new().route("/", get(clerk)).route("/public", get(|| async { "umum" }));
        let app = app.route("/form", post(|body: String| async move { body.len().to_string() }));
        let app = app.route("/large", get(|| async { vec![b'x'; 64 << 20] }));
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        tokio::spawn(serve(tcp, None, app, Limits::within(1024)));
        address
    }

    async fn from(address: [u8; 4], to: SocketAddr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        socket.connect(to).await.unwrap()
    }

    /// Sends a request and reads what comes until `end`.
    async fn ask(stream: &mut TcpStream, request: &[u8], end: &str) -> String {
        let (mut all, mut some) = (Vec::new(), [0; 1024]);
        stream.write_all(request).await.unwrap();
        while !String::from_utf8_lossy(&all).contains(end) {
            let read = timeout(PATIENCE, stream.read(&mut some)).await.expect("no answer").unwrap();
            assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&all));
            all.extend_from_slice(&some[..read]);
        }
        String::from_utf8(all).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_clerk_goes_on_among_a_thousand_silent_and_slow_connections() {
        for addresses in [1, 50] {
            let to = start().await;
            let mut at_work = from([127, 0, 9, 1], to).await;
            ask(&mut at_work, HELLO, "halo").await;
            let (mut strangers, mut fresh, mut kept) = (Vec::new(), Vec::new(), Vec::new());
            for n in 0..500_u32 {
                let [.., a, b] = (n % addresses).to_be_bytes();
                // Two each: one silent, and one that stops in the middle of its head or asks and then holds on.
                strangers.push(from([127, 1, a, b + 1], to).await);
                let mut slow = from([127, 1, a, b + 1], to).await;
                let head: &[u8] = match n % 2 {
                    0 => b"GET /public HTTP/1.1\r\nHost: x\r\nX-",
                    _ => b"GET /public HTTP/1.1\r\nHost: x\r\n\r\n",
                };
                let _ = slow.write_all(head).await;
                strangers.push(slow);
                if n % 5 == 0 {
                    let begun = Instant::now();
                    ask(&mut from([127, 0, 9, 1], to).await, HELLO, "halo").await;
                    fresh.push(begun.elapsed());
                    let begun = Instant::now();
                    ask(&mut at_work, HELLO, "halo").await;
                    kept.push(begun.elapsed());
                }
            }
            for (what, times) in [("new connections", &mut fresh), ("requests", &mut kept)] {
                times.sort();
                let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
                println!("1000 strangers from {addresses}: {what} p50 {p50:?} p99 {p99:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_form_of_any_size_is_answered_and_one_too_large_changes_nothing() {
        let to = start().await;
        let form = |length: usize| {
            let head = format!("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
            [head.into_bytes(), vec![b'a'; length]].concat()
        };
        let mut stream = from([127, 0, 0, 1], to).await;
        assert!(ask(&mut stream, &form(1000), "1000").await.starts_with("HTTP/1.1 200"));
        let answer = ask(&mut stream, &form(FORM_MAX + 1), "\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_and_takes_no_answer_is_closed() {
        let to = start().await;
        let mut stream = from([127, 0, 0, 1], to).await;
        stream.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        // What the machine's buffers hold comes; then the connection is closed in the middle of the answer.
        tokio::time::sleep(2 * WRITE).await;
        let mut all = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut all)).await.expect("still open");
        assert!(!all.is_empty() && all.len() < 64 << 20, "{}", all.len());
    }

    #[tokio::test(start_paused = true)]
    async fn who_stops_in_the_middle_is_closed() {
        let to = start().await;
        for half in ["", "GET / HTTP/1.1\r\nHo", "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"] {
            let mut stream = from([127, 0, 0, 1], to).await;
            stream.write_all(half.as_bytes()).await.unwrap();
            let mut rest = Vec::new();
            timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("still open").unwrap();
            let answer = String::from_utf8(rest).unwrap();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{half:?}: {answer}");
        }
    }
}
