// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        LastCapacity { Agent "1" CrossAsAgent "2" CrossAsPrincipal "3" Principal "4" }
        ProcessCode { Regular "0" SoftDollar "1" StepIn "2" StepOut "3" SoftDollarStepIn "4" SoftDollarStepOut "5" PlanSponsor "6" }
        SubscriptionRequestType { Snapshot "0" SnapshotPlusUpdates "1" DisablePreviousSnapshotPlusUpdateRequest "2" }
        QuoteRequestType { Manual "1" Automatic "2" }
        TradSesMethod { Electronic "1" OpenOutcry "2" TwoParty "3" }
        LiquidityIndType { V5DayMovingAverage "1" V20DayMovingAverage "2" NormalMarketSize "3" Other "4" }
        CxlRejResponseTo { OrderCancelRequest "1" OrderCancelReplaceRequest "2" }
    }
    fields {
        LAST_CAPACITY 29 LastCapacity "LastCapacity" Char [ "1" "AGENT" "2" "CROSS_AS_AGENT" "3" "CROSS_AS_PRINCIPAL" "4" "PRINCIPAL"]
        PROCESS_CODE 81 ProcessCode "ProcessCode" Char [ "0" "REGULAR" "1" "SOFT_DOLLAR" "2" "STEP_IN" "3" "STEP_OUT" "4" "SOFT_DOLLAR_STEP_IN" "5" "SOFT_DOLLAR_STEP_OUT" "6" "PLAN_SPONSOR"]
        SUBSCRIPTION_REQUEST_TYPE 263 SubscriptionRequestType "SubscriptionRequestType" Char [ "0" "SNAPSHOT" "1" "SNAPSHOT_PLUS_UPDATES" "2" "DISABLE_PREVIOUS_SNAPSHOT_PLUS_UPDATE_REQUEST"]
        QUOTE_REQUEST_TYPE 303 QuoteRequestType "QuoteRequestType" Int [ "1" "MANUAL" "2" "AUTOMATIC"]
        TRAD_SES_METHOD 338 TradSesMethod "TradSesMethod" Int [ "1" "ELECTRONIC" "2" "OPEN_OUTCRY" "3" "TWO_PARTY"]
        LIQUIDITY_IND_TYPE 409 LiquidityIndType "LiquidityIndType" Int [ "1" "5_DAY_MOVING_AVERAGE" "2" "20_DAY_MOVING_AVERAGE" "3" "NORMAL_MARKET_SIZE" "4" "OTHER"]
        CXL_REJ_RESPONSE_TO 434 CxlRejResponseTo "CxlRejResponseTo" Char [ "1" "ORDER_CANCEL_REQUEST" "2" "ORDER_CANCEL_REPLACE_REQUEST"]
    }
}
