//! The server's answer to the offer (RFC 7692 §5, §7.1).

use super::WINDOW_BITS_MAX;
use super::config::{ClientWindow, DeflateConfig};
use super::extensions::{self, Extension, Malformed, Parameter};

/// RFC 7692 §7: the extension's name.
pub(super) const NAME: &str = "permessage-deflate";

/// A parameter of permessage-deflate (RFC 7692 §7.1).
///
/// # Examples
///
/// ```
/// use boom_ws::DeflateParameter;
///
/// assert_eq!(DeflateParameter::ClientMaxWindowBits.as_str(), "client_max_window_bits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeflateParameter {
    /// §7.1.1.1: the server forgets its window after each message.
    ServerNoContextTakeover,
    /// §7.1.1.2: the client forgets its window after each message.
    ClientNoContextTakeover,
    /// §7.1.2.1: the size of the server's window.
    ServerMaxWindowBits,
    /// §7.1.2.2: the size of the client's window.
    ClientMaxWindowBits,
}

impl DeflateParameter {
    const ALL: [Self; 4] = [
        Self::ServerNoContextTakeover,
        Self::ClientNoContextTakeover,
        Self::ServerMaxWindowBits,
        Self::ClientMaxWindowBits,
    ];

    /// The name in the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServerNoContextTakeover => "server_no_context_takeover",
            Self::ClientNoContextTakeover => "client_no_context_takeover",
            Self::ServerMaxWindowBits => "server_max_window_bits",
            Self::ClientMaxWindowBits => "client_max_window_bits",
        }
    }
}

/// Why the server's choice of extensions is no answer to the offer (RFC 6455 §9.1, RFC 7692 §5.1, §7.1).
///
/// # Examples
///
/// ```
/// use boom_ws::{DeflateParameter, NegotiationError};
///
/// let error = NegotiationError::NotAccepted(DeflateParameter::ServerMaxWindowBits);
/// assert_eq!(error.to_string(), "the server did not accept server_max_window_bits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NegotiationError {
    /// The header breaks the grammar of RFC 6455 §9.1.
    #[error("Sec-WebSocket-Extensions is malformed")]
    Malformed,
    /// The header stands more than once, which RFC 6455 §11.3.2 forbids.
    #[error("Sec-WebSocket-Extensions stands more than once")]
    HeaderRepeated,
    /// The server chose an extension that was not offered.
    #[error("the server chose an extension that was not offered")]
    NotOffered,
    /// The server chose permessage-deflate twice.
    #[error("the server chose permessage-deflate more than once")]
    ExtensionRepeated,
    /// A parameter that permessage-deflate does not have.
    #[error("permessage-deflate has no such parameter")]
    UnknownParameter,
    /// A parameter stands more than once.
    #[error("{} stands more than once", .0.as_str())]
    ParameterRepeated(DeflateParameter),
    /// A parameter has a value where it takes none, lacks one, or has one that is no number from 8 to 15.
    #[error("{} has an invalid value", .0.as_str())]
    InvalidValue(DeflateParameter),
    /// A parameter that the server may only use where it was offered.
    #[error("{} was not offered", .0.as_str())]
    ParameterNotOffered(DeflateParameter),
    /// A parameter that was demanded and that the server left out.
    #[error("the server did not accept {}", .0.as_str())]
    NotAccepted(DeflateParameter),
    /// The server's window is larger than was demanded.
    #[error("the server's window has {chosen} bits, {demanded} allowed")]
    WindowTooLarge {
        /// What the server chose.
        chosen: u8,
        /// What was demanded.
        demanded: u8,
    },
}

impl From<Malformed> for NegotiationError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

/// What offer and answer come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// The server's messages may refer to earlier ones.
    pub(super) server_takeover: bool,
    /// Ours may.
    pub(super) client_takeover: bool,
    /// How far the server's messages refer back at most.
    pub(super) server_window_bits: u8,
    /// How far ours may.
    pub(super) client_window_bits: u8,
    pub(super) level: u8,
    pub(super) compress_from: usize,
}

/// The parameters of an answer.
#[derive(Default)]
struct Answer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<u8>,
}

impl DeflateConfig {
    /// Judges the values of the answer's `Sec-WebSocket-Extensions` headers; `None` where the server goes without
    /// compression.
    ///
    /// RFC 7692 §7.1: an answer with a fault fails the connection.
    pub(crate) fn negotiate<'a>(
        &self,
        header_values: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Option<Agreed>, NegotiationError> {
        let mut values = header_values.into_iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        // RFC 6455 §11.3.2: the header "MUST NOT appear more than once in an HTTP response".
        if values.next().is_some() {
            return Err(NegotiationError::HeaderRepeated);
        }
        let extensions = extensions::parse(value)?;
        if extensions
            .iter()
            .any(|extension| extension.name != NAME.as_bytes())
        {
            return Err(NegotiationError::NotOffered);
        }
        match extensions.as_slice() {
            [] => Ok(None),
            [extension] => self.agree(&Answer::read(extension)?).map(Some),
            _ => Err(NegotiationError::ExtensionRepeated),
        }
    }

    fn agree(&self, answer: &Answer) -> Result<Agreed, NegotiationError> {
        use DeflateParameter as Parameter;

        // RFC 7692 §7.1.1.1 and §7.1.2.1: a server accepts what is demanded of it by saying so. It may say it unasked.
        if self.server_no_context_takeover && !answer.server_no_context_takeover {
            return Err(NegotiationError::NotAccepted(
                Parameter::ServerNoContextTakeover,
            ));
        }
        match (self.server_max_window_bits, answer.server_max_window_bits) {
            (Some(_), None) => {
                return Err(NegotiationError::NotAccepted(
                    Parameter::ServerMaxWindowBits,
                ));
            }
            (Some(demanded), Some(chosen)) if chosen > demanded => {
                return Err(NegotiationError::WindowTooLarge { chosen, demanded });
            }
            _ => {}
        }
        // §7.1.2.2: where it was not offered, the answer "MUST NOT include" it, and where it was, its value is "equal to or
        // smaller".
        let own_limit = match self.client_window {
            ClientWindow::NotOffered if answer.client_max_window_bits.is_some() => {
                return Err(NegotiationError::ParameterNotOffered(
                    Parameter::ClientMaxWindowBits,
                ));
            }
            ClientWindow::NotOffered | ClientWindow::Offered => WINDOW_BITS_MAX,
            ClientWindow::AtMost(bits) => {
                if answer
                    .client_max_window_bits
                    .is_some_and(|chosen| chosen > bits)
                {
                    return Err(NegotiationError::InvalidValue(
                        Parameter::ClientMaxWindowBits,
                    ));
                }
                bits
            }
        };
        Ok(Agreed {
            server_takeover: !answer.server_no_context_takeover,
            // §7.1.1.2: the client's own offer holds even where the server does not repeat it.
            client_takeover: !(answer.client_no_context_takeover
                || self.client_no_context_takeover),
            server_window_bits: answer.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX),
            client_window_bits: answer
                .client_max_window_bits
                .unwrap_or(WINDOW_BITS_MAX)
                .min(own_limit),
            level: self.level,
            compress_from: self.compress_from,
        })
    }
}

impl Answer {
    fn read(extension: &Extension<'_>) -> Result<Self, NegotiationError> {
        let mut answer = Self::default();
        for Parameter { name, value } in &extension.parameters {
            let parameter = DeflateParameter::ALL
                .into_iter()
                .find(|parameter| parameter.as_str().as_bytes() == *name)
                .ok_or(NegotiationError::UnknownParameter)?;
            let is_new = match parameter {
                DeflateParameter::ServerNoContextTakeover => {
                    set_flag(&mut answer.server_no_context_takeover, value.as_deref())
                }
                DeflateParameter::ClientNoContextTakeover => {
                    set_flag(&mut answer.client_no_context_takeover, value.as_deref())
                }
                DeflateParameter::ServerMaxWindowBits => {
                    set_bits(&mut answer.server_max_window_bits, value.as_deref())
                }
                DeflateParameter::ClientMaxWindowBits => {
                    set_bits(&mut answer.client_max_window_bits, value.as_deref())
                }
            };
            if !is_new.ok_or(NegotiationError::InvalidValue(parameter))? {
                return Err(NegotiationError::ParameterRepeated(parameter));
            }
        }
        Ok(answer)
    }
}

/// Sets a parameter without a value; returns false if it was set before, `None` if it has a value.
fn set_flag(flag: &mut bool, value: Option<&[u8]>) -> Option<bool> {
    value.is_none().then(|| !std::mem::replace(flag, true))
}

/// Sets a window; returns false if it was set before, `None` if the value is missing or none of those allowed.
fn set_bits(bits: &mut Option<u8>, value: Option<&[u8]>) -> Option<bool> {
    // RFC 7692 §7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
    let chosen = match value? {
        [digit @ (b'8' | b'9')] => digit - b'0',
        [b'1', digit @ b'0'..=b'5'] => 10 + (digit - b'0'),
        _ => return None,
    };
    Some(bits.replace(chosen).is_none())
}
