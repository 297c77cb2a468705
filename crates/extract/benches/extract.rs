//! Dated events found in ten megabytes of a newsletter's manner, beside one pass over the same text that counts its
//! words; and whether ten times the text takes ten times as long.

#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use kalends_extract::{Form, Known, Topics, extract};

const SAMPLE: &str = include_str!("../../../config/sample/newsletter.txt");
const MEGABYTE: usize = 1 << 20;
const ROUNDS: usize = 5;

fn main() {
    let topics = Topics::new(["cybersecurity", "smart city", "ipv6", "blockchain"]);
    let known = Known { topics: &topics, written: None, today: date(2020, 9, 28) };
    let texts = [("1 MB", text_of(MEGABYTE)), ("10 MB", text_of(10 * MEGABYTE))];
    let mut medians = Vec::new();
    for (name, text) in &texts {
        let (mut words, mut ours) = (Vec::new(), Vec::new());
        let mut found = 0;
        for _ in 0..ROUNDS {
            words.push(time(|| text.split_whitespace().map(str::len).sum::<usize>()));
            ours.push(time(|| found = extract(text, Form::Plain, &known).len()));
        }
        let (words, ours) = (median(&mut words), median(&mut ours));
        println!(
            "{name:>6}: {found} dated events in {ours:.1?}; counting words {words:.1?}; ratio {:.1} (to reach: 200)",
            ratio(ours, words)
        );
        medians.push(ours);
    }
    println!("ten times the text takes {:.1} times as long (to reach: below 14)", ratio(medians[1], medians[0]));
}

/// The sample again and again, each time with other months, so that not all of it is told twice.
fn text_of(size: usize) -> String {
    let mut text = String::with_capacity(size + SAMPLE.len());
    let mut first = Date::constant(1990, 1, 1);
    while text.len() < size {
        let mut day = first;
        for (number, part) in SAMPLE.split("September").enumerate() {
            if number > 0 {
                text.push_str(&day.strftime("%B").to_string());
                day = day.tomorrow().unwrap();
            }
            text.push_str(part);
        }
        text.push_str("\n\n");
        first = day;
    }
    text
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
