//! Fields by their names, values by their meaning.

use std::io::{self, Write};

use boomnet::fix::dictionary::{DataType, Dictionary, FieldDef};
use boomnet::fix::{FieldIndex, Fields, fix42, fix44, fix50sp2};

pub(crate) struct Printer<W> {
    out: W,
    index: FieldIndex,
    style: Style,
}

/// What the terminal is told before and behind what stands out, and what steps back.
#[derive(Clone, Copy)]
struct Style {
    bold: &'static str,
    dim: &'static str,
    end: &'static str,
}

const COLOURED: Style = Style {
    bold: "\x1b[1;36m",
    dim: "\x1b[2m",
    end: "\x1b[0m",
};
const PLAIN: Style = Style {
    bold: "",
    dim: "",
    end: "",
};

impl<W: Write> Printer<W> {
    pub(crate) fn new(out: W, is_coloured: bool) -> Self {
        Self {
            out,
            index: FieldIndex::new(),
            style: if is_coloured { COLOURED } else { PLAIN },
        }
    }

    /// A line above a message.
    pub(crate) fn note(&mut self, note: &str) -> io::Result<()> {
        let Style { dim, end, .. } = self.style;
        writeln!(self.out, "{dim}{note}{end}")
    }

    pub(crate) fn message(&mut self, message: &[u8]) -> io::Result<()> {
        let fields = match Fields::parse(message, &mut self.index) {
            Ok(fields) => fields,
            Err(error) => return writeln!(self.out, "{error}: {}", message.escape_ascii()),
        };
        let Style { bold, end, .. } = self.style;
        let value = |tag| fields.get(tag).map_or(&[][..], |value| value.as_bytes());
        let dictionary = dictionary_of(value(8));
        let name = dictionary
            .message(value(35))
            .map_or("?", |message| message.name);
        writeln!(self.out, "{bold}{name}{end}")?;
        for field in fields {
            let definition = dictionary.field(field.tag());
            print_field(
                &mut self.out,
                self.style,
                field.tag(),
                definition,
                field.as_bytes(),
            )?;
        }
        Ok(())
    }
}

fn print_field(
    out: &mut impl Write,
    Style { bold, dim, end }: Style,
    tag: u32,
    definition: Option<&FieldDef>,
    value: &[u8],
) -> io::Result<()> {
    let name = definition.map_or("?", |field| field.name);
    let text = value.escape_ascii();
    write!(out, "  {dim}{tag:>5}{end} {name} = {bold}{text}{end}")?;
    if let Some(meaning) = definition.and_then(|definition| meaning(definition, value)) {
        write!(out, " {dim}{meaning}{end}")?;
    }
    writeln!(out)
}

/// What the value means; of several values, each.
fn meaning(definition: &FieldDef, value: &[u8]) -> Option<String> {
    let is_several = matches!(
        definition.data_type,
        DataType::MultipleCharValue | DataType::MultipleStringValue
    );
    if !is_several {
        return definition.meaning(value).map(str::to_owned);
    }
    let words = value.split(|&byte| byte == b' ');
    let meanings = words.map(|word| definition.meaning(word));
    let meanings: Option<Vec<_>> = meanings.collect();
    meanings.map(|meanings| meanings.join(" "))
}

fn dictionary_of(begin_string: &[u8]) -> &'static Dictionary {
    match begin_string {
        b"FIX.4.0" | b"FIX.4.1" | b"FIX.4.2" => &fix42::DICTIONARY,
        b"FIXT.1.1" => &fix50sp2::DICTIONARY,
        _ => &fix44::DICTIONARY,
    }
}
