// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        AdvSide { Buy "B" Sell "S" Trade "T" Cross "X" }
        CommType { PerShare "1" Percentage "2" Absolute "3" }
        ExecTransType { New "0" Cancel "1" Correct "2" Status "3" }
        HandlInst { AutomatedExecutionOrderPrivateNoBrokerIntervention "1" AutomatedExecutionOrderPublicBrokerInterventionOk "2" ManualOrderBestExecution "3" }
        IOIOthSvc { Autex "A" Bridge "B" }
        IOIQltyInd { High "H" Low "L" Medium "M" }
        IOITransType { Cancel "C" New "N" Replace "R" }
        LastCapacity { Agent "1" CrossAsAgent "2" CrossAsPrincipal "3" Principal "4" }
        OrdStatus { New "0" PartiallyFilled "1" Filled "2" DoneForDay "3" Canceled "4" Replaced "5" PendingCancelReplace "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" }
        PossDupFlag { No "N" Yes "Y" }
        TimeInForce { Day "0" GoodTillCancel "1" AtTheOpening "2" ImmediateOrCancel "3" FillOrKill "4" GoodTillCrossing "5" GoodTillDate "6" }
        Urgency { Normal "0" Flash "1" Background "2" }
        SettlmntTyp { Regular "0" Cash "1" NextDay "2" TPlus2 "3" TPlus3 "4" TPlus4 "5" Future "6" WhenIssued "7" SellersOption "8" TPlus5 "9" }
        ProcessCode { Regular "0" SoftDollar "1" StepIn "2" StepOut "3" SoftDollarStepIn "4" SoftDollarStepOut "5" PlanSponsor "6" }
        EmailType { New "0" Reply "1" AdminReply "2" }
        CxlRejReason { TooLateToCancel "0" UnknownOrder "1" }
        ReportToExch { No "N" Yes "Y" }
        LocateReqd { No "N" Yes "Y" }
        ForexReq { No "N" Yes "Y" }
        GapFillFlag { No "N" Yes "Y" }
        DKReason { UnknownSymbol "A" WrongSide "B" QuantityExceedsOrder "C" NoMatchingOrder "D" PriceExceedsLimit "E" Other "Z" }
        IOINaturalFlag { No "N" Yes "Y" }
    }
    fields {
        ADV_SIDE 4 AdvSide "AdvSide" String [ "B" "BUY" "S" "SELL" "T" "TRADE" "X" "CROSS"]
        COMM_TYPE 13 CommType "CommType" String [ "1" "PER_SHARE" "2" "PERCENTAGE" "3" "ABSOLUTE"]
        CUM_QTY 14 Int "CumQty" Int []
        EXEC_TRANS_TYPE 20 ExecTransType "ExecTransType" String [ "0" "NEW" "1" "CANCEL" "2" "CORRECT" "3" "STATUS"]
        HANDL_INST 21 HandlInst "HandlInst" String [ "1" "AUTOMATED_EXECUTION_ORDER_PRIVATE_NO_BROKER_INTERVENTION" "2" "AUTOMATED_EXECUTION_ORDER_PUBLIC_BROKER_INTERVENTION_OK" "3" "MANUAL_ORDER_BEST_EXECUTION"]
        IOI_OTH_SVC 24 IOIOthSvc "IOIOthSvc" String [ "A" "AUTEX" "B" "BRIDGE"]
        IOI_QLTY_IND 25 IOIQltyInd "IOIQltyInd" String [ "H" "HIGH" "L" "LOW" "M" "MEDIUM"]
        IOI_TRANS_TYPE 28 IOITransType "IOITransType" String [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        LAST_CAPACITY 29 LastCapacity "LastCapacity" String [ "1" "AGENT" "2" "CROSS_AS_AGENT" "3" "CROSS_AS_PRINCIPAL" "4" "PRINCIPAL"]
        LAST_SHARES 32 Int "LastShares" Int []
        ORDER_QTY 38 Int "OrderQty" Int []
        ORD_STATUS 39 OrdStatus "OrdStatus" String [ "0" "NEW" "1" "PARTIALLY_FILLED" "2" "FILLED" "3" "DONE_FOR_DAY" "4" "CANCELED" "5" "REPLACED" "6" "PENDING_CANCEL_REPLACE" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED"]
        POSS_DUP_FLAG 43 PossDupFlag "PossDupFlag" String [ "N" "NO" "Y" "YES"]
        SHARES 53 Int "Shares" Int []
        TIME_IN_FORCE 59 TimeInForce "TimeInForce" String [ "0" "DAY" "1" "GOOD_TILL_CANCEL" "2" "AT_THE_OPENING" "3" "IMMEDIATE_OR_CANCEL" "4" "FILL_OR_KILL" "5" "GOOD_TILL_CROSSING" "6" "GOOD_TILL_DATE"]
        URGENCY 61 Urgency "Urgency" String [ "0" "NORMAL" "1" "FLASH" "2" "BACKGROUND"]
        SETTLMNT_TYP 63 SettlmntTyp "SettlmntTyp" String [ "0" "REGULAR" "1" "CASH" "2" "NEXT_DAY" "3" "T_PLUS_2" "4" "T_PLUS_3" "5" "T_PLUS_4" "6" "FUTURE" "7" "WHEN_ISSUED" "8" "SELLERS_OPTION" "9" "T_PLUS_5"]
        LIST_NO_ORDS 68 Int "ListNoOrds" Int []
        ALLOC_SHARES 80 Int "AllocShares" Int []
        PROCESS_CODE 81 ProcessCode "ProcessCode" String [ "0" "REGULAR" "1" "SOFT_DOLLAR" "2" "STEP_IN" "3" "STEP_OUT" "4" "SOFT_DOLLAR_STEP_IN" "5" "SOFT_DOLLAR_STEP_OUT" "6" "PLAN_SPONSOR"]
        CXL_QTY 84 Int "CxlQty" Int []
        EMAIL_TYPE 94 EmailType "EmailType" String [ "0" "NEW" "1" "REPLY" "2" "ADMIN_REPLY"]
        CXL_REJ_REASON 102 CxlRejReason "CxlRejReason" Int [ "0" "TOO_LATE_TO_CANCEL" "1" "UNKNOWN_ORDER"]
        MIN_QTY 110 Int "MinQty" Int []
        MAX_FLOOR 111 Int "MaxFloor" Int []
        REPORT_TO_EXCH 113 ReportToExch "ReportToExch" String [ "N" "NO" "Y" "YES"]
        LOCATE_REQD 114 LocateReqd "LocateReqd" String [ "N" "NO" "Y" "YES"]
        FOREX_REQ 121 ForexReq "ForexReq" String [ "N" "NO" "Y" "YES"]
        GAP_FILL_FLAG 123 GapFillFlag "GapFillFlag" String [ "N" "NO" "Y" "YES"]
        DK_REASON 127 DKReason "DKReason" String [ "A" "UNKNOWN_SYMBOL" "B" "WRONG_SIDE" "C" "QUANTITY_EXCEEDS_ORDER" "D" "NO_MATCHING_ORDER" "E" "PRICE_EXCEEDS_LIMIT" "Z" "OTHER"]
        IOI_NATURAL_FLAG 130 IOINaturalFlag "IOINaturalFlag" String [ "N" "NO" "Y" "YES"]
        BID_SIZE 134 Int "BidSize" Int []
        OFFER_SIZE 135 Int "OfferSize" Int []
    }
}
