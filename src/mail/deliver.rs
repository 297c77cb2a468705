//! The mailer: the desk, and workers who take due deliveries from it. Both live as long as the program, and are handed
//! another configuration while they work.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::carrier::{Carrier, relays};
use super::composer::Composer;
use super::desk::{Call, Clerk, Desk, Line, LineId, Takeover};
use super::pace::Gate;
use super::smtp::Relay;
use super::worker::Worker;
use crate::config::{Config, Rate, TransportKind, UncertainPolicy};
use crate::idle::Part;
use crate::store::watch::Changes;
use crate::store::{Result, Store};

/// What a configuration makes of the mailer: all that can fail is done when it is there.
pub struct Mailer {
    store: Store,
    config: Arc<Config>,
    composer: Arc<Composer>,
    /// What the desk knows of each relay, or of the folder, and the way there.
    lines: Vec<(Line, Way)>,
}

/// Where the mail of a line goes.
enum Way {
    Folder(PathBuf),
    Relay(Arc<Relay>),
}

/// The workers of a line.
struct Crew {
    line: LineId,
    way: Way,
    connections: usize,
    uncertain: UncertainPolicy,
    leave: CancellationToken,
}

/// Everybody who works, and by what.
struct Staff {
    store: Store,
    composer: Arc<Composer>,
    crews: Vec<Crew>,
    /// How many lines there have been.
    lines: u64,
    calls: mpsc::UnboundedSender<Call>,
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Mailer {
    /// An error says which secret, certificate or key can't be read.
    pub async fn new(store: Store, config: Arc<Config>) -> anyhow::Result<Self> {
        let lines = lines(&config).map_err(anyhow::Error::msg)?;
        let composer = Arc::new(Composer::new(store.clone(), config.clone()).await?);
        if let Some(address) = &config.bounce.address {
            store.note_bounce_address(address).await?;
        }
        Ok(Self { store, config, composer, lines })
    }

    /// Drains the outbox until `stop`, then finishes what is on the wire. Each of `successors` takes over from the one
    /// before: what is on the wire then is finished in its own time, all else is done by the new one.
    pub async fn run(
        mut self,
        changes: Changes,
        idle: Part,
        mut successors: mpsc::Receiver<Mailer>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        self.recover().await?;
        self.resume().await?;
        let (calls, called) = mpsc::unbounded_channel();
        let mut staff = Staff {
            store: self.store.clone(),
            composer: self.composer.clone(),
            crews: Vec::new(),
            lines: 0,
            calls,
            tasks: JoinSet::new(),
            stop: stop.clone(),
        };
        let (first, hired) = staff.engage(self);
        staff.tasks.spawn(Clerk::new(staff.store.clone(), first, called).run(changes, idle, stop.clone()));
        staff.set_to_work(hired);

        let mut result = Ok(());
        // Of one that is left alone, be it the clerk or a worker, nothing comes any more.
        while staff.tasks.len() > 1 {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(successor) = successors.recv() => staff.hand_over(successor),
                Some(ended) = staff.tasks.join_next() => note(ended, &mut result),
            }
        }
        let Staff { calls, mut tasks, .. } = staff;
        drop(calls);
        while let Some(ended) = tasks.join_next().await {
            note(ended, &mut result);
        }
        result
    }

    /// What was on the wire when a program died may have arrived. A file would only be written once more.
    async fn recover(&self) -> Result<()> {
        let hold =
            self.config.mail.uncertain == UncertainPolicy::Hold && self.config.mail.transport == TransportKind::Smtp;
        let retry_at = (!hold).then(|| self.store.now());
        match self.store.recover_deliveries(retry_at).await? {
            0 => {}
            n => tracing::warn!(deliveries = n, held = hold, "were on the wire when the program ended: uncertain"),
        }
        Ok(())
    }

    /// How relays stood when the program ended.
    async fn resume(&mut self) -> Result<()> {
        let names: Vec<_> = self.lines.iter().map(|(line, _)| line.name.to_string()).collect();
        self.store.keep_relays(&names).await?;
        let (refusals, stops) = (self.store.kept_refusals().await?, self.store.stopped_relays().await?);
        for stop in &stops {
            tracing::warn!(relay = stop.relay, reason = stop.reason, next_at = %stop.next_at, "the relay is stopped");
        }
        self.lines.iter_mut().for_each(|(line, _)| line.resume(&refusals, &stops));
        Ok(())
    }
}

/// One that breaks down must not take the others' messages off the wire.
fn note(ended: std::result::Result<(), JoinError>, result: &mut anyhow::Result<()>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a part of the mailer broke down");
        *result = Err(error.into());
    }
}

impl Staff {
    /// Lets another take over.
    fn hand_over(&mut self, successor: Mailer) {
        let (takeover, hired) = self.engage(successor);
        // If the clerk broke down, the workers are about to end, too.
        let _ = self.calls.send(Call::Takeover(Box::new(takeover)));
        self.set_to_work(hired);
    }

    /// Only when the clerk knows their lines, or was told of them: what they say comes behind that.
    fn set_to_work(&mut self, hired: Vec<(Worker, Carrier)>) {
        for (worker, carrier) in hired {
            self.tasks.spawn(worker.work(carrier));
        }
    }

    /// Sees to it that there are workers for all lines of `next`. Those of a line that is the same stay, with their
    /// connections; the others are told to leave, and new ones are hired.
    fn engage(&mut self, next: Mailer) -> (Takeover, Vec<(Worker, Carrier)>) {
        let Mailer { config, composer, lines, .. } = next;
        if !self.composer.is_like(&composer) {
            self.composer = composer;
        }
        let gate = Gate::new(&config.mail, &config.site.timezone);
        let mut former = std::mem::take(&mut self.crews);
        let (mut engaged, mut hired) = (Vec::new(), Vec::new());
        for (mut line, way) in lines {
            let uncertain = config.mail.uncertain;
            let crew =
                Crew { line: line.id, way, connections: line.connections, uncertain, leave: self.stop.child_token() };
            let crew = match former.iter().position(|known| known.is_like(&crew)) {
                Some(at) => former.remove(at),
                None => self.hire(crew, &line, &former, &mut hired),
            };
            line.id = crew.line;
            self.crews.push(crew);
            engaged.push(line);
        }
        former.iter().for_each(|crew| crew.leave.cancel());
        (Takeover { config, composer: self.composer.clone(), gate, lines: engaged }, hired)
    }

    /// New workers; what `former` ones found out about the relay they need not find out again.
    fn hire(&mut self, crew: Crew, line: &Line, former: &[Crew], hired: &mut Vec<(Worker, Carrier)>) -> Crew {
        self.lines += 1;
        let crew = Crew { line: LineId(self.lines), ..crew };
        for known in former {
            crew.way.follow(&known.way);
        }
        let worker = Worker {
            store: self.store.clone(),
            desk: Desk::of(&self.calls, crew.line),
            relay: line.name.clone(),
            uncertain: crew.uncertain,
            leave: crew.leave.clone(),
            stop: self.stop.clone(),
        };
        hired.extend((0..crew.connections).map(|_| (worker.clone(), crew.way.carrier())));
        crew
    }
}

impl Crew {
    /// Whether these workers do what those would.
    fn is_like(&self, other: &Self) -> bool {
        let is_same_way = match (&self.way, &other.way) {
            (Way::Folder(folder), Way::Folder(other)) => folder == other,
            (Way::Relay(relay), Way::Relay(other)) => relay.is_like(other),
            _ => false,
        };
        is_same_way && self.connections == other.connections && self.uncertain == other.uncertain
    }
}

impl Way {
    fn carrier(&self) -> Carrier {
        match self {
            Way::Folder(folder) => Carrier::Files(folder.clone()),
            Way::Relay(relay) => Carrier::Smtp { relay: relay.clone(), session: None },
        }
    }

    fn follow(&self, former: &Way) {
        if let (Way::Relay(relay), Way::Relay(former)) = (self, former)
            && relay.config().url == former.config().url
        {
            relay.follow(former);
        }
    }
}

/// A line for each relay, and its way; an error says which secret or certificate can't be read.
fn lines(config: &Config) -> std::result::Result<Vec<(Line, Way)>, String> {
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        return Ok(vec![(Line::new("file", Rate::default(), 1, 1), Way::Folder(mail.outbox.clone()))]);
    }
    let line = |relay: Arc<Relay>| {
        let config = relay.config();
        let line = Line::new(&config.url.to_string(), config.rate, config.weight, config.connections as usize);
        (line, Way::Relay(relay))
    };
    Ok(relays(mail)?.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests;
