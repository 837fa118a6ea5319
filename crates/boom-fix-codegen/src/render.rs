//! A dictionary as the input of the macro `boom_fix::dictionary!`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::error::Error;
use crate::names::{constant, variant};
use crate::spec::{Dictionary, Field, Part};

impl Dictionary {
    /// The module's code: include it in a module of its own.
    ///
    /// # Errors
    ///
    /// A name that nothing defines.
    pub fn to_rust(&self) -> Result<String, Error> {
        let mut code = String::new();
        let mut renderer = Renderer {
            dictionary: self,
            parts: String::new(),
            groups: BTreeMap::new(),
            messages: String::new(),
        };
        renderer.all()?;
        let _ = writeln!(code, "boom_fix::dictionary! {{\n    {:?};", self.name);
        self.render_values(&mut code);
        self.render_fields(&mut code);
        let _ = writeln!(code, "    parts {{\n{}    }}", renderer.parts);
        let _ = writeln!(code, "    groups {{");
        for (name, (tag, members)) in &renderer.group_names() {
            let members: Vec<_> = members.iter().map(ToString::to_string).collect();
            let _ = writeln!(code, "        {name} {tag} [{}]", members.join(" "));
        }
        let _ = writeln!(
            code,
            "    }}\n    messages {{\n{}    }}\n}}",
            renderer.messages
        );
        Ok(code)
    }

    /// Whether a field reads as an enumeration of its own.
    fn is_enum(&self, field: &Field) -> bool {
        let is_single = matches!(
            field.kind.as_str(),
            "CHAR"
                | "INT"
                | "STRING"
                | "NUMINGROUP"
                | "LANGUAGE"
                | "COUNTRY"
                | "EXCHANGE"
                | "CURRENCY"
        );
        // `MsgType` is open: venues have their own.
        is_single && !field.values.is_empty() && field.name != "MsgType"
    }

    fn kind_of(&self, field: &Field) -> (&'static str, &'static str) {
        // Before FIX 4.2, `char` was text of any length.
        if field.kind == "CHAR" && matches!(self.name.as_str(), "FIX.4.0" | "FIX.4.1") {
            return ("String", "Text");
        }
        kind_of(&field.kind)
    }

    fn render_values(&self, code: &mut String) {
        let _ = writeln!(code, "    values {{");
        for field in self.fields.values().filter(|field| self.is_enum(field)) {
            let _ = write!(code, "        {} {{", variant(&field.name));
            for (name, value) in variants(field) {
                let _ = write!(code, " {name} {value:?}");
            }
            let _ = writeln!(code, " }}");
        }
        let _ = writeln!(code, "    }}");
    }

    fn render_fields(&self, code: &mut String) {
        let _ = writeln!(code, "    fields {{");
        for (tag, field) in &self.fields {
            let (data_type, kind) = self.kind_of(field);
            let kind = if self.is_enum(field) {
                variant(&field.name)
            } else {
                kind.to_owned()
            };
            let _ = write!(
                code,
                "        {} {tag} {kind} {:?} {data_type} [",
                constant(&field.name),
                field.name
            );
            for (value, meaning) in &field.values {
                let _ = write!(code, " {value:?} {meaning:?}");
            }
            let _ = writeln!(code, "]");
        }
        let _ = writeln!(code, "    }}");
    }
}

/// Names of all values, each once.
fn variants(field: &Field) -> Vec<(String, &str)> {
    let mut names = BTreeSet::new();
    let mut variants = Vec::new();
    for (value, meaning) in &field.values {
        let mut name = variant(meaning);
        if names.contains(&name) {
            name = format!("{name}{}", variant(value));
        }
        while !names.insert(name.clone()) {
            name.push('_');
        }
        variants.push((name, value.as_str()));
    }
    variants
}

/// The type for validation, and what the field reads as.
fn kind_of(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "INT" | "LONG" => ("Int", "Int"),
        "LENGTH" => ("Length", "Int"),
        "SEQNUM" => ("SeqNum", "Int"),
        "NUMINGROUP" => ("NumInGroup", "Int"),
        "TAGNUM" => ("TagNum", "Int"),
        "DAYOFMONTH" => ("DayOfMonth", "Int"),
        "FLOAT" | "PRICE" | "QTY" | "QUANTITY" | "AMT" | "PRICEOFFSET" | "PERCENTAGE" => {
            ("Float", "Number")
        }
        "CHAR" => ("Char", "Char"),
        "BOOLEAN" => ("Boolean", "Bool"),
        "MULTIPLECHARVALUE" => ("MultipleCharValue", "Text"),
        "MULTIPLESTRINGVALUE" | "MULTIPLEVALUESTRING" => ("MultipleStringValue", "Text"),
        // What FIX 4.0 and 4.1 call it.
        "UTCTIMESTAMP" | "TIME" => ("UtcTimestamp", "Timestamp"),
        "UTCTIMEONLY" => ("UtcTimeOnly", "TimeOnly"),
        "UTCDATEONLY" | "UTCDATE" | "DATE" | "LOCALMKTDATE" => ("DateOnly", "DateOnly"),
        "MONTHYEAR" => ("MonthYear", "Month"),
        "TZTIMEONLY" => ("TzTimeOnly", "TzTimeOnly"),
        "TZTIMESTAMP" => ("TzTimestamp", "TzTime"),
        "DATA" | "XMLDATA" => ("Data", "Data"),
        _ => ("String", "Text"),
    }
}

struct Renderer<'a> {
    dictionary: &'a Dictionary,
    parts: String,
    /// By the group's name: each set of members that it has, and where.
    groups: BTreeMap<String, Vec<(BTreeSet<u32>, String)>>,
    messages: String,
}

impl Renderer<'_> {
    fn all(&mut self) -> Result<(), Error> {
        for (name, parts) in &self.dictionary.components {
            self.named(&format!("C_{}", constant(name)), parts)?;
            // Also of those that no message has.
            self.members(parts, &mut BTreeSet::new(), 0)?;
        }
        self.named("HEADER", &self.dictionary.header)?;
        self.named("TRAILER", &self.dictionary.trailer)?;
        self.find_groups("Header", &self.dictionary.header, 0)?;
        for (msg_type, message) in &self.dictionary.messages {
            let list = format!("M_{}", constant(&message.name));
            self.named(&list, &message.parts)?;
            self.find_groups(&message.name, &message.parts, 0)?;
            let mut required = Vec::new();
            for part in &message.parts {
                if let Part::Field {
                    name,
                    required: true,
                }
                | Part::Group {
                    name,
                    required: true,
                    ..
                } = part
                {
                    required.push(self.dictionary.tag_of(name)?.to_string());
                }
            }
            let name = variant(&message.name);
            let _ = writeln!(
                self.messages,
                "        {name} {msg_type:?} {list} [{}]",
                required.join(" ")
            );
        }
        Ok(())
    }

    /// Whether a group's field is one that counts. The files have one that is not: `ClearingBusinessDate`, a date; its
    /// fields stand by themselves.
    fn counts(&self, tag: u32) -> bool {
        let field = self.dictionary.fields.get(&tag);
        field.is_some_and(|field| matches!(field.kind.as_str(), "NUMINGROUP" | "INT"))
    }

    fn named(&mut self, name: &str, parts: &[Part]) -> Result<(), Error> {
        let list = self.list(parts)?;
        let _ = writeln!(self.parts, "        {name} [{list}]");
        Ok(())
    }

    /// `R` is a required field, `O` an optional one; `RG`, `OG` are groups, `RC`, `OC` components.
    fn list(&self, parts: &[Part]) -> Result<String, Error> {
        let mut list = Vec::new();
        for part in parts {
            list.push(match part {
                Part::Field { name, required } => {
                    format!("{}({})", letter(*required), self.dictionary.tag_of(name)?)
                }
                Part::Component { name, required } => {
                    if !self.dictionary.components.contains_key(name) {
                        return Err(Error::UnknownComponent(name.clone()));
                    }
                    format!("{}C(&C_{})", letter(*required), constant(name))
                }
                Part::Group {
                    name,
                    required,
                    parts,
                } => {
                    let (letter, tag) = (letter(*required), self.dictionary.tag_of(name)?);
                    if !self.counts(tag) {
                        list.push(format!("{letter}({tag})"));
                        list.extend(Some(self.list(parts)?).filter(|list| !list.is_empty()));
                        continue;
                    }
                    format!("{letter}G({tag}, &[{}])", self.list(parts)?)
                }
            });
        }
        Ok(list.join(", "))
    }

    /// Notes every group of a message, those in components and in groups too.
    fn find_groups(&mut self, place: &str, parts: &[Part], depth: usize) -> Result<(), Error> {
        for part in parts {
            match part {
                Part::Field { .. } => {}
                Part::Component { name, .. } => {
                    if depth > MAX_DEPTH {
                        return Err(Error::Circular(name.clone()));
                    }
                    let parts = self.dictionary.components.get(name);
                    let parts = parts.ok_or_else(|| Error::UnknownComponent(name.clone()))?;
                    self.find_groups(place, parts, depth + 1)?;
                }
                Part::Group { name, .. } if !self.counts(self.dictionary.tag_of(name)?) => {}
                Part::Group { name, parts, .. } => {
                    let mut members = BTreeSet::new();
                    self.members(parts, &mut members, 0)?;
                    let known = self.groups.entry(name.clone()).or_default();
                    known.push((members, place.to_owned()));
                    self.find_groups(place, parts, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    fn members(
        &self,
        parts: &[Part],
        members: &mut BTreeSet<u32>,
        depth: usize,
    ) -> Result<(), Error> {
        for part in parts {
            match part {
                Part::Field { name, .. } => {
                    members.insert(self.dictionary.tag_of(name)?);
                }
                Part::Group { name, parts, .. } => {
                    members.insert(self.dictionary.tag_of(name)?);
                    self.members(parts, members, depth + 1)?;
                }
                Part::Component { name, .. } => {
                    let parts = self
                        .dictionary
                        .components
                        .get(name)
                        .filter(|_| depth < MAX_DEPTH);
                    let parts = parts.ok_or_else(|| Error::Circular(name.clone()))?;
                    self.members(parts, members, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// A group that is the same wherever it stands has its own name; the others have that of the message behind it.
    fn group_names(&self) -> BTreeMap<String, (u32, BTreeSet<u32>)> {
        let mut names = BTreeMap::new();
        for (group, places) in &self.groups {
            let Ok(tag) = self.dictionary.tag_of(group) else {
                continue;
            };
            let is_same = places
                .iter()
                .all(|(members, _)| Some(members) == places.first().map(|(first, _)| first));
            for (members, place) in places {
                let name = if is_same {
                    constant(group)
                } else {
                    format!("{}_IN_{}", constant(group), constant(place))
                };
                names
                    .entry(name)
                    .or_insert((tag, BTreeSet::new()))
                    .1
                    .extend(members);
            }
        }
        names
    }
}

const MAX_DEPTH: usize = 16;

const fn letter(required: bool) -> char {
    if required { 'R' } else { 'O' }
}
