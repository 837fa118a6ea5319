//! The code of dictionaries: what `boom-fix-codegen` writes is the input of this macro.

#[doc(hidden)]
#[macro_export]
macro_rules! dictionary {
    (
        $name:literal;
        values { $($enum:ident { $($variant:ident $value:literal)* })* }
        fields { $($constant:ident $tag:literal $kind:ident $field:literal $type:ident [$($known:literal $meaning:literal)*])* }
        parts { $($list:ident [$($parts:tt)*])* }
        groups { $($group:ident $count:literal [$($member:literal)*])* }
        messages { $($message:ident $msg_type:literal $body:ident [$($required:literal)*])* }
    ) => {
        #[doc = concat!("What ", $name, " defines.")]
        pub static DICTIONARY: $crate::dictionary::Dictionary = $crate::dictionary::Dictionary {
            name: $name,
            fields: &[$($crate::dictionary::FieldDef {
                tag: $tag,
                name: $field,
                data_type: $crate::dictionary::DataType::$type,
                values: &[$(($known, $meaning)),*],
            }),*],
            messages: &[$($crate::dictionary::MessageDef {
                msg_type: $msg_type,
                name: stringify!($message),
                parts: parts::$body,
            }),*],
            header: parts::HEADER,
            trailer: parts::TRAILER,
        };

        /// Tags by the names of their fields.
        pub mod tag {
            $(#[doc = $field] pub const $constant: u32 = $tag;)*
        }

        /// Enumerations: fields with a list of values.
        pub mod value {
            $(
                #[doc = concat!("The values of `", stringify!($enum), "`.")]
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
                pub enum $enum { $(#[doc = concat!("`", $value, "`")] $variant),* }

                impl $enum {
                    /// As it is sent.
                    pub const fn as_str(self) -> &'static str {
                        match self { $(Self::$variant => $value),* }
                    }
                }

                impl<'a> $crate::FromValue<'a> for $enum {
                    fn from_value(value: $crate::Value<'a>) -> ::std::result::Result<Self, $crate::FieldError> {
                        let text = ::std::str::from_utf8(value.as_bytes()).unwrap_or_default();
                        match text {
                            $($value => Ok(Self::$variant),)*
                            _ => Err(value.error($crate::FieldFault::NotInEnum)),
                        }
                    }
                }

                impl $crate::typed::Kind for $enum {
                    type Read<'a> = Self;
                    type Write<'w> = Self;

                    fn write(writer: &mut $crate::MessageWriter<'_>, tag: u32, value: Self) {
                        writer.text(tag, value.as_str());
                    }
                }
            )*
        }

        /// Fields with the type that they read and write as.
        pub mod field {
            #[allow(unused_imports, reason = "a dictionary may do without")]
            use super::value::*;
            #[allow(unused_imports, reason = "a dictionary may do without")]
            use $crate::typed::kind::*;

            $(#[doc = concat!($field, " (", stringify!($tag), ")")]
            pub const $constant: $crate::typed::Field<$kind> = $crate::typed::Field::new($tag);)*
        }

        /// Repeating groups. One that has other members in some message has that message's name behind its own.
        pub mod group {
            $(#[doc = concat!("Counted by ", stringify!($count), ".")]
            pub const $group: $crate::GroupDef<'static> = $crate::GroupDef::new($count, &[$($member),*]);)*
        }

        #[allow(dead_code, reason = "a component may be in no message")]
        mod parts {
            #[allow(unused_imports, reason = "a dictionary may do without")]
            use $crate::dictionary::macros::short::*;

            $(pub(super) static $list: &[$crate::dictionary::Part] = &[$($parts)*];)*
        }

        /// Messages: `NewOrderSingle::view` reads one, `NewOrderSingle::new` writes one.
        pub mod message {
            $(#[doc = concat!($msg_type, " (`MsgType`)")]
            #[derive(Clone, Copy, Debug)]
            pub struct $message;

            impl $crate::typed::MessageType for $message {
                const MSG_TYPE: &'static str = $msg_type;
                const REQUIRED: &'static [u32] = &[$($required),*];
            })*
        }
    };
}

/// Parts by one or two letters: required or optional; group or component.
#[doc(hidden)]
#[allow(missing_docs, non_snake_case, reason = "words of the macro's input")]
pub mod short {
    use crate::dictionary::Part;

    pub const fn R(tag: u32) -> Part {
        Part::Field {
            tag,
            is_required: true,
        }
    }

    pub const fn O(tag: u32) -> Part {
        Part::Field {
            tag,
            is_required: false,
        }
    }

    pub const fn RG(tag: u32, parts: &'static [Part]) -> Part {
        Part::Group {
            tag,
            is_required: true,
            parts,
        }
    }

    pub const fn OG(tag: u32, parts: &'static [Part]) -> Part {
        Part::Group {
            tag,
            is_required: false,
            parts,
        }
    }

    pub const fn RC(parts: &'static &'static [Part]) -> Part {
        Part::Component {
            is_required: true,
            parts,
        }
    }

    pub const fn OC(parts: &'static &'static [Part]) -> Part {
        Part::Component {
            is_required: false,
            parts,
        }
    }
}
