//! Fields that several versions have alike, written once.
//!
//! A list of fields stands for a set of versions and is compiled with any of them, so that a program which uses one
//! version compiles what that version has and no more.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A list of its own is worth it from so many fields on.
const FEWEST: usize = 5;

/// One version, as `boom-fix-codegen` writes it: a row a line.
pub(super) struct Module {
    pub(super) name: &'static str,
    /// What stands above the fields: the name of the version.
    head: String,
    values: Vec<String>,
    fields: Vec<String>,
    /// What stands below them.
    tail: String,
}

/// Fields that exactly these versions have, and their enumerations.
pub(super) struct Shared {
    versions: Vec<&'static str>,
    values: Vec<String>,
    fields: Vec<String>,
}

impl Module {
    pub(super) fn parse(name: &'static str, code: &str) -> Self {
        let (head, rest) = code.split_once("    values {\n").unwrap_or_default();
        let (values, rest) = rest.split_once("    }\n    fields {\n").unwrap_or_default();
        let (fields, tail) = rest.split_once("    }\n").unwrap_or_default();
        let rows = |text: &str| text.lines().map(str::to_owned).collect();
        Self {
            name,
            head: head.to_owned(),
            values: rows(values),
            fields: rows(fields),
            tail: tail.to_owned(),
        }
    }

    pub(super) fn to_rust(&self, shared: &[Shared]) -> String {
        let lists = shared
            .iter()
            .filter(|list| list.versions.contains(&self.name));
        let names: Vec<_> = lists.map(Shared::name).collect();
        let (values, fields) = (block("values", &self.values), block("fields", &self.fields));
        let names = names.join(" ");
        format!(
            "{}    shared {{ {names} }}\n{values}{fields}{}",
            self.head, self.tail
        )
    }
}

impl Shared {
    /// `f44_50_50sp1` of `fix44`, `fix50` and `fix50sp1`.
    pub(super) fn name(&self) -> String {
        let numbers = self
            .versions
            .iter()
            .map(|version| version.trim_start_matches("fix"));
        format!("f{}", numbers.collect::<Vec<_>>().join("_"))
    }

    pub(super) fn to_rust(&self) -> String {
        let (values, fields) = (block("values", &self.values), block("fields", &self.fields));
        format!("boom_fix::dictionary_fields! {{\n    shared {{ }}\n{values}{fields}}}\n")
    }
}

fn block(name: &str, rows: &[String]) -> String {
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    format!("    {name} {{\n{rows}    }}\n")
}

/// Takes out of the versions what they share.
pub(super) fn take(modules: &mut [Module]) -> Vec<Shared> {
    let mut versions: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for module in &*modules {
        for field in &module.fields {
            versions.entry(field.clone()).or_default().push(module.name);
        }
    }
    let mut lists: BTreeMap<Vec<&'static str>, Shared> = BTreeMap::new();
    for module in &*modules {
        for field in &module.fields {
            let Some(of) = versions
                .get(field)
                .filter(|of| of.first() == Some(&module.name))
            else {
                continue;
            };
            let list = lists.entry(of.clone()).or_insert_with(|| Shared {
                versions: of.clone(),
                values: Vec::new(),
                fields: Vec::new(),
            });
            list.fields.push(field.clone());
            let values = module
                .values
                .iter()
                .find(|values| kind_of(field) == name_of(values));
            list.values.extend(values.cloned());
        }
    }
    let mut lists: Vec<_> = lists.into_values().collect();
    lists.retain(|list| list.versions.len() > 1 && list.fields.len() >= FEWEST);
    for module in modules {
        for list in lists
            .iter()
            .filter(|list| list.versions.contains(&module.name))
        {
            module.fields.retain(|field| !list.fields.contains(field));
            module.values.retain(|values| !list.values.contains(values));
        }
    }
    lists
}

/// `Side` of `SIDE 54 Side "Side" Char [ "1" "BUY" ..]`.
fn kind_of(field: &str) -> Option<&str> {
    field.split_ascii_whitespace().nth(2)
}

/// `Side` of `Side { Buy "1" .. }`.
fn name_of(values: &str) -> Option<&str> {
    values.split_ascii_whitespace().next()
}

/// The module that has a module for each list.
pub(super) fn modules(shared: &[Shared]) -> String {
    let mut code = String::new();
    for list in shared {
        let features = list
            .versions
            .iter()
            .map(|version| format!("feature = {version:?}"));
        let features = features.collect::<Vec<_>>().join(", ");
        let name = list.name();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            code,
            "#[cfg(any({features}))]\n#[path = \"shared/{name}.rs\"]\npub(crate) mod {name};"
        );
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &'static str, own: &str) -> Module {
        let fields =
            (1..=5).map(|tag| format!("        SIDE{tag} {tag} Side{tag} \"Side{tag}\" Char []\n"));
        let values = (1..=5).map(|tag| format!("        Side{tag} {{ Buy \"1\" }}\n"));
        let (fields, values) = (fields.collect::<String>(), values.collect::<String>());
        Module::parse(
            name,
            &format!(
                "boom_fix::dictionary! {{\n    \"X\";\n    values {{\n{values}    }}\n    fields {{\n{fields}        {own}\n    }}\n    \
                 parts {{\n    }}\n}}\n"
            ),
        )
    }

    #[test]
    fn what_versions_share_is_written_once() {
        let mut modules = [
            module("fix44", "OLD 9 Text \"Old\" String []"),
            module("fix50", "NEW 9 Text \"New\" String []"),
        ];
        let shared = take(&mut modules);
        let [list] = &shared[..] else {
            panic!("{} lists", shared.len())
        };
        assert_eq!(
            (list.name().as_str(), list.fields.len(), list.values.len()),
            ("f44_50", 5, 5)
        );
        let [old, new] = modules.each_ref().map(|module| module.to_rust(&shared));
        assert!(
            old.contains("shared { f44_50 }") && old.contains("OLD 9") && !old.contains("SIDE1")
        );
        assert!(
            new.contains("NEW 9") && new.ends_with("    parts {\n    }\n}\n"),
            "{new}"
        );
        let modules = super::modules(&shared);
        assert!(
            modules.contains("#[cfg(any(feature = \"fix44\", feature = \"fix50\"))]"),
            "{modules}"
        );
    }

    #[test]
    fn few_fields_are_not_worth_a_list() {
        let mut modules = [module("fix44", "OLD 9"), module("fix50", "NEW 9")];
        for module in &mut modules {
            module.fields.remove(0);
        }
        assert!(take(&mut modules).is_empty());
        assert_eq!(modules[0].fields.len(), 5);
    }
}
