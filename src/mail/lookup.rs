//! Asking DNS, for `kalends check` and for the keys of signatures. Every question ends in time, on a machine without DNS too.

use std::net::IpAddr;
use std::time::Duration;

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use mail_auth::hickory_resolver::net::NetError;
use mail_auth::hickory_resolver::net::runtime::TokioRuntimeProvider;
use mail_auth::hickory_resolver::proto::rr::{Name, RData, RecordType};
use mail_auth::hickory_resolver::{TokioResolver, system_conf};

use super::dns::{Answer, Question, Wanted};
use crate::config::NameServer;

/// A name server that is slow gets one more chance in the time for all.
const QUERY_LIMIT: Duration = Duration::from_millis(1500);
/// For all that one question takes.
const LIMIT: Duration = Duration::from_secs(4);
const MOST_ADDRESSES: usize = 4;

/// Cheap to clone.
#[derive(Clone)]
pub struct Lookup {
    resolver: TokioResolver,
}

impl Lookup {
    /// Asks `server`, or those of the system.
    pub fn new(server: Option<NameServer>) -> Result<Self, String> {
        let failed = |e: NetError| format!("the system's name servers are not known: {e}");
        let (config, mut options) = match server {
            None => system_conf::read_system_conf().map_err(failed)?,
            Some(NameServer(address)) => {
                let mut server = NameServerConfig::udp_and_tcp(address.ip());
                for connection in &mut server.connections {
                    connection.port = address.port();
                }
                (ResolverConfig::from_name_servers(vec![server]), ResolverOpts::default())
            }
        };
        options.timeout = QUERY_LIMIT;
        options.attempts = 1;
        // What this machine calls itself is not what the world sees.
        options.use_hosts_file = ResolveHosts::Never;
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Ok(Self { resolver: builder.with_options(options).build().map_err(failed)? })
    }

    /// What DNS says about a record; it takes four seconds at most.
    pub async fn ask(&self, wanted: &Wanted) -> Answer {
        let answer = match wanted.question() {
            Question::Txt(names) => tokio::time::timeout(LIMIT, self.first_txt(&names, wanted)).await,
            Question::Mx(name) => tokio::time::timeout(LIMIT, self.mx(&name)).await,
            Question::Reverse(host) => tokio::time::timeout(LIMIT, self.reverse(&host)).await,
        };
        answer.unwrap_or(Err(NetError::Timeout)).unwrap_or_else(|error| Answer::Unknown(reason(&error)))
    }

    /// The texts at a name, each record in one; none if there are none.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let found = tokio::time::timeout(LIMIT, self.records(name, RecordType::TXT)).await;
        let found = found.unwrap_or(Err(NetError::Timeout)).map_err(|error| reason(&error))?;
        Ok(found.iter().filter_map(text).collect())
    }

    /// What verifies signatures by the same name servers.
    pub fn authenticator(&self) -> MessageAuthenticator {
        MessageAuthenticator(self.resolver.clone())
    }

    async fn first_txt(&self, names: &[String], wanted: &Wanted) -> Result<Answer, NetError> {
        for name in names {
            let texts: Vec<String> = self.records(name, RecordType::TXT).await?.iter().filter_map(text).collect();
            if texts.iter().any(|text| wanted.is_about(text)) {
                return Ok(Answer::Records(texts));
            }
        }
        Ok(Answer::Records(Vec::new()))
    }

    async fn mx(&self, name: &str) -> Result<Answer, NetError> {
        let records = self.records(name, RecordType::MX).await?;
        Ok(Answer::Records(records.iter().filter_map(text).collect()))
    }

    async fn reverse(&self, host: &str) -> Result<Answer, NetError> {
        let mut answers = Vec::new();
        for address in self.addresses(host).await?.into_iter().take(MOST_ADDRESSES) {
            let mut back = None;
            for name in self.records(&Name::from(address).to_ascii(), RecordType::PTR).await?.iter().filter_map(text) {
                if back.is_none() && self.addresses(&name).await?.contains(&address) {
                    back = Some(name);
                }
            }
            answers.push((address, back));
        }
        Ok(Answer::Addresses(answers))
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NetError> {
        let mut records = self.records(host, RecordType::A).await?;
        records.extend(self.records(host, RecordType::AAAA).await?);
        Ok(records.iter().filter_map(RData::ip_addr).collect())
    }

    /// All records of a kind; none if there are none.
    async fn records(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, NetError> {
        let mut name = Name::from_ascii(name)?;
        // Whole as it is: no search list is tried.
        name.set_fqdn(true);
        match self.resolver.lookup(name, kind).await {
            Ok(found) => {
                Ok(found.answers().iter().filter(|r| r.record_type() == kind).map(|r| r.data.clone()).collect())
            }
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// A record as people write it, its names without the dot at the end.
fn text(data: &RData) -> Option<String> {
    let bare = |name: &Name| name.to_ascii().trim_end_matches('.').to_owned();
    match data {
        RData::TXT(txt) => Some(txt.txt_data.iter().map(|string| String::from_utf8_lossy(string)).collect()),
        RData::MX(mx) => Some(format!("{} {}", mx.preference, bare(&mx.exchange))),
        RData::PTR(name) => Some(bare(name)),
        _ => None,
    }
}

fn reason(error: &NetError) -> String {
    match error {
        NetError::Timeout => "the name server does not answer in time".into(),
        NetError::NoConnections => "no name server can be reached".into(),
        error => error.to_string(),
    }
}
