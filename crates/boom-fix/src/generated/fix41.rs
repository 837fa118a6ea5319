// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary! {
    "FIX.4.1";
    shared { f40_41 f40_41_42 f40_41_42_43_44_50_50sp1_50sp2 f40_41_42_43_44_t11_50_50sp1_50sp2 f41_42_43_44_50_50sp1_50sp2 }
    values {
        AdvTransType { Cancel "C" New "N" Replace "R" }
        ExecInst { StayOnOfferside "0" NotHeld "1" Work "2" GoAlong "3" OverTheDay "4" Held "5" ParticipateDontInitiate "6" StrictScale "7" TryToScale "8" StayOnBidside "9" NoCross "A" OkToCross "B" CallFirst "C" PercentOfVolume "D" DoNotIncrease "E" DoNotReduce "F" AllOrNone "G" InstitutionsOnly "I" LastPeg "L" MidPricePeg "M" NonNegotiable "N" OpeningPeg "O" MarketPeg "P" PrimaryPeg "R" Suspend "S" CustomerDisplayInstruction "U" Netting "V" }
        IDSource { Cusip "1" Sedol "2" Quik "3" IsinNumber "4" RicCode "5" IsoCurrencyCode "6" IsoCountryCode "7" }
        OrdType { Market "1" Limit "2" Stop "3" StopLimit "4" MarketOnClose "5" WithOrWithout "6" LimitOrBetter "7" LimitWithOrWithout "8" OnBasis "9" OnClose "A" LimitOnClose "B" ForexC "C" PreviouslyQuoted "D" PreviouslyIndicated "E" ForexF "F" ForexG "G" ForexH "H" Pegged "P" }
        Rule80A { AgencySingleOrder "A" ShortExemptTransactionB "B" ProgramOrderNonIndexArbForMemberFirmOrg "C" ProgramOrderIndexArbForMemberFirmOrg "D" RegisteredEquityMarketMakerTrades "E" ShortExemptTransactionF "F" ShortExemptTransactionH "H" IndividualInvestorSingleOrder "I" ProgramOrderIndexArbForIndividualCustomer "J" ProgramOrderNonIndexArbForIndividualCustomer "K" ShortExemptTransactionForMemberCompetingMarketMakerAffiliatedWithTheFirmClearingTheTrade "L" ProgramOrderIndexArbForOtherMember "M" ProgramOrderNonIndexArbForOtherMember "N" CompetingDealerTradesO "O" Principal "P" CompetingDealerTradesR "R" SpecialistTrades "S" CompetingDealerTradesT "T" ProgramOrderIndexArbForOtherAgency "U" AllOtherOrdersAsAgentForOtherMember "W" ShortExemptTransactionForMemberCompetingMarketMakerNotAffiliatedWithTheFirmClearingTheTrade "X" ProgramOrderNonIndexArbForOtherAgency "Y" ShortExemptTransactionForNonMemberCompetingMarketMaker "Z" }
        Side { Buy "1" Sell "2" BuyMinus "3" SellPlus "4" SellShort "5" SellShortExempt "6" Undisclosed "7" Cross "8" }
        AllocTransType { New "0" Replace "1" Cancel "2" Preliminary "3" Calculated "4" }
        OpenClose { Close "C" Open "O" }
        PossResend { No "N" Yes "Y" }
        OrdRejReason { BrokerOption "0" UnknownSymbol "1" ExchangeClosed "2" OrderExceedsLimit "3" TooLateToEnter "4" UnknownOrder "5" DuplicateOrder "6" }
        IOIQualifier { AllOrNone "A" AtTheClose "C" InTouchWith "I" Limit "L" MoreBehind "M" AtTheOpen "O" TakingAPosition "P" AtTheMarket "Q" PortfolioShowN "S" ThroughTheDay "T" Versus "V" Indication "W" CrossingOpportunity "X" AtTheMidpoint "Y" PreOpen "Z" }
        MiscFeeType { Regulatory "1" Tax "2" LocalCommission "3" ExchangeFees "4" Stamp "5" Levy "6" Other "7" Markup "8" }
        ResetSeqNumFlag { No "N" Yes "Y" }
        ExecType { New "0" PartialFill "1" Fill "2" DoneForDay "3" Cancelled "4" Replace "5" PendingCancelReplace "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" }
        SettlCurrFxRateCalc { Multiply "M" Divide "D" }
        SettlInstMode { Default "0" StandingInstructionsProvided "1" SpecificAllocationAccountOverriding "2" SpecificAllocationAccountStanding "3" }
        SettlInstTransType { Cancel "C" New "N" Replace "R" }
        SettlInstSource { BrokersInstructions "1" InstitutionsInstructions "2" }
        SettlLocation { Cedel "CED" DepositoryTrustCompany "DTC" Euroclear "EUR" FederalBookEntry "FED" LocalMarketSettleLocation "ISO Country Code" Physical "PNY" ParticipantTrustCompany "PTC" }
        SecurityType { BankersAcceptance "BA" CertificateOfDeposit "CD" CollateralizeMortgageObligation "CMO" CorporateBond "CORP" CommercialPaper "CP" CorporatePrivatePlacement "CPP" CommonStock "CS" FederalHousingAuthority "FHA" FederalHomeLoan "FHL" FederalNationalMortgageAssociation "FN" ForeignExchangeContract "FOR" Future "FUT" GovernmentNationalMortgageAssociation "GN" TreasuriesPlusAgencyDebenture "GOVT" MutualFund "MF" MortgageInterestOnly "MIO" MortgagePrincipleOnly "MPO" MortgagePrivatePlacement "MPP" MiscellaneousPassThru "MPT" MunicipalBond "MUNI" NoIsitcSecurityType "NONE" Option "OPT" PreferredStock "PS" RepurchaseAgreement "RP" ReverseRepurchaseAgreement "RVRP" StudentLoanMarketingAssociation "SL" TimeDeposit "TD" UsTreasuryBill "USTB" Warrant "WAR" CatsTigersLions "ZOO" }
        StandInstDbType { Other "0" DtcSid "1" ThomsonAlert "2" AGlobalCustodian "3" }
        AllocLinkType { FXNetting "0" FXSwap "1" }
        CoveredOrUncovered { Covered "0" Uncovered "1" }
        NotifyBrokerOfCredit { No "N" Yes "Y" }
        AllocHandlInst { Match "1" Forward "2" ForwardAndMatch "3" }
    }
    fields {
        ADV_TRANS_TYPE 5 AdvTransType "AdvTransType" String [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        EXEC_INST 18 ExecInst "ExecInst" String [ "0" "STAY_ON_OFFERSIDE" "1" "NOT_HELD" "2" "WORK" "3" "GO_ALONG" "4" "OVER_THE_DAY" "5" "HELD" "6" "PARTICIPATE_DONT_INITIATE" "7" "STRICT_SCALE" "8" "TRY_TO_SCALE" "9" "STAY_ON_BIDSIDE" "A" "NO_CROSS" "B" "OK_TO_CROSS" "C" "CALL_FIRST" "D" "PERCENT_OF_VOLUME" "E" "DO_NOT_INCREASE" "F" "DO_NOT_REDUCE" "G" "ALL_OR_NONE" "I" "INSTITUTIONS_ONLY" "L" "LAST_PEG" "M" "MID_PRICE_PEG" "N" "NON_NEGOTIABLE" "O" "OPENING_PEG" "P" "MARKET_PEG" "R" "PRIMARY_PEG" "S" "SUSPEND" "U" "CUSTOMER_DISPLAY_INSTRUCTION" "V" "NETTING"]
        ID_SOURCE 22 IDSource "IDSource" String [ "1" "CUSIP" "2" "SEDOL" "3" "QUIK" "4" "ISIN_NUMBER" "5" "RIC_CODE" "6" "ISO_CURRENCY_CODE" "7" "ISO_COUNTRY_CODE"]
        IO_IID 23 Text "IOIid" String []
        MSG_TYPE 35 Text "MsgType" String [ "0" "HEARTBEAT" "1" "TEST_REQUEST" "2" "RESEND_REQUEST" "3" "REJECT" "4" "SEQUENCE_RESET" "5" "LOGOUT" "6" "INDICATION_OF_INTEREST" "7" "ADVERTISEMENT" "8" "EXECUTION_REPORT" "9" "ORDER_CANCEL_REJECT" "A" "LOGON" "B" "NEWS" "C" "EMAIL" "D" "ORDER_D" "E" "ORDER_E" "F" "ORDER_CANCEL_REQUEST" "G" "ORDER_CANCEL_REPLACE_REQUEST" "H" "ORDER_STATUS_REQUEST" "J" "ALLOCATION" "K" "LIST_CANCEL_REQUEST" "L" "LIST_EXECUTE" "M" "LIST_STATUS_REQUEST" "N" "LIST_STATUS" "P" "ALLOCATION_ACK" "Q" "DONT_KNOW_TRADE" "R" "QUOTE_REQUEST" "S" "QUOTE" "T" "SETTLEMENT_INSTRUCTIONS"]
        ORD_TYPE 40 OrdType "OrdType" String [ "1" "MARKET" "2" "LIMIT" "3" "STOP" "4" "STOP_LIMIT" "5" "MARKET_ON_CLOSE" "6" "WITH_OR_WITHOUT" "7" "LIMIT_OR_BETTER" "8" "LIMIT_WITH_OR_WITHOUT" "9" "ON_BASIS" "A" "ON_CLOSE" "B" "LIMIT_ON_CLOSE" "C" "FOREX_C" "D" "PREVIOUSLY_QUOTED" "E" "PREVIOUSLY_INDICATED" "F" "FOREX_F" "G" "FOREX_G" "H" "FOREX_H" "P" "PEGGED"]
        RULE80_A 47 Rule80A "Rule80A" String [ "A" "AGENCY_SINGLE_ORDER" "B" "SHORT_EXEMPT_TRANSACTION_B" "C" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "D" "PROGRAM_ORDER_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "E" "REGISTERED_EQUITY_MARKET_MAKER_TRADES" "F" "SHORT_EXEMPT_TRANSACTION_F" "H" "SHORT_EXEMPT_TRANSACTION_H" "I" "INDIVIDUAL_INVESTOR_SINGLE_ORDER" "J" "PROGRAM_ORDER_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "K" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "L" "SHORT_EXEMPT_TRANSACTION_FOR_MEMBER_COMPETING_MARKET_MAKER_AFFILIATED_WITH_THE_FIRM_CLEARING_THE_TRADE" "M" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_MEMBER" "N" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_MEMBER" "O" "COMPETING_DEALER_TRADES_O" "P" "PRINCIPAL" "R" "COMPETING_DEALER_TRADES_R" "S" "SPECIALIST_TRADES" "T" "COMPETING_DEALER_TRADES_T" "U" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_AGENCY" "W" "ALL_OTHER_ORDERS_AS_AGENT_FOR_OTHER_MEMBER" "X" "SHORT_EXEMPT_TRANSACTION_FOR_MEMBER_COMPETING_MARKET_MAKER_NOT_AFFILIATED_WITH_THE_FIRM_CLEARING_THE_TRADE" "Y" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_AGENCY" "Z" "SHORT_EXEMPT_TRANSACTION_FOR_NON_MEMBER_COMPETING_MARKET_MAKER"]
        SIDE 54 Side "Side" String [ "1" "BUY" "2" "SELL" "3" "BUY_MINUS" "4" "SELL_PLUS" "5" "SELL_SHORT" "6" "SELL_SHORT_EXEMPT" "7" "UNDISCLOSED" "8" "CROSS"]
        FUT_SETT_DATE 64 DateOnly "FutSettDate" DateOnly []
        SYMBOL_SFX 65 Text "SymbolSfx" String []
        ALLOC_TRANS_TYPE 71 AllocTransType "AllocTransType" String [ "0" "NEW" "1" "REPLACE" "2" "CANCEL" "3" "PRELIMINARY" "4" "CALCULATED"]
        AVG_PRX_PRECISION 74 Int "AvgPrxPrecision" Int []
        OPEN_CLOSE 77 OpenClose "OpenClose" String [ "C" "CLOSE" "O" "OPEN"]
        NO_RPTS 82 Int "NoRpts" Int []
        NO_DLVY_INST 85 Int "NoDlvyInst" Int []
        POSS_RESEND 97 PossResend "PossResend" String [ "N" "NO" "Y" "YES"]
        ORD_REJ_REASON 103 OrdRejReason "OrdRejReason" Int [ "0" "BROKER_OPTION" "1" "UNKNOWN_SYMBOL" "2" "EXCHANGE_CLOSED" "3" "ORDER_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER" "5" "UNKNOWN_ORDER" "6" "DUPLICATE_ORDER"]
        IOI_QUALIFIER 104 IOIQualifier "IOIQualifier" String [ "A" "ALL_OR_NONE" "C" "AT_THE_CLOSE" "I" "IN_TOUCH_WITH" "L" "LIMIT" "M" "MORE_BEHIND" "O" "AT_THE_OPEN" "P" "TAKING_A_POSITION" "Q" "AT_THE_MARKET" "S" "PORTFOLIO_SHOW_N" "T" "THROUGH_THE_DAY" "V" "VERSUS" "W" "INDICATION" "X" "CROSSING_OPPORTUNITY" "Y" "AT_THE_MIDPOINT" "Z" "PRE_OPEN"]
        CXL_TYPE 125 Text "CxlType" String []
        MISC_FEE_TYPE 139 MiscFeeType "MiscFeeType" String [ "1" "REGULATORY" "2" "TAX" "3" "LOCAL_COMMISSION" "4" "EXCHANGE_FEES" "5" "STAMP" "6" "LEVY" "7" "OTHER" "8" "MARKUP"]
        RESET_SEQ_NUM_FLAG 141 ResetSeqNumFlag "ResetSeqNumFlag" String [ "N" "NO" "Y" "YES"]
        SENDER_LOCATION_ID 142 Text "SenderLocationID" String []
        TARGET_LOCATION_ID 143 Text "TargetLocationID" String []
        ON_BEHALF_OF_LOCATION_ID 144 Text "OnBehalfOfLocationID" String []
        DELIVER_TO_LOCATION_ID 145 Text "DeliverToLocationID" String []
        NO_RELATED_SYM 146 Int "NoRelatedSym" Int []
        EXEC_TYPE 150 ExecType "ExecType" String [ "0" "NEW" "1" "PARTIAL_FILL" "2" "FILL" "3" "DONE_FOR_DAY" "4" "CANCELLED" "5" "REPLACE" "6" "PENDING_CANCEL_REPLACE" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED"]
        LEAVES_QTY 151 Int "LeavesQty" Int []
        SETTL_CURR_FX_RATE_CALC 156 SettlCurrFxRateCalc "SettlCurrFxRateCalc" String [ "M" "MULTIPLY" "D" "DIVIDE"]
        SETTL_INST_MODE 160 SettlInstMode "SettlInstMode" String [ "0" "DEFAULT" "1" "STANDING_INSTRUCTIONS_PROVIDED" "2" "SPECIFIC_ALLOCATION_ACCOUNT_OVERRIDING" "3" "SPECIFIC_ALLOCATION_ACCOUNT_STANDING"]
        SETTL_INST_TRANS_TYPE 163 SettlInstTransType "SettlInstTransType" String [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        SETTL_INST_SOURCE 165 SettlInstSource "SettlInstSource" String [ "1" "BROKERS_INSTRUCTIONS" "2" "INSTITUTIONS_INSTRUCTIONS"]
        SETTL_LOCATION 166 SettlLocation "SettlLocation" String [ "CED" "CEDEL" "DTC" "DEPOSITORY_TRUST_COMPANY" "EUR" "EUROCLEAR" "FED" "FEDERAL_BOOK_ENTRY" "ISO Country Code" "LOCAL_MARKET_SETTLE_LOCATION" "PNY" "PHYSICAL" "PTC" "PARTICIPANT_TRUST_COMPANY"]
        SECURITY_TYPE 167 SecurityType "SecurityType" String [ "BA" "BANKERS_ACCEPTANCE" "CD" "CERTIFICATE_OF_DEPOSIT" "CMO" "COLLATERALIZE_MORTGAGE_OBLIGATION" "CORP" "CORPORATE_BOND" "CP" "COMMERCIAL_PAPER" "CPP" "CORPORATE_PRIVATE_PLACEMENT" "CS" "COMMON_STOCK" "FHA" "FEDERAL_HOUSING_AUTHORITY" "FHL" "FEDERAL_HOME_LOAN" "FN" "FEDERAL_NATIONAL_MORTGAGE_ASSOCIATION" "FOR" "FOREIGN_EXCHANGE_CONTRACT" "FUT" "FUTURE" "GN" "GOVERNMENT_NATIONAL_MORTGAGE_ASSOCIATION" "GOVT" "TREASURIES_PLUS_AGENCY_DEBENTURE" "MF" "MUTUAL_FUND" "MIO" "MORTGAGE_INTEREST_ONLY" "MPO" "MORTGAGE_PRINCIPLE_ONLY" "MPP" "MORTGAGE_PRIVATE_PLACEMENT" "MPT" "MISCELLANEOUS_PASS_THRU" "MUNI" "MUNICIPAL_BOND" "NONE" "NO_ISITC_SECURITY_TYPE" "OPT" "OPTION" "PS" "PREFERRED_STOCK" "RP" "REPURCHASE_AGREEMENT" "RVRP" "REVERSE_REPURCHASE_AGREEMENT" "SL" "STUDENT_LOAN_MARKETING_ASSOCIATION" "TD" "TIME_DEPOSIT" "USTB" "US_TREASURY_BILL" "WAR" "WARRANT" "ZOO" "CATS_TIGERS_LIONS"]
        STAND_INST_DB_TYPE 169 StandInstDbType "StandInstDbType" Int [ "0" "OTHER" "1" "DTC_SID" "2" "THOMSON_ALERT" "3" "A_GLOBAL_CUSTODIAN"]
        SETTL_DELIVERY_TYPE 172 Int "SettlDeliveryType" Int []
        FUT_SETT_DATE2 193 DateOnly "FutSettDate2" DateOnly []
        ALLOC_LINK_TYPE 197 AllocLinkType "AllocLinkType" Int [ "0" "F_X_NETTING" "1" "F_X_SWAP"]
        NO_IOI_QUALIFIERS 199 Int "NoIOIQualifiers" Int []
        COVERED_OR_UNCOVERED 203 CoveredOrUncovered "CoveredOrUncovered" Int [ "0" "COVERED" "1" "UNCOVERED"]
        OPT_ATTRIBUTE 206 Text "OptAttribute" String []
        NOTIFY_BROKER_OF_CREDIT 208 NotifyBrokerOfCredit "NotifyBrokerOfCredit" String [ "N" "NO" "Y" "YES"]
        ALLOC_HANDL_INST 209 AllocHandlInst "AllocHandlInst" Int [ "1" "MATCH" "2" "FORWARD" "3" "FORWARD_AND_MATCH"]
        MAX_SHOW 210 Int "MaxShow" Int []
        PEG_DIFFERENCE 211 Number "PegDifference" Float []
    }
    parts {
        HEADER [R(8), R(9), R(35), R(49), R(56), O(115), O(128), O(90), O(91), R(34), O(50), O(142), O(57), O(143), O(116), O(144), O(129), O(145), O(43), O(97), R(52), O(122)]
        TRAILER [O(93), O(89), R(10)]
        M_HEARTBEAT [O(112)]
        M_TEST_REQUEST [R(112)]
        M_RESEND_REQUEST [R(7), R(16)]
        M_REJECT [R(45), O(58)]
        M_SEQUENCE_RESET [O(123), R(36)]
        M_LOGOUT [O(58)]
        M_INDICATIONOF_INTEREST [R(23), R(28), O(26), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54), R(27), O(44), O(15), O(62), O(25), O(24), O(130), OG(199, &[O(104)]), O(58), O(60), O(149)]
        M_ADVERTISEMENT [R(2), R(5), O(3), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(4), R(53), O(44), O(15), O(75), O(60), O(58), O(149), O(30)]
        M_EXECUTION_REPORT [R(37), O(198), O(11), O(41), O(109), O(76), O(66), R(17), R(20), O(19), R(150), R(39), O(103), O(1), O(63), O(64), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54), R(38), O(40), O(44), O(99), O(211), O(15), O(59), O(126), O(18), O(47), R(32), R(31), O(194), O(195), O(30), O(29), R(151), R(14), R(6), O(75), O(60), O(113), O(12), O(13), O(119), O(120), O(155), O(156), O(58)]
        M_ORDER_CANCEL_REJECT [R(37), O(198), R(11), R(41), R(39), O(109), O(76), O(66), O(102), O(58)]
        M_LOGON [R(98), R(108), O(95), O(96), O(141)]
        M_NEWS [O(42), O(61), R(148), OG(146, &[O(46), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107)]), RG(33, &[R(58)]), O(149), O(95), O(96)]
        M_EMAIL [R(164), R(94), O(42), R(147), OG(146, &[O(46), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107)]), O(37), O(11), RG(33, &[R(58)]), O(95), O(96)]
        M_NEW_ORDER_SINGLE [R(11), O(109), O(76), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), O(81), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), O(140), R(54), O(114), O(38), O(152), R(40), O(44), O(99), O(15), O(23), O(117), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58), O(193), O(192), O(77), O(203), O(204), O(210), O(211)]
        M_NEW_ORDER_LIST [R(66), O(105), R(67), R(68), O(69), R(11), O(109), O(76), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), O(81), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), O(140), R(54), O(114), R(38), R(40), O(44), O(99), O(211), O(15), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58), O(193), O(192), O(77), O(203), O(204), O(210)]
        M_ORDER_CANCEL_REQUEST [R(41), O(37), R(11), O(66), O(109), O(76), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54), O(38), O(152), O(58)]
        M_ORDER_CANCEL_REPLACE_REQUEST [O(37), O(109), O(76), R(41), R(11), O(66), O(1), O(63), O(64), R(21), O(18), O(110), O(111), O(100), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54), O(38), O(152), R(40), O(44), O(99), O(211), O(15), O(59), O(126), O(12), O(13), O(47), O(121), O(120), O(58), O(193), O(192), O(77), O(203), O(204), O(210), O(114)]
        M_ORDER_STATUS_REQUEST [O(37), R(11), O(109), O(76), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54)]
        M_ALLOCATION [R(70), R(71), O(72), O(196), O(197), OG(73, &[O(11), O(37), O(198), O(66), O(105)]), OG(124, &[O(32), O(17), O(31), O(29)]), R(54), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(53), O(30), R(6), O(15), O(74), R(75), O(60), O(63), O(64), O(118), O(77), O(58), O(157), O(158), OG(78, &[O(79), R(80), O(81), O(92), O(208), O(209), O(161), O(76), O(109), O(12), O(13), O(153), O(154), O(119), O(120), O(155), O(156), O(159), O(160), OG(136, &[O(137), O(138), O(139)])])]
        M_LIST_CANCEL_REQUEST [R(66), O(105), O(58)]
        M_LIST_EXECUTE [R(66), O(105), O(58)]
        M_LIST_STATUS_REQUEST [R(66), O(105), O(58)]
        M_LIST_STATUS [R(66), O(105), R(82), R(83), RG(73, &[R(11), R(14), R(151), R(84), R(6)])]
        M_ALLOCATION_ACK [O(109), O(76), R(70), R(75), O(60), R(87), O(88), O(58)]
        M_DONT_KNOW_TRADE [O(37), O(17), R(127), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), R(54), O(38), O(152), O(32), O(31), O(58)]
        M_QUOTE_REQUEST [R(131), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), O(140), O(54), O(38), O(64), O(40), O(193), O(192)]
        M_QUOTE [O(131), R(117), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(207), O(106), O(107), O(132), O(133), O(134), O(135), O(62), O(188), O(190), O(189), O(191), O(60), O(64), O(40), O(193), O(192)]
        M_SETTLEMENT_INSTRUCTIONS [R(162), R(163), R(160), R(165), R(79), O(166), O(75), O(70), O(30), O(54), O(167), O(168), R(60), O(109), O(76), O(169), O(170), O(171), O(172), O(173), O(174), O(175), O(176), O(177), O(178), O(179), O(180), O(181), O(182), O(183), O(184), O(185), O(186), O(187)]
    }
    groups {
        LINES_OF_TEXT 33 [58]
        NO_ALLOCS 78 [12 13 76 79 80 81 92 109 119 120 136 137 138 139 153 154 155 156 159 160 161 208 209]
        NO_EXECS 124 [17 29 31 32]
        NO_IOI_QUALIFIERS 199 [104]
        NO_MISC_FEES 136 [137 138 139]
        NO_ORDERS_IN_ALLOCATION 73 [11 37 66 105 198]
        NO_ORDERS_IN_LIST_STATUS 73 [6 11 14 84 151]
        NO_RELATED_SYM 146 [22 46 48 65 106 107 167 200 201 202 205 206 207]
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
        ExecutionReport "8" M_EXECUTION_REPORT [37 17 20 150 39 55 54 38 32 31 151 14 6]
        OrderCancelReject "9" M_ORDER_CANCEL_REJECT [37 11 41 39]
        Logon "A" M_LOGON [98 108]
        News "B" M_NEWS [148 33]
        Email "C" M_EMAIL [164 94 147 33]
        NewOrderSingle "D" M_NEW_ORDER_SINGLE [11 21 55 54 40]
        NewOrderList "E" M_NEW_ORDER_LIST [66 67 68 11 21 55 54 38 40]
        OrderCancelRequest "F" M_ORDER_CANCEL_REQUEST [41 11 55 54]
        OrderCancelReplaceRequest "G" M_ORDER_CANCEL_REPLACE_REQUEST [41 11 21 55 54 40]
        OrderStatusRequest "H" M_ORDER_STATUS_REQUEST [11 55 54]
        Allocation "J" M_ALLOCATION [70 71 54 55 53 6 75]
        ListCancelRequest "K" M_LIST_CANCEL_REQUEST [66]
        ListExecute "L" M_LIST_EXECUTE [66]
        ListStatusRequest "M" M_LIST_STATUS_REQUEST [66]
        ListStatus "N" M_LIST_STATUS [66 82 83 73]
        AllocationACK "P" M_ALLOCATION_ACK [70 75 87]
        DontKnowTrade "Q" M_DONT_KNOW_TRADE [127 55 54]
        QuoteRequest "R" M_QUOTE_REQUEST [131 55]
        Quote "S" M_QUOTE [117 55]
        SettlementInstructions "T" M_SETTLEMENT_INSTRUCTIONS [162 163 160 165 79 60]
    }
}
