//! How quickly mail is sent, and how much memory that takes: `cargo bench --bench send`, with another number of readers
//! and rounds `cargo bench --bench send -- 20000 9`. The real program sends an edition out of its database over ten
//! connections to a server in a process of its own that counts and throws away. Beside it in the same run: Postfix's
//! `smtp-source`, and nodemailer where node finds it (`NODE_PATH=…/node_modules`). Rounds are taken in turns, because
//! machines are noisy; medians are compared.
//!
//! Ours is counted from the start of `kalends digest send`, theirs from their first MAIL; both to the server's last 250.
//! What is durable costs as much as the disk's sync: TMPDIR says which disk that is.
//!
//! `cargo bench --bench send -- memory` sends an edition that the daemon makes itself to 100,000 readers (or another
//! number) and one to ten times as many, and prints the peak of resident memory of each. Only Linux tells that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod office;
mod peers;
mod sink;

use std::time::Duration;

use office::{Office, Sent};
use peers::Peer;
use sink::Weather;

const READERS: usize = 20_000;
const READERS_OF_MEMORY: usize = 100_000;
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 10;
/// A distant relay.
const DELAY: Duration = Duration::from_millis(20);
/// Of one million deliveries, in MB.
const MOST_MEMORY: f64 = 57.0;

/// One way of sending, and what it is compared with.
struct Case {
    name: &'static str,
    weather: Weather,
    key: Option<&'static str>,
    /// One in so many of the readers: what is slow gets fewer.
    share: usize,
    reference: Reference,
    target: f64,
}

#[derive(Clone, Copy)]
enum Reference {
    /// The program, and one in how many of the messages it sends.
    Peer(Peer, usize),
    /// Our own first case.
    Unsigned,
}

const NEAR: Weather = Weather { pipelining: true, delay: Duration::ZERO };
const CASES: [Case; 5] = [
    Case {
        name: "unsigned, PIPELINING",
        weather: NEAR,
        key: None,
        share: 1,
        reference: Reference::Peer(Peer::SmtpSource, 1),
        target: 0.6,
    },
    Case {
        name: "unsigned, no PIPELINING",
        weather: Weather { pipelining: false, ..NEAR },
        key: None,
        share: 1,
        reference: Reference::Peer(Peer::SmtpSource, 1),
        target: 0.35,
    },
    Case {
        name: "signed with Ed25519",
        weather: NEAR,
        key: Some("ed25519"),
        share: 1,
        reference: Reference::Unsigned,
        target: 0.7,
    },
    Case {
        name: "signed with RSA-2048",
        weather: NEAR,
        key: Some("rsa"),
        share: 1,
        reference: Reference::Peer(Peer::SignedNodemailer, 5),
        target: 10.0,
    },
    Case {
        name: "replies held back 20 ms",
        weather: Weather { delay: DELAY, ..NEAR },
        key: None,
        share: 5,
        reference: Reference::Peer(Peer::Nodemailer, 5),
        target: 1.0,
    },
];

/// What the rounds of a case came to.
#[derive(Default)]
struct Figures {
    rates: Vec<f64>,
    wire_rates: Vec<f64>,
    references: Vec<f64>,
    peak: Option<f64>,
}

fn main() {
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let Some(("sink", rest)) = args.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return sink::serve(rest);
    }
    let numbers: Vec<usize> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    match args.first().map(String::as_str) {
        Some("memory") => measure_memory(numbers.first().copied().unwrap_or(READERS_OF_MEMORY)),
        _ => {
            measure_speed(numbers.first().copied().unwrap_or(READERS), numbers.get(1).copied().unwrap_or(ROUNDS).max(1))
        }
    }
}

fn measure_speed(readers: usize, rounds: usize) {
    let offices: Vec<_> = shares().into_iter().map(|share| (share, Office::with((readers / share).max(1)))).collect();
    let office = |share: usize| &offices.iter().find(|(known, _)| *known == share).unwrap().1;
    let mail = office(1).mail();
    let is_there: Vec<_> = CASES.iter().map(|case| is_there(case.reference)).collect();
    let mut figures: Vec<_> = CASES.iter().map(|_| Figures::default()).collect();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for ((case, figures), is_there) in CASES.iter().zip(&mut figures).zip(&is_there) {
            let sent = office(case.share).send(case.weather, case.key);
            figures.rates.push(sent.rate());
            figures.wire_rates.push(sent.wire_rate());
            figures.peak = [figures.peak, sent.peak].into_iter().flatten().reduce(f64::max);
            if let (Reference::Peer(peer, share), true) = (case.reference, is_there) {
                figures.references.push(peer.send(office(1), &mail, (readers / share).max(1), case.weather));
            }
        }
    }
    println!(
        "{readers} readers, mails of {:.1} KB, {CONNECTIONS} connections; medians of {rounds} rounds in turns; a sync of \
         the disk takes {:.2?}",
        mail.octets as f64 / 1000.0,
        office(1).time_of_sync(),
    );
    let unsigned = median(&mut figures[0].rates);
    for (case, mut figures) in CASES.iter().zip(figures) {
        let rate = median(&mut figures.rates);
        let reference = match case.reference {
            Reference::Unsigned => Some(("unsigned", unsigned)),
            Reference::Peer(peer, _) if figures.references.is_empty() => {
                println!("{:<24} {}", case.name, peer.missing());
                None
            }
            Reference::Peer(peer, _) => Some((peer.name(), median(&mut figures.references))),
        };
        let compared = reference.map_or_else(String::new, |(name, reference)| {
            format!("   {name:<17} {reference:>6.0}/s   ratio {:.2} (to reach: {})", rate / reference, case.target)
        });
        println!(
            "{:<24} {rate:>6.0}/s ({:>6.0}/s on the wire){compared}{}",
            case.name,
            median(&mut figures.wire_rates),
            figures.peak.map_or_else(String::new, |peak| format!("   {peak:.1} MB")),
        );
    }
}

/// The daemon makes the edition itself, so that all that it costs counts.
fn measure_memory(readers: usize) {
    let mut peaks = Vec::new();
    for readers in [readers, readers * 10] {
        let Sent { messages, took, peak, .. } = Office::with(readers).send_scheduled(NEAR);
        let peak = peak.expect("the peak of resident memory, which only Linux tells");
        println!(
            "{messages} deliveries in {:.0} s: {peak:.1} MB at most (to reach for 1000000: {MOST_MEMORY} MB)",
            took.as_secs_f64()
        );
        peaks.push(peak);
    }
    println!("ten times as many take {:.2} times the memory (to reach: about 1)", peaks[1] / peaks[0]);
}

/// Each share of the readers that a case needs an office for.
fn shares() -> Vec<usize> {
    let mut shares: Vec<_> = CASES.iter().map(|case| case.share).collect();
    shares.sort();
    shares.dedup();
    shares
}

fn is_there(reference: Reference) -> bool {
    match reference {
        Reference::Peer(peer, _) => peer.is_there(),
        Reference::Unsigned => true,
    }
}

fn median(rates: &mut [f64]) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
