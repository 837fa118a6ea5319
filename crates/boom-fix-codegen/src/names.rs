//! Names of fields and values as Rust writes them.

/// `NoPartyIDs` as `NO_PARTY_IDS`.
pub(crate) fn constant(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut constant = String::new();
    for (index, &char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| chars.get(index));
        let after = chars.get(index + 1);
        let starts_word = char.is_uppercase()
            && before.is_some_and(|before| {
                // A plural's `s` behind capitals belongs to them: `IDs`.
                let is_plural = after == Some(&'s')
                    && chars.get(index + 2).is_none_or(|next| next.is_uppercase());
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (after.is_some_and(|after| after.is_lowercase()) && !is_plural)
            });
        if starts_word && !constant.ends_with('_') {
            constant.push('_');
        }
        constant.push(if char.is_ascii_alphanumeric() {
            char.to_ascii_uppercase()
        } else {
            '_'
        });
    }
    if constant.starts_with(|char: char| char.is_ascii_digit()) {
        constant.insert(0, '_');
    }
    constant
}

/// `GOOD_TILL_CANCEL` as `GoodTillCancel`.
pub(crate) fn variant(text: &str) -> String {
    let mut variant = String::new();
    let mut starts_word = true;
    let is_shouted = !text.chars().any(char::is_lowercase);
    for char in text.chars() {
        if !char.is_ascii_alphanumeric() {
            starts_word = true;
        } else if starts_word {
            variant.push(char.to_ascii_uppercase());
            starts_word = false;
        } else {
            variant.push(if is_shouted {
                char.to_ascii_lowercase()
            } else {
                char
            });
        }
    }
    if variant.is_empty() || variant.starts_with(|char: char| char.is_ascii_digit()) {
        variant.insert(0, 'V');
    }
    if variant == "Self" {
        variant.push('_');
    }
    variant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_rust() {
        assert_eq!(constant("ClOrdID"), "CL_ORD_ID");
        assert_eq!(constant("NoPartyIDs"), "NO_PARTY_IDS");
        assert_eq!(constant("IOIQltyInd"), "IOI_QLTY_IND");
        assert_eq!(constant("MDEntryPx"), "MD_ENTRY_PX");
        assert_eq!(variant("GOOD_TILL_CANCEL"), "GoodTillCancel");
        assert_eq!(variant("2_DAYS"), "V2Days");
    }
}
