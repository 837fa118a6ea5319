// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary! {
    "FIX.4.0";
    shared { f40_41 f40_41_42 f40_41_42_43_44_50_50sp1_50sp2 f40_41_42_43_44_t11_50_50sp1_50sp2 }
    values {
        AdvTransType { Cancel "C" New "N" Replace "R" }
        ExecInst { StayOnOfferside "0" NotHeld "1" Work "2" GoAlong "3" OverTheDay "4" Held "5" ParticipateDontInitiate "6" StrictScale "7" TryToScale "8" StayOnBidside "9" NoCross "A" OkToCross "B" CallFirst "C" PercentOfVolume "D" DoNotIncrease "E" DoNotReduce "F" AllOrNone "G" InstitutionsOnly "I" LastPeg "L" MidPricePeg "M" NonNegotiable "N" OpeningPeg "O" MarketPeg "P" PrimaryPeg "R" Suspend "S" }
        IDSource { Cusip "1" Sedol "2" Quik "3" IsinNumber "4" RicCode "5" }
        OrdType { Market "1" Limit "2" Stop "3" StopLimit "4" MarketOnClose "5" WithOrWithout "6" LimitOrBetter "7" LimitWithOrWithout "8" OnBasis "9" OnClose "A" LimitOnClose "B" Forex "C" PreviouslyQuoted "D" PreviouslyIndicated "E" Pegged "P" }
        Rule80A { AgencySingleOrder "A" ProgramOrderNonIndexArbForMemberFirmOrg "C" ProgramOrderIndexArbForMemberFirmOrg "D" IndividualInvestorSingleOrder "I" ProgramOrderIndexArbForIndividualCustomer "J" ProgramOrderNonIndexArbForIndividualCustomer "K" ProgramOrderIndexArbForOtherMember "M" ProgramOrderNonIndexArbForOtherMember "N" ProgramOrderIndexArbForOtherAgency "U" AllOtherOrdersAsAgentForOtherMember "W" ProgramOrderNonIndexArbForOtherAgency "Y" }
        Side { Buy "1" Sell "2" BuyMinus "3" SellPlus "4" SellShort "5" SellShortExempt "6" }
        AllocTransType { New "0" Replace "1" Cancel "2" }
        ExDestination { None "0" Posit "4" }
        OrdRejReason { BrokerOption "0" UnknownSymbol "1" ExchangeClosed "2" OrderExceedsLimit "3" TooLateToEnter "4" }
        IOIQualifier { AllOrNone "A" AtTheClose "C" InTouchWith "I" Limit "L" MoreBehind "M" AtTheOpen "O" TakingAPosition "P" CurrentQuote "Q" PortfolioShowN "S" ThroughTheDay "T" Versus "V" Indication "W" CrossingOpportunity "X" }
        CxlType { FullRemainingQuantity "F" PartialCancel "P" }
        MiscFeeType { Regulatory "1" Tax "2" LocalCommission "3" ExchangeFees "4" Stamp "5" Levy "6" Other "7" }
    }
    fields {
        ADV_ID 2 Int "AdvId" Int []
        ADV_REF_ID 3 Int "AdvRefID" Int []
        ADV_TRANS_TYPE 5 AdvTransType "AdvTransType" String [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        EXEC_ID 17 Int "ExecID" Int []
        EXEC_INST 18 ExecInst "ExecInst" String [ "0" "STAY_ON_OFFERSIDE" "1" "NOT_HELD" "2" "WORK" "3" "GO_ALONG" "4" "OVER_THE_DAY" "5" "HELD" "6" "PARTICIPATE_DONT_INITIATE" "7" "STRICT_SCALE" "8" "TRY_TO_SCALE" "9" "STAY_ON_BIDSIDE" "A" "NO_CROSS" "B" "OK_TO_CROSS" "C" "CALL_FIRST" "D" "PERCENT_OF_VOLUME" "E" "DO_NOT_INCREASE" "F" "DO_NOT_REDUCE" "G" "ALL_OR_NONE" "I" "INSTITUTIONS_ONLY" "L" "LAST_PEG" "M" "MID_PRICE_PEG" "N" "NON_NEGOTIABLE" "O" "OPENING_PEG" "P" "MARKET_PEG" "R" "PRIMARY_PEG" "S" "SUSPEND"]
        EXEC_REF_ID 19 Int "ExecRefID" Int []
        ID_SOURCE 22 IDSource "IDSource" String [ "1" "CUSIP" "2" "SEDOL" "3" "QUIK" "4" "ISIN_NUMBER" "5" "RIC_CODE"]
        IO_IID 23 Int "IOIid" Int []
        IOI_REF_ID 26 Int "IOIRefID" Int []
        MSG_TYPE 35 Text "MsgType" String [ "0" "HEARTBEAT" "1" "TEST_REQUEST" "2" "RESEND_REQUEST" "3" "REJECT" "4" "SEQUENCE_RESET" "5" "LOGOUT" "6" "INDICATION_OF_INTEREST" "7" "ADVERTISEMENT" "8" "EXECUTION_REPORT" "9" "ORDER_CANCEL_REJECT" "A" "LOGON" "B" "NEWS" "C" "EMAIL" "D" "ORDER_D" "E" "ORDER_E" "F" "ORDER_CANCEL_REQUEST" "G" "ORDER_CANCEL_REPLACE_REQUEST" "H" "ORDER_STATUS_REQUEST" "J" "ALLOCATION" "K" "LIST_CANCEL_REQUEST" "L" "LIST_EXECUTE" "M" "LIST_STATUS_REQUEST" "N" "LIST_STATUS" "P" "ALLOCATION_ACK" "Q" "DONT_KNOW_TRADE" "R" "QUOTE_REQUEST" "S" "QUOTE"]
        ORD_TYPE 40 OrdType "OrdType" String [ "1" "MARKET" "2" "LIMIT" "3" "STOP" "4" "STOP_LIMIT" "5" "MARKET_ON_CLOSE" "6" "WITH_OR_WITHOUT" "7" "LIMIT_OR_BETTER" "8" "LIMIT_WITH_OR_WITHOUT" "9" "ON_BASIS" "A" "ON_CLOSE" "B" "LIMIT_ON_CLOSE" "C" "FOREX" "D" "PREVIOUSLY_QUOTED" "E" "PREVIOUSLY_INDICATED" "P" "PEGGED"]
        RULE80_A 47 Rule80A "Rule80A" String [ "A" "AGENCY_SINGLE_ORDER" "C" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "D" "PROGRAM_ORDER_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "I" "INDIVIDUAL_INVESTOR_SINGLE_ORDER" "J" "PROGRAM_ORDER_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "K" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "M" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_MEMBER" "N" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_MEMBER" "U" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_AGENCY" "W" "ALL_OTHER_ORDERS_AS_AGENT_FOR_OTHER_MEMBER" "Y" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_AGENCY"]
        SIDE 54 Side "Side" String [ "1" "BUY" "2" "SELL" "3" "BUY_MINUS" "4" "SELL_PLUS" "5" "SELL_SHORT" "6" "SELL_SHORT_EXEMPT"]
        FUT_SETT_DATE 64 DateOnly "FutSettDate" DateOnly []
        SYMBOL_SFX 65 Text "SymbolSfx" String []
        ALLOC_ID 70 Int "AllocID" Int []
        ALLOC_TRANS_TYPE 71 AllocTransType "AllocTransType" String [ "0" "NEW" "1" "REPLACE" "2" "CANCEL"]
        REF_ALLOC_ID 72 Int "RefAllocID" Int []
        AVG_PRX_PRECISION 74 Int "AvgPrxPrecision" Int []
        OPEN_CLOSE 77 Text "OpenClose" String []
        NO_RPTS 82 Int "NoRpts" Int []
        NO_DLVY_INST 85 Int "NoDlvyInst" Int []
        POSS_RESEND 97 Text "PossResend" String []
        EX_DESTINATION 100 ExDestination "ExDestination" String [ "0" "NONE" "4" "POSIT"]
        ORD_REJ_REASON 103 OrdRejReason "OrdRejReason" Int [ "0" "BROKER_OPTION" "1" "UNKNOWN_SYMBOL" "2" "EXCHANGE_CLOSED" "3" "ORDER_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER"]
        IOI_QUALIFIER 104 IOIQualifier "IOIQualifier" String [ "A" "ALL_OR_NONE" "C" "AT_THE_CLOSE" "I" "IN_TOUCH_WITH" "L" "LIMIT" "M" "MORE_BEHIND" "O" "AT_THE_OPEN" "P" "TAKING_A_POSITION" "Q" "CURRENT_QUOTE" "S" "PORTFOLIO_SHOW_N" "T" "THROUGH_THE_DAY" "V" "VERSUS" "W" "INDICATION" "X" "CROSSING_OPPORTUNITY"]
        CXL_TYPE 125 CxlType "CxlType" String [ "F" "FULL_REMAINING_QUANTITY" "P" "PARTIAL_CANCEL"]
        MISC_FEE_TYPE 139 MiscFeeType "MiscFeeType" String [ "1" "REGULATORY" "2" "TAX" "3" "LOCAL_COMMISSION" "4" "EXCHANGE_FEES" "5" "STAMP" "6" "LEVY" "7" "OTHER"]
    }
    parts {
        HEADER [R(8), R(9), R(35), R(49), R(56), O(115), O(128), O(90), O(91), R(34), O(50), O(57), O(116), O(129), O(43), O(97), R(52), O(122)]
        TRAILER [O(93), O(89), R(10)]
        M_HEARTBEAT [O(112)]
        M_TEST_REQUEST [R(112)]
        M_RESEND_REQUEST [R(7), R(16)]
        M_REJECT [R(45), O(58)]
        M_SEQUENCE_RESET [O(123), R(36)]
        M_LOGOUT [O(58)]
        M_INDICATIONOF_INTEREST [R(23), R(28), O(26), R(55), O(65), O(48), O(22), O(106), O(107), R(54), R(27), O(44), O(15), O(62), O(25), O(24), O(130), O(104), O(58)]
        M_ADVERTISEMENT [R(2), R(5), O(3), R(55), O(65), O(48), O(22), O(106), O(107), R(4), R(53), O(44), O(15), O(60), O(58)]
        M_EXECUTION_REPORT [R(37), O(11), O(109), O(76), O(66), R(17), R(20), O(19), R(39), O(103), O(1), O(63), O(64), R(55), O(65), O(48), O(22), O(106), O(107), R(54), R(38), O(40), O(44), O(99), O(15), O(59), O(126), O(18), O(47), R(32), R(31), O(30), O(29), R(14), R(6), O(75), O(60), O(113), O(12), O(13), OG(136, &[O(137), O(138), O(139)]), O(118), O(119), O(120), O(58)]
        M_ORDER_CANCEL_REJECT [R(37), R(11), O(109), O(76), O(66), O(102), O(58)]
        M_LOGON [R(98), R(108), O(95), O(96)]
        M_NEWS [O(42), O(61), O(46), R(33), R(58), O(95), O(96)]
        M_EMAIL [R(94), O(42), O(46), O(37), O(11), R(33), R(58), O(95), O(96)]
        M_NEW_ORDER_SINGLE [R(11), O(109), O(76), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), O(81), R(55), O(65), O(48), O(22), O(106), O(107), O(140), R(54), O(114), R(38), R(40), O(44), O(99), O(15), O(23), O(117), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58)]
        M_NEW_ORDER_LIST [R(66), O(105), R(67), R(68), O(69), R(11), O(109), O(76), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), O(81), R(55), O(65), O(48), O(22), O(106), O(107), O(140), R(54), O(114), R(38), R(40), O(44), O(99), O(15), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58)]
        M_ORDER_CANCEL_REQUEST [R(41), O(37), R(11), O(66), R(125), O(109), O(76), R(55), O(65), O(48), O(22), O(106), O(107), R(54), R(38), O(58)]
        M_ORDER_CANCEL_REPLACE_REQUEST [O(37), O(109), O(76), R(41), R(11), O(66), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), R(55), O(65), O(48), O(22), O(106), O(107), R(54), R(38), R(40), O(44), O(99), O(15), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58)]
        M_ORDER_STATUS_REQUEST [O(37), R(11), O(109), O(76), R(55), O(65), O(106), O(107), R(54)]
        M_ALLOCATION [R(70), R(71), O(72), RG(73, &[R(11), O(37), O(66), O(105)]), OG(124, &[O(17), O(32), O(31), O(30)]), R(54), R(55), O(65), O(48), O(22), O(106), O(107), R(53), R(6), O(15), O(74), R(75), O(60), O(63), O(64), O(118), OG(136, &[O(137), O(138), O(139)]), O(119), O(120), O(77), O(58), RG(78, &[R(79), R(80), O(81), O(76), O(109), O(12), O(13), O(85), O(92), O(86)])]
        M_LIST_CANCEL_REQUEST [R(66), O(105), O(58)]
        M_LIST_EXECUTE [R(66), O(105), O(58)]
        M_LIST_STATUS_REQUEST [R(66), O(105), O(58)]
        M_LIST_STATUS [R(66), O(105), R(82), R(83), RG(73, &[R(11), R(14), R(84), R(6)])]
        M_ALLOCATION_ACK [O(109), O(76), R(70), R(75), O(60), R(87), O(88), O(58)]
        M_DONT_KNOW_TRADE [O(37), O(17), R(127), R(55), R(54), R(38), R(32), R(31), O(58)]
        M_QUOTE_REQUEST [R(131), R(55), O(65), O(48), O(22), O(106), O(107), O(140), O(54), O(38)]
        M_QUOTE [O(131), R(117), R(55), O(65), O(48), O(22), O(106), O(107), R(132), O(133), O(134), O(135), O(62)]
    }
    groups {
        NO_ALLOCS 78 [12 13 76 79 80 81 85 86 92 109]
        NO_EXECS 124 [17 30 31 32]
        NO_MISC_FEES 136 [137 138 139]
        NO_ORDERS_IN_ALLOCATION 73 [11 37 66 105]
        NO_ORDERS_IN_LIST_STATUS 73 [6 11 14 84]
    }
    messages {
        Heartbeat "0" M_HEARTBEAT []
        TestRequest "1" M_TEST_REQUEST [112]
        ResendRequest "2" M_RESEND_REQUEST [7 16]
        Reject "3" M_REJECT [45]
        SequenceReset "4" M_SEQUENCE_RESET [36]
        Logout "5" M_LOGOUT []
        IndicationofInterest "6" M_INDICATIONOF_INTEREST [23 28 55 54 27]
        Advertisement "7" M_ADVERTISEMENT [2 5 55 4 53]
        ExecutionReport "8" M_EXECUTION_REPORT [37 17 20 39 55 54 38 32 31 14 6]
        OrderCancelReject "9" M_ORDER_CANCEL_REJECT [37 11]
        Logon "A" M_LOGON [98 108]
        News "B" M_NEWS [33 58]
        Email "C" M_EMAIL [94 33 58]
        NewOrderSingle "D" M_NEW_ORDER_SINGLE [11 21 55 54 38 40]
        NewOrderList "E" M_NEW_ORDER_LIST [66 67 68 11 21 55 54 38 40]
        OrderCancelRequest "F" M_ORDER_CANCEL_REQUEST [41 11 125 55 54 38]
        OrderCancelReplaceRequest "G" M_ORDER_CANCEL_REPLACE_REQUEST [41 11 21 55 54 38 40]
        OrderStatusRequest "H" M_ORDER_STATUS_REQUEST [11 55 54]
        Allocation "J" M_ALLOCATION [70 71 73 54 55 53 6 75 78]
        ListCancelRequest "K" M_LIST_CANCEL_REQUEST [66]
        ListExecute "L" M_LIST_EXECUTE [66]
        ListStatusRequest "M" M_LIST_STATUS_REQUEST [66]
        ListStatus "N" M_LIST_STATUS [66 82 83 73]
        AllocationACK "P" M_ALLOCATION_ACK [70 75 87]
        DontKnowTrade "Q" M_DONT_KNOW_TRADE [127 55 54 38 32 31]
        QuoteRequest "R" M_QUOTE_REQUEST [131 55]
        Quote "S" M_QUOTE [117 55 132]
    }
}
