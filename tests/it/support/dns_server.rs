//! A name server on a real socket, with the records that a test gives it.

use std::collections::HashMap;
use std::net::UdpSocket;
use std::sync::{Arc, Mutex};

use mail_auth::hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{MX, PTR, TXT};
use mail_auth::hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

type Records = Arc<Mutex<HashMap<(String, RecordType), Vec<RData>>>>;

/// It lives as long as the test program.
pub struct DnsServer {
    port: u16,
    records: Records,
}

impl DnsServer {
    pub fn start() -> Self {
        let records = Records::default();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        let known = records.clone();
        std::thread::spawn(move || serve(&socket, &known));
        Self { port, records }
    }

    /// One that is asked and never answers.
    pub fn silent() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        std::thread::spawn(move || while socket.recv(&mut [0; 512]).is_ok() {});
        Self { port, records: Records::default() }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn add_txt(&self, name: &str, text: &str) {
        let strings = text.as_bytes().chunks(255).collect();
        self.add(name, RecordType::TXT, RData::TXT(TXT::from_bytes(strings)));
    }

    pub fn add_mx(&self, name: &str, host: &str) {
        self.add(name, RecordType::MX, RData::MX(MX::new(10, full(host))));
    }

    /// An address for a host and, if `back` is given, the name that the address is said to have.
    pub fn add_host(&self, host: &str, address: [u8; 4], back: Option<&str>) {
        self.add(host, RecordType::A, RData::A(std::net::Ipv4Addr::from(address).into()));
        if let Some(back) = back {
            let [a, b, c, d] = address;
            self.add(&format!("{d}.{c}.{b}.{a}.in-addr.arpa"), RecordType::PTR, RData::PTR(PTR(full(back))));
        }
    }

    /// Forgets every record of a name.
    pub fn remove(&self, name: &str) {
        self.records.lock().unwrap().retain(|(known, _), _| known != name);
    }

    fn add(&self, name: &str, kind: RecordType, data: RData) {
        self.records.lock().unwrap().entry((name.to_owned(), kind)).or_default().push(data);
    }
}

fn full(name: &str) -> Name {
    Name::from_ascii(format!("{name}.")).unwrap()
}

fn serve(socket: &UdpSocket, records: &Records) {
    let mut octets = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut octets) {
        let Ok(asked) = Message::from_vec(&octets[..length]) else { continue };
        let Some(query) = asked.queries.first() else { continue };
        let mut answer = Message::response(asked.id, OpCode::Query);
        answer.add_query(query.clone());
        let name = query.name().to_ascii().to_lowercase();
        let found = records.lock().unwrap().get(&(name.trim_end_matches('.').to_owned(), query.query_type())).cloned();
        match found {
            None => answer.metadata.response_code = ResponseCode::NXDomain,
            Some(found) => {
                for data in found {
                    answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
                }
            }
        }
        let _ = socket.send_to(&answer.to_vec().unwrap(), peer);
    }
}
