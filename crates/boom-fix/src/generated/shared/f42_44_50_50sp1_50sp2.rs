// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        AdvSide { Buy "B" Sell "S" Trade "T" Cross "X" }
        ExecTransType { New "0" Cancel "1" Correct "2" Status "3" }
        IOIQltyInd { High "H" Low "L" Medium "M" }
        Urgency { Normal "0" Flash "1" Background "2" }
        SettlCurrFxRateCalc { Multiply "M" Divide "D" }
        TradSesMode { Testing "1" Simulated "2" Production "3" }
        BidRequestTransType { Cancel "C" No "N" }
        IncTaxInd { Net "1" Gross "2" }
    }
    fields {
        ADV_SIDE 4 AdvSide "AdvSide" Char [ "B" "BUY" "S" "SELL" "T" "TRADE" "X" "CROSS"]
        EXEC_TRANS_TYPE 20 ExecTransType "ExecTransType" Char [ "0" "NEW" "1" "CANCEL" "2" "CORRECT" "3" "STATUS"]
        IOI_QLTY_IND 25 IOIQltyInd "IOIQltyInd" Char [ "H" "HIGH" "L" "LOW" "M" "MEDIUM"]
        URGENCY 61 Urgency "Urgency" Char [ "0" "NORMAL" "1" "FLASH" "2" "BACKGROUND"]
        REPORT_TO_EXCH 113 Bool "ReportToExch" Boolean [ "N" "NO" "Y" "YES"]
        LOCATE_REQD 114 Bool "LocateReqd" Boolean [ "N" "NO" "Y" "YES"]
        FOREX_REQ 121 Bool "ForexReq" Boolean [ "N" "NO" "Y" "YES"]
        GAP_FILL_FLAG 123 Bool "GapFillFlag" Boolean [ "N" "NO" "Y" "YES"]
        IOI_NATURAL_FLAG 130 Bool "IOINaturalFlag" Boolean [ "N" "NO" "Y" "YES"]
        RESET_SEQ_NUM_FLAG 141 Bool "ResetSeqNumFlag" Boolean [ "N" "NO" "Y" "YES"]
        SETTL_CURR_FX_RATE_CALC 156 SettlCurrFxRateCalc "SettlCurrFxRateCalc" Char [ "M" "MULTIPLY" "D" "DIVIDE"]
        UNSOLICITED_INDICATOR 325 Bool "UnsolicitedIndicator" Boolean [ "N" "NO" "Y" "YES"]
        IN_VIEW_OF_COMMON 328 Bool "InViewOfCommon" Boolean [ "N" "NO" "Y" "YES"]
        DUE_TO_RELATED 329 Bool "DueToRelated" Boolean [ "N" "NO" "Y" "YES"]
        TRAD_SES_MODE 339 TradSesMode "TradSesMode" Int [ "1" "TESTING" "2" "SIMULATED" "3" "PRODUCTION"]
        BID_REQUEST_TRANS_TYPE 374 BidRequestTransType "BidRequestTransType" Char [ "C" "CANCEL" "N" "NO"]
        INC_TAX_IND 416 IncTaxInd "IncTaxInd" Int [ "1" "NET" "2" "GROSS"]
    }
}
