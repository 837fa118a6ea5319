//! Which of the suite's cases are run.

use clap::ValueEnum;

/// A part of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cases {
    /// All but compression: a minute.
    Core,
    /// The core and sixty fixed cases of compression: some minutes.
    Sample,
    /// Every case; writes docs/autobahn.md.
    All,
}

/// All sections but those of compression.
const CORE: [u16; 9] = [1, 2, 3, 4, 5, 6, 7, 9, 10];

/// The sections of compression and the subsections that each of them has: kinds of text in one, parameters in the other.
const COMPRESSION: [(u16, u16); 2] = [(12, 5), (13, 7)];

/// Of each subsection: messages of 16, 256, 4,096 and 16,384 bytes, and of 8,192 bytes in fragments of 256.
const SAMPLE: [u16; 5] = [1, 3, 5, 7, 11];

impl Cases {
    /// How many there are. Fewer results mean that the client gave up.
    pub(super) const fn count(self) -> usize {
        match self {
            Self::Core => 301,
            Self::Sample => 361,
            Self::All => 517,
        }
    }

    /// As the suite's server takes them: numbers and patterns, with commas between.
    pub(super) fn patterns(self) -> String {
        let mut patterns: Vec<_> = CORE.iter().map(|section| format!("{section}.*")).collect();
        for (section, subsections) in COMPRESSION {
            match self {
                Self::Core => {}
                Self::Sample => patterns.extend((1..=subsections).flat_map(|subsection| {
                    SAMPLE.map(|case| format!("{section}.{subsection}.{case}"))
                })),
                Self::All => patterns.push(format!("{section}.*")),
            }
        }
        patterns.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_adds_sixty_cases_to_the_core() {
        let (core, sample) = (Cases::Core.patterns(), Cases::Sample.patterns());
        let added = sample.strip_prefix(&core).unwrap();
        let added: Vec<_> = added.trim_start_matches(',').split(',').collect();
        assert_eq!(added.len(), 60);
        assert_eq!(added.len(), Cases::Sample.count() - Cases::Core.count());
        assert_eq!((added[0], added[59]), ("12.1.1", "13.7.11"));
    }

    #[test]
    fn all_is_every_section() {
        assert_eq!(
            Cases::All.patterns(),
            "1.*,2.*,3.*,4.*,5.*,6.*,7.*,9.*,10.*,12.*,13.*"
        );
    }
}
