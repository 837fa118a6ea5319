//! Each reason for which a message is rejected.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![cfg(feature = "fix44")]

mod naive;

use boom_fix::{Decoder, FieldIndex, Reject, RejectReason, Validator, fix44::DICTIONARY};
use naive::framed;

const HEAD: &str = "49=A|56=B|34=2|52=20240506-12:34:56.789|";
const ORDER: &str = "11=id|55=MSFT|54=1|60=20240506-12:34:56|38=100|40=2|44=10.5|";

fn validate_by(mut validator: Validator, text: &str) -> Result<(), (u32, u32)> {
    let bytes = framed(text);
    let mut index = FieldIndex::new();
    let message = Decoder::new()
        .decode(&mut &bytes[..], &mut index)
        .unwrap()
        .unwrap();
    let result = validator.validate(&message);
    result.map_err(|Reject { reason, ref_tag }| (reason.code(), ref_tag))
}

fn validate(text: &str) -> Result<(), (u32, u32)> {
    validate_by(Validator::new(&DICTIONARY), text)
}

#[test]
fn a_good_order() {
    assert_eq!(validate(&format!("35=D|{HEAD}{ORDER}")), Ok(()));
    assert_eq!(
        validate(&format!(
            "35=D|{HEAD}{ORDER}453=2|448=X|447=D|452=1|802=1|523=s|803=1|448=Y|447=D|452=3|58=text|"
        )),
        Ok(())
    );
}

#[test]
fn fields() {
    assert_eq!(
        validate(&format!("35=D|{HEAD}{}", ORDER.replace("54=1|", ""))),
        Err((1, 54))
    );
    assert_eq!(
        validate(&format!("35=D|49=A|34=2|52=20240506-12:34:56|{ORDER}")),
        Err((1, 56))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{ORDER}112=x|")),
        Err((2, 112))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{ORDER}4999=x|")),
        Err((3, 4999))
    );
    assert_eq!(validate(&format!("35=D|{HEAD}{ORDER}58=|")), Err((4, 58)));
    assert_eq!(
        validate(&format!("35=D|{HEAD}{}", ORDER.replace("54=1|", "54=Z|"))),
        Err((5, 54))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{ORDER}18=1 ~|")),
        Err((5, 18))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{}", ORDER.replace("38=100", "38=1OO"))),
        Err((6, 38))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{}", ORDER.replace("60=2024", "60=24"))),
        Err((6, 60))
    );
    assert_eq!(validate(&format!("35=ZZ|{HEAD}")), Err((11, 35)));
    assert_eq!(
        validate(&format!("35=D|{HEAD}{ORDER}11=again|")),
        Err((13, 11))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}{ORDER}57=late|")),
        Err((14, 57))
    );
    assert_eq!(
        validate(&format!("35=D|{HEAD}93=1|89=x|{ORDER}")),
        Err((14, 11))
    );
}

#[test]
fn groups() {
    let with = |group: &str| validate(&format!("35=D|{HEAD}{ORDER}{group}"));
    assert_eq!(with("453=2|448=X|447=D|"), Err((16, 453)));
    assert_eq!(with("453=1|448=X|448=Y|"), Err((16, 453)));
    assert_eq!(with("453=1|447=D|448=X|"), Err((15, 447)));
    assert_eq!(with("453=1|58=text|448=X|"), Err((16, 453)));
    assert_eq!(with("453=0|"), Ok(()));
    assert_eq!(with("453=0|448=X|"), Err((16, 453)));
    assert_eq!(with("453=1|448=X|452=1|447=D|"), Err((15, 447)));
    assert_eq!(with("453=1|448=X|447=D|447=D|"), Err((15, 447)));
    assert_eq!(with("453=1|448=X|802=2|523=s|452=1|"), Err((16, 802)));
    assert_eq!(with("453=x|448=X|"), Err((6, 453)));
    assert_eq!(with("453=1|448=X|452=99999|"), Err((5, 452)));
}

#[test]
fn options() {
    let order = |more: &str| format!("35=D|{HEAD}{ORDER}{more}");
    let validator = || Validator::new(&DICTIONARY);
    assert_eq!(validate(&order("5001=x|")), Ok(()));
    assert_eq!(
        validate_by(
            validator().with_user_defined_checked(true),
            &order("5001=x|")
        ),
        Err((3, 5001))
    );
    assert_eq!(
        validate_by(
            validator().with_undefined_tags(true),
            &order("4999=x|112=y|")
        ),
        Ok(())
    );
    assert_eq!(
        validate_by(
            validator().with_values_checked(false),
            &order("18=Z|423=word|")
        ),
        Ok(())
    );
    assert_eq!(
        RejectReason::GroupCount.to_string(),
        "incorrect NumInGroup count for repeating group"
    );
}

/// However many there are, and whatever numbers they have.
#[test]
fn a_tag_that_comes_twice_is_found_among_many() {
    let fields = |tags: &[u32]| -> String { tags.iter().map(|tag| format!("{tag}=x|")).collect() };
    let mut tags: Vec<u32> = (0..1900).map(|number| 5000 + 61 * number).collect();
    tags.push(u32::MAX);
    let mut validator = Validator::new(&DICTIONARY);
    let mut validate = |tags: &[u32]| {
        let bytes = framed(&format!("35=D|{HEAD}{ORDER}{}", fields(tags)));
        let mut index = FieldIndex::new();
        let message = Decoder::new()
            .decode(&mut &bytes[..], &mut index)
            .unwrap()
            .unwrap();
        validator.validate(&message)
    };
    assert_eq!(validate(&tags), Ok(()));
    for again in [5000, 65_512, 65_573, 120_839, u32::MAX] {
        assert!(tags.contains(&again), "{again}");
        tags.push(again);
        let reason = RejectReason::TagRepeated;
        let ref_tag = again;
        assert_eq!(validate(&tags), Err(Reject { reason, ref_tag }));
        tags.pop();
        // Nothing stays of the message before.
        assert_eq!(validate(&tags), Ok(()));
    }
}

/// A group member that the message has outside of the group too is neither's duplicate.
#[test]
fn tags_of_entries_are_not_those_of_the_message() {
    let legs = "555=2|600=A|654=L1|600=B|654=L2|";
    assert_eq!(
        validate(&format!(
            "35=AB|{HEAD}11=id|55=MSFT|54=1|60=20240506-12:34:56|40=2|38=1|{legs}"
        )),
        Ok(())
    );
}
