//! Eight providers with keys of the test's own.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair,
};
use data_encoding::{BASE64, HEXLOWER};
use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::super::*;
use crate::domain::provider::Provider;
use crate::domain::signing;

pub const NOW: i64 = 1_795_888_800;
pub const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:returns";
const SECRET: &str = "a-secret-of-the-test-alone";

struct Keys {
    rsa: RsaKeyPair,
    certificate: String,
    ecdsa: EcdsaKeyPair,
}

/// Making a key of RSA takes long.
fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let named = rcgen::CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).unwrap();
        Keys {
            certificate: named.self_signed(&pair).unwrap().pem(),
            rsa: RsaKeyPair::from_pkcs8(&pair.serialize_der()).unwrap(),
            ecdsa: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
        }
    })
}

/// A request that can be changed before it is read.
#[derive(Clone)]
pub struct Request {
    pub provider: Provider,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub at: i64,
}

impl Request {
    /// Signed now, and read now.
    pub fn of(provider: Provider, body: &Value) -> Self {
        Self::signed(provider, &body.to_string(), NOW)
    }

    pub fn signed(provider: Provider, text: &str, signed_at: i64) -> Self {
        let mut request = Self { provider, headers: HeaderMap::new(), body: text.as_bytes().to_vec(), at: NOW };
        match provider {
            Provider::Ses => request.body = notification(text, signed_at).to_string().into_bytes(),
            Provider::Postmark | Provider::Mailjet | Provider::Sparkpost => {
                let login = BASE64.encode(format!("{provider}:{SECRET}").as_bytes());
                request.set("authorization", &format!("Basic {login}"));
            }
            Provider::Brevo => request.set("authorization", &format!("Bearer {SECRET}")),
            Provider::Sendgrid => {
                let message = [signed_at.to_string().as_bytes(), text.as_bytes()].concat();
                let signature = keys().ecdsa.sign(&SystemRandom::new(), &message).unwrap();
                request.set("x-twilio-email-event-webhook-timestamp", &signed_at.to_string());
                request.set("x-twilio-email-event-webhook-signature", &BASE64.encode(signature.as_ref()));
            }
            Provider::Mailgun => {
                let token = "0123456789".repeat(5);
                let mac = signing::mac(SECRET.as_bytes(), format!("{signed_at}{token}").as_bytes());
                let event: Value = serde_json::from_str(text).unwrap();
                let signature =
                    json!({"timestamp": signed_at.to_string(), "token": token, "signature": HEXLOWER.encode(&mac)});
                request.body = json!({"signature": signature, "event-data": event}).to_string().into_bytes();
            }
            Provider::Resend => {
                let signature = signing::standard(SECRET.as_bytes(), "msg_1", signed_at, text.as_bytes());
                request.set("svix-id", "msg_1");
                request.set("svix-timestamp", &signed_at.to_string());
                request.set("svix-signature", &signature);
            }
        }
        request
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }

    pub fn read(&self) -> Result<Told, Denied> {
        let (at, certificate) = (Timestamp::from_second(self.at).unwrap(), keys().certificate.as_bytes());
        let posted = Posted { headers: &self.headers, body: &self.body, at };
        let credentials = credentials(self.provider);
        certificate_url(&posted, &credentials).and_then(|_| read(&posted, &credentials, Some(certificate)))
    }

    /// The one event of it.
    pub fn event(&self) -> Event {
        let told = self.read().unwrap();
        let [event] = <[Event; 1]>::try_from(told.events).unwrap();
        event
    }
}

pub fn credentials(provider: Provider) -> Credentials {
    let secret = match provider {
        Provider::Ses => return Credentials::topics(&[TOPIC.to_owned()]).unwrap(),
        Provider::Sendgrid => {
            use aws_lc_rs::encoding::AsDer;
            BASE64.encode(keys().ecdsa.public_key().as_der().unwrap().as_ref())
        }
        Provider::Resend => format!("whsec_{}", BASE64.encode(SECRET.as_bytes())),
        _ => SECRET.to_owned(),
    };
    Credentials::secret(provider, None, &secret).unwrap()
}

/// What SNS posts of a message to the configured topic.
fn notification(message: &str, signed_at: i64) -> Value {
    let time = Timestamp::from_second(signed_at).unwrap().to_string();
    sns(json!({"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": message, "Timestamp": time}))
}

/// Signed, with what a message of SNS has besides.
pub fn sns(mut message: Value) -> Value {
    let names: &[&str] = match message["Type"] == "Notification" {
        true => &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
        false => &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
    };
    let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", message.get(*name)?.as_str()?)));
    let text: String = lines.collect();
    let rsa = &keys().rsa;
    let mut signature = vec![0; rsa.public_modulus_len()];
    let padding: &dyn RsaEncoding = &RSA_PKCS1_SHA256;
    rsa.sign(padding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    message["SignatureVersion"] = "2".into();
    message["Signature"] = BASE64.encode(&signature).into();
    message["SigningCertURL"] = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem".into();
    message
}
