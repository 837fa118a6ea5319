// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
    }
    fields {
        ACCOUNT 1 Text "Account" String []
        AVG_PX 6 Number "AvgPx" Float []
        CL_ORD_ID 11 Text "ClOrdID" String []
        COMMISSION 12 Number "Commission" Float []
        CURRENCY 15 Text "Currency" String []
        LAST_MKT 30 Text "LastMkt" String []
        LAST_PX 31 Number "LastPx" Float []
        ORDER_ID 37 Text "OrderID" String []
        ORIG_CL_ORD_ID 41 Text "OrigClOrdID" String []
        ORIG_TIME 42 Timestamp "OrigTime" UtcTimestamp []
        PRICE 44 Number "Price" Float []
        RELATD_SYM 46 Text "RelatdSym" String []
        SECURITY_ID 48 Text "SecurityID" String []
        SENDING_DATE 51 DateOnly "SendingDate" DateOnly []
        SYMBOL 55 Text "Symbol" String []
        TRANSACT_TIME 60 Timestamp "TransactTime" UtcTimestamp []
        VALID_UNTIL_TIME 62 Timestamp "ValidUntilTime" UtcTimestamp []
        LIST_ID 66 Text "ListID" String []
        LIST_SEQ_NO 67 Int "ListSeqNo" Int []
        LIST_EXEC_INST 69 Text "ListExecInst" String []
        TRADE_DATE 75 DateOnly "TradeDate" DateOnly []
        EXEC_BROKER 76 Text "ExecBroker" String []
        ALLOC_ACCOUNT 79 Text "AllocAccount" String []
        RPT_SEQ 83 Int "RptSeq" Int []
        DLVY_INST 86 Text "DlvyInst" String []
        BROKER_OF_CREDIT 92 Text "BrokerOfCredit" String []
        STOP_PX 99 Number "StopPx" Float []
        WAVE_NO 105 Text "WaveNo" String []
        ISSUER 106 Text "Issuer" String []
        SECURITY_DESC 107 Text "SecurityDesc" String []
        CLIENT_ID 109 Text "ClientID" String []
        QUOTE_ID 117 Text "QuoteID" String []
        NET_MONEY 118 Number "NetMoney" Float []
        SETTL_CURR_AMT 119 Number "SettlCurrAmt" Float []
        SETTL_CURRENCY 120 Text "SettlCurrency" String []
        EXPIRE_TIME 126 Timestamp "ExpireTime" UtcTimestamp []
        QUOTE_REQ_ID 131 Text "QuoteReqID" String []
        BID_PX 132 Number "BidPx" Float []
        OFFER_PX 133 Number "OfferPx" Float []
        MISC_FEE_AMT 137 Number "MiscFeeAmt" Float []
        MISC_FEE_CURR 138 Text "MiscFeeCurr" String []
        PREV_CLOSE_PX 140 Number "PrevClosePx" Float []
    }
}
