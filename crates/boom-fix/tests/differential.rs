//! Two decoders of other people, on messages that are right and on messages that are not: what they find otherwise is in
//! [`DIFFERENCES`], each with the reason, and nothing else is.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod naive;

use boom_fix::{DataFields, Decoder, FieldIndex};
use ironfix_tagvalue::Decoder as IronFix;
use naive::framed;
use of_fix::{FixFieldView, parse_message};

/// Tags and values; `None` for bytes that are not one whole message.
type Found = Option<Vec<(u32, Vec<u8>)>>;

struct Difference {
    peer: Peer,
    /// Who takes what the other refuses, or reads it otherwise, and why.
    reason: &'static str,
    applies: fn(&Input<'_>) -> bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    IronFix,
    OfFix,
}

/// Every way in which the peers and ours differ.
const DIFFERENCES: &[Difference] = &[
    Difference {
        peer: Peer::OfFix,
        reason: "knows no data fields: it cuts them at a delimiter inside",
        applies: |input| input.has_data(),
    },
    Difference {
        peer: Peer::OfFix,
        reason: "takes a message without the delimiter behind CheckSum, of which more may be to come",
        applies: |input| !input.bytes.ends_with(&[1]),
    },
    Difference {
        peer: Peer::OfFix,
        reason: "takes BeginString, BodyLength, MsgType and CheckSum at any place, and several times; the session's \
                 rules want the first three in front and the last behind",
        applies: |input| !input.is_in_order(),
    },
    Difference {
        peer: Peer::OfFix,
        reason: "takes tag 0, which no field has",
        applies: |input| input.has_tag_zero(),
    },
    Difference {
        peer: Peer::OfFix,
        reason: "takes any BeginString; ours begins with FIX, by which the stream is taken up again behind what is garbled",
        applies: |input| !input.begins_with_fix(),
    },
    Difference {
        peer: Peer::OfFix,
        reason: "takes an empty MsgType",
        applies: |input| input.value(35) == Some(b""),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "ends a message at the first field 10 and finds BodyLength wrong; ours ends it where BodyLength says, and \
                 leaves a second CheckSum to validation, which names the tag",
        applies: |input| input.has_sum_inside(),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "takes only letters and digits in MsgType, few of them",
        applies: |input| input.has_odd_msg_type(),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "refuses a length that is no number; ours leaves that to validation, which names the tag",
        applies: |input| input.has_odd_length(),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "takes tag 0, which no field has",
        applies: |input| input.has_tag_zero(),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "takes any BeginString",
        applies: |input| !input.begins_with_fix(),
    },
    Difference {
        peer: Peer::IronFix,
        reason: "takes tags with zeros in front for BeginString, BodyLength, MsgType and CheckSum",
        applies: |input| input.has_zeros_in_front(),
    },
];

/// The fields as a look at every delimiter gives them, which is all that the reasons need.
struct Input<'a> {
    bytes: &'a [u8],
    fields: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Input<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let fields = bytes.split(|&byte| byte == 1).map(|field| {
            let sign = field.iter().position(|&byte| byte == b'=');
            sign.map_or((field, &b""[..]), |sign| {
                (&field[..sign], &field[sign + 1..])
            })
        });
        Self {
            bytes,
            fields: fields.collect(),
        }
    }

    /// The last of the tag, as a peer that takes several has it.
    fn value(&self, tag: u32) -> Option<&'a [u8]> {
        let mut fields = self.fields.iter().rev();
        let found = fields.find(|(text, _)| number(text) == Some(tag));
        found.map(|&(_, value)| value)
    }

    fn has_data(&self) -> bool {
        let data = DataFields::standard();
        let mut tags = self.fields.iter().filter_map(|(tag, _)| number(tag));
        tags.any(|tag| data.data_of(tag).is_some())
    }

    fn is_in_order(&self) -> bool {
        let tags: Vec<_> = self.fields.iter().map(|(tag, _)| *tag).collect();
        let frame = |tag: &&[u8]| matches!(number(tag), Some(8 | 9 | 35 | 10));
        let [b"8", b"9", b"35", body @ .., b"10", b""] = &tags[..] else {
            return false;
        };
        !body.iter().any(frame)
    }

    fn has_sum_inside(&self) -> bool {
        let sums = self
            .fields
            .iter()
            .filter(|(tag, _)| number(tag) == Some(10));
        sums.count() > 1
    }

    fn has_tag_zero(&self) -> bool {
        self.fields.iter().any(|(tag, _)| number(tag) == Some(0))
    }

    fn has_zeros_in_front(&self) -> bool {
        let mut tags = self.fields.iter().map(|(tag, _)| tag);
        tags.any(|tag| tag.starts_with(b"0") && matches!(number(tag), Some(8 | 9 | 35 | 10)))
    }

    fn begins_with_fix(&self) -> bool {
        self.bytes.starts_with(b"8=FIX") && self.fields[0].1.len() <= 16
    }

    fn has_odd_msg_type(&self) -> bool {
        let msg_type = self.fields.get(2).map_or(&b""[..], |(_, value)| value);
        msg_type.is_empty() || msg_type.len() > 2 || !msg_type.iter().all(u8::is_ascii_alphanumeric)
    }

    fn has_odd_length(&self) -> bool {
        let data = DataFields::standard();
        self.fields.iter().any(|(tag, value)| {
            let announces = number(tag).is_some_and(|tag| data.data_of(tag).is_some());
            announces && number(value).is_none()
        })
    }
}

fn number(text: &[u8]) -> Option<u32> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(text).ok().filter(|_| is_number);
    text.and_then(|text| text.parse().ok())
}

fn ours(bytes: &[u8]) -> Found {
    let (mut input, mut index) = (bytes, FieldIndex::new());
    let message = Decoder::new().decode(&mut input, &mut index).ok()??;
    let fields = message.iter();
    let fields = fields.map(|field| (field.tag(), field.as_bytes().to_vec()));
    // Not what is garbled in front, nor what is left behind.
    (message.as_bytes().len() == bytes.len()).then(|| fields.collect())
}

fn iron_fix(bytes: &[u8]) -> Found {
    let mut decoder = IronFix::new(bytes);
    let message = decoder.decode().ok()?;
    let fields = message.fields();
    let mut found: Vec<_> = fields
        .map(|field| (field.tag, field.value.to_vec()))
        .collect();
    // It leaves CheckSum out.
    let sum = bytes.get(bytes.len().checked_sub(4)?..bytes.len() - 1)?;
    found.push((10, sum.to_vec()));
    decoder.is_empty().then_some(found)
}

fn of_fix(bytes: &[u8]) -> Found {
    // A sum above 255 overflows in it: a panic, or in a release build another sum. Nobody else takes one.
    let is_sum = |tag: &[u8]| number(tag) == Some(10);
    let input = Input::new(bytes);
    let mut sums = input.fields.iter().filter(|(tag, _)| is_sum(tag));
    if sums.any(|(_, sum)| number(sum).is_some_and(|sum| sum > 255)) {
        return None;
    }
    let mut scratch = [FixFieldView::empty(); 128];
    let message = parse_message(bytes, &mut scratch).ok()?;
    let fields = message.fields().iter();
    Some(
        fields
            .map(|field| (field.tag.0, field.value.to_vec()))
            .collect(),
    )
}

fn messages() -> Vec<Vec<u8>> {
    let head = "49=VENUE|56=BUYER|34=7|52=20261122-14:30:00.123|";
    [
        "35=0|".to_owned(),
        format!("35=A|{head}98=0|108=30|95=4|96=a|b=|"),
        format!("35=D|{head}11=id-1|55=MSFT|54=1|60=20261122-14:30:00|38=100|40=2|44=10.5|453=1|448=X|447=D|452=1|"),
        format!("35=8|{head}37=o|11=id-1|17=e|150=F|39=1|55=MSFT|54=1|151=1|14=2|6=3|354=3|355=x\u{1}y|58=10=000|"),
        format!("35=W|{head}55=EUR/USD|268=2|269=0|270=1.1|271=5|269=1|270=1.2|271=6|"),
    ]
    .iter()
    .map(|body| framed(body))
    .collect()
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) as usize % limit
    }

    fn byte(&mut self) -> u8 {
        let bytes = b"0123456789=\x01\x01=8FIX|A\xff";
        bytes[self.below(bytes.len())]
    }

    /// Changes bytes or fields of a message.
    fn mutate(&mut self, message: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let place = self.below(message.len().max(1));
            match self.below(6) {
                0 => message[place] = self.byte(),
                1 => message.insert(place, self.byte()),
                2 if message.len() > 1 => drop(message.remove(place)),
                3 => message.truncate(place.max(1)),
                4 => self.swap_fields(message),
                _ => self.replace_tag(message),
            }
        }
    }

    fn swap_fields(&mut self, message: &mut Vec<u8>) {
        let mut fields: Vec<_> = message.split(|&byte| byte == 1).collect();
        let (one, other) = (self.below(fields.len()), self.below(fields.len()));
        fields.swap(one, other);
        *message = fields.join(&1);
    }

    fn replace_tag(&mut self, message: &mut Vec<u8>) {
        const TAGS: [&[u8]; 9] = [b"0", b"8", b"9", b"010", b"10", b"35", b"95", b"96", b"354"];
        let mut fields: Vec<_> = message
            .split(|&byte| byte == 1)
            .map(<[u8]>::to_vec)
            .collect();
        let place = self.below(fields.len());
        if let Some(sign) = fields[place].iter().position(|&byte| byte == b'=') {
            fields[place].splice(..sign, TAGS[self.below(TAGS.len())].iter().copied());
        }
        *message = fields.join(&1);
    }
}

/// Gives a message the length and the sum that it has, so that what was changed is looked at.
fn mend(message: &[u8]) -> Option<Vec<u8>> {
    let length_at = message.windows(3).position(|window| window == b"\x019=")? + 3;
    let body = length_at + message[length_at..].iter().position(|&byte| byte == 1)? + 1;
    let trailer = message
        .windows(4)
        .rposition(|window| window == b"\x0110=")?
        + 1;
    let length = trailer.checked_sub(body)?;
    let mut mended = message[..length_at].to_vec();
    mended.extend_from_slice(format!("{length}\x01").as_bytes());
    mended.extend_from_slice(&message[body..trailer]);
    let sum = mended.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    mended.extend_from_slice(format!("10={sum:03}\x01").as_bytes());
    Some(mended)
}

#[test]
fn messages_are_the_same_to_all() {
    for message in messages() {
        let found = ours(&message);
        assert!(found.is_some(), "{}", message.escape_ascii());
        assert_eq!(iron_fix(&message), found, "{}", message.escape_ascii());
        if !Input::new(&message).has_data() {
            assert_eq!(of_fix(&message), found, "{}", message.escape_ascii());
        }
    }
}

#[test]
fn differences_are_those_of_the_table() {
    let messages = messages();
    let (mut random, mut met) = (Random(0x9e37_79b9_7f4a_7c15), vec![0; DIFFERENCES.len()]);
    let (mut taken, mut unexplained) = (0, Vec::new());
    for round in 0..40_000 {
        let mut bytes = messages[round % messages.len()].clone();
        random.mutate(&mut bytes);
        if let Some(mended) = mend(&bytes).filter(|_| round % 4 != 0) {
            bytes = mended;
            if round % 16 == 1 {
                bytes.pop();
            }
        }
        let (input, found) = (Input::new(&bytes), ours(&bytes));
        taken += usize::from(found.is_some());
        let peers = [
            (Peer::IronFix, iron_fix(&bytes)),
            (Peer::OfFix, of_fix(&bytes)),
        ];
        for (peer, other) in peers.into_iter().filter(|(_, other)| *other != found) {
            let reasons = DIFFERENCES.iter().enumerate();
            let mut reasons = reasons.filter(|(_, difference)| difference.peer == peer);
            match reasons.find(|(_, difference)| (difference.applies)(&input)) {
                Some((reason, _)) => met[reason] += 1,
                None => {
                    let taken = |found: &Found| if found.is_some() { "takes" } else { "refuses" };
                    let (ours, its) = (taken(&found), taken(&other));
                    unexplained.push(format!(
                        "ours {ours}, {peer:?} {its} {}",
                        bytes.escape_ascii()
                    ));
                }
            }
        }
    }
    assert!(
        unexplained.is_empty(),
        "{} of them: {}",
        unexplained.len(),
        unexplained[..unexplained.len().min(8)].join("\n")
    );
    for (difference, count) in DIFFERENCES.iter().zip(&met) {
        assert!(
            *count > 0,
            "{:?} does no more: {}",
            difference.peer,
            difference.reason
        );
    }
    assert!(taken > 1000, "{taken} are still messages");
}
