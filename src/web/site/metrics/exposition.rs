//! Figures at one moment, as programs read them: in the text form of Prometheus, or in OpenMetrics for who asks for it.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

pub type Labels = Vec<(&'static str, String)>;

const OPENMETRICS: &str = "application/openmetrics-text";

/// Each under its name and help.
#[derive(Default)]
pub struct Figures {
    registry: Registry,
    counters: BTreeSet<String>,
}

impl Figures {
    /// What goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, f64)>) {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).set(value);
        }
        self.registry.register(name, help, family);
    }

    /// The same of a single thing.
    pub fn value(&mut self, name: &str, help: &str, value: f64) {
        self.gauge(name, help, [(Vec::new(), value)]);
    }

    /// What only grows. Its name is given without `_total`, which the samples get.
    pub fn counter(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (Labels, u64)>) {
        let family = Family::<Labels, Counter>::default();
        for (labels, value) in values {
            family.get_or_create(&labels).inc_by(value);
        }
        self.counters.insert(name.to_owned());
        self.registry.register(name, help, family);
    }

    /// The media type and the text that are asked for.
    pub fn told(&self, headers: &HeaderMap) -> Result<(&'static str, String), std::fmt::Error> {
        let mut encoded = String::new();
        encode(&mut encoded, &self.registry)?;
        // A sample without labels: not every program that reads this takes an empty set of them.
        let text: String = encoded
            .lines()
            .map(|line| match line.split_once("{} ") {
                Some((name, value)) if !name.contains(['#', '{']) => format!("{name} {value}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let wants = |accepted: &str| accepted.to_ascii_lowercase().contains(OPENMETRICS);
        if headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(wants) {
            return Ok(("application/openmetrics-text; version=1.0.0; charset=utf-8", text));
        }
        // There a counter is called as its samples are.
        let lines = text.lines().map(|line| match line.splitn(4, ' ').collect::<Vec<_>>()[..] {
            ["#", what, name, rest] if self.counters.contains(name) => format!("# {what} {name}_total {rest}\n"),
            _ => format!("{line}\n"),
        });
        Ok(("text/plain; version=0.0.4; charset=utf-8", lines.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(accept: &str) -> (&'static str, String) {
        let mut figures = Figures::default();
        figures.counter("kalends_things", "Things", [(vec![("kind", "a\"b\\c\nd".to_owned())], 3)]);
        figures.value("kalends_room_bytes", "Room", 1.5);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        figures.told(&headers).unwrap()
    }

    #[test]
    fn counters_are_called_as_each_form_has_it_and_labels_are_escaped() {
        let sample = "kalends_things_total{kind=\"a\\\"b\\\\c\\nd\"} 3\n";
        let (media_type, text) = told("*/*");
        assert_eq!(
            text,
            format!(
                "# HELP kalends_things_total Things.\n# TYPE kalends_things_total counter\n{sample}\
                 # HELP kalends_room_bytes Room.\n# TYPE kalends_room_bytes gauge\nkalends_room_bytes 1.5\n# EOF\n"
            )
        );
        assert!(media_type.starts_with("text/plain; version=0.0.4"));
        let (media_type, text) = told("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.4");
        assert!(text.starts_with(&format!("# HELP kalends_things Things.\n# TYPE kalends_things counter\n{sample}")));
        assert!(media_type.starts_with(OPENMETRICS) && text.ends_with("# EOF\n"));
    }
}
