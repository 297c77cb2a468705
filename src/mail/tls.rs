//! Whom to trust: the authorities the system knows, those in `ca_file`, and each certificate in it as it is.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{self, WebPkiSupportedAlgorithms};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::net::tls::roots;

/// What a server is asked to show. `named` are the certificates of `ca_file`.
pub fn client_config(named: Vec<CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    let mut roots = roots();
    roots.add_parsable_certificates(named.iter().cloned());
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let signed = match roots.is_empty() {
        true => None,
        false => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|e| Error::General(e.to_string()))?,
        ),
    };
    let verifier = Verifier { named, signed, algorithms: provider.signature_verification_algorithms };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

/// The certificates of a file; an error says why there are none. `whose` is "the relay's" or another's.
pub fn certificates(path: &Path, whose: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let bad = |e: String| format!("can't read certificates from {whose} ca_file {}: {e}", path.display());
    let found = CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))?;
    match found.collect::<Result<Vec<_>, _>>() {
        Err(error) => Err(bad(error.to_string())),
        Ok(found) if found.is_empty() => Err(bad("it holds none in PEM form".into())),
        Ok(found) => Ok(found),
    }
}

/// Why a handshake failed, with what helps. `may_do_without` says whether `tls = "none"` would.
pub fn reason(error: &io::Error, whose: &str, may_do_without: bool) -> String {
    let Some(Error::InvalidCertificate(why)) = error.get_ref().and_then(|inner| inner.downcast_ref()) else {
        return error.to_string();
    };
    let without = if may_do_without { ", or do without TLS by tls = \"none\"" } else { "" };
    match why {
        CertificateError::BadSignature => {
            "the server does not hold the key of the certificate that it shows".to_owned()
        }
        why if why.to_string().contains("UnsupportedCertVersion") => format!(
            "the server's certificate is of the old form X.509 v1, which can't be checked, in ca_file or not: let it have \
             one of version 3{without}"
        ),
        why => format!(
            "the server's certificate is not trusted ({why}): put it, or that of the authority that signed it, into \
             {whose} ca_file{without}"
        ),
    }
}

#[derive(Debug)]
struct Verifier {
    /// Trusted as they are: neither their names nor their dates are looked at.
    named: Vec<CertificateDer<'static>>,
    /// For all others; none where no authority is known.
    signed: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.named.iter().any(|named| named == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.signed {
            Some(signed) => signed.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            None => Err(CertificateError::UnknownIssuer.into()),
        }
    }

    // A certificate is public: these prove that the server has its key.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
