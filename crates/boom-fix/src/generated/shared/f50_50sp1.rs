// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        Side { Buy "1" Sell "2" BuyMinus "3" SellPlus "4" SellShort "5" SellShortExempt "6" Undisclosed "7" Cross "8" CrossShort "9" CrossShortExxmpt "A" AsDefined "B" Opposite "C" Subscribe "D" Redeem "E" Lend "F" Borrow "G" }
        AllocRejCode { UnknownAccount "0" IncorrectQuantity "1" UnknownOrStaleExecid "10" MismatchedData "11" UnknownClordid "12" WarehouseRequestRejected "13" IncorrectAveragegPrice "2" UnknownExecutingBrokerMnemonic "3" CommissionDifference "4" UnknownOrderid "5" UnknownListid "6" Other "7" IncorrectAllocatedQuantity "8" CalculationDifference "9" }
        IOIQualifier { AllOrNone "A" MarketOnClose "B" AtTheClose "C" Vwap "D" InTouchWith "I" Limit "L" MoreBehind "M" AtTheOpen "O" TakingAPosition "P" AtTheMarket "Q" ReadyToTrade "R" PortfolioShown "S" ThroughTheDay "T" Versus "V" Indidcation "W" CrossingOpportunity "X" AtTheMidpoint "Y" PreOpen "Z" }
        QuoteCancelType { CancelForSymbol "1" CancelForSecurityType "2" CancelForUnderlyingSymbol "3" CancelAllQuotes "4" CancelQuoteSpecifiedInQuoteid "5" }
        HaltReasonChar { NewsDissemination "D" OrderInflux "E" OrderImbalance "I" AdditionalInformation "M" NewPending "P" EquipmentChangeover "X" }
        BusinessRejectReason { Other "0" UnknownId "1" UnknownSecurity "2" UnknownMessageType "3" ApplicationNotAvailable "4" ConditionallyRequiredFieldMissing "5" NotAuthorized "6" DelivertoFirmNotAvailableAtThisTime "7" InvalidPriceIncrement "18" }
        MultiLegReportingType { SingleSecurity "1" IndividualLegOfAMultilegSecurity "2" MultiLegSecurity "3" }
        MatchStatus { ComparedMatchedOrAffirmed "0" UncomparedUnmatchedOrUnaffired "1" AdvisoryOrAlert "2" }
        MassStatusReqType { StatusForOrdersForASecurity "1" StatusForOrdersForAnUnderlyingSecurity "2" StatusForOrdersForAProduct "3" StatusForOrdersForACficode "4" StatusForOrdersForASecuritytype "5" StatusForOrdersForATradingSession "6" StatusForAllOrders "7" StatusForOrdersForAPartyid "8" }
        PosAmtType { CashAmount "CASH" CashResidualAmount "CRES" FinalMarkToMarketAmount "FMTM" IncrementalMarkToMarketAmount "IMTM" PremiumAmount "PREM" StartOfDayMarkToMarketAmount "SMTM" TradeVariationAmount "TVAR" ValueAdjustedAmount "VADJ" SettlementValue "SETL" }
        PosReqType { Positions "0" Trades "1" Exercises "2" Assignments "3" SettlementActivity "4" BackoutMessage "5" }
        TrdRegTimestampType { ExecutionTime "1" TimeIn "2" TimeOut "3" BrokerReceipt "4" BrokerExecution "5" DeskReceipt "6" }
        StrategyParameterType { Int "1" Length "2" Numingroup "3" Seqnum "4" Tagnum "5" Float "6" Qty "7" Price "8" Priceoffset "9" Amt "10" Percentage "11" Char "12" Boolean "13" String "14" Multiplecharvalue "15" Currency "16" Exchange "17" MonthYear "18" Utctimestamp "19" Utctimeonly "20" Localmkttime "21" Utcdate "22" Data "23" Multiplestringvalue "24" }
        UnitOfMeasure { MegawattHours "MWh" OneMillionBtu "MMBtu" Barrels "Bbl" Gallons "Gal" MetricTons "t" Tons "tn" MillionBarrels "MMbbl" Pounds "lbs" TroyOunces "oz_tr" UsDollars "USD" BillionCubicFeet "Bcf" Bushels "Bu" }
        SideTrdSubTyp { Cmta "0" InternalTransfer "1" ExternalTransfer "2" RejectForSubmittingTrade "3" AdvisoryForContraSide "4" OffsetDueToAnAllocation "5" OnsetDueToAnAllocation "6" DifferentialSpread "7" ImpliedSpreadLegExecutedAgainstAnOutright "8" TransactionFromExercise "9" TransactionFromAssignment "10" }
        DisplayMethod { Initial "1" New "2" Random "3" }
        LotType { OddLot "1" RoundLot "2" BlockLot "3" }
    }
    fields {
        SIDE 54 Side "Side" Char [ "1" "BUY" "2" "SELL" "3" "BUY_MINUS" "4" "SELL_PLUS" "5" "SELL_SHORT" "6" "SELL_SHORT_EXEMPT" "7" "UNDISCLOSED" "8" "CROSS" "9" "CROSS_SHORT" "A" "CROSS_SHORT_EXXMPT" "B" "AS_DEFINED" "C" "OPPOSITE" "D" "SUBSCRIBE" "E" "REDEEM" "F" "LEND" "G" "BORROW"]
        ALLOC_REJ_CODE 88 AllocRejCode "AllocRejCode" Int [ "0" "UNKNOWN_ACCOUNT" "1" "INCORRECT_QUANTITY" "10" "UNKNOWN_OR_STALE_EXECID" "11" "MISMATCHED_DATA" "12" "UNKNOWN_CLORDID" "13" "WAREHOUSE_REQUEST_REJECTED" "2" "INCORRECT_AVERAGEG_PRICE" "3" "UNKNOWN_EXECUTING_BROKER_MNEMONIC" "4" "COMMISSION_DIFFERENCE" "5" "UNKNOWN_ORDERID" "6" "UNKNOWN_LISTID" "7" "OTHER" "8" "INCORRECT_ALLOCATED_QUANTITY" "9" "CALCULATION_DIFFERENCE"]
        IOI_QUALIFIER 104 IOIQualifier "IOIQualifier" Char [ "A" "ALL_OR_NONE" "B" "MARKET_ON_CLOSE" "C" "AT_THE_CLOSE" "D" "VWAP" "I" "IN_TOUCH_WITH" "L" "LIMIT" "M" "MORE_BEHIND" "O" "AT_THE_OPEN" "P" "TAKING_A_POSITION" "Q" "AT_THE_MARKET" "R" "READY_TO_TRADE" "S" "PORTFOLIO_SHOWN" "T" "THROUGH_THE_DAY" "V" "VERSUS" "W" "INDIDCATION" "X" "CROSSING_OPPORTUNITY" "Y" "AT_THE_MIDPOINT" "Z" "PRE_OPEN"]
        QUOTE_CANCEL_TYPE 298 QuoteCancelType "QuoteCancelType" Int [ "1" "CANCEL_FOR_SYMBOL" "2" "CANCEL_FOR_SECURITY_TYPE" "3" "CANCEL_FOR_UNDERLYING_SYMBOL" "4" "CANCEL_ALL_QUOTES" "5" "CANCEL_QUOTE_SPECIFIED_IN_QUOTEID"]
        HALT_REASON_CHAR 327 HaltReasonChar "HaltReasonChar" Char [ "D" "NEWS_DISSEMINATION" "E" "ORDER_INFLUX" "I" "ORDER_IMBALANCE" "M" "ADDITIONAL_INFORMATION" "P" "NEW_PENDING" "X" "EQUIPMENT_CHANGEOVER"]
        BUSINESS_REJECT_REASON 380 BusinessRejectReason "BusinessRejectReason" Int [ "0" "OTHER" "1" "UNKNOWN_ID" "2" "UNKNOWN_SECURITY" "3" "UNKNOWN_MESSAGE_TYPE" "4" "APPLICATION_NOT_AVAILABLE" "5" "CONDITIONALLY_REQUIRED_FIELD_MISSING" "6" "NOT_AUTHORIZED" "7" "DELIVERTO_FIRM_NOT_AVAILABLE_AT_THIS_TIME" "18" "INVALID_PRICE_INCREMENT"]
        MULTI_LEG_REPORTING_TYPE 442 MultiLegReportingType "MultiLegReportingType" Char [ "1" "SINGLE_SECURITY" "2" "INDIVIDUAL_LEG_OF_A_MULTILEG_SECURITY" "3" "MULTI_LEG_SECURITY"]
        MATCH_STATUS 573 MatchStatus "MatchStatus" Char [ "0" "COMPARED_MATCHED_OR_AFFIRMED" "1" "UNCOMPARED_UNMATCHED_OR_UNAFFIRED" "2" "ADVISORY_OR_ALERT"]
        MASS_STATUS_REQ_TYPE 585 MassStatusReqType "MassStatusReqType" Int [ "1" "STATUS_FOR_ORDERS_FOR_A_SECURITY" "2" "STATUS_FOR_ORDERS_FOR_AN_UNDERLYING_SECURITY" "3" "STATUS_FOR_ORDERS_FOR_A_PRODUCT" "4" "STATUS_FOR_ORDERS_FOR_A_CFICODE" "5" "STATUS_FOR_ORDERS_FOR_A_SECURITYTYPE" "6" "STATUS_FOR_ORDERS_FOR_A_TRADING_SESSION" "7" "STATUS_FOR_ALL_ORDERS" "8" "STATUS_FOR_ORDERS_FOR_A_PARTYID"]
        POS_AMT_TYPE 707 PosAmtType "PosAmtType" String [ "CASH" "CASH_AMOUNT" "CRES" "CASH_RESIDUAL_AMOUNT" "FMTM" "FINAL_MARK_TO_MARKET_AMOUNT" "IMTM" "INCREMENTAL_MARK_TO_MARKET_AMOUNT" "PREM" "PREMIUM_AMOUNT" "SMTM" "START_OF_DAY_MARK_TO_MARKET_AMOUNT" "TVAR" "TRADE_VARIATION_AMOUNT" "VADJ" "VALUE_ADJUSTED_AMOUNT" "SETL" "SETTLEMENT_VALUE"]
        POS_REQ_TYPE 724 PosReqType "PosReqType" Int [ "0" "POSITIONS" "1" "TRADES" "2" "EXERCISES" "3" "ASSIGNMENTS" "4" "SETTLEMENT_ACTIVITY" "5" "BACKOUT_MESSAGE"]
        TRD_REG_TIMESTAMP_TYPE 770 TrdRegTimestampType "TrdRegTimestampType" Int [ "1" "EXECUTION_TIME" "2" "TIME_IN" "3" "TIME_OUT" "4" "BROKER_RECEIPT" "5" "BROKER_EXECUTION" "6" "DESK_RECEIPT"]
        STRATEGY_PARAMETER_TYPE 959 StrategyParameterType "StrategyParameterType" Int [ "1" "INT" "2" "LENGTH" "3" "NUMINGROUP" "4" "SEQNUM" "5" "TAGNUM" "6" "FLOAT" "7" "QTY" "8" "PRICE" "9" "PRICEOFFSET" "10" "AMT" "11" "PERCENTAGE" "12" "CHAR" "13" "BOOLEAN" "14" "STRING" "15" "MULTIPLECHARVALUE" "16" "CURRENCY" "17" "EXCHANGE" "18" "MONTH_YEAR" "19" "UTCTIMESTAMP" "20" "UTCTIMEONLY" "21" "LOCALMKTTIME" "22" "UTCDATE" "23" "DATA" "24" "MULTIPLESTRINGVALUE"]
        UNIT_OF_MEASURE 996 UnitOfMeasure "UnitOfMeasure" String [ "MWh" "MEGAWATT_HOURS" "MMBtu" "ONE_MILLION_BTU" "Bbl" "BARRELS" "Gal" "GALLONS" "t" "METRIC_TONS" "tn" "TONS" "MMbbl" "MILLION_BARRELS" "lbs" "POUNDS" "oz_tr" "TROY_OUNCES" "USD" "US_DOLLARS" "Bcf" "BILLION_CUBIC_FEET" "Bu" "BUSHELS"]
        SIDE_TRD_SUB_TYP 1008 SideTrdSubTyp "SideTrdSubTyp" Int [ "0" "CMTA" "1" "INTERNAL_TRANSFER" "2" "EXTERNAL_TRANSFER" "3" "REJECT_FOR_SUBMITTING_TRADE" "4" "ADVISORY_FOR_CONTRA_SIDE" "5" "OFFSET_DUE_TO_AN_ALLOCATION" "6" "ONSET_DUE_TO_AN_ALLOCATION" "7" "DIFFERENTIAL_SPREAD" "8" "IMPLIED_SPREAD_LEG_EXECUTED_AGAINST_AN_OUTRIGHT" "9" "TRANSACTION_FROM_EXERCISE" "10" "TRANSACTION_FROM_ASSIGNMENT"]
        SIDE_QTY 1009 Int "SideQty" Int []
        DEALING_CAPACITY 1048 Number "DealingCapacity" Float []
        UNDLY_INSTRUMENT_PARTY_ID 1059 Text "UndlyInstrumentPartyID" String []
        UNDLY_INSTRUMENT_PARTY_ID_SOURCE 1060 Char "UndlyInstrumentPartyIDSource" Char []
        UNDLY_INSTRUMENT_PARTY_ROLE 1061 Int "UndlyInstrumentPartyRole" Int []
        UNDLY_INSTRUMENT_PARTY_SUB_ID 1063 Text "UndlyInstrumentPartySubID" String []
        UNDLY_INSTRUMENT_PARTY_SUB_ID_TYPE 1064 Int "UndlyInstrumentPartySubIDType" Int []
        DISPLAY_METHOD 1084 DisplayMethod "DisplayMethod" Char [ "1" "INITIAL" "2" "NEW" "3" "RANDOM"]
        LOT_TYPE 1093 LotType "LotType" Char [ "1" "ODD_LOT" "2" "ROUND_LOT" "3" "BLOCK_LOT"]
    }
}
