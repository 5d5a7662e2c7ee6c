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
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// Longest TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Longest wait for a whole request head, and for the next one on an idle connection: a browser opens another in no time.
const HEAD: Duration = Duration::from_secs(15);
/// Longest wait for a whole form.
const BODY: Duration = Duration::from_secs(15);
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
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a connection ended: {error}");
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
