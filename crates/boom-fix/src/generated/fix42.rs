// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary! {
    "FIX.4.2";
    shared { f40_41_42 f40_41_42_43_44_50_50sp1_50sp2 f40_41_42_43_44_t11_50_50sp1_50sp2 f41_42_43_44_50_50sp1_50sp2 f42_43 f42_43_44_50_50sp1_50sp2 f42_43_44_t11_50_50sp1_50sp2 f42_43_50_50sp1_50sp2 f42_44_50_50sp1_50sp2 f42_50_50sp1_50sp2 }
    values {
        AdvTransType { Cancel "C" New "N" Replace "R" }
        CommType { PerShare "1" Percentage "2" Absolute "3" }
        IDSource { Cusip "1" Sedol "2" Quik "3" IsinNumber "4" RicCode "5" IsoCurrencyCode "6" IsoCountryCode "7" ExchangeSymbol "8" ConsolidatedTapeAssociation "9" }
        OrdStatus { New "0" PartiallyFilled "1" Filled "2" DoneForDay "3" Canceled "4" Replaced "5" PendingCancel "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" AcceptedForBidding "D" PendingReplace "E" }
        OrdType { Market "1" Limit "2" Stop "3" StopLimit "4" MarketOnClose "5" WithOrWithout "6" LimitOrBetter "7" LimitWithOrWithout "8" OnBasis "9" OnClose "A" LimitOnClose "B" ForexC "C" PreviouslyQuoted "D" PreviouslyIndicated "E" ForexF "F" ForexG "G" ForexH "H" Funari "I" Pegged "P" }
        Rule80A { AgencySingleOrder "A" ShortExemptTransactionB "B" ProgramOrderNonIndexArbForMemberFirmOrg "C" ProgramOrderIndexArbForMemberFirmOrg "D" RegisteredEquityMarketMakerTrades "E" ShortExemptTransactionF "F" ShortExemptTransactionH "H" IndividualInvestorSingleOrder "I" ProgramOrderIndexArbForIndividualCustomer "J" ProgramOrderNonIndexArbForIndividualCustomer "K" ShortExemptTransactionForMemberCompetingMarketMakerAffiliatedWithTheFirmClearingTheTrade "L" ProgramOrderIndexArbForOtherMember "M" ProgramOrderNonIndexArbForOtherMember "N" CompetingDealerTradesO "O" Principal "P" CompetingDealerTradesR "R" SpecialistTrades "S" CompetingDealerTradesT "T" ProgramOrderIndexArbForOtherAgency "U" AllOtherOrdersAsAgentForOtherMember "W" ShortExemptTransactionForMemberCompetingMarketMakerNotAffiliatedWithTheFirmClearingTheTrade "X" ProgramOrderNonIndexArbForOtherAgency "Y" ShortExemptTransactionForNonMemberCompetingMarketMaker "Z" }
        Side { Buy "1" Sell "2" BuyMinus "3" SellPlus "4" SellShort "5" SellShortExempt "6" Undisclosed "7" Cross "8" CrossShort "9" }
        TimeInForce { Day "0" GoodTillCancel "1" AtTheOpening "2" ImmediateOrCancel "3" FillOrKill "4" GoodTillCrossing "5" GoodTillDate "6" }
        SettlmntTyp { Regular "0" Cash "1" NextDay "2" TPlus2 "3" TPlus3 "4" TPlus4 "5" Future "6" WhenIssued "7" SellersOption "8" TPlus5 "9" }
        AllocTransType { New "0" Replace "1" Cancel "2" Preliminary "3" Calculated "4" CalculatedWithoutPreliminary "5" }
        OpenClose { Close "C" Open "O" }
        CxlRejReason { TooLateToCancel "0" UnknownOrder "1" BrokerOption "2" OrderAlreadyInPendingCancelOrPendingReplaceStatus "3" }
        OrdRejReason { BrokerOption "0" UnknownSymbol "1" ExchangeClosed "2" OrderExceedsLimit "3" TooLateToEnter "4" UnknownOrder "5" DuplicateOrder "6" DuplicateOfAVerballyCommunicatedOrder "7" StaleOrder "8" }
        IOIQualifier { AllOrNone "A" AtTheClose "C" InTouchWith "I" Limit "L" MoreBehind "M" AtTheOpen "O" TakingAPosition "P" AtTheMarket "Q" ReadyToTrade "R" PortfolioShowN "S" ThroughTheDay "T" Versus "V" Indication "W" CrossingOpportunity "X" AtTheMidpoint "Y" PreOpen "Z" }
        DKReason { UnknownSymbol "A" WrongSide "B" QuantityExceedsOrder "C" NoMatchingOrder "D" PriceExceedsLimit "E" Other "Z" }
        MiscFeeType { Regulatory "1" Tax "2" LocalCommission "3" ExchangeFees "4" Stamp "5" Levy "6" Other "7" Markup "8" ConsumptionTax "9" }
        ExecType { New "0" PartialFill "1" Fill "2" DoneForDay "3" Canceled "4" Replace "5" PendingCancel "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" Restated "D" PendingReplace "E" }
        SettlInstMode { Default "0" StandingInstructionsProvided "1" SpecificAllocationAccountOverriding "2" SpecificAllocationAccountStanding "3" }
        SettlInstTransType { Cancel "C" New "N" Replace "R" }
        SettlInstSource { BrokersInstructions "1" InstitutionsInstructions "2" }
        SettlLocation { Cedel "CED" DepositoryTrustCompany "DTC" Euroclear "EUR" FederalBookEntry "FED" LocalMarketSettleLocation "ISO Country Code" Physical "PNY" ParticipantTrustCompany "PTC" }
        SecurityType { WildcardEntry "?" BankersAcceptance "BA" ConvertibleBond "CB" CertificateOfDeposit "CD" CollateralizeMortgageObligation "CMO" CorporateBond "CORP" CommercialPaper "CP" CorporatePrivatePlacement "CPP" CommonStock "CS" FederalHousingAuthority "FHA" FederalHomeLoan "FHL" FederalNationalMortgageAssociation "FN" ForeignExchangeContract "FOR" Future "FUT" GovernmentNationalMortgageAssociation "GN" TreasuriesPlusAgencyDebenture "GOVT" MortgageIoette "IET" MutualFund "MF" MortgageInterestOnly "MIO" MortgagePrincipalOnly "MPO" MortgagePrivatePlacement "MPP" MiscellaneousPassThru "MPT" MunicipalBond "MUNI" NoIsitcSecurityType "NONE" Option "OPT" PreferredStock "PS" RepurchaseAgreement "RP" ReverseRepurchaseAgreement "RVRP" StudentLoanMarketingAssociation "SL" TimeDeposit "TD" UsTreasuryBill "USTB" Warrant "WAR" CatsTigersLions "ZOO" }
        StandInstDbType { Other "0" DtcSid "1" ThomsonAlert "2" AGlobalCustodian "3" }
        AllocLinkType { FXNetting "0" FXSwap "1" }
        CoveredOrUncovered { Covered "0" Uncovered "1" }
        AllocHandlInst { Match "1" Forward "2" ForwardAndMatch "3" }
        Benchmark { Curve "1" V5Yr "2" Old5 "3" V10Yr "4" Old10 "5" V30Yr "6" Old30 "7" V3MoLibor "8" V6MoLibor "9" }
        MDEntryType { Bid "0" Offer "1" Trade "2" IndexValue "3" OpeningPrice "4" ClosingPrice "5" SettlementPrice "6" TradingSessionHighPrice "7" TradingSessionLowPrice "8" TradingSessionVwapPrice "9" }
        MDUpdateAction { New "0" Change "1" Delete "2" }
        MDReqRejReason { UnknownSymbol "0" DuplicateMdreqid "1" InsufficientBandwidth "2" InsufficientPermissions "3" UnsupportedSubscriptionrequesttype "4" UnsupportedMarketdepth "5" UnsupportedMdupdatetype "6" UnsupportedAggregatedbook "7" UnsupportedMdentrytype "8" }
        OpenCloseSettleFlag { DailyOpen "0" SessionOpen "1" DeliverySettlementPrice "2" }
        FinancialStatus { Bankrupt "1" }
        CorporateAction { ExDividend "A" ExDistribution "B" ExRights "C" New "D" ExInterest "E" }
        QuoteAckStatus { Accepted "0" CanceledForSymbol "1" CanceledForSecurityType "2" CanceledForUnderlying "3" CanceledAll "4" Rejected "5" }
        QuoteCancelType { CancelForSymbol "1" CancelForSecurityType "2" CancelForUnderlyingSymbol "3" CancelForAllQuotes "4" }
        QuoteRejectReason { UnknownSymbol "1" Exchange "2" QuoteRequestExceedsLimit "3" TooLateToEnter "4" UnknownQuote "5" DuplicateQuote "6" InvalidBidAskSpread "7" InvalidPrice "8" NotAuthorizedToQuoteSecurity "9" }
        QuoteResponseLevel { NoAcknowledgement "0" AcknowledgeOnlyNegativeOrErroneousQuotes "1" AcknowledgeEachQuoteMessages "2" }
        SecurityRequestType { RequestSecurityIdentityAndSpecifications "0" RequestSecurityIdentityForTheSpecificationsProvided "1" RequestListSecurityTypes "2" RequestListSecurities "3" }
        SecurityResponseType { AcceptSecurityProposalAsIs "1" AcceptSecurityProposalWithRevisionsAsIndicatedInTheMessage "2" ListOfSecurityTypesReturnedPerRequest "3" ListOfSecuritiesReturnedPerRequest "4" RejectSecurityProposal "5" CanNotMatchSelectionCriteria "6" }
        SecurityTradingStatus { OpeningDelay "1" MarketOnCloseImbalanceSell "10" V11 "11" NoMarketImbalance "12" NoMarketOnCloseImbalance "13" ItsPreOpening "14" NewPriceIndication "15" TradeDisseminationTime "16" ReadyToTrade "17" NotAvailableForTrading "18" NotTradedOnThisMarket "19" TradingHalt "2" UnknownOrInvalid "20" Resume "3" NoOpenNoResume "4" PriceIndication "5" TradingRangeIndication "6" MarketImbalanceBuy "7" MarketImbalanceSell "8" MarketOnCloseImbalanceBuy "9" }
        HaltReasonChar { NewsDissemination "D" OrderInflux "E" OrderImbalance "I" AdditionalInformation "M" NewsPending "P" EquipmentChangeover "X" }
        TradSesStatus { Halted "1" Open "2" Closed "3" PreOpen "4" PreClose "5" }
        MessageEncoding { EucJp "EUC-JP" Iso2022Jp "ISO-2022-JP" ShiftJis "SHIFT_JIS" Utf8 "UTF-8" }
        QuoteEntryRejectReason { UnknownSymbol "1" Exchange "2" QuoteExceedsLimit "3" TooLateToEnter "4" UnknownQuote "5" DuplicateQuote "6" InvalidBidAskSpread "7" InvalidPrice "8" NotAuthorizedToQuoteSecurity "9" }
        SessionRejectReason { InvalidTagNumber "0" RequiredTagMissing "1" SendingtimeAccuracyProblem "10" InvalidMsgtype "11" TagNotDefinedForThisMessageType "2" UndefinedTag "3" TagSpecifiedWithoutAValue "4" ValueIsIncorrect "5" IncorrectDataFormatForValue "6" DecryptionProblem "7" SignatureProblem "8" CompidProblem "9" }
        ExecRestatementReason { GtCorporateAction "0" GtRenewal "1" VerbalChange "2" RepricingOfOrder "3" BrokerOption "4" PartialDeclineOfOrderqty "5" }
        BusinessRejectReason { Other "0" UnkownId "1" UnknownSecurity "2" UnsupportedMessageType "3" ApplicationNotAvailable "4" ConditionallyRequiredFieldMissing "5" }
        MsgDirection { Receive "R" Send "S" }
        ProgRptReqs { BuysideExplicitlyRequestsStatusUsingStatusrequest "1" SellsidePeriodicallySendsStatusUsingListstatusPeriodOptionallySpecifiedInProgressperiod "2" RealTimeExecutionReports "3" }
        TradeType { Agency "A" VwapGuarantee "G" GuaranteedClose "J" RiskTrade "R" }
        BasisPxType { ClosingPriceAtMorningSession "2" ClosingPrice "3" CurrentPrice "4" Sq "5" VwapThroughADay "6" VwapThroughAMorningSession "7" VwapThroughAnAfternoonSession "8" VwapThroughADayExceptYori "9" VwapThroughAMorningSessionExceptYori "A" VwapThroughAnAfternoonSessionExceptYori "B" Strike "C" Open "D" Others "Z" }
        PriceType { Percentage "1" PerShare "2" FixedAmount "3" }
        GTBookingInst { BookOutAllTradesOnDayOfExecution "0" AccumulateExecutionsUntilOrderIsFilledOrExpires "1" AccumulateUntilVerballyNotifiedOtherwise "2" }
        ListExecInstType { Immediate "1" WaitForExecuteInstruction "2" }
        MultiLegReportingType { SingleSecurity "1" IndividualLegOfAMultiLegSecurity "2" MultiLegSecurity "3" }
    }
    fields {
        ADV_TRANS_TYPE 5 AdvTransType "AdvTransType" String [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        COMM_TYPE 13 CommType "CommType" Char [ "1" "PER_SHARE" "2" "PERCENTAGE" "3" "ABSOLUTE"]
        EXEC_INST 18 Text "ExecInst" MultipleStringValue [ "0" "STAY_ON_OFFERSIDE" "1" "NOT_HELD" "2" "WORK" "3" "GO_ALONG" "4" "OVER_THE_DAY" "5" "HELD" "6" "PARTICIPATE_DONT_INITIATE" "7" "STRICT_SCALE" "8" "TRY_TO_SCALE" "9" "STAY_ON_BIDSIDE" "A" "NO_CROSS" "B" "OK_TO_CROSS" "C" "CALL_FIRST" "D" "PERCENT_OF_VOLUME" "E" "DO_NOT_INCREASE" "F" "DO_NOT_REDUCE" "G" "ALL_OR_NONE" "I" "INSTITUTIONS_ONLY" "L" "LAST_PEG" "M" "MID_PRICE_PEG" "N" "NON_NEGOTIABLE" "O" "OPENING_PEG" "P" "MARKET_PEG" "R" "PRIMARY_PEG" "S" "SUSPEND" "T" "FIXED_PEG_TO_LOCAL_BEST_BID_OR_OFFER_AT_TIME_OF_ORDER" "U" "CUSTOMER_DISPLAY_INSTRUCTION" "V" "NETTING" "W" "PEG_TO_VWAP"]
        ID_SOURCE 22 IDSource "IDSource" String [ "1" "CUSIP" "2" "SEDOL" "3" "QUIK" "4" "ISIN_NUMBER" "5" "RIC_CODE" "6" "ISO_CURRENCY_CODE" "7" "ISO_COUNTRY_CODE" "8" "EXCHANGE_SYMBOL" "9" "CONSOLIDATED_TAPE_ASSOCIATION"]
        IO_IID 23 Text "IOIid" String []
        LAST_SHARES 32 Number "LastShares" Float []
        MSG_TYPE 35 Text "MsgType" String [ "0" "HEARTBEAT" "1" "TEST_REQUEST" "2" "RESEND_REQUEST" "3" "REJECT" "4" "SEQUENCE_RESET" "5" "LOGOUT" "6" "INDICATION_OF_INTEREST" "7" "ADVERTISEMENT" "8" "EXECUTION_REPORT" "9" "ORDER_CANCEL_REJECT" "a" "QUOTE_STATUS_REQUEST" "A" "LOGON" "B" "NEWS" "b" "QUOTE_ACKNOWLEDGEMENT" "C" "EMAIL" "c" "SECURITY_DEFINITION_REQUEST" "D" "ORDER_SINGLE" "d" "SECURITY_DEFINITION" "E" "ORDER_LIST" "e" "SECURITY_STATUS_REQUEST" "f" "SECURITY_STATUS" "F" "ORDER_CANCEL_REQUEST" "G" "ORDER_CANCEL_REPLACE_REQUEST" "g" "TRADING_SESSION_STATUS_REQUEST" "H" "ORDER_STATUS_REQUEST" "h" "TRADING_SESSION_STATUS" "i" "MASS_QUOTE" "j" "BUSINESS_MESSAGE_REJECT" "J" "ALLOCATION" "K" "LIST_CANCEL_REQUEST" "k" "BID_REQUEST" "l" "BID_RESPONSE" "L" "LIST_EXECUTE" "m" "LIST_STRIKE_PRICE" "M" "LIST_STATUS_REQUEST" "N" "LIST_STATUS" "P" "ALLOCATION_ACK" "Q" "DONT_KNOW_TRADE" "R" "QUOTE_REQUEST" "S" "QUOTE" "T" "SETTLEMENT_INSTRUCTIONS" "V" "MARKET_DATA_REQUEST" "W" "MARKET_DATA_SNAPSHOT_FULL_REFRESH" "X" "MARKET_DATA_INCREMENTAL_REFRESH" "Y" "MARKET_DATA_REQUEST_REJECT" "Z" "QUOTE_CANCEL"]
        ORD_STATUS 39 OrdStatus "OrdStatus" Char [ "0" "NEW" "1" "PARTIALLY_FILLED" "2" "FILLED" "3" "DONE_FOR_DAY" "4" "CANCELED" "5" "REPLACED" "6" "PENDING_CANCEL" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED" "D" "ACCEPTED_FOR_BIDDING" "E" "PENDING_REPLACE"]
        ORD_TYPE 40 OrdType "OrdType" Char [ "1" "MARKET" "2" "LIMIT" "3" "STOP" "4" "STOP_LIMIT" "5" "MARKET_ON_CLOSE" "6" "WITH_OR_WITHOUT" "7" "LIMIT_OR_BETTER" "8" "LIMIT_WITH_OR_WITHOUT" "9" "ON_BASIS" "A" "ON_CLOSE" "B" "LIMIT_ON_CLOSE" "C" "FOREX_C" "D" "PREVIOUSLY_QUOTED" "E" "PREVIOUSLY_INDICATED" "F" "FOREX_F" "G" "FOREX_G" "H" "FOREX_H" "I" "FUNARI" "P" "PEGGED"]
        RULE80_A 47 Rule80A "Rule80A" Char [ "A" "AGENCY_SINGLE_ORDER" "B" "SHORT_EXEMPT_TRANSACTION_B" "C" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "D" "PROGRAM_ORDER_INDEX_ARB_FOR_MEMBER_FIRM_ORG" "E" "REGISTERED_EQUITY_MARKET_MAKER_TRADES" "F" "SHORT_EXEMPT_TRANSACTION_F" "H" "SHORT_EXEMPT_TRANSACTION_H" "I" "INDIVIDUAL_INVESTOR_SINGLE_ORDER" "J" "PROGRAM_ORDER_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "K" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_INDIVIDUAL_CUSTOMER" "L" "SHORT_EXEMPT_TRANSACTION_FOR_MEMBER_COMPETING_MARKET_MAKER_AFFILIATED_WITH_THE_FIRM_CLEARING_THE_TRADE" "M" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_MEMBER" "N" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_MEMBER" "O" "COMPETING_DEALER_TRADES_O" "P" "PRINCIPAL" "R" "COMPETING_DEALER_TRADES_R" "S" "SPECIALIST_TRADES" "T" "COMPETING_DEALER_TRADES_T" "U" "PROGRAM_ORDER_INDEX_ARB_FOR_OTHER_AGENCY" "W" "ALL_OTHER_ORDERS_AS_AGENT_FOR_OTHER_MEMBER" "X" "SHORT_EXEMPT_TRANSACTION_FOR_MEMBER_COMPETING_MARKET_MAKER_NOT_AFFILIATED_WITH_THE_FIRM_CLEARING_THE_TRADE" "Y" "PROGRAM_ORDER_NON_INDEX_ARB_FOR_OTHER_AGENCY" "Z" "SHORT_EXEMPT_TRANSACTION_FOR_NON_MEMBER_COMPETING_MARKET_MAKER"]
        SHARES 53 Number "Shares" Float []
        SIDE 54 Side "Side" Char [ "1" "BUY" "2" "SELL" "3" "BUY_MINUS" "4" "SELL_PLUS" "5" "SELL_SHORT" "6" "SELL_SHORT_EXEMPT" "7" "UNDISCLOSED" "8" "CROSS" "9" "CROSS_SHORT"]
        TIME_IN_FORCE 59 TimeInForce "TimeInForce" Char [ "0" "DAY" "1" "GOOD_TILL_CANCEL" "2" "AT_THE_OPENING" "3" "IMMEDIATE_OR_CANCEL" "4" "FILL_OR_KILL" "5" "GOOD_TILL_CROSSING" "6" "GOOD_TILL_DATE"]
        SETTLMNT_TYP 63 SettlmntTyp "SettlmntTyp" Char [ "0" "REGULAR" "1" "CASH" "2" "NEXT_DAY" "3" "T_PLUS_2" "4" "T_PLUS_3" "5" "T_PLUS_4" "6" "FUTURE" "7" "WHEN_ISSUED" "8" "SELLERS_OPTION" "9" "T_PLUS_5"]
        FUT_SETT_DATE 64 DateOnly "FutSettDate" DateOnly []
        SYMBOL_SFX 65 Text "SymbolSfx" String []
        ALLOC_TRANS_TYPE 71 AllocTransType "AllocTransType" Char [ "0" "NEW" "1" "REPLACE" "2" "CANCEL" "3" "PRELIMINARY" "4" "CALCULATED" "5" "CALCULATED_WITHOUT_PRELIMINARY"]
        AVG_PRX_PRECISION 74 Int "AvgPrxPrecision" Int []
        OPEN_CLOSE 77 OpenClose "OpenClose" Char [ "C" "CLOSE" "O" "OPEN"]
        ALLOC_SHARES 80 Number "AllocShares" Float []
        NO_RPTS 82 Int "NoRpts" Int []
        NO_DLVY_INST 85 Int "NoDlvyInst" Int []
        CXL_REJ_REASON 102 CxlRejReason "CxlRejReason" Int [ "0" "TOO_LATE_TO_CANCEL" "1" "UNKNOWN_ORDER" "2" "BROKER_OPTION" "3" "ORDER_ALREADY_IN_PENDING_CANCEL_OR_PENDING_REPLACE_STATUS"]
        ORD_REJ_REASON 103 OrdRejReason "OrdRejReason" Int [ "0" "BROKER_OPTION" "1" "UNKNOWN_SYMBOL" "2" "EXCHANGE_CLOSED" "3" "ORDER_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER" "5" "UNKNOWN_ORDER" "6" "DUPLICATE_ORDER" "7" "DUPLICATE_OF_A_VERBALLY_COMMUNICATED_ORDER" "8" "STALE_ORDER"]
        IOI_QUALIFIER 104 IOIQualifier "IOIQualifier" Char [ "A" "ALL_OR_NONE" "C" "AT_THE_CLOSE" "I" "IN_TOUCH_WITH" "L" "LIMIT" "M" "MORE_BEHIND" "O" "AT_THE_OPEN" "P" "TAKING_A_POSITION" "Q" "AT_THE_MARKET" "R" "READY_TO_TRADE" "S" "PORTFOLIO_SHOW_N" "T" "THROUGH_THE_DAY" "V" "VERSUS" "W" "INDICATION" "X" "CROSSING_OPPORTUNITY" "Y" "AT_THE_MIDPOINT" "Z" "PRE_OPEN"]
        DK_REASON 127 DKReason "DKReason" Char [ "A" "UNKNOWN_SYMBOL" "B" "WRONG_SIDE" "C" "QUANTITY_EXCEEDS_ORDER" "D" "NO_MATCHING_ORDER" "E" "PRICE_EXCEEDS_LIMIT" "Z" "OTHER"]
        MISC_FEE_TYPE 139 MiscFeeType "MiscFeeType" Char [ "1" "REGULATORY" "2" "TAX" "3" "LOCAL_COMMISSION" "4" "EXCHANGE_FEES" "5" "STAMP" "6" "LEVY" "7" "OTHER" "8" "MARKUP" "9" "CONSUMPTION_TAX"]
        SENDER_LOCATION_ID 142 Text "SenderLocationID" String []
        TARGET_LOCATION_ID 143 Text "TargetLocationID" String []
        ON_BEHALF_OF_LOCATION_ID 144 Text "OnBehalfOfLocationID" String []
        DELIVER_TO_LOCATION_ID 145 Text "DeliverToLocationID" String []
        NO_RELATED_SYM 146 Int "NoRelatedSym" Int []
        EXEC_TYPE 150 ExecType "ExecType" Char [ "0" "NEW" "1" "PARTIAL_FILL" "2" "FILL" "3" "DONE_FOR_DAY" "4" "CANCELED" "5" "REPLACE" "6" "PENDING_CANCEL" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED" "D" "RESTATED" "E" "PENDING_REPLACE"]
        SETTL_INST_MODE 160 SettlInstMode "SettlInstMode" Char [ "0" "DEFAULT" "1" "STANDING_INSTRUCTIONS_PROVIDED" "2" "SPECIFIC_ALLOCATION_ACCOUNT_OVERRIDING" "3" "SPECIFIC_ALLOCATION_ACCOUNT_STANDING"]
        SETTL_INST_TRANS_TYPE 163 SettlInstTransType "SettlInstTransType" Char [ "C" "CANCEL" "N" "NEW" "R" "REPLACE"]
        SETTL_INST_SOURCE 165 SettlInstSource "SettlInstSource" Char [ "1" "BROKERS_INSTRUCTIONS" "2" "INSTITUTIONS_INSTRUCTIONS"]
        SETTL_LOCATION 166 SettlLocation "SettlLocation" String [ "CED" "CEDEL" "DTC" "DEPOSITORY_TRUST_COMPANY" "EUR" "EUROCLEAR" "FED" "FEDERAL_BOOK_ENTRY" "ISO Country Code" "LOCAL_MARKET_SETTLE_LOCATION" "PNY" "PHYSICAL" "PTC" "PARTICIPANT_TRUST_COMPANY"]
        SECURITY_TYPE 167 SecurityType "SecurityType" String [ "?" "WILDCARD_ENTRY" "BA" "BANKERS_ACCEPTANCE" "CB" "CONVERTIBLE_BOND" "CD" "CERTIFICATE_OF_DEPOSIT" "CMO" "COLLATERALIZE_MORTGAGE_OBLIGATION" "CORP" "CORPORATE_BOND" "CP" "COMMERCIAL_PAPER" "CPP" "CORPORATE_PRIVATE_PLACEMENT" "CS" "COMMON_STOCK" "FHA" "FEDERAL_HOUSING_AUTHORITY" "FHL" "FEDERAL_HOME_LOAN" "FN" "FEDERAL_NATIONAL_MORTGAGE_ASSOCIATION" "FOR" "FOREIGN_EXCHANGE_CONTRACT" "FUT" "FUTURE" "GN" "GOVERNMENT_NATIONAL_MORTGAGE_ASSOCIATION" "GOVT" "TREASURIES_PLUS_AGENCY_DEBENTURE" "IET" "MORTGAGE_IOETTE" "MF" "MUTUAL_FUND" "MIO" "MORTGAGE_INTEREST_ONLY" "MPO" "MORTGAGE_PRINCIPAL_ONLY" "MPP" "MORTGAGE_PRIVATE_PLACEMENT" "MPT" "MISCELLANEOUS_PASS_THRU" "MUNI" "MUNICIPAL_BOND" "NONE" "NO_ISITC_SECURITY_TYPE" "OPT" "OPTION" "PS" "PREFERRED_STOCK" "RP" "REPURCHASE_AGREEMENT" "RVRP" "REVERSE_REPURCHASE_AGREEMENT" "SL" "STUDENT_LOAN_MARKETING_ASSOCIATION" "TD" "TIME_DEPOSIT" "USTB" "US_TREASURY_BILL" "WAR" "WARRANT" "ZOO" "CATS_TIGERS_LIONS"]
        STAND_INST_DB_TYPE 169 StandInstDbType "StandInstDbType" Int [ "0" "OTHER" "1" "DTC_SID" "2" "THOMSON_ALERT" "3" "A_GLOBAL_CUSTODIAN"]
        SETTL_DELIVERY_TYPE 172 Int "SettlDeliveryType" Int []
        FUT_SETT_DATE2 193 DateOnly "FutSettDate2" DateOnly []
        ALLOC_LINK_TYPE 197 AllocLinkType "AllocLinkType" Int [ "0" "F_X_NETTING" "1" "F_X_SWAP"]
        NO_IOI_QUALIFIERS 199 Int "NoIOIQualifiers" Int []
        COVERED_OR_UNCOVERED 203 CoveredOrUncovered "CoveredOrUncovered" Int [ "0" "COVERED" "1" "UNCOVERED"]
        ALLOC_HANDL_INST 209 AllocHandlInst "AllocHandlInst" Int [ "1" "MATCH" "2" "FORWARD" "3" "FORWARD_AND_MATCH"]
        PEG_DIFFERENCE 211 Number "PegDifference" Float []
        NO_ROUTING_IDS 215 Int "NoRoutingIDs" Int []
        SPREAD_TO_BENCHMARK 218 Number "SpreadToBenchmark" Float []
        BENCHMARK 219 Benchmark "Benchmark" Char [ "1" "CURVE" "2" "5_YR" "3" "OLD_5" "4" "10_YR" "5" "OLD_10" "6" "30_YR" "7" "OLD_30" "8" "3_MO_LIBOR" "9" "6_MO_LIBOR"]
        AGGREGATED_BOOK 266 Bool "AggregatedBook" Boolean [ "N" "NO" "Y" "YES"]
        NO_MD_ENTRY_TYPES 267 Int "NoMDEntryTypes" Int []
        NO_MD_ENTRIES 268 Int "NoMDEntries" Int []
        MD_ENTRY_TYPE 269 MDEntryType "MDEntryType" Char [ "0" "BID" "1" "OFFER" "2" "TRADE" "3" "INDEX_VALUE" "4" "OPENING_PRICE" "5" "CLOSING_PRICE" "6" "SETTLEMENT_PRICE" "7" "TRADING_SESSION_HIGH_PRICE" "8" "TRADING_SESSION_LOW_PRICE" "9" "TRADING_SESSION_VWAP_PRICE"]
        QUOTE_CONDITION 276 Text "QuoteCondition" MultipleStringValue [ "A" "OPEN" "B" "CLOSED" "C" "EXCHANGE_BEST" "D" "CONSOLIDATED_BEST" "E" "LOCKED" "F" "CROSSED" "G" "DEPTH" "H" "FAST_TRADING" "I" "NON_FIRM"]
        TRADE_CONDITION 277 Text "TradeCondition" MultipleStringValue [ "A" "CASH" "B" "AVERAGE_PRICE_TRADE" "C" "CASH_TRADE" "D" "NEXT_DAY" "E" "OPENING" "F" "INTRADAY_TRADE_DETAIL" "G" "RULE_127_TRADE" "H" "RULE_155_TRADE" "I" "SOLD_LAST" "J" "NEXT_DAY_TRADE" "K" "OPENED" "L" "SELLER" "M" "SOLD" "N" "STOPPED_STOCK"]
        MD_UPDATE_ACTION 279 MDUpdateAction "MDUpdateAction" Char [ "0" "NEW" "1" "CHANGE" "2" "DELETE"]
        MD_REQ_REJ_REASON 281 MDReqRejReason "MDReqRejReason" Char [ "0" "UNKNOWN_SYMBOL" "1" "DUPLICATE_MDREQID" "2" "INSUFFICIENT_BANDWIDTH" "3" "INSUFFICIENT_PERMISSIONS" "4" "UNSUPPORTED_SUBSCRIPTIONREQUESTTYPE" "5" "UNSUPPORTED_MARKETDEPTH" "6" "UNSUPPORTED_MDUPDATETYPE" "7" "UNSUPPORTED_AGGREGATEDBOOK" "8" "UNSUPPORTED_MDENTRYTYPE"]
        OPEN_CLOSE_SETTLE_FLAG 286 OpenCloseSettleFlag "OpenCloseSettleFlag" Char [ "0" "DAILY_OPEN" "1" "SESSION_OPEN" "2" "DELIVERY_SETTLEMENT_PRICE"]
        FINANCIAL_STATUS 291 FinancialStatus "FinancialStatus" Char [ "1" "BANKRUPT"]
        CORPORATE_ACTION 292 CorporateAction "CorporateAction" Char [ "A" "EX_DIVIDEND" "B" "EX_DISTRIBUTION" "C" "EX_RIGHTS" "D" "NEW" "E" "EX_INTEREST"]
        NO_QUOTE_ENTRIES 295 Int "NoQuoteEntries" Int []
        NO_QUOTE_SETS 296 Int "NoQuoteSets" Int []
        QUOTE_ACK_STATUS 297 QuoteAckStatus "QuoteAckStatus" Int [ "0" "ACCEPTED" "1" "CANCELED_FOR_SYMBOL" "2" "CANCELED_FOR_SECURITY_TYPE" "3" "CANCELED_FOR_UNDERLYING" "4" "CANCELED_ALL" "5" "REJECTED"]
        QUOTE_CANCEL_TYPE 298 QuoteCancelType "QuoteCancelType" Int [ "1" "CANCEL_FOR_SYMBOL" "2" "CANCEL_FOR_SECURITY_TYPE" "3" "CANCEL_FOR_UNDERLYING_SYMBOL" "4" "CANCEL_FOR_ALL_QUOTES"]
        QUOTE_REJECT_REASON 300 QuoteRejectReason "QuoteRejectReason" Int [ "1" "UNKNOWN_SYMBOL" "2" "EXCHANGE" "3" "QUOTE_REQUEST_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER" "5" "UNKNOWN_QUOTE" "6" "DUPLICATE_QUOTE" "7" "INVALID_BID_ASK_SPREAD" "8" "INVALID_PRICE" "9" "NOT_AUTHORIZED_TO_QUOTE_SECURITY"]
        QUOTE_RESPONSE_LEVEL 301 QuoteResponseLevel "QuoteResponseLevel" Int [ "0" "NO_ACKNOWLEDGEMENT" "1" "ACKNOWLEDGE_ONLY_NEGATIVE_OR_ERRONEOUS_QUOTES" "2" "ACKNOWLEDGE_EACH_QUOTE_MESSAGES"]
        UNDERLYING_ID_SOURCE 305 Text "UnderlyingIDSource" String []
        SECURITY_REQUEST_TYPE 321 SecurityRequestType "SecurityRequestType" Int [ "0" "REQUEST_SECURITY_IDENTITY_AND_SPECIFICATIONS" "1" "REQUEST_SECURITY_IDENTITY_FOR_THE_SPECIFICATIONS_PROVIDED" "2" "REQUEST_LIST_SECURITY_TYPES" "3" "REQUEST_LIST_SECURITIES"]
        SECURITY_RESPONSE_TYPE 323 SecurityResponseType "SecurityResponseType" Int [ "1" "ACCEPT_SECURITY_PROPOSAL_AS_IS" "2" "ACCEPT_SECURITY_PROPOSAL_WITH_REVISIONS_AS_INDICATED_IN_THE_MESSAGE" "3" "LIST_OF_SECURITY_TYPES_RETURNED_PER_REQUEST" "4" "LIST_OF_SECURITIES_RETURNED_PER_REQUEST" "5" "REJECT_SECURITY_PROPOSAL" "6" "CAN_NOT_MATCH_SELECTION_CRITERIA"]
        SECURITY_TRADING_STATUS 326 SecurityTradingStatus "SecurityTradingStatus" Int [ "1" "OPENING_DELAY" "10" "MARKET_ON_CLOSE_IMBALANCE_SELL" "11" "11" "12" "NO_MARKET_IMBALANCE" "13" "NO_MARKET_ON_CLOSE_IMBALANCE" "14" "ITS_PRE_OPENING" "15" "NEW_PRICE_INDICATION" "16" "TRADE_DISSEMINATION_TIME" "17" "READY_TO_TRADE" "18" "NOT_AVAILABLE_FOR_TRADING" "19" "NOT_TRADED_ON_THIS_MARKET" "2" "TRADING_HALT" "20" "UNKNOWN_OR_INVALID" "3" "RESUME" "4" "NO_OPEN_NO_RESUME" "5" "PRICE_INDICATION" "6" "TRADING_RANGE_INDICATION" "7" "MARKET_IMBALANCE_BUY" "8" "MARKET_IMBALANCE_SELL" "9" "MARKET_ON_CLOSE_IMBALANCE_BUY"]
        HALT_REASON_CHAR 327 HaltReasonChar "HaltReasonChar" Char [ "D" "NEWS_DISSEMINATION" "E" "ORDER_INFLUX" "I" "ORDER_IMBALANCE" "M" "ADDITIONAL_INFORMATION" "P" "NEWS_PENDING" "X" "EQUIPMENT_CHANGEOVER"]
        TRADING_SESSION_ID 336 Text "TradingSessionID" String []
        TRAD_SES_STATUS 340 TradSesStatus "TradSesStatus" Int [ "1" "HALTED" "2" "OPEN" "3" "CLOSED" "4" "PRE_OPEN" "5" "PRE_CLOSE"]
        MESSAGE_ENCODING 347 MessageEncoding "MessageEncoding" String [ "EUC-JP" "EUC_JP" "ISO-2022-JP" "ISO_2022_JP" "SHIFT_JIS" "SHIFT_JIS" "UTF-8" "UTF_8"]
        QUOTE_ENTRY_REJECT_REASON 368 QuoteEntryRejectReason "QuoteEntryRejectReason" Int [ "1" "UNKNOWN_SYMBOL" "2" "EXCHANGE" "3" "QUOTE_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER" "5" "UNKNOWN_QUOTE" "6" "DUPLICATE_QUOTE" "7" "INVALID_BID_ASK_SPREAD" "8" "INVALID_PRICE" "9" "NOT_AUTHORIZED_TO_QUOTE_SECURITY"]
        LAST_MSG_SEQ_NUM_PROCESSED 369 Int "LastMsgSeqNumProcessed" Int []
        SESSION_REJECT_REASON 373 SessionRejectReason "SessionRejectReason" Int [ "0" "INVALID_TAG_NUMBER" "1" "REQUIRED_TAG_MISSING" "10" "SENDINGTIME_ACCURACY_PROBLEM" "11" "INVALID_MSGTYPE" "2" "TAG_NOT_DEFINED_FOR_THIS_MESSAGE_TYPE" "3" "UNDEFINED_TAG" "4" "TAG_SPECIFIED_WITHOUT_A_VALUE" "5" "VALUE_IS_INCORRECT" "6" "INCORRECT_DATA_FORMAT_FOR_VALUE" "7" "DECRYPTION_PROBLEM" "8" "SIGNATURE_PROBLEM" "9" "COMPID_PROBLEM"]
        EXEC_RESTATEMENT_REASON 378 ExecRestatementReason "ExecRestatementReason" Int [ "0" "GT_CORPORATE_ACTION" "1" "GT_RENEWAL" "2" "VERBAL_CHANGE" "3" "REPRICING_OF_ORDER" "4" "BROKER_OPTION" "5" "PARTIAL_DECLINE_OF_ORDERQTY"]
        BUSINESS_REJECT_REASON 380 BusinessRejectReason "BusinessRejectReason" Int [ "0" "OTHER" "1" "UNKOWN_ID" "2" "UNKNOWN_SECURITY" "3" "UNSUPPORTED_MESSAGE_TYPE" "4" "APPLICATION_NOT_AVAILABLE" "5" "CONDITIONALLY_REQUIRED_FIELD_MISSING"]
        NO_CONTRA_BROKERS 382 Int "NoContraBrokers" Int []
        MAX_MESSAGE_SIZE 383 Int "MaxMessageSize" Int []
        NO_MSG_TYPES 384 Int "NoMsgTypes" Int []
        MSG_DIRECTION 385 MsgDirection "MsgDirection" Char [ "R" "RECEIVE" "S" "SEND"]
        NO_TRADING_SESSIONS 386 Int "NoTradingSessions" Int []
        BID_TYPE 394 Int "BidType" Int []
        NO_BID_DESCRIPTORS 398 Int "NoBidDescriptors" Int []
        BID_DESCRIPTOR_TYPE 399 Int "BidDescriptorType" Int []
        SIDE_VALUE_IND 401 Int "SideValueInd" Int []
        PROG_RPT_REQS 414 ProgRptReqs "ProgRptReqs" Int [ "1" "BUYSIDE_EXPLICITLY_REQUESTS_STATUS_USING_STATUSREQUEST" "2" "SELLSIDE_PERIODICALLY_SENDS_STATUS_USING_LISTSTATUS_PERIOD_OPTIONALLY_SPECIFIED_IN_PROGRESSPERIOD" "3" "REAL_TIME_EXECUTION_REPORTS"]
        TRADE_TYPE 418 TradeType "TradeType" Char [ "A" "AGENCY" "G" "VWAP_GUARANTEE" "J" "GUARANTEED_CLOSE" "R" "RISK_TRADE"]
        BASIS_PX_TYPE 419 BasisPxType "BasisPxType" Char [ "2" "CLOSING_PRICE_AT_MORNING_SESSION" "3" "CLOSING_PRICE" "4" "CURRENT_PRICE" "5" "SQ" "6" "VWAP_THROUGH_A_DAY" "7" "VWAP_THROUGH_A_MORNING_SESSION" "8" "VWAP_THROUGH_AN_AFTERNOON_SESSION" "9" "VWAP_THROUGH_A_DAY_EXCEPT_YORI" "A" "VWAP_THROUGH_A_MORNING_SESSION_EXCEPT_YORI" "B" "VWAP_THROUGH_AN_AFTERNOON_SESSION_EXCEPT_YORI" "C" "STRIKE" "D" "OPEN" "Z" "OTHERS"]
        NO_BID_COMPONENTS 420 Int "NoBidComponents" Int []
        PRICE_TYPE 423 PriceType "PriceType" Int [ "1" "PERCENTAGE" "2" "PER_SHARE" "3" "FIXED_AMOUNT"]
        GT_BOOKING_INST 427 GTBookingInst "GTBookingInst" Int [ "0" "BOOK_OUT_ALL_TRADES_ON_DAY_OF_EXECUTION" "1" "ACCUMULATE_EXECUTIONS_UNTIL_ORDER_IS_FILLED_OR_EXPIRES" "2" "ACCUMULATE_UNTIL_VERBALLY_NOTIFIED_OTHERWISE"]
        NO_STRIKES 428 Int "NoStrikes" Int []
        LIST_STATUS_TYPE 429 Int "ListStatusType" Int []
        LIST_ORDER_STATUS 431 Int "ListOrderStatus" Int []
        LIST_EXEC_INST_TYPE 433 ListExecInstType "ListExecInstType" Char [ "1" "IMMEDIATE" "2" "WAIT_FOR_EXECUTE_INSTRUCTION"]
        MULTI_LEG_REPORTING_TYPE 442 MultiLegReportingType "MultiLegReportingType" Char [ "1" "SINGLE_SECURITY" "2" "INDIVIDUAL_LEG_OF_A_MULTI_LEG_SECURITY" "3" "MULTI_LEG_SECURITY"]
    }
    parts {
        HEADER [R(8), R(9), R(35), R(49), R(56), O(115), O(128), O(90), O(91), R(34), O(50), O(142), O(57), O(143), O(116), O(144), O(129), O(145), O(43), O(97), R(52), O(122), O(212), O(213), O(347), O(369), O(370)]
        TRAILER [O(93), O(89), R(10)]
        M_HEARTBEAT [O(112)]
        M_TEST_REQUEST [R(112)]
        M_RESEND_REQUEST [R(7), R(16)]
        M_REJECT [R(45), O(371), O(372), O(373), O(58), O(354), O(355)]
        M_SEQUENCE_RESET [O(123), R(36)]
        M_LOGOUT [O(58), O(354), O(355)]
        M_INDICATIONOF_INTEREST [R(23), R(28), O(26), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54), R(27), O(44), O(15), O(62), O(25), O(130), OG(199, &[O(104)]), O(58), O(354), O(355), O(60), O(149), OG(215, &[O(216), O(217)]), O(218), O(219)]
        M_ADVERTISEMENT [R(2), R(5), O(3), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(4), R(53), O(44), O(15), O(75), O(60), O(58), O(354), O(355), O(149), O(30), O(336)]
        M_EXECUTION_REPORT [R(37), O(198), O(11), O(41), O(109), O(76), OG(382, &[O(375), O(337), O(437), O(438)]), O(66), R(17), R(20), O(19), R(150), R(39), O(103), O(378), O(1), O(63), O(64), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54), O(38), O(152), O(40), O(44), O(99), O(211), O(388), O(389), O(15), O(376), O(377), O(59), O(168), O(432), O(126), O(18), O(47), O(32), O(31), O(194), O(195), O(30), O(336), O(29), R(151), R(14), R(6), O(424), O(425), O(426), O(427), O(75), O(60), O(113), O(12), O(13), O(381), O(119), O(120), O(155), O(156), O(21), O(110), O(111), O(77), O(210), O(58), O(354), O(355), O(193), O(192), O(439), O(440), O(442)]
        M_ORDER_CANCEL_REJECT [R(37), O(198), R(11), R(41), R(39), O(109), O(76), O(66), O(1), O(60), R(434), O(102), O(58), O(354), O(355)]
        M_LOGON [R(98), R(108), O(95), O(96), O(141), O(383), OG(384, &[O(372), O(385)])]
        M_NEWS [O(42), O(61), R(148), O(358), O(359), OG(215, &[O(216), O(217)]), OG(146, &[O(46), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351)]), RG(33, &[R(58), O(354), O(355)]), O(149), O(95), O(96)]
        M_EMAIL [R(164), R(94), O(42), R(147), O(356), O(357), OG(215, &[O(216), O(217)]), OG(146, &[O(46), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351)]), O(37), O(11), RG(33, &[R(58), O(354), O(355)]), O(95), O(96)]
        M_NEW_ORDER_SINGLE [R(11), O(109), O(76), O(1), OG(78, &[O(79), O(80)]), O(63), O(64), R(21), O(18), O(110), O(111), O(100), OG(386, &[O(336)]), O(81), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(140), R(54), O(114), R(60), O(38), O(152), R(40), O(44), O(99), O(15), O(376), O(377), O(23), O(117), O(59), O(168), O(432), O(126), O(427), O(12), O(13), O(47), O(121), O(120), O(58), O(354), O(355), O(193), O(192), O(77), O(203), O(204), O(210), O(211), O(388), O(389), O(439), O(440)]
        M_NEW_ORDER_LIST [R(66), O(390), O(391), O(414), R(394), O(415), O(433), O(69), O(352), O(353), R(68), RG(73, &[R(11), R(67), O(160), O(109), O(76), O(1), OG(78, &[O(79), O(80)]), O(63), O(64), O(21), O(18), O(110), O(111), O(100), OG(386, &[O(336)]), O(81), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(140), R(54), O(401), O(114), O(60), O(38), O(152), O(40), O(44), O(99), O(15), O(376), O(377), O(23), O(117), O(59), O(168), O(432), O(126), O(427), O(12), O(13), O(47), O(121), O(120), O(58), O(354), O(355), O(193), O(192), O(77), O(203), O(204), O(210), O(211), O(388), O(389), O(439), O(440)])]
        M_ORDER_CANCEL_REQUEST [R(41), O(37), R(11), O(66), O(1), O(109), O(76), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54), R(60), O(38), O(152), O(376), O(377), O(58), O(354), O(355)]
        M_ORDER_CANCEL_REPLACE_REQUEST [O(37), O(109), O(76), R(41), R(11), O(66), O(1), OG(78, &[O(79), O(80)]), O(63), O(64), R(21), O(18), O(110), O(111), O(100), OG(386, &[O(336)]), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54), R(60), O(38), O(152), R(40), O(44), O(99), O(211), O(388), O(389), O(376), O(377), O(15), O(59), O(168), O(432), O(126), O(427), O(12), O(13), O(47), O(121), O(120), O(58), O(354), O(355), O(193), O(192), O(77), O(203), O(204), O(210), O(114), O(439), O(440)]
        M_ORDER_STATUS_REQUEST [O(37), R(11), O(109), O(1), O(76), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54)]
        M_ALLOCATION [R(70), R(71), O(72), O(196), O(197), OG(73, &[O(11), O(37), O(198), O(66), O(105)]), OG(124, &[O(32), O(17), O(31), O(29)]), R(54), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(53), O(30), O(336), R(6), O(15), O(74), R(75), O(60), O(63), O(64), O(381), O(118), O(77), O(58), O(354), O(355), O(157), O(158), OG(78, &[O(79), O(366), R(80), O(81), O(92), O(208), O(209), O(161), O(360), O(361), O(76), O(109), O(12), O(13), O(153), O(154), O(119), O(120), O(155), O(156), O(159), O(160), OG(136, &[O(137), O(138), O(139)])])]
        M_LIST_CANCEL_REQUEST [R(66), R(60), O(58), O(354), O(355)]
        M_LIST_EXECUTE [R(66), O(391), O(390), R(60), O(58), O(354), O(355)]
        M_LIST_STATUS_REQUEST [R(66), O(58), O(354), O(355)]
        M_LIST_STATUS [R(66), R(429), R(82), R(431), R(83), O(444), O(445), O(446), O(60), R(68), RG(73, &[R(11), R(14), R(39), R(151), R(84), R(6), O(103), O(58), O(354), O(355)])]
        M_ALLOCATION_ACK [O(109), O(76), R(70), R(75), O(60), R(87), O(88), O(58), O(354), O(355)]
        M_DONT_KNOW_TRADE [R(37), R(17), R(127), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), R(54), O(38), O(152), O(32), O(31), O(58), O(354), O(355)]
        M_QUOTE_REQUEST [R(131), RG(146, &[R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(140), O(303), O(336), O(54), O(38), O(64), O(40), O(193), O(192), O(126), O(60), O(15)])]
        M_QUOTE [O(131), R(117), O(301), O(336), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(132), O(133), O(134), O(135), O(62), O(188), O(190), O(189), O(191), O(60), O(64), O(40), O(193), O(192), O(15)]
        M_SETTLEMENT_INSTRUCTIONS [R(162), R(163), R(214), R(160), R(165), R(79), O(166), O(75), O(70), O(30), O(336), O(54), O(167), O(168), R(60), O(109), O(76), O(169), O(170), O(171), O(172), O(173), O(174), O(175), O(176), O(177), O(178), O(179), O(180), O(181), O(182), O(183), O(184), O(185), O(186), O(187)]
        M_MARKET_DATA_REQUEST [R(262), R(263), R(264), O(265), O(266), RG(267, &[R(269)]), RG(146, &[R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(336)])]
        M_MARKET_DATA_SNAPSHOT_FULL_REFRESH [O(262), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(291), O(292), O(387), RG(268, &[R(269), R(270), O(15), O(271), O(272), O(273), O(274), O(275), O(336), O(276), O(277), O(282), O(283), O(284), O(286), O(59), O(432), O(126), O(110), O(18), O(287), O(37), O(299), O(288), O(289), O(346), O(290), O(58), O(354), O(355)])]
        M_MARKET_DATA_INCREMENTAL_REFRESH [O(262), RG(268, &[R(279), O(285), O(269), O(278), O(280), O(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(291), O(292), O(270), O(15), O(271), O(272), O(273), O(274), O(275), O(336), O(276), O(277), O(282), O(283), O(284), O(286), O(59), O(432), O(126), O(110), O(18), O(287), O(37), O(299), O(288), O(289), O(346), O(290), O(387), O(58), O(354), O(355)])]
        M_MARKET_DATA_REQUEST_REJECT [R(262), O(281), O(58), O(354), O(355)]
        M_QUOTE_CANCEL [O(131), R(117), R(298), O(301), O(336), RG(295, &[R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(311)])]
        M_QUOTE_STATUS_REQUEST [O(117), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(54), O(336)]
        M_QUOTE_ACKNOWLEDGEMENT [O(131), O(117), R(297), O(300), O(301), O(336), O(58), OG(296, &[O(302), O(311), O(312), O(309), O(305), O(310), O(313), O(314), O(315), O(316), O(317), O(436), O(435), O(308), O(306), O(362), O(363), O(307), O(364), O(365), O(304), OG(295, &[O(299), O(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(368)])])]
        M_SECURITY_DEFINITION_REQUEST [R(320), R(321), O(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(15), O(58), O(354), O(355), O(336), OG(146, &[O(311), O(312), O(309), O(305), O(310), O(313), O(314), O(315), O(316), O(317), O(436), O(435), O(308), O(306), O(362), O(363), O(307), O(364), O(365), O(319), O(54), O(318)])]
        M_SECURITY_DEFINITION [R(320), R(322), O(323), R(393), O(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(15), O(336), O(58), O(354), O(355), OG(146, &[O(311), O(312), O(309), O(305), O(310), O(313), O(314), O(315), O(316), O(317), O(436), O(435), O(308), O(306), O(362), O(363), O(307), O(364), O(365), O(319), O(54), O(318)])]
        M_SECURITY_STATUS_REQUEST [R(324), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(15), R(263), O(336)]
        M_SECURITY_STATUS [O(324), R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(15), O(336), O(325), O(326), O(291), O(292), O(327), O(328), O(329), O(330), O(331), O(332), O(333), O(31), O(60), O(334)]
        M_TRADING_SESSION_STATUS_REQUEST [R(335), O(336), O(338), O(339), R(263)]
        M_TRADING_SESSION_STATUS [O(335), R(336), O(338), O(339), O(325), R(340), O(341), O(342), O(343), O(344), O(345), O(387), O(58), O(354), O(355)]
        M_MASS_QUOTE [O(131), R(117), O(301), O(293), O(294), RG(296, &[R(302), R(311), O(312), O(309), O(305), O(310), O(313), O(314), O(315), O(316), O(317), O(436), O(435), O(308), O(306), O(362), O(363), O(307), O(364), O(365), O(367), R(304), RG(295, &[R(299), O(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(132), O(133), O(134), O(135), O(62), O(188), O(190), O(189), O(191), O(60), O(336), O(64), O(40), O(193), O(192), O(15)])])]
        M_BUSINESS_MESSAGE_REJECT [O(45), R(372), O(379), R(380), O(58), O(354), O(355)]
        M_BID_REQUEST [O(390), R(391), R(374), O(392), R(393), R(394), O(395), O(15), O(396), O(397), OG(398, &[O(399), O(400), O(401), O(404), O(441), O(402), O(403), O(405), O(406), O(407), O(408)]), OG(420, &[O(66), O(54), O(336), O(430), O(63), O(64), O(1)]), O(409), O(410), O(411), O(412), O(413), O(414), O(415), O(416), O(121), O(417), O(75), R(418), R(419), O(443), O(58), O(354), O(355)]
        M_BID_RESPONSE [O(390), O(391), RG(420, &[R(12), R(13), O(66), O(421), O(54), O(44), O(423), O(406), O(430), O(63), O(64), O(336), O(58), O(354), O(355)])]
        M_LIST_STRIKE_PRICE [R(66), R(422), RG(428, &[R(55), O(65), O(48), O(22), O(167), O(200), O(205), O(201), O(202), O(206), O(231), O(223), O(207), O(106), O(348), O(349), O(107), O(350), O(351), O(140), O(11), O(54), R(44), O(15), O(58), O(354), O(355)])]
    }
    groups {
        LINES_OF_TEXT 33 [58 354 355]
        NO_ALLOCS_IN_ALLOCATION 78 [12 13 76 79 80 81 92 109 119 120 136 137 138 139 153 154 155 156 159 160 161 208 209 360 361 366]
        NO_ALLOCS_IN_NEW_ORDER_LIST 78 [79 80]
        NO_ALLOCS_IN_NEW_ORDER_SINGLE 78 [79 80]
        NO_ALLOCS_IN_ORDER_CANCEL_REPLACE_REQUEST 78 [79 80]
        NO_BID_COMPONENTS_IN_BID_REQUEST 420 [1 54 63 64 66 336 430]
        NO_BID_COMPONENTS_IN_BID_RESPONSE 420 [12 13 44 54 58 63 64 66 336 354 355 406 421 423 430]
        NO_BID_DESCRIPTORS 398 [399 400 401 402 403 404 405 406 407 408 441]
        NO_CONTRA_BROKERS 382 [337 375 437 438]
        NO_EXECS 124 [17 29 31 32]
        NO_IOI_QUALIFIERS 199 [104]
        NO_MD_ENTRIES_IN_MARKET_DATA_INCREMENTAL_REFRESH 268 [15 18 22 37 48 55 58 59 65 106 107 110 126 167 200 201 202 205 206 207 223 231 269 270 271 272 273 274 275 276 277 278 279 280 282 283 284 285 286 287 288 289 290 291 292 299 336 346 348 349 350 351 354 355 387 432]
        NO_MD_ENTRIES_IN_MARKET_DATA_SNAPSHOT_FULL_REFRESH 268 [15 18 37 58 59 110 126 269 270 271 272 273 274 275 276 277 282 283 284 286 287 288 289 290 299 336 346 354 355 432]
        NO_MD_ENTRY_TYPES 267 [269]
        NO_MISC_FEES 136 [137 138 139]
        NO_MSG_TYPES 384 [372 385]
        NO_ORDERS_IN_ALLOCATION 73 [11 37 66 105 198]
        NO_ORDERS_IN_LIST_STATUS 73 [6 11 14 39 58 84 103 151 354 355]
        NO_ORDERS_IN_NEW_ORDER_LIST 73 [1 11 12 13 15 18 21 22 23 38 40 44 47 48 54 55 58 59 60 63 64 65 67 76 77 78 79 80 81 99 100 106 107 109 110 111 114 117 120 121 126 140 152 160 167 168 192 193 200 201 202 203 204 205 206 207 210 211 223 231 336 348 349 350 351 354 355 376 377 386 388 389 401 427 432 439 440]
        NO_QUOTE_ENTRIES_IN_MASS_QUOTE 295 [15 22 40 48 55 60 62 64 65 106 107 132 133 134 135 167 188 189 190 191 192 193 200 201 202 205 206 207 223 231 299 336 348 349 350 351]
        NO_QUOTE_ENTRIES_IN_QUOTE_ACKNOWLEDGEMENT 295 [22 48 55 65 106 107 167 200 201 202 205 206 207 223 231 299 348 349 350 351 368]
        NO_QUOTE_ENTRIES_IN_QUOTE_CANCEL 295 [22 48 55 65 106 107 167 200 201 202 205 206 207 223 231 311 348 349 350 351]
        NO_QUOTE_SETS_IN_MASS_QUOTE 296 [15 22 40 48 55 60 62 64 65 106 107 132 133 134 135 167 188 189 190 191 192 193 200 201 202 205 206 207 223 231 295 299 302 304 305 306 307 308 309 310 311 312 313 314 315 316 317 336 348 349 350 351 362 363 364 365 367 435 436]
        NO_QUOTE_SETS_IN_QUOTE_ACKNOWLEDGEMENT 296 [22 48 55 65 106 107 167 200 201 202 205 206 207 223 231 295 299 302 304 305 306 307 308 309 310 311 312 313 314 315 316 317 348 349 350 351 362 363 364 365 368 435 436]
        NO_RELATED_SYM_IN_EMAIL 146 [22 46 48 65 106 107 167 200 201 202 205 206 207 223 231 348 349 350 351]
        NO_RELATED_SYM_IN_MARKET_DATA_REQUEST 146 [22 48 55 65 106 107 167 200 201 202 205 206 207 223 231 336 348 349 350 351]
        NO_RELATED_SYM_IN_NEWS 146 [22 46 48 65 106 107 167 200 201 202 205 206 207 223 231 348 349 350 351]
        NO_RELATED_SYM_IN_QUOTE_REQUEST 146 [15 22 38 40 48 54 55 60 64 65 106 107 126 140 167 192 193 200 201 202 205 206 207 223 231 303 336 348 349 350 351]
        NO_RELATED_SYM_IN_SECURITY_DEFINITION 146 [54 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 362 363 364 365 435 436]
        NO_RELATED_SYM_IN_SECURITY_DEFINITION_REQUEST 146 [54 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 362 363 364 365 435 436]
        NO_ROUTING_IDS 215 [216 217]
        NO_STRIKES 428 [11 15 22 44 48 54 55 58 65 106 107 140 167 200 201 202 205 206 207 223 231 348 349 350 351 354 355]
        NO_TRADING_SESSIONS 386 [336]
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
        ExecutionReport "8" M_EXECUTION_REPORT [37 17 20 150 39 55 54 151 14 6]
        OrderCancelReject "9" M_ORDER_CANCEL_REJECT [37 11 41 39 434]
        Logon "A" M_LOGON [98 108]
        News "B" M_NEWS [148 33]
        Email "C" M_EMAIL [164 94 147 33]
        NewOrderSingle "D" M_NEW_ORDER_SINGLE [11 21 55 54 60 40]
        NewOrderList "E" M_NEW_ORDER_LIST [66 394 68 73]
        OrderCancelRequest "F" M_ORDER_CANCEL_REQUEST [41 11 55 54 60]
        OrderCancelReplaceRequest "G" M_ORDER_CANCEL_REPLACE_REQUEST [41 11 21 55 54 60 40]
        OrderStatusRequest "H" M_ORDER_STATUS_REQUEST [11 55 54]
        Allocation "J" M_ALLOCATION [70 71 54 55 53 6 75]
        ListCancelRequest "K" M_LIST_CANCEL_REQUEST [66 60]
        ListExecute "L" M_LIST_EXECUTE [66 60]
        ListStatusRequest "M" M_LIST_STATUS_REQUEST [66]
        ListStatus "N" M_LIST_STATUS [66 429 82 431 83 68 73]
        AllocationACK "P" M_ALLOCATION_ACK [70 75 87]
        DontKnowTrade "Q" M_DONT_KNOW_TRADE [37 17 127 55 54]
        QuoteRequest "R" M_QUOTE_REQUEST [131 146]
        Quote "S" M_QUOTE [117 55]
        SettlementInstructions "T" M_SETTLEMENT_INSTRUCTIONS [162 163 214 160 165 79 60]
        MarketDataRequest "V" M_MARKET_DATA_REQUEST [262 263 264 267 146]
        MarketDataSnapshotFullRefresh "W" M_MARKET_DATA_SNAPSHOT_FULL_REFRESH [55 268]
        MarketDataIncrementalRefresh "X" M_MARKET_DATA_INCREMENTAL_REFRESH [268]
        MarketDataRequestReject "Y" M_MARKET_DATA_REQUEST_REJECT [262]
        QuoteCancel "Z" M_QUOTE_CANCEL [117 298 295]
        QuoteStatusRequest "a" M_QUOTE_STATUS_REQUEST [55]
        QuoteAcknowledgement "b" M_QUOTE_ACKNOWLEDGEMENT [297]
        SecurityDefinitionRequest "c" M_SECURITY_DEFINITION_REQUEST [320 321]
        SecurityDefinition "d" M_SECURITY_DEFINITION [320 322 393]
        SecurityStatusRequest "e" M_SECURITY_STATUS_REQUEST [324 55 263]
        SecurityStatus "f" M_SECURITY_STATUS [55]
        TradingSessionStatusRequest "g" M_TRADING_SESSION_STATUS_REQUEST [335 263]
        TradingSessionStatus "h" M_TRADING_SESSION_STATUS [336 340]
        MassQuote "i" M_MASS_QUOTE [117 296]
        BusinessMessageReject "j" M_BUSINESS_MESSAGE_REJECT [372 380]
        BidRequest "k" M_BID_REQUEST [391 374 393 394 418 419]
        BidResponse "l" M_BID_RESPONSE [420]
        ListStrikePrice "m" M_LIST_STRIKE_PRICE [66 422 428]
    }
}
