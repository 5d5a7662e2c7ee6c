//! TLS beyond this machine, with the office's own certificate authority: there is no public name and no internet here.
//!
//! The authority lies in `tls/` of the data folder (`ca.pem`, and `ca.key` that only the service may read); a technician
//! makes each browser trust it once. It is valid for private addresses and `.local` names only, so that a stolen key
//! opens nothing else. The console's own certificates are made anew at each start, one per address that browsers use,
//! and are never written down. All are valid from 2020 to 2060: a box without a battery clock must not lock staff out.

use anyhow::{Context, ensure};
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// The authority's certificate in the data folder: the file that browsers are made to trust.
pub(crate) const AUTHORITY: &str = "tls/ca.pem";

/// The office's certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn parameters(code: &str) -> anyhow::Result<CertificateParams> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, format!("antrean {code}"));
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(2060, 1, 1);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    // It vouches for web servers only: no mail, no program and no person.
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let v4 = |address, prefix| GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix(address, prefix));
    let v6 = |first: u16, prefix| {
        let [a, b] = first.to_be_bytes();
        GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix([a, b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], prefix))
    };
    parameters.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".into()),
            GeneralSubtree::DnsName("local".into()),
            v4([10, 0, 0, 0], 8),
            v4([172, 16, 0, 0], 12),
            v4([192, 168, 0, 0], 16),
            v4([169, 254, 0, 0], 16),
            v4([127, 0, 0, 0], 8),
            v6(0xfc00, 7),
            v6(0xfe80, 10),
        ],
        excluded_subtrees: Vec::new(),
    });
    Ok(parameters)
}

fn of_certificate(pem: &str) -> anyhow::Result<String> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).context("the authority's certificate is unreadable")?;
    let bytes: Vec<String> = Sha256::digest(&der).iter().map(|byte| format!("{byte:02X}")).collect();
    Ok(bytes.join(":"))
}

/// Writes the fingerprint for the other roles to read.
pub(crate) fn tell(path: &Path, fingerprint: &str) -> anyhow::Result<()> {
    let draft = path.with_extension("new");
    std::fs::write(&draft, fingerprint)?;
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o644))?;
    Ok(std::fs::rename(&draft, path)?)
}

/// The fingerprint of the authority in the data folder `dir`; `None` where the console has not made one.
///
/// # Errors
/// A certificate that cannot be read.
pub fn fingerprint(dir: &Path) -> anyhow::Result<Option<String>> {
    let path = dir.join(AUTHORITY);
    match std::fs::read_to_string(&path) {
        Ok(pem) => of_certificate(&pem).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

impl Authority {
    /// The authority in the data folder `dir`, made at the first call.
    ///
    /// # Errors
    /// Files that cannot be read or written, and a key that others may read.
    pub(crate) fn open(dir: &Path, code: &str) -> anyhow::Result<Authority> {
        let (folder, key_path, pem_path) = (dir.join("tls"), dir.join("tls/ca.key"), dir.join(AUTHORITY));
        if !key_path.exists() || !pem_path.exists() {
            let mut builder = std::fs::DirBuilder::new();
            builder
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let key = KeyPair::generate()?;
            let certificate = parameters(code)?.self_signed(&key)?;
            write(&key_path, &key.serialize_pem(), 0o600)?;
            write(&pem_path, &certificate.pem(), 0o644)?;
        }
        let mode = std::fs::metadata(&key_path).map_or(0, |m| m.permissions().mode());
        ensure!(mode & 0o077 == 0, "{} can be read by others: run `chmod 600` on it", key_path.display());
        let read =
            |path: &Path| std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
        let key = KeyPair::from_pem(&read(&key_path)?).with_context(|| format!("{} is no key", key_path.display()))?;
        let pem = read(&pem_path)?;
        Ok(Authority { issuer: Issuer::new(parameters(code)?, key), pem })
    }

    /// SHA-256 of the certificate, as browsers show it: what a technician compares before trusting it.
    pub(crate) fn fingerprint(&self) -> anyhow::Result<String> {
        of_certificate(&self.pem)
    }

    /// What a server that is reached at `address` shows.
    fn server(&self, address: IpAddr) -> anyhow::Result<ServerConfig> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, "antrean");
        parameters.not_before = date_time_ymd(2020, 1, 1);
        parameters.not_after = date_time_ymd(2060, 1, 1);
        parameters.use_authority_key_identifier_extension = true;
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.subject_alt_names =
            vec![SanType::IpAddress(address), SanType::DnsName(Ia5String::try_from("localhost")?)];
        if let Ok(name) = Ia5String::try_from(format!("{}.local", host_name())) {
            parameters.subject_alt_names.push(SanType::DnsName(name));
        }
        let key = KeyPair::generate()?;
        let certificate = parameters.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let authority = CertificateDer::from_pem_slice(self.pem.as_bytes())?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone(), authority], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// The machine's name as a label; "antrean" where it has none that fits.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim().split('.').next().unwrap_or_default().to_ascii_lowercase();
    let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { name } else { "antrean".into() }
}

/// A new file under its name only when it is whole and on disk.
fn write(path: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    let draft = PathBuf::from(format!("{}.new", path.display()));
    let _ = std::fs::remove_file(&draft);
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft).with_context(cannot)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)?;
    std::fs::rename(&draft, path).with_context(cannot)
}

/// Makes connections secure in the name of an authority.
pub(crate) struct Greeter {
    authority: Authority,
    known: HashMap<IpAddr, TlsAcceptor>,
}

impl Greeter {
    pub(crate) fn new(authority: Authority) -> Greeter {
        Greeter { authority, known: HashMap::new() }
    }

    /// Greets who came to the address `here`, which the certificate must name.
    ///
    /// # Errors
    /// When no certificate can be made.
    pub(crate) fn at(&mut self, here: IpAddr) -> anyhow::Result<TlsAcceptor> {
        if let Some(acceptor) = self.known.get(&here) {
            return Ok(acceptor.clone());
        }
        let acceptor = TlsAcceptor::from(Arc::new(self.authority.server(here)?));
        self.known.insert(here, acceptor.clone());
        Ok(acceptor)
    }
}

/// The handshake. Who speaks plain HTTP is told the right address, and nothing is read.
pub(crate) async fn greet(
    mut stream: TcpStream,
    here: SocketAddr,
    acceptor: &TlsAcceptor,
) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    let read = stream.peek(&mut first).await.ok()?;
    if read == 1 && first[0].is_ascii_uppercase() {
        let here = SocketAddr::new(here.ip().to_canonical(), here.port());
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://{here}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        return None;
    }
    match acceptor.accept(stream).await {
        Ok(stream) => Some(stream),
        Err(error) => {
            tracing::debug!("a connection was not made: {error}");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::Limits;
    use axum::Router;
    use axum::routing::get;
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    async fn start(dir: &Path) -> (SocketAddr, String) {
        let authority = Authority::open(dir, "61.01.00").unwrap();
        let pem = authority.pem.clone();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let app = Router::new().route("/", get(|| async { "halo" }));
        tokio::spawn(crate::listener::serve(tcp, Some(authority), app, Limits::within(1024)));
        (address, pem)
    }

    /// What a browser reads that trusts `pem` and thinks to be at `name`.
    async fn read(address: SocketAddr, pem: &str, name: &str) -> std::io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let tcp = TcpStream::connect(address).await?;
        let mut stream = connector.connect(ServerName::try_from(name.to_string()).unwrap(), tcp).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok(text)
    }

    #[tokio::test]
    async fn who_trusts_the_authority_gets_in_across_restarts_and_nobody_else_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        let (address, pem) = start(dir.path()).await;
        // A connection that says nothing keeps nobody waiting.
        let _silent = TcpStream::connect(address).await.unwrap();
        for name in ["127.0.0.1", "localhost", &format!("{}.local", host_name())] {
            assert!(read(address, &pem, name).await.unwrap().ends_with("halo"), "{name}");
        }
        assert!(read(address, &pem, "192.168.1.5").await.is_err(), "another address");
        let (again, same) = start(dir.path()).await;
        assert_eq!(pem, same);
        assert!(read(again, &pem, "127.0.0.1").await.unwrap().ends_with("halo"), "trusted once is enough");
        let other = tempfile::tempdir().unwrap();
        let (_, stranger) = start(other.path()).await;
        assert!(read(address, &stranger, "127.0.0.1").await.is_err(), "another office's authority");
    }

    #[tokio::test]
    async fn plain_http_is_sent_to_the_right_address() {
        let dir = tempfile::tempdir().unwrap();
        let (address, _) = start(dir.path()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"G").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert!(text.contains(&format!("Location: https://{address}/\r\n")), "{text}");
    }

    #[test]
    fn the_key_is_nobody_elses_to_read_and_the_authority_vouches_for_no_public_name() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), "61.01.00").unwrap();
        let mode = |name: &str| std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode("tls"), mode("tls/ca.key")], [0o700, 0o600]);
        assert_eq!(authority.fingerprint().unwrap().len(), 95);
        assert_eq!(fingerprint(dir.path()).unwrap(), Some(authority.fingerprint().unwrap()));
        assert_eq!(fingerprint(&dir.path().join("tls")).unwrap(), None);
        let der = CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap();
        let uses = |last: u8| der.windows(8).any(|bytes| bytes == [0x2b, 6, 1, 5, 5, 7, 3, last]);
        assert_eq!([uses(1), uses(2), uses(4)], [true, false, false], "web servers, no clients, no mail");
        std::fs::set_permissions(dir.path().join("tls/ca.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = Authority::open(dir.path(), "61.01.00").err().unwrap().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[tokio::test]
    async fn a_stolen_key_opens_no_public_address() {
        let dir = tempfile::tempdir().unwrap();
        let authority = Authority::open(dir.path(), "61.01.00").unwrap();
        for (name, believed) in [("192.168.1.5", true), ("203.0.113.7", false)] {
            let acceptor = TlsAcceptor::from(Arc::new(authority.server(name.parse().unwrap()).unwrap()));
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = tcp.local_addr().unwrap();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(tcp.accept().await.unwrap().0).await?;
                stream.write_all(b"halo").await?;
                stream.shutdown().await
            });
            assert_eq!(read(address, &authority.pem, name).await.is_ok(), believed, "{name}");
        }
    }
}
