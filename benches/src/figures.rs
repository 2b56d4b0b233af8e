//! What a run gives, for people and for programs.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Latencies in nanoseconds, to three digits.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        Self(Histogram::new(3).expect("three digits are few enough"))
    }
}

impl Latency {
    /// Counts one.
    pub fn record(&mut self, nanos: u64) {
        self.record_all(nanos, 1);
    }

    /// Counts several that took equally long.
    pub fn record_all(&mut self, nanos: u64, times: u64) {
        self.0.record_n(nanos, times).expect("the histogram grows as needed");
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The summary, in microseconds.
    pub fn micros(&self) -> Micros {
        let at = |quantile| self.0.value_at_quantile(quantile) as f64 / 1e3;
        let quantiles = QUANTILES.map(|quantile| (quantile, at(quantile)));
        Micros { count: self.count(), p50: at(0.5), p99: at(0.99), max: self.0.max() as f64 / 1e3, quantiles }
    }
}

/// Which parts of all a histogram is written down at.
const QUANTILES: [f64; 13] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.0];

/// A latency in microseconds: half of all, 99 of 100, and all were at most so late.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "quantiles, as named")]
pub struct Micros {
    /// How many were counted.
    pub count: u64,
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
    /// The histogram: a part of all, and how late it was at most.
    pub quantiles: [(f64, f64); QUANTILES.len()],
}

/// The figures of one run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Members that read, senders included.
    pub members: usize,
    /// How long was measured.
    pub seconds: f64,
    /// Messages that reached everybody.
    pub messages: u64,
    /// Messages that reached somebody, each counted for each.
    pub deliveries: u64,
    /// Processor time of the server for each delivery, in microseconds; absent where its process is not known.
    pub server_micros_per_delivery: Option<f64>,
    /// The part of the time the server was working; above 1 with several threads.
    pub server_load: Option<f64>,
    /// The part of the time the load generator was working; near 1 it limits deliveries per second, not the server.
    pub own_load: f64,
    /// Messages each read of a member found on average.
    pub messages_per_read: f64,
    /// From a message's sending to its arrival, each arrival counted.
    pub each: Micros,
    /// From a message's sending to its first reader.
    pub first: Micros,
    /// … until half of the members had it.
    pub median: Micros,
    /// … until all had it.
    pub last: Micros,
    /// The longest time any member waited between two reads, in milliseconds.
    pub longest_gap_millis: f64,
    /// The sum of all latencies to the last reader.
    #[serde(skip)]
    pub last_total: Duration,
}

impl Figures {
    /// Deliveries in a second.
    pub fn deliveries_per_second(&self) -> f64 {
        self.deliveries as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = thousands(self.deliveries_per_second());
        write!(f, "{} members, {} messages, {per_second} deliveries/s", self.members, self.messages)?;
        if let Some(micros) = self.server_micros_per_delivery {
            write!(f, ", {micros:.3} µs CPU each")?;
        }
        let [first, median, last] = [self.first, self.median, self.last].map(|latency| latency.p50 / 1e3);
        write!(f, "; to first/median/last {first:.2}/{median:.2}/{last:.2} ms")?;
        write!(f, " (each p99 {:.2} ms, last p99 {:.2} ms)", self.each.p99 / 1e3, self.last.p99 / 1e3)
    }
}

/// A large number for people: `6.62M`, `252k`, `870`.
pub fn thousands(number: f64) -> String {
    match number {
        n if n >= 1e6 => format!("{:.2}M", n / 1e6),
        n if n >= 1e4 => format!("{:.0}k", n / 1e3),
        n => format!("{n:.0}"),
    }
}

/// The median; of an even number of values the upper one; 0 of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(6_620_000.0), "6.62M");
        assert_eq!(thousands(252_300.0), "252k");
        assert_eq!(thousands(870.2), "870");
    }

    #[test]
    fn a_histogram_is_written_down_with_its_tail() {
        let mut latency = Latency::default();
        latency.record_all(1_000, 999);
        latency.record(50_000);
        let json = serde_json::to_value(latency.micros()).unwrap();
        assert_eq!(json["count"], 1_000);
        let at = |part: f64| {
            let pairs = json["quantiles"].as_array().unwrap();
            pairs.iter().find(|pair| pair[0] == part).unwrap()[1].as_f64().unwrap()
        };
        assert!((at(0.1) - 1.0).abs() < 0.01);
        assert!((at(0.999) - 1.0).abs() < 0.01);
        assert!((at(1.0) - 50.0).abs() < 0.1);
    }

    #[test]
    fn the_median_ignores_an_outlier() {
        assert_eq!(median([3.0, 900.0, 1.0]), 3.0);
        assert_eq!(median([]), 0.0);
    }
}
