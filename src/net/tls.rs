//! Whom to trust.

use tokio_rustls::rustls::RootCertStore;

/// The system's certificate authorities, or those of `SSL_CERT_FILE` and `SSL_CERT_DIR` if set. They are read at each
/// call: a daemon runs for years, and they change.
pub fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}
