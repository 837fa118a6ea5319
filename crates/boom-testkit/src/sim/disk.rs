//! A file on a disk that loses what it was not told to keep.

use super::Random;

/// A file that grows at its end, as it is seen by the process, by the operating system, and on the disk.
///
/// What a process has [written](Self::write) is lost with the process until it is [flushed](Self::flush), and with the
/// machine until it is [synced](Self::sync). A loss leaves any part of the beginning of what was at risk, and the end of
/// what the machine leaves may be torn: bytes that nobody has written.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Disk, Random};
///
/// let mut disk = Disk::default();
/// disk.write(b"kept ");
/// disk.sync();
/// disk.write(b"at risk");
/// disk.lose_machine(&mut Random::new(1));
/// assert!(disk.bytes().starts_with(b"kept ") && disk.bytes().len() <= 12);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Disk {
    bytes: Vec<u8>,
    /// So many outlive the process.
    flushed: usize,
    /// So many outlive the machine.
    synced: usize,
}

impl Disk {
    /// All bytes, as the process sees them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds bytes at the end.
    pub fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Gives everything to the operating system.
    pub const fn flush(&mut self) {
        self.flushed = self.bytes.len();
    }

    /// Puts everything on the disk.
    pub const fn sync(&mut self) {
        self.flushed = self.bytes.len();
        self.synced = self.bytes.len();
    }

    /// Cuts off what is behind so many bytes.
    pub fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
        self.flushed = self.flushed.min(length);
        self.synced = self.synced.min(length);
    }

    /// The process ends without a word. Returns how many bytes were lost.
    pub fn lose_process(&mut self, random: &mut Random) -> usize {
        let lost = self.lose(self.flushed, random);
        self.flushed = self.bytes.len();
        lost
    }

    /// The machine ends without a word. Returns how many bytes were lost, torn ones among them.
    pub fn lose_machine(&mut self, random: &mut Random) -> usize {
        let mut lost = self.lose(self.synced, random);
        let at_risk = self.bytes.len() - self.synced;
        if random.chance(300) {
            let torn = random.part_of(at_risk.min(512));
            let length = self.bytes.len();
            for byte in &mut self.bytes[length - torn..] {
                *byte = random.pick(&[0, 0, 0xff, 0x5a]);
            }
            lost += torn;
        }
        self.sync();
        lost
    }

    fn lose(&mut self, safe: usize, random: &mut Random) -> usize {
        let at_risk = self.bytes.len() - safe;
        let kept = match random.below(3) {
            0 => 0,
            1 => at_risk,
            _ => random.below(at_risk as u64 + 1) as usize,
        };
        self.bytes.truncate(safe + kept);
        at_risk - kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_synced_stays() {
        for seed in 0..200 {
            let mut random = Random::new(seed);
            let mut disk = Disk::default();
            disk.write(b"abc");
            disk.sync();
            disk.write(b"def");
            disk.flush();
            disk.write(b"ghi");
            disk.lose_process(&mut random);
            assert!(disk.bytes().starts_with(b"abcdef") && disk.bytes().len() <= 9);
            disk.lose_machine(&mut random);
            assert!(disk.bytes().starts_with(b"abc") && disk.bytes().len() <= 9);
            let left = disk.bytes().to_vec();
            assert_eq!(disk.lose_machine(&mut random), 0);
            assert_eq!(disk.bytes(), left);
        }
    }
}
