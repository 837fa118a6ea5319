//! What the endpoints report, beside what the venue has written down.

use std::collections::BTreeMap;

use crate::Result;
use crate::journal::{self, Sent};
use crate::line::{Gap, Line, Tally};
use crate::message::ConnectionId;
use crate::venue::Venue;

/// What a process of the venue had sent when it was ended or stopped.
#[derive(Debug)]
pub(crate) struct Truth {
    run: u32,
    connections: BTreeMap<u32, Sent>,
    /// By stream, its newest connection.
    newest: BTreeMap<u32, u32>,
}

/// What was missed, over all endpoints.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Missed {
    pub(crate) gaps: u64,
    pub(crate) messages: u64,
    /// Connections that ended within a message.
    pub(crate) cut: u64,
}

impl Truth {
    pub(crate) fn of(venue: &Venue) -> Result<Self> {
        let connections = journal::read(venue.journal())?;
        let newest = connections
            .iter()
            .map(|(index, sent)| (sent.stream, *index));
        Ok(Self {
            run: venue.run(),
            newest: newest.collect(),
            connections,
        })
    }

    /// A number that no message has had.
    pub(crate) fn next_number(&self) -> u64 {
        let numbers = self.connections.values().map(Sent::next_number);
        numbers.max().unwrap_or(1)
    }

    /// Of all streams, how many were given a part of the last burst.
    pub(crate) fn in_last_burst(&self) -> usize {
        let newest = || self.newest.values();
        let bursts = newest().filter_map(|index| Some(self.connections.get(index)?.burst));
        let last = bursts.clone().max();
        bursts.filter(|burst| Some(*burst) == last).count()
    }

    fn newest(&self, stream: u32) -> Option<(ConnectionId, &Sent)> {
        let index = *self.newest.get(&stream)?;
        let id = ConnectionId {
            run: self.run,
            index,
        };
        Some((id, self.connections.get(&index)?))
    }

    fn sent(&self, tally: &Tally) -> Option<&Sent> {
        let sent = self.connections.get(&tally.connection.index);
        sent.filter(|_| self.run == tally.connection.run)
    }
}

/// Compares what an endpoint has received, and the gaps that it reports, with what was sent: by the processes that were
/// ended or stopped, `before`, and by the one that goes on, `after`.
pub(crate) fn check<S>(
    line: &Line<S>,
    before: &[Truth],
    after: &Truth,
    missed: &mut Missed,
) -> Result<()> {
    let fail = |what: String| Err(format!("stream {}: {what}", line.stream).into());
    let Some((last, ended)) = line.tallies.split_last() else {
        return fail("nothing was received".into());
    };
    let is_tallied = |id| ended.iter().any(|tally| tally.connection == id);
    let sent = before.iter().filter_map(|truth| truth.newest(line.stream));
    // Where it is not known whether the last write was made, the endpoint knows.
    let sent = sent.filter(|(id, sent)| sent.messages().0 > 0 || is_tallied(*id));
    let sent: Vec<_> = sent.collect();
    if sent.len() != ended.len() {
        return fail(format!("received {:?} of {sent:?}", line.tallies));
    }
    let mut gaps = Vec::new();
    for (place, (tally, (id, sent))) in ended.iter().zip(sent).enumerate() {
        let (least, most) = sent.messages();
        let is_whole = (least..=most).contains(&tally.messages);
        if tally.connection != id || tally.first != sent.first || !is_whole {
            return fail(format!("received {tally:?} of {id:?}, {sent:?}"));
        }
        missed.cut += u64::from(sent.is_cut());
        let next = line.tallies.get(place + 1).unwrap_or(last);
        let (from, to) = (sent.first + tally.messages, next.first - 1);
        gaps.extend((from <= to).then_some(Gap { from, to }));
    }
    if after.sent(last).map(|sent| sent.first) != Some(last.first) {
        return fail(format!("goes on with {last:?}"));
    }
    if line.gaps != gaps {
        return fail(format!("reports {:?} of {gaps:?}", line.gaps));
    }
    missed.gaps += gaps.len() as u64;
    missed.messages += gaps.iter().map(|gap| gap.to - gap.from + 1).sum::<u64>();
    Ok(())
}
