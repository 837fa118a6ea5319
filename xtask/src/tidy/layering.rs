//! An arrow between two crates never points up.

use crate::workspace::{Dependency, Member};

/// What a crate of ours may depend on.
struct Layer {
    name: &'static str,
    always: &'static [&'static str],
    /// Only by an optional dependency: sugar that joins two layers lives behind a feature of the upper one.
    by_feature: &'static [&'static str],
}

/// From the bottom up.
const LAYERS: &[Layer] = &[
    Layer {
        name: "boom-stream",
        always: &[],
        by_feature: &[],
    },
    Layer {
        name: "boom-tls",
        always: &["boom-stream"],
        by_feature: &[],
    },
    Layer {
        name: "boom-ktls",
        always: &["boom-stream", "boom-tls"],
        by_feature: &[],
    },
    Layer {
        name: "boom-select",
        always: &["boom-stream"],
        by_feature: &[],
    },
    Layer {
        name: "boom-ws",
        always: &["boom-stream"],
        by_feature: &["boom-tls"],
    },
    Layer {
        name: "boom-fix-codegen",
        always: &[],
        by_feature: &[],
    },
    Layer {
        name: "boom-service",
        always: &["boom-stream", "boom-select"],
        by_feature: &["boom-tls", "boom-ws"],
    },
    Layer {
        name: "boom-fix",
        always: &["boom-stream"],
        by_feature: &["boom-tls", "boom-service"],
    },
    Layer {
        name: "boom-http",
        always: &["boom-stream"],
        by_feature: &["boom-tls", "boom-select", "boom-service"],
    },
    Layer {
        name: "boomnet",
        always: &["boom-stream", "boom-select", "boom-service"],
        by_feature: &["boom-tls", "boom-ktls", "boom-ws", "boom-http", "boom-fix"],
    },
];

/// The crate that any other may test itself with.
const TESTKIT: &str = "boom-testkit";

pub(super) fn check(members: &[Member]) -> Vec<String> {
    let is_ours = |name: &str| members.iter().any(|member| member.name == name);
    let mut faults = Vec::new();
    for member in members.iter().filter(|member| member.published) {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == member.name) else {
            faults.push(format!(
                "{} has no place: add it to LAYERS in xtask/src/tidy/layering.rs",
                member.name
            ));
            continue;
        };
        let ours = member
            .dependencies
            .iter()
            .filter(|dependency| is_ours(&dependency.name));
        faults.extend(ours.filter_map(|dependency| layer.fault(dependency)));
    }
    faults
}

impl Layer {
    fn fault(&self, dependency: &Dependency) -> Option<String> {
        let (from, to) = (self.name, dependency.name.as_str());
        if dependency.development {
            let is_lower = rank(to) < rank(from);
            return (to != TESTKIT && !is_lower).then(|| {
                format!("the tests of {from} use {to}, which is not below it: move them up, or use {TESTKIT}")
            });
        }
        if self.always.contains(&to) || (dependency.optional && self.by_feature.contains(&to)) {
            return None;
        }
        if self.by_feature.contains(&to) {
            return Some(format!(
                "{from} -> {to} is sugar between layers: make it optional, behind a feature"
            ));
        }
        Some(format!(
            "{from} -> {to} is no arrow of the layers: move what needs it to a crate above both"
        ))
    }
}

/// A crate that is no layer, such as the testing kit, ranks above all.
fn rank(name: &str) -> usize {
    LAYERS
        .iter()
        .position(|layer| layer.name == name)
        .unwrap_or(LAYERS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependencies: Vec<Dependency>) -> Member {
        Member {
            name: name.to_owned(),
            folder: name.into(),
            published: true,
            dependencies,
        }
    }

    fn arrow(name: &str) -> Dependency {
        Dependency {
            name: name.to_owned(),
            development: false,
            optional: false,
        }
    }

    /// What `check` says of `from` with one dependency, in a workspace of all the layers.
    fn faults(from: &str, dependency: Dependency) -> Vec<String> {
        let others = LAYERS
            .iter()
            .map(|layer| layer.name)
            .filter(|name| *name != from);
        let mut members: Vec<_> = others.map(|name| member(name, Vec::new())).collect();
        members.push(Member {
            published: false,
            ..member(TESTKIT, Vec::new())
        });
        members.push(member(from, vec![dependency]));
        check(&members)
    }

    #[test]
    fn an_arrow_down_passes() {
        assert_eq!(faults("boom-ws", arrow("boom-stream")), [""; 0]);
        assert_eq!(faults("boom-ws", arrow("httparse")), [""; 0]);
    }

    #[test]
    fn an_arrow_up_fails() {
        let faults = faults("boom-stream", arrow("boom-ws"));
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].starts_with("boom-stream -> boom-ws is no arrow"),
            "{faults:?}"
        );
    }

    #[test]
    fn an_arrow_sideways_fails() {
        assert_eq!(faults("boom-select", arrow("boom-tls")).len(), 1);
    }

    #[test]
    fn sugar_needs_a_feature() {
        assert_eq!(faults("boom-ws", arrow("boom-tls")).len(), 1);
        assert_eq!(
            faults(
                "boom-ws",
                Dependency {
                    optional: true,
                    ..arrow("boom-tls")
                }
            ),
            [""; 0]
        );
    }

    #[test]
    fn tests_reach_down_or_to_the_testing_kit() {
        assert_eq!(
            faults(
                "boom-stream",
                Dependency {
                    development: true,
                    ..arrow(TESTKIT)
                }
            ),
            [""; 0]
        );
        assert_eq!(
            faults(
                "boom-service",
                Dependency {
                    development: true,
                    ..arrow("boom-tls")
                }
            ),
            [""; 0]
        );
        assert_eq!(
            faults(
                "boom-tls",
                Dependency {
                    development: true,
                    ..arrow("boom-ws")
                }
            )
            .len(),
            1
        );
        assert_eq!(faults("boom-tls", arrow(TESTKIT)).len(), 1);
    }

    #[test]
    fn a_new_crate_must_be_given_a_place() {
        assert_eq!(check(&[member("boom-new", Vec::new())]).len(), 1);
    }
}
