// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        DeleteReason { Cancelation "0" Error "1" }
        DiscretionInst { RelatedToDisplayedPrice "0" RelatedToMarketPrice "1" RelatedToPrimaryPrice "2" RelatedToLocalPrimaryPrice "3" RelatedToMidpointPrice "4" RelatedToLastTradePrice "5" }
    }
    fields {
        DELETE_REASON 285 DeleteReason "DeleteReason" Char [ "0" "CANCELATION" "1" "ERROR"]
        TOT_QUOTE_ENTRIES 304 Int "TotQuoteEntries" Int []
        DISCRETION_INST 388 DiscretionInst "DiscretionInst" Char [ "0" "RELATED_TO_DISPLAYED_PRICE" "1" "RELATED_TO_MARKET_PRICE" "2" "RELATED_TO_PRIMARY_PRICE" "3" "RELATED_TO_LOCAL_PRIMARY_PRICE" "4" "RELATED_TO_MIDPOINT_PRICE" "5" "RELATED_TO_LAST_TRADE_PRICE"]
        DISCRETION_OFFSET 389 Number "DiscretionOffset" Float []
        TOTAL_NUM_SECURITIES 393 Int "TotalNumSecurities" Int []
    }
}
