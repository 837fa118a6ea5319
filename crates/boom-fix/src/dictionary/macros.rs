//! The code of dictionaries: what `boom-fix-codegen` writes is the input of this macro.

use super::FieldDef;

/// Fields and their enumerations, those too that several versions have.
#[doc(hidden)]
#[macro_export]
macro_rules! dictionary_fields {
    (
        shared { $($shared:ident)* }
        values { $($enum:ident { $($variant:ident $value:literal)* })* }
        fields { $($constant:ident $tag:literal $kind:ident $field:literal $type:ident [$($known:literal $meaning:literal)*])* }
    ) => {
        /// By tag.
        pub(crate) const FIELDS: &[$crate::dictionary::FieldDef] = &[$($crate::dictionary::FieldDef {
            tag: $tag,
            name: $field,
            data_type: $crate::dictionary::DataType::$type,
            values: &[$(($known, $meaning)),*],
        }),*];

        /// Tags by the names of their fields.
        pub mod tag {
            $(pub use $crate::shared::$shared::tag::*;)*
            $(#[doc = $field] pub const $constant: u32 = $tag;)*
        }

        /// Enumerations: fields with a list of values.
        pub mod value {
            $(
                #[allow(unused_imports, unreachable_pub, reason = "there may be none in it")]
                pub use $crate::shared::$shared::value::*;
            )*
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

            $(pub use $crate::shared::$shared::field::*;)*

            $(#[doc = concat!($field, " (", stringify!($tag), ")")]
            pub const $constant: $crate::typed::Field<$kind> = $crate::typed::Field::new($tag);)*
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! dictionary {
    (
        $name:literal;
        $(shared { $($shared:ident)* })?
        values { $($values:tt)* }
        fields { $($fields:tt)* }
        parts { $($list:ident [$($parts:tt)*])* }
        groups { $($group:ident $count:literal [$($member:literal)*])* }
        messages { $($message:ident $msg_type:literal $body:ident [$($required:literal)*])* }
    ) => {
        $crate::dictionary_fields! {
            shared { $($($shared)*)? }
            values { $($values)* }
            fields { $($fields)* }
        }

        const LISTS: &[&[$crate::dictionary::FieldDef]] = &[FIELDS, $($($crate::shared::$shared::FIELDS),*)?];
        static ALL_FIELDS: [$crate::dictionary::FieldDef; $crate::dictionary::macros::count(LISTS)] =
            $crate::dictionary::macros::merge(LISTS);

        #[doc = concat!("What ", $name, " defines.")]
        pub static DICTIONARY: $crate::dictionary::Dictionary = $crate::dictionary::Dictionary {
            name: $name,
            fields: &ALL_FIELDS,
            messages: &[$($crate::dictionary::MessageDef {
                msg_type: $msg_type,
                name: stringify!($message),
                parts: parts::$body,
            }),*],
            header: parts::HEADER,
            trailer: parts::TRAILER,
        };

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

/// How many fields the lists have.
pub const fn count(lists: &[&[FieldDef]]) -> usize {
    let (mut total, mut list) = (0, 0);
    while list < lists.len() {
        total += lists[list].len();
        list += 1;
    }
    total
}

/// All of the lists, each of which is sorted by tag, as one that is sorted by tag. Run by the compiler alone.
pub const fn merge<const COUNT: usize>(lists: &[&[FieldDef]]) -> [FieldDef; COUNT] {
    let mut merged = [FieldDef::NONE; COUNT];
    let (mut next, mut place) = ([0; LISTS_MAX], 0);
    while place < COUNT {
        let (mut list, mut lowest) = (0, usize::MAX);
        while list < lists.len() {
            let is_lower = next[list] < lists[list].len()
                && (lowest == usize::MAX
                    || lists[list][next[list]].tag < lists[lowest][next[lowest]].tag);
            if is_lower {
                lowest = list;
            }
            list += 1;
        }
        merged[place] = lists[lowest][next[lowest]];
        next[lowest] += 1;
        place += 1;
    }
    merged
}

const LISTS_MAX: usize = 64;
