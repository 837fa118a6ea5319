//! RFC 9112 as it reads, for one answer to a GET: slow, and over the whole input at once.

/// What an answer is.
#[derive(Debug, PartialEq, Eq)]
pub enum Naive {
    /// More is needed.
    More,
    /// It breaks a rule or a limit.
    Broken,
    Answer(Answer),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Vec<u8>,
    pub len: usize,
}

/// Reads the chunks at the start of `input`: the body and their length with the trailers.
pub fn chunks(input: &[u8], body_limit: usize) -> Result<Option<(Vec<u8>, usize)>, ()> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let Some(newline) = input[at..].iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let line = &input[at..at + newline];
        let line = line.strip_suffix(b"\r").ok_or(())?;
        at += newline + 1;
        let digits: Vec<u8> = line
            .iter()
            .copied()
            .take_while(u8::is_ascii_hexdigit)
            .collect();
        let text = String::from_utf8(digits).map_err(|_| ())?;
        let rest = &line[text.len()..];
        let after = rest.iter().position(|byte| *byte != b' ' && *byte != b'\t');
        let is_extension = after.is_none_or(|after| rest[after] == b';');
        let is_clean = rest
            .iter()
            .all(|byte| *byte == b'\t' || (*byte >= 32 && *byte != 127));
        if text.is_empty() || !is_extension || !is_clean {
            return Err(());
        }
        let significant = text.trim_start_matches('0');
        if significant.len() > 16 {
            return Err(());
        }
        let size = u64::from_str_radix(&text[text.len() - significant.len()..], 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        let size = usize::try_from(size).map_err(|_| ())?;
        if size > body_limit - body.len() {
            return Err(());
        }
        if input.len() < at + size {
            return Ok(None);
        }
        body.extend_from_slice(&input[at..at + size]);
        at += size;
        match input.get(at..) {
            Some([b'\r', b'\n', ..]) => at += 2,
            None | Some([] | [b'\r']) => return Ok(None),
            Some(_) => return Err(()),
        }
    }
    // Trailers: lines until an empty one. What they hold is another reader's business.
    loop {
        let Some(newline) = input[at..].iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        let line = &input[at..at + newline];
        at += newline + 1;
        if line.is_empty() || line == b"\r" {
            return Ok(Some((body, at)));
        }
    }
}

/// Reads an answer with the head parser of httparse.
pub fn answer(input: &[u8], max_headers: usize, body_limit: usize) -> Naive {
    let mut headers = vec![httparse::EMPTY_HEADER; max_headers];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = httparse::ParserConfig::default()
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response(&mut response, input);
    let len = match parsed {
        Ok(httparse::Status::Complete(len)) => len,
        Ok(httparse::Status::Partial) => return Naive::More,
        Err(_) => return Naive::Broken,
    };
    let headers: Vec<(Vec<u8>, Vec<u8>)> = response
        .headers
        .iter()
        .map(|header| (header.name.as_bytes().to_vec(), unfold(header.value)))
        .collect();
    let mut answer = Answer {
        status: response.code.unwrap_or_default(),
        headers,
        body: Vec::new(),
        len,
    };
    let values = |name: &str| -> Vec<Vec<u8>> {
        let of_name = answer
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()));
        of_name.map(|(_, value)| value.clone()).collect()
    };
    let (codings, lengths) = (values("transfer-encoding"), values("content-length"));
    if matches!(answer.status, 100..=199 | 204 | 304) {
        return Naive::Answer(answer);
    }
    let rest = &input[len..];
    if !codings.is_empty() {
        return match chunks(rest, body_limit) {
            Err(()) => Naive::Broken,
            Ok(None) => Naive::More,
            Ok(Some((body, taken))) => {
                answer.body = body;
                answer.len += taken;
                Naive::Answer(answer)
            }
        };
    }
    let Some(length) = lengths.first() else {
        return Naive::More;
    };
    let length = String::from_utf8_lossy(length).parse::<usize>();
    match length {
        Ok(length) if length > body_limit => Naive::Broken,
        Ok(length) if rest.len() < length => Naive::More,
        Ok(length) => {
            answer.body = rest[..length].to_vec();
            answer.len += length;
            Naive::Answer(answer)
        }
        Err(_) => Naive::Broken,
    }
}

/// Line folds are spaces, and the white space around a value is not of it.
pub fn unfold(value: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = value
        .iter()
        .map(|byte| {
            if matches!(byte, b'\r' | b'\n') {
                b' '
            } else {
                *byte
            }
        })
        .collect();
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = spaced.iter().take_while(|byte| is_space(byte)).count();
    let end = spaced
        .iter()
        .rposition(|byte| !is_space(byte))
        .map_or(start, |last| last + 1);
    // Tabs inside of a fold are spaces, too; comparing without white space is close enough.
    spaced[start..end]
        .iter()
        .copied()
        .filter(|byte| !is_space(byte))
        .collect()
}
