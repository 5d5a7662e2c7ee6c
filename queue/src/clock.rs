//! The one place that reads the clocks.

use crate::time::Moment;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, by both clocks of this machine.
pub fn now() -> Moment {
    let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let wall_ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Moment { wall_ms, boot: boot(), uptime_ms: uptime.tv_sec * 1000 + uptime.tv_nsec / 1_000_000 }
}

/// Identifies this boot. Without the kernel's id every process is its own boot: durations are then unknown, not wrong.
fn boot() -> i64 {
    static BOOT: OnceLock<i64> = OnceLock::new();
    *BOOT.get_or_init(|| {
        let id = std::fs::read("/proc/sys/kernel/random/boot_id")
            .unwrap_or_else(|_| uuid::Uuid::new_v4().into_bytes().to_vec());
        let hash = Sha256::digest(&id);
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        i64::from_le_bytes(first)
    })
}
