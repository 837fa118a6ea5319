//! A dictionary as it is read.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use crate::error::Error;

/// A dictionary of FIX: fields, components, messages.
///
/// # Examples
///
/// ```
/// use boom_fix_codegen::{Dictionary, Error};
///
/// let mut dictionary = Dictionary::parse(
///     "<fix type='FIX' major='4' minor='4'>
///        <messages><message name='Heartbeat' msgtype='0'><field name='TestReqID' required='N'/></message></messages>
///        <fields><field number='112' name='TestReqID' type='STRING'/></fields>
///      </fix>",
/// )?;
/// // What a venue adds or says otherwise.
/// dictionary.extend(
///     "<fix type='FIX' major='4' minor='4'>
///        <messages><message name='Heartbeat' msgtype='0'><field name='VenueLoad' required='N'/></message></messages>
///        <fields><field number='5100' name='VenueLoad' type='INT'/></fields>
///      </fix>",
/// )?;
/// let code = dictionary.to_rust()?;
/// assert!(code.contains("VENUE_LOAD 5100 Int \"VenueLoad\""), "{code}");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    pub(crate) name: String,
    /// By tag.
    pub(crate) fields: BTreeMap<u32, Field>,
    pub(crate) components: BTreeMap<String, Vec<Part>>,
    /// By `MsgType`.
    pub(crate) messages: BTreeMap<String, Message>,
    pub(crate) header: Vec<Part>,
    pub(crate) trailer: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Values and what they mean.
    pub(crate) values: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Field {
        name: String,
        required: bool,
    },
    Component {
        name: String,
        required: bool,
    },
    Group {
        name: String,
        required: bool,
        parts: Vec<Self>,
    },
}

impl Part {
    fn name(&self) -> &str {
        match self {
            Self::Field { name, .. } | Self::Component { name, .. } | Self::Group { name, .. } => {
                name
            }
        }
    }
}

impl Dictionary {
    /// Reads the XML that QuickFIX and its descendants use.
    ///
    /// # Errors
    ///
    /// It is no XML, or an element lacks what it must have.
    pub fn parse(xml: &str) -> Result<Self, Error> {
        let mut dictionary = Self::default();
        dictionary.extend(xml)?;
        Ok(dictionary)
    }

    /// Adds what another file has. What is known already, by its name, number or `msgtype`, is what the file says and keeps
    /// what the file does not name: values of fields, parts of messages, components and groups. New parts come behind.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse). What was read until then is kept.
    pub fn extend(&mut self, xml: &str) -> Result<(), Error> {
        let document = Document::parse(xml)?;
        let root = document.root_element();
        if self.name.is_empty() {
            self.name = version_of(root);
        }
        for section in elements(root) {
            match section.tag_name().name() {
                "header" => merge(&mut self.header, parts_of(section)?),
                "trailer" => merge(&mut self.trailer, parts_of(section)?),
                "messages" => self.add_messages(section)?,
                "components" => self.add_components(section)?,
                "fields" => self.add_fields(section)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add_messages(&mut self, section: Node<'_, '_>) -> Result<(), Error> {
        for message in elements(section) {
            let name = attribute(message, "name")?;
            let entry = self.messages.entry(attribute(message, "msgtype")?);
            let known = entry.or_insert_with(|| Message {
                name: String::new(),
                parts: Vec::new(),
            });
            known.name = name;
            merge(&mut known.parts, parts_of(message)?);
        }
        Ok(())
    }

    fn add_components(&mut self, section: Node<'_, '_>) -> Result<(), Error> {
        for component in elements(section) {
            let known = self.components.entry(attribute(component, "name")?);
            merge(known.or_default(), parts_of(component)?);
        }
        Ok(())
    }

    fn add_fields(&mut self, section: Node<'_, '_>) -> Result<(), Error> {
        for field in elements(section) {
            let number = attribute(field, "number")?;
            let tag = number.parse().ok().filter(|&tag: &u32| tag > 0);
            let tag = tag.ok_or_else(|| lacks(field, "number"))?;
            let known = self.fields.entry(tag).or_insert_with(|| Field {
                name: String::new(),
                kind: String::new(),
                values: Vec::new(),
            });
            known.name = attribute(field, "name")?;
            known.kind = attribute(field, "type")?.to_uppercase();
            for value in elements(field) {
                let text = attribute(value, "enum")?;
                let meaning = attribute(value, "description")?;
                known.values.retain(|(value, _)| *value != text);
                known.values.push((text, meaning));
            }
        }
        Ok(())
    }

    pub(crate) fn tag_of(&self, name: &str) -> Result<u32, Error> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(_, field)| field.name == name);
        found
            .map(|(&tag, _)| tag)
            .ok_or_else(|| Error::UnknownField(name.to_owned()))
    }
}

fn version_of(root: Node<'_, '_>) -> String {
    let part = |name| root.attribute(name).unwrap_or_default();
    let kind = root.attribute("type").unwrap_or("FIX");
    let pack = match part("servicepack") {
        "" | "0" => String::new(),
        number => format!("SP{number}"),
    };
    format!("{kind}.{}.{}{pack}", part("major"), part("minor"))
}

/// Replaces parts of the same name, joins groups of the same name, and puts the others behind.
fn merge(known: &mut Vec<Part>, parts: Vec<Part>) {
    for part in parts {
        match (
            known.iter_mut().find(|other| other.name() == part.name()),
            part,
        ) {
            (
                Some(Part::Group {
                    required, parts, ..
                }),
                Part::Group {
                    required: is_required,
                    parts: more,
                    ..
                },
            ) => {
                *required = is_required;
                merge(parts, more);
            }
            (Some(other), part) => *other = part,
            (None, part) => known.push(part),
        }
    }
}

fn parts_of(parent: Node<'_, '_>) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    for element in elements(parent) {
        let name = attribute(element, "name")?;
        let required = element.attribute("required") == Some("Y");
        parts.push(match element.tag_name().name() {
            "component" => Part::Component { name, required },
            "group" => Part::Group {
                name,
                required,
                parts: parts_of(element)?,
            },
            _ => Part::Field { name, required },
        });
    }
    Ok(parts)
}

fn elements<'a, 'i: 'a>(parent: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(Node::is_element)
}

fn attribute(element: Node<'_, '_>, name: &'static str) -> Result<String, Error> {
    let value = element.attribute(name).filter(|value| !value.is_empty());
    value.map(str::to_owned).ok_or_else(|| lacks(element, name))
}

fn lacks(element: Node<'_, '_>, attribute: &'static str) -> Error {
    Error::Attribute {
        line: element.document().text_pos_at(element.range().start).row,
        element: element.tag_name().name().to_owned(),
        attribute,
    }
}

#[cfg(test)]
mod tests;
