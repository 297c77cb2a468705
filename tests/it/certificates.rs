//! Whom TLS is spoken with: authorities, and certificates that the operator named.

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::support::Office;
use crate::support::smtp_server::{Builder, SmtpServer};

/// Self-signed, as `openssl x509 -req -signkey` makes it without extensions: X.509 version 1. Its key is nobody's, since it is
/// refused before that is asked.
const VERSION_1: &str = "-----BEGIN CERTIFICATE-----
MIIBJDCBywIUHbHRAPZ2hBBDNRFuwxi3WXg8+AkwCgYIKoZIzj0EAwIwFDESMBAG
A1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODE4NTAxMFoYDzIxMjYxMTA0MTg1MDEw
WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASJMwFCUa0TDmQTdqbxtuL40blXfmUKU1MGt1t/qaqmwhMCK6E50dB5vsJC5wPE
bC6WTRYDXZpZ8p3Dfwc71IpzMAoGCCqGSM49BAMCA0gAMEUCIF6wFAqR2tauVsDB
XxNIhWiGWJPbC1+O32+NvQpNeQj8AiEAvgNGG3O3dv/BoMVa/LLHET3oxTsu1F7R
naySQ6p1m+E=
-----END CERTIFICATE-----
";

struct Identity {
    certificate: CertificateDer<'static>,
    pem: String,
    key: Vec<u8>,
}

impl Identity {
    /// As `openssl req -x509` makes one: an authority by its word, for a name that is not the server's, and long over.
    fn odd() -> Self {
        let mut asked = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
        asked.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        asked.not_after = date_time_ymd(2001, 1, 1);
        let key = KeyPair::generate().unwrap();
        let made = asked.self_signed(&key).unwrap();
        Self { certificate: made.der().clone(), pem: made.pem(), key: key.serialize_der() }
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.clone()).into()
    }
}

/// A server with STARTTLS, or with TLS from the first octet, and an office that names this in `ca_file`.
async fn office(with: Builder, implicit: bool, named: &str) -> (SmtpServer, Office) {
    let server = if implicit { with.implicit_tls() } else { with.starttls() }.start().await;
    let scheme = if implicit { "smtps" } else { "smtp" };
    let ca_file = if named.is_empty() { "" } else { "ca_file = \"config/ca.pem\"" };
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"{scheme}://localhost:{}\"\n{ca_file}\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n",
        server.port()
    ));
    office.write("config/ca.pem", named);
    (server, office)
}

const SEND: [&str; 5] = ["digest", "send", "weekly", "--to", "ada@example.com"];

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_named_is_trusted_as_it_is() {
    for implicit in [false, true] {
        let own = Identity::odd();
        let with = SmtpServer::builder().identity(own.certificate.clone(), own.key());
        let (server, office) = office(with, implicit, &own.pem).await;
        office.ok(&SEND);
        assert!(server.received()[0].tls);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_named_certificate_must_have_its_key() {
    let (own, other) = (Identity::odd(), Identity::odd());
    for implicit in [false, true] {
        let with = SmtpServer::builder().identity(own.certificate.clone(), other.key());
        let (server, office) = office(with, implicit, &own.pem).await;
        let error = office.fails(&SEND, 1);
        assert!(error.contains("does not hold the key"), "{error}");
        assert!(server.received().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_what_helps_is_told() {
    for implicit in [false, true] {
        let (own, other) = (Identity::odd(), Identity::odd());
        let with = SmtpServer::builder().identity(own.certificate.clone(), own.key());
        let (server, office) = office(with, implicit, &other.pem).await;
        let error = office.fails(&SEND, 1);
        assert!(error.contains("not trusted") && error.contains("ca_file"), "{error}");
        assert_eq!(error.contains("tls = \"none\""), !implicit, "{error}");
        let check = office.run(&["check"]);
        assert!(check.code == 1 && check.stdout.contains("ca_file"), "{}", check.stdout);
        assert!(server.received().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_first_version_is_named_as_such() {
    let old = CertificateDer::from_pem_slice(VERSION_1.as_bytes()).unwrap();
    for named in [VERSION_1, ""] {
        let with = SmtpServer::builder().identity(old.clone(), Identity::odd().key());
        let (_server, office) = office(with, false, named).await;
        let error = office.fails(&SEND, 1);
        assert!(error.contains("X.509 v1"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_file_without_a_certificate_is_told() {
    let (_server, office) = office(SmtpServer::builder(), false, "not a certificate").await;
    let error = office.fails(&SEND, 1);
    assert!(error.contains("ca_file config/ca.pem") && error.contains("holds none"), "{error}");
}
