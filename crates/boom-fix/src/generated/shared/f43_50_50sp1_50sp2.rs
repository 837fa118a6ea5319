// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        RoundingDirection { RoundToNearest "0" RoundDown "1" RoundUp "2" }
        NoSides { OneSide "1" BothSides "2" }
        PriorityIndicator { PriorityUnchanged "0" LostPriorityAsResultOfOrderChange "1" }
    }
    fields {
        AGGREGATED_BOOK 266 Bool "AggregatedBook" Boolean [ "Y" "YES" "N" "NO"]
        ROUNDING_DIRECTION 468 RoundingDirection "RoundingDirection" Char [ "0" "ROUND_TO_NEAREST" "1" "ROUND_DOWN" "2" "ROUND_UP"]
        INSTR_REGISTRY 543 Text "InstrRegistry" String []
        NO_SIDES 552 NoSides "NoSides" NumInGroup [ "1" "ONE_SIDE" "2" "BOTH_SIDES"]
        PRIORITY_INDICATOR 638 PriorityIndicator "PriorityIndicator" Int [ "0" "PRIORITY_UNCHANGED" "1" "LOST_PRIORITY_AS_RESULT_OF_ORDER_CHANGE"]
    }
}
