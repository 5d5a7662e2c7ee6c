//! Who may hold a connection: a table of the open ones, and which of them make way when there are too many.
//!
//! A newcomer is always accepted. What makes way is the oldest connection of the address that holds most, so that who takes
//! too much takes it from himself. A connection with a valid login never makes way, and the address of one is the last to.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};

/// The limits of a table, in connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In all.
    all: usize,
    /// Of strangers' addresses together: the others are kept for addresses with a login.
    strangers: usize,
    /// Before the first whole request, in all.
    half_made: usize,
    /// Of one address: as many as a few browsers open.
    per_address: usize,
    /// Of one address before the first whole request.
    half_made_per_address: usize,
}

impl Limits {
    /// Limits that leave half of `descriptors` to the store, the pages and the reports.
    pub(crate) fn within(descriptors: u64) -> Limits {
        let all = usize::try_from(descriptors / 2).unwrap_or(usize::MAX).clamp(16, 512);
        Limits {
            all,
            strangers: all / 4 * 3,
            half_made: all / 4,
            per_address: (all / 8).max(8),
            half_made_per_address: (all / 16).max(4),
        }
    }
}

/// So many addresses with a login are remembered: more than an office has counters.
const KNOWN_MAX: usize = 64;

/// Whose connections count together: one address, of IPv6 the /64 that one machine has to choose from.
pub(crate) fn neighbour(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No whole request has come yet.
    HalfMade,
    /// It has asked.
    Asked,
    /// It has asked with a valid login.
    SignedIn,
}

/// An open connection.
#[derive(Debug)]
struct Held<C> {
    address: IpAddr,
    stage: Stage,
    /// Closes it when it is dropped.
    _closer: C,
}

/// The open connections in the order of their coming, and the addresses that had a login.
#[derive(Debug)]
pub(crate) struct Table<C> {
    limits: Limits,
    last: u64,
    open: BTreeMap<u64, Held<C>>,
    /// With the connection at which a login was last seen.
    known: HashMap<IpAddr, u64>,
}

impl<C> Table<C> {
    pub(crate) fn new(limits: Limits) -> Table<C> {
        Table { limits, last: 0, open: BTreeMap::new(), known: HashMap::new() }
    }

    /// Enters a connection from this address and drops the closers of those that make way: the second value, which may hold
    /// this one.
    pub(crate) fn admit(&mut self, address: IpAddr, closer: C) -> (u64, Vec<u64>) {
        let address = neighbour(address);
        self.last += 1;
        self.open.insert(self.last, Held { address, stage: Stage::HalfMade, _closer: closer });
        let Limits { all, strangers, half_made, per_address, half_made_per_address } = self.limits;
        let mut closed = Vec::new();
        self.keep(half_made_per_address, &mut closed, |_, whose, stage| whose == address && stage == Stage::HalfMade);
        self.keep(half_made, &mut closed, |_, _, stage| stage == Stage::HalfMade);
        self.keep(per_address, &mut closed, |_, whose, _| whose == address);
        self.keep(strangers, &mut closed, |table, whose, _| !table.known.contains_key(&whose));
        self.keep(all, &mut closed, |_, _, _| true);
        (self.last, closed)
    }

    /// Closes of those that count until `limit` of them remain.
    fn keep(&mut self, limit: usize, closed: &mut Vec<u64>, counts: impl Fn(&Table<C>, IpAddr, Stage) -> bool) {
        loop {
            let counted: Vec<(u64, IpAddr, Stage)> = self
                .open
                .iter()
                .map(|(id, held)| (*id, held.address, held.stage))
                .filter(|(_, whose, stage)| counts(self, *whose, *stage))
                .collect();
            if counted.len() <= limit {
                return;
            }
            let mut held: HashMap<IpAddr, usize> = HashMap::new();
            let free = counted.iter().filter(|(_, _, stage)| *stage != Stage::SignedIn);
            free.clone().for_each(|(_, whose, _)| *held.entry(*whose).or_default() += 1);
            // A stranger before a known address, the one with most, the half-made before the others, the oldest.
            let first = free.min_by_key(|(id, whose, stage)| {
                let most = held.get(whose).copied().unwrap_or_default();
                (self.known.contains_key(whose), std::cmp::Reverse(most), *stage != Stage::HalfMade, *id)
            });
            let Some(first) = first.map(|(id, _, _)| *id) else { return };
            self.open.remove(&first);
            closed.push(first);
        }
    }

    /// A whole request has come.
    pub(crate) fn asked(&mut self, id: u64) {
        if let Some(Held { stage: stage @ Stage::HalfMade, .. }) = self.open.get_mut(&id) {
            *stage = Stage::Asked;
        }
    }

    /// A request with a valid login has come.
    pub(crate) fn signed_in(&mut self, id: u64) {
        let Some(Held { address, stage, .. }) = self.open.get_mut(&id) else { return };
        *stage = Stage::SignedIn;
        self.known.insert(*address, id);
        if self.known.len() > KNOWN_MAX
            && let Some(oldest) = self.known.iter().min_by_key(|(_, last)| **last).map(|(address, _)| *address)
        {
            self.known.remove(&oldest);
        }
    }

    /// Whether a request with a valid login has come on it.
    pub(crate) fn is_known(&self, id: u64) -> bool {
        self.open.get(&id).is_some_and(|held| held.stage == Stage::SignedIn)
    }

    /// It is closed.
    pub(crate) fn left(&mut self, id: u64) {
        self.open.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLERK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 1, 1));

    fn stranger(n: usize) -> IpAddr {
        IpAddr::from([10, 0, 2 + (n / 250) as u8, (n % 250) as u8])
    }

    fn table() -> Table<()> {
        Table::new(Limits::within(1024))
    }

    #[test]
    fn whoever_takes_too_much_takes_it_from_himself() {
        for addresses in [1, 50, 2000] {
            let mut table = table();
            let (at_work, _) = table.admit(CLERK, ());
            table.signed_in(at_work);
            let (mut fresh, _) = table.admit(CLERK, ());
            for n in 0..5000 {
                let (id, closed) = table.admit(stranger(n % addresses), ());
                assert!(!closed.contains(&at_work) && !closed.contains(&fresh), "{n} of {addresses}");
                // Every third one asks, and then only holds its connection.
                if n % 3 == 0 {
                    table.asked(id);
                }
                if n % 100 == 0 {
                    table.left(fresh);
                    let (id, closed) = table.admit(CLERK, ());
                    assert!(!closed.contains(&id), "{n} of {addresses}");
                    fresh = id;
                }
            }
            assert!(table.open.len() <= table.limits.strangers + 2, "{}", table.open.len());
        }
    }

    #[test]
    fn a_new_colleague_among_fewer_busy_addresses_is_not_the_one_to_go() {
        let mut table = table();
        (0..2000).for_each(|n| drop(table.admit(stranger(n % 50), ())));
        let (colleague, _) = table.admit(CLERK, ());
        for n in 0..1000 {
            assert!(!table.admit(stranger(n % 50), ()).1.contains(&colleague));
        }
    }

    #[test]
    fn on_the_clerks_own_machine_the_oldest_silent_one_goes_first_and_work_goes_on() {
        let mut table = table();
        let (at_work, _) = table.admit(CLERK, ());
        assert!(!table.is_known(at_work));
        table.signed_in(at_work);
        assert!(table.is_known(at_work));
        for _ in 0..1000 {
            let (id, closed) = table.admit(CLERK, ());
            assert!(!closed.contains(&at_work) && !closed.contains(&id));
        }
        assert_eq!(table.open.len(), table.limits.half_made_per_address + 1);
    }

    #[test]
    fn connections_with_a_login_keep_to_the_limits_too() {
        let mut table = table();
        for _ in 0..1000 {
            let (id, _) = table.admit(CLERK, ());
            table.signed_in(id);
        }
        assert_eq!(table.open.len(), table.limits.per_address);
    }

    #[test]
    fn one_machine_is_one_neighbour_however_many_addresses_it_has() {
        let of = |text: &str| neighbour(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.168.1.7"), of("192.168.1.7"));
    }

    #[test]
    fn the_limits_stay_below_the_descriptors() {
        for descriptors in [64, 256, 1024, 1 << 20] {
            let limits = Limits::within(descriptors);
            assert!(limits.all as u64 <= descriptors / 2 && limits.half_made < limits.strangers, "{limits:?}");
            assert!(limits.strangers < limits.all && limits.half_made_per_address < limits.per_address, "{limits:?}");
        }
    }
}
