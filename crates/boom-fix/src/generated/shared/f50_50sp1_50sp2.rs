// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        CommType { PerUnit "1" Percent "2" Absolute "3" PercentageWaived4 "4" PercentageWaived5 "5" PointsPerBondOrContract "6" }
        IOIQty { V1000000000 "0" Small "S" Medium "M" Large "L" UndisclosedQuantity "U" }
        OrdStatus { New "0" PartiallyFilled "1" Filled "2" DoneForDay "3" Canceled "4" PendingCancel "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" AcceptedForBidding "D" PendingReplace "E" Replaced "5" }
        OrdType { Market "1" Limit "2" Stop "3" StopLimit "4" MarketOnClose "5" WithOrWithout "6" LimitOrBetter "7" LimitWithOrWithout "8" OnBasis "9" OnClose "A" LimitOnClose "B" ForexMarket "C" PreviouslyQuoted "D" PreviouslyIndicated "E" ForexLimit "F" ForexSwap "G" ForexPreviouslyQuoted "H" Funari "I" MarketIfTouched "J" MarketWithLeftOverAsLimit "K" PreviousFundValuationPoint "L" NextFundValuationPoint "M" Pegged "P" CounterOrderSelection "Q" }
        SettlType { Regular "0" Cash "1" NextDay "2" TPlus2 "3" TPlus3 "4" TPlus4 "5" Future "6" WhenAndIfIssued "7" SellersOption "8" TPlus5 "9" FxSpotNextSettlement "C" BrokenDate "B" }
        SymbolSfx { EucpWithLumpSumInterestRatherThanDiscountPrice "CD" WhenIssuedForASecurityToBeReissuedUnderAnOldCusipOrIsin "WI" }
        AllocTransType { New "0" Replace "1" Cancel "2" Preliminary "3" Calculated "4" CalculatedWithoutPreliminary "5" Reversal "6" }
        AllocStatus { Accepted "0" BlockLevelReject "1" AccountLevelReject "2" Received "3" Incomplete "4" RejectedByIntermediary "5" AllocationPending "6" Reversed "7" }
        DKReason { UnknownSymbol "A" WrongSide "B" QuantityExceedsOrder "C" NoMatchingOrder "D" PriceExceedsLimit "E" CalculationDifference "F" Other "Z" }
        MiscFeeType { Regulatory "1" PerTransaction "10" Conversion "11" Agent "12" Tax "2" LocalCommission "3" ExchangeFees "4" Stamp "5" Levy "6" Other "7" Markup "8" ConsumptionTax "9" TransferFee "13" SecurityLending "14" }
        ExecType { New "0" DoneForDay "3" Canceled "4" Replaced "5" PendingCancel "6" Stopped "7" Rejected "8" Suspended "9" PendingNew "A" Calculated "B" Expired "C" Restated "D" PendingReplace "E" Trade "F" TradeCorrect "G" TradeCancel "H" OrderStatus "I" TradeInAClearingHold "J" TradeHasBeenReleasedToClearing "K" TriggeredOrActivatedBySystem "L" }
        SettlInstMode { Default "0" StandingInstructionsProvided "1" SpecificAllocationAccountOverriding "2" SpecificAllocationAccountStanding "3" SpecificOrderForASingleAccount "4" RequestReject "5" }
        SettlInstSource { BrokersInstructions "1" InstitutionsInstructions "2" Investor "3" }
        SettlLocation { Cedel "CED" DepositoryTrustCompany "DTC" EuroClear "EUR" FederalBookEntry "FED" LocalMarketSettleLocation "ISO_Country_Code" Physical "PNY" ParticipantTrustCompany "PTC" }
        StandInstDbType { Other "0" DtcSid "1" ThomsonAlert "2" AGlobalCustodian "3" Accountnet "4" }
        SettlDeliveryType { VersusPaymentDeliver "0" FreeDeliver "1" TriParty "2" HoldInCustody "3" }
        AllocLinkType { FxNetting "0" FxSwap "1" }
        YieldType { AfterTaxYield "AFTERTAX" AnnualYield "ANNUAL" YieldAtIssue "ATISSUE" YieldToAvgMaturity "AVGMATURITY" BookYield "BOOK" YieldToNextCall "CALL" YieldChangeSinceClose "CHANGE" ClosingYield "CLOSE" CompoundYield "COMPOUND" CurrentYield "CURRENT" GvntEquivalentYield "GOVTEQUIV" TrueGrossYield "GROSS" YieldWithInflationAssumption "INFLATION" InverseFloaterBondYield "INVERSEFLOATER" MostRecentClosingYield "LASTCLOSE" ClosingYieldMostRecentMonth "LASTMONTH" ClosingYieldMostRecentQuarter "LASTQUARTER" ClosingYieldMostRecentYear "LASTYEAR" YieldToLongestAverageLife "LONGAVGLIFE" MarkToMarketYield "MARK" YieldToMaturity "MATURITY" YieldToNextRefund "NEXTREFUND" OpenAverageYield "OPENAVG" PreviousCloseYield "PREVCLOSE" ProceedsYield "PROCEEDS" YieldToNextPut "PUT" SemiAnnualYield "SEMIANNUAL" YieldToShortestAverageLife "SHORTAVGLIFE" SimpleYield "SIMPLE" TaxEquivalentYield "TAXEQUIV" YieldToTenderDate "TENDER" TrueYield "TRUE" YieldValueOf132 "VALUE1_32" YieldToWorst "WORST" }
        MDReqRejReason { UnknownSymbol "0" DuplicateMdreqid "1" InsufficientBandwidth "2" InsufficientPermissions "3" UnsupportedSubscriptionrequesttype "4" UnsupportedMarketdepth "5" UnsupportedMdupdatetype "6" UnsupportedAggregatedbook "7" UnsupportedMdentrytype "8" UnsupportedTradingsessionid "9" UnsupportedScope "A" UnsupportedOpenclosesettleflag "B" UnsupportedMdimplicitdelete "C" InsufficientCredit "D" }
        DeleteReason { Cancellation "0" Error "1" }
        SecurityResponseType { AcceptSecurityProposalAsIs "1" AcceptSecurityProposalWithRevisionsAsIndicatedInTheMessage "2" ListOfSecurityTypesReturnedPerRequest "3" ListOfSecuritiesReturnedPerRequest "4" RejectSecurityProposal "5" CannotMatchSelectionCriteria "6" }
        TradSesStatus { Unknown "0" Halted "1" Open "2" Closed "3" PreOpen "4" PreClose "5" RequestRejected "6" }
        ExecRestatementReason { GtCorporateAction "0" GtRenewal "1" WarehouseRecap "10" VerbalChange "2" RepricingOfOrder "3" BrokerOption "4" PartialDeclineOfOrderqty "5" CancelOnTradingHalt "6" CancelOnSystemFailure "7" Market "8" CanceledNotBest "9" Other "99" PegRefresh "11" }
        DiscretionInst { RelatedToDisplayedPrice "0" RelatedToMarketPrice "1" RelatedToPrimaryPrice "2" RelatedToLocalPrimaryPrice "3" RelatedToMidpointPrice "4" RelatedToLastTradePrice "5" RelatedToVwap "6" AveragePriceGuarantee "7" }
        BidType { NonDisclosedStyle "1" DisclosedSytle "2" NoBiddingProcess "3" }
        SideValueInd { SideValue1 "1" SideValue2 "2" }
        ProgRptReqs { BuySideExplicitlyRequestsStatusUsingStatueRequest "1" SellSidePeriodicallySendsStatusUsingListStatusPeriodOptionallySpecifiedInProgressperiod "2" RealTimeExecutionReports "3" }
        BidTradeType { Agency "A" VwapGuarantee "G" GuaranteedClose "J" RiskTrade "R" }
        BasisPxType { ClosingPriceAtMorningnSession "2" ClosingPrice "3" CurrentPrice "4" Sq "5" VwapThroughADay "6" VwapThroughAMorningSession "7" VwapThroughAnAfternoonSession "8" VwapThroughADayExceptYori "9" VwapThroughAMorningSessionExceptYori "A" VwapThroughAnAfternoonSessionExceptYori "B" Strike "C" Open "D" Others "Z" }
        PriceType { Percentage "1" FixedCabinetTradePrice "10" VariableCabinetTradePrice "11" PerUnit "2" FixedAmount "3" Discount "4" Premium "5" Spread "6" TedPrice "7" TedYield "8" Yield "9" ProductTicksInHalfs "13" ProductTicksInFourths "14" ProductTicksInEights "15" ProductTicksInSixteenths "16" ProductTicksInThirtySeconds "17" ProductTicksInSixtyForths "18" ProductTicksInOneTwentyEights "19" }
        GTBookingInst { BookOutAllTradesOnDayOfExecution "0" AccumulateExectuionsUntilForderIsFilledOrExpires "1" AccumulateUntilVerballlyNotifiedOtherwise "2" }
        ListStatusType { Ack "1" Response "2" Timed "3" ExecStarted "4" AllDone "5" Alert "6" }
        ListOrderStatus { InBiddingProcess "1" ReceivedForExecution "2" Executing "3" Cancelling "4" Alert "5" AllDone "6" Reject "7" }
        ListExecInstType { Immediate "1" WaitForExecutInstruction "2" ExchangeSwitchCivOrder3 "3" ExchangeSwitchCivOrder4 "4" ExchangeSwitchCivOrder5 "5" }
        PartyIDSource { KoreanInvestorId "1" TaiwaneseQualifiedForeignInvestorIdQfiiFid "2" TaiwaneseTradingAcct "3" MalaysianCentralDepository "4" ChineseInvestorId "5" UkNationalInsuranceOrPensionNumber "6" UsSocialSecurityNumber "7" UsEmployerOrTaxIdNumber "8" AustralianBusinessNumber "9" AustralianTaxFileNumber "A" Bic "B" GenerallyAcceptedMarketParticipantIdentifier "C" Proprietary "D" IsoCountryCode "E" SettlementEntityLocation "F" Mic "G" CsdParticipantMemberCode "H" DirectedBrokerThreeCharacterAcronymAsDefinedInIsitcEtcBestPracticeGuidelinesDocument "I" }
        DistribPaymentMethod { Crest "1" Bpay "10" HighValueClearingSystemHvacs "11" ReinvestInFund "12" Nscc "2" Euroclear "3" Clearstream "4" Cheque "5" TelegraphicTransfer "6" FedWire "7" DirectCredit "8" AchCredit "9" }
        CancellationRights { NoM "M" NoN "N" NoO "O" Yes "Y" }
        MoneyLaunderingStatus { Exempt1 "1" Exempt2 "2" Exempt3 "3" NotChecked "N" Passed "Y" }
        ExecPriceType { BidPrice "B" CreationPrice "C" CreationPricePlusAdjustmentPercent "D" CreationPricePlusAdjustmentAmount "E" OfferPrice "O" OfferPriceMinusAdjustmentPercent "P" OfferPriceMinusAdjustmentAmount "Q" SinglePrice "S" }
        TradeReportTransType { New "0" Cancel "1" Replace "2" Release "3" Reverse "4" CancelDueToBackOutOfTrade "5" }
        PaymentMethod { Crest "1" DirectCredit "10" CreditCard "11" AchDebit "12" AchCredit "13" Bpay "14" HighValueClearingSystem "15" Nscc "2" Euroclear "3" Clearstream "4" Cheque "5" TelegraphicTransfer "6" FedWire "7" DebitCard "8" DirectDebit "9" }
        TaxAdvantageType { NoneNotApplicable "0" MaxiIsa "1" Employee10 "10" Employer11 "11" Employer12 "12" NonFundPrototypeIra "13" NonFundQualifiedPlan "14" DefinedContributionPlan "15" IndividualRetirementAccount16 "16" IndividualRetirementAccount17 "17" Keogh "18" ProfitSharingPlan "19" Tessa "2" V401 "20" SelfDirectedIra "21" V403 "22" V457 "23" RothIra24 "24" RothIra25 "25" RothConversionIra26 "26" RothConversionIra27 "27" EducationIra28 "28" EducationIra29 "29" MiniCashIsa "3" MiniStocksAndSharesIsa "4" MiniInsuranceIsa "5" CurrentYearPayment "6" PriorYearPayment "7" AssetTransfer "8" Employee9 "9" Other "999" }
        RegistStatus { Accepted "A" Held "H" Reminder "N" Rejected "R" }
        RegistRejReasonCode { InvalidUnacceptableAccountType "1" InvalidUnaceeptableInvestorIdSource "10" InvalidUnacceptableDateOfBirth "11" InvalidUnacceptableInvestorCountryOfResidence "12" InvalidUnacceptableNoDistribInstns "13" InvalidUnacceptableDistribPercentage "14" InvalidUnacceptableDistribPaymentMethod "15" InvalidUnacceptableCashDistribAgentAcctName "16" InvalidUnacceptableCashDistribAgentCode "17" InvalidUnacceptableCashDistribAgentAcctNum "18" InvalidUnacceptableTaxExemptType "2" InvalidUnacceptableOwnershipType "3" InvalidUnacceptableNoRegDetails "4" InvalidUnacceptableRegSeqNo "5" InvalidUnacceptableRegDetails "6" InvalidUnacceptableMailingDetails "7" InvalidUnacceptableMailingInstructions "8" InvalidUnacceptableInvestorId "9" Other "99" }
        ContAmtType { CommissionAmount "1" ExitChargePercent "10" FundBasedRenewalCommissionPercent "11" ProjectedFundValue "12" FundBasedRenewalCommissionAmount13 "13" FundBasedRenewalCommissionAmount14 "14" NetSettlementAmount "15" CommissionPercent "2" InitialChargeAmount "3" InitialChargePercent "4" DiscountAmount "5" DiscountPercent "6" DilutionLevyAmount "7" DilutionLevyPercent "8" ExitChargeAmount "9" }
        OwnerType { IndividualInvestor "1" NetworkingSubAccount "10" NonProfitOrganization "11" CorporateBody "12" Nominee "13" PublicCompany "2" PrivateCompany "3" IndividualTrustee "4" CompanyTrustee "5" PensionPlan "6" CustodianUnderGiftsToMinorsAct "7" Trusts "8" Fiduciaries "9" }
        OrderCapacity { Agency "A" Proprietary "G" Individual "I" Principal "P" RisklessPrincipal "R" AgentForOtherMember "W" }
        QuoteType { Indicative "0" Tradeable "1" RestrictedTradeable "2" Counter "3" }
        CashMargin { Cash "1" MarginOpen "2" MarginClose "3" }
        CrossType { CrossAon "1" CrossIoc "2" CrossOneSide "3" CrossSamePrice "4" }
        CrossPrioritization { None "0" BuySideIsPrioritized "1" SellSideIsPrioritized "2" }
        SecurityRequestResult { ValidRequest "0" InvalidOrUnsupportedRequest "1" NoInstrumentsFoundThatMatchSelectionCriteria "2" NotAuthorizedToRetrieveInstrumentData "3" InstrumentDataTemporarilyUnavailable "4" RequestForInstrumentDataNotSupported "5" }
        TradSesStatusRejReason { UnknownOrInvalidTradingsessionid "1" Other "99" }
        TradeRequestType { AllTrades "0" MatchedTradesMatchingCriteriaProvidedOnRequest "1" UnmatchedTradesThatMatchCriteria "2" UnreportedTradesThatMatchCriteria "3" AdvisoriesThatMatchCriteria "4" }
        ClearingInstruction { ProcessNormally "0" ExcludeFromAllNetting "1" AutomaticGiveUpMode "10" QualifiedServiceRepresentativeQsr "11" CustomerTrade "12" SelfClearing "13" BilateralNettingOnly "2" ExClearing "3" SpecialTrade "4" MultilateralNetting "5" ClearAgainstCentralCounterparty "6" ExcludeFromCentralCounterparty "7" ManualMode "8" AutomaticPostingMode "9" }
        AccountType { AccountIsCarriedOnCustomerSideOfTheBooks "1" AccountIsCarriedOnNonCustomerSideOfBooks "2" HouseTrader "3" FloorTrader "4" AccountIsCarriedOnNonCustomerSideOfBooksAndIsCrossMargined "6" AccountIsHouseTraderAndIsCrossMargined "7" JointBackOfficeAccount "8" }
        DayBookingInst { CanTriggerBookingWithoutReferenceToTheOrderInitiator "0" SpeakWithOrderInitiatorBeforeBooking "1" Accumulate "2" }
        PreallocMethod { ProRata "0" DoNotProRata "1" }
        AllocType { Calculated "1" Preliminary "2" SellsideCalculatedUsingPreliminary "3" SellsideCalculatedWithoutPreliminary "4" ReadyToBook "5" BuysideReadyToBook "6" WarehouseInstruction "7" RequestToIntermediary "8" Accept "9" Reject "10" AcceptPending "11" IncompleteGroup "12" CompleteGroup "13" ReversalPending "14" }
        ClearingFeeIndicator { V1stYearDelegateTradingForOwnAccount "1" V2ndYearDelegateTradingForOwnAccount "2" V3rdYearDelegateTradingForOwnAccount "3" V4thYearDelegateTradingForOwnAccount "4" V5thYearDelegateTradingForOwnAccount "5" V6thYearDelegateTradingForOwnAccount "9" CboeMember "B" NonMemberAndCustomer "C" EquityMemberAndClearingMember "E" FullAndAssociateMemberTradingForOwnAccountAndAsFloorBrokers "F" V106hAnd106jFirms "H" GimIdemAndComMembershipInterestHolders "I" Lessee106fEmployees "L" AllOtherOwnershipTypes "M" }
        SecDefStatus { PendingApproval "0" Approved "1" Rejected "2" UnauthorizedRequest "3" InvalidDefinitionRequest "4" }
        QuoteRequestRejectReason { UnknownSymbol "1" Pass "10" Exchange "2" QuoteRequestExceedsLimit "3" TooLateToEnter "4" InvalidPrice "5" NotAuthorizedToRequestQuote "6" NoMatchForInquiry "7" NoMarketForInstrument "8" NoInventory "9" Other "99" InsufficientCredit "11" }
        AcctIDSource { Bic "1" SidCode "2" Tfm "3" Omgeo "4" DtccCode "5" Other "99" }
        ConfirmStatus { Received "1" MismatchedAccount "2" MissingSettlementInstructions "3" Confirmed "4" RequestRejected "5" }
        DeliveryForm { BookEntry "1" Bearer "2" }
        LegSwapType { ParForPar "1" ModifiedDuration "2" Risk "4" Proceeds "5" }
        QuotePriceType { Percent "1" Yield "10" PerShare "2" FixedAmount "3" Discount "4" Premium "5" Spread "6" TedPrice "7" TedYield "8" YieldSpread "9" }
        PosTransType { Exercise "1" DoNotExercise "2" PositionAdjustment "3" PositionChangeSubmissionMarginDisposition "4" Pledge "5" LargeTraderSubmission "6" }
        PosMaintAction { New "1" Replace "2" Cancel "3" Reverse "4" }
        SettlSessID { Intraday "ITD" RegularTradingHours "RTH" ElectronicTradingHours "ETH" EndOfDay "EOD" }
        AdjustmentType { ProcessRequestAsMarginDisposition "0" DeltaPlus "1" DeltaMinus "2" Final "3" }
        PosMaintStatus { Accepted "0" AcceptedWithWarnings "1" Rejected "2" Completed "3" CompletedWithWarnings "4" }
        PosMaintResult { SuccessfulCompletion "0" Rejected "1" Other "99" }
        ResponseTransportType { Inband "0" OutOfBand "1" }
        PosReqResult { ValidRequest "0" InvalidOrUnsupportedRequest "1" NoPositionsFoundThatMatchCriteria "2" NotAuthorizedToRequestPositions "3" RequestForPositionNotSupported "4" Other "99" }
        PosReqStatus { Completed "0" CompletedWithWarnings "1" Rejected "2" }
        AssignmentMethod { ProRata "P" Random "R" }
        TradeReportRejectReason { Successful "0" InvalidPartyOnformation "1" UnknownInstrument "2" UnauthorizedToReportTrades "3" InvalidTradeType "4" Other "99" }
        SideMultiLegReportingType { SingleSecurity "1" IndividualLegOfAMultilegSecurity "2" MultilegSecurity "3" }
        ConfirmType { Status "1" Confirmation "2" ConfirmationRequestRejected "3" }
        ConfirmRejReason { MismatchedAccount "1" MissingSettlementInstructions "2" Other "99" }
        BookingType { RegularBooking "0" Cfd "1" TotalReturnSwap "2" }
        AllocSettlInstType { UseDefaultInstructions "0" DeriveFromParametersProvided "1" FullDetailsProvided "2" SsiDbIdsProvided "3" PhoneForInstructions "4" }
        SettlInstReqRejCode { UnableToProcessRequest "0" UnknownAccount "1" NoMatchingSettlementInstructionsFound "2" Other "99" }
        AllocReportType { SellsideCalculatedUsingPreliminary "3" SellsideCalculatedWithoutPreliminary "4" WarehouseRecap "5" RequestToIntermediary "8" PreliminaryRequestToIntermediary "2" Accept "9" Reject "10" AcceptPending "11" Complete "12" ReversePending "14" }
        AllocCancReplaceReason { OriginalDetailsIncompleteIncorrect "1" ChangeInUnderlyingOrderDetails "2" Other "99" }
        AllocAccountType { AccountIsCarriedPnCustomerSideOfBooks "1" AccountIsCarriedOnNonCustomerSideOfBooks "2" HouseTrader "3" FloorTrader "4" AccountIsCarriedOnNonCustomerSideOfBooksAndIsCrossMargined "6" AccountIsHouseTraderAndIsCrossMargined "7" JointBackOfficeAccount "8" }
        AllocIntermedReqType { PendingAccept "1" PendingRelease "2" PendingReversal "3" Accept "4" BlockLevelReject "5" AccountLevelReject "6" }
        ApplQueueResolution { NoActionTaken "0" QueueFlushed "1" OverlayLast "2" EndSession "3" }
        ApplQueueAction { NoActionTaken "0" QueueFlushed "1" OverlayLast "2" EndSession "3" }
        AvgPxIndicator { NoAveragePricing "0" TradeIsPartOfAnAveragePriceGroupIdentifiedByTheTradelinkid "1" LastTradeIsTheAveragePriceGroupIdentifiedByTheTradelinkid "2" }
        TradeAllocIndicator { AllocationNotRequired "0" AllocationRequired "1" UseAllocationProvidedWithTheTrade "2" AllocationGiveUpExecutor "3" AllocationFromExecutor "4" AllocationToClaimAccount "5" }
        PegOffsetType { Price "0" BasisPoints "1" Ticks "2" PriceTier "3" }
        PegLimitType { OrBetter "0" Strict "1" OrWorse "2" }
        PegRoundDirection { MoreAggressive "1" MorePassive "2" }
        DiscretionOffsetType { Price "0" BasisPoints "1" Ticks "2" PriceTier "3" }
        DiscretionLimitType { OrBetter "0" Strict "1" OrWorse "2" }
        DiscretionRoundDirection { MoreAggressive "1" MorePassive "2" }
        DiscretionScope { Local "1" National "2" Global "3" NationalExcludingLocal "4" }
        TargetStrategy { Vwap "1" Participate "2" MininizeMarketImpact "3" }
        ShortSaleReason { DealerSoldShort "0" DealerSoldShortExempt "1" SellingCustomerSoldShort "2" SellingCustomerSoldShortExempt "3" QualifiedServiceRepresentative "4" QsrOrAguContraSideSoldShortExempt "5" }
        QtyType { Units "0" Contracts "1" UnitsOfMeasurePerTimeUnit "2" }
        TradeReportType { Submit "0" Alleged1 "1" Accept "2" Decline "3" Addendum "4" NoWas "5" TradeReportCancel "6" V7 "7" Defaulted "8" InvalidCmta "9" Pended "10" AllegedNew "11" AllegedAddendum "12" AllegedNoWas "13" AllegedTradeReportCancel "14" Alleged15 "15" }
        AllocNoOrdersType { NotSpecified "0" ExplicitListProvided "1" }
        CPProgram { V3 "1" V4 "2" Other "99" }
        MiscFeeBasis { Absolute "0" PerUnit "1" Percentage "2" }
        CollAsgnReason { Initial "0" Scheduled "1" TimeWarning "2" MarginDeficiency "3" MarginExcess "4" ForwardCollateralDemand "5" EventOfDefault "6" AdverseTaxEvent "7" }
        CollInquiryQualifier { TradeDate "0" GcInstrument "1" CollateralInstrument "2" SubstitutionEligible "3" NotAssigned "4" PartiallyAssigned "5" FullyAssigned "6" OutstandingTrades "7" }
        CollAsgnRejectReason { UnknownDeal "0" UnknownOrInvalidInstrument "1" UnauthorizedTransaction "2" InsufficientCollateral "3" InvalidTypeOfCollateral "4" ExcessiveSubstitution "5" Other "99" }
        CollStatus { Unassigned "0" PartiallyAssigned "1" AssignmentProposed "2" Assigned "3" Challenged "4" }
        DeliveryType { VersusPaymentDeliver "0" FreeDeliver "1" TriParty "2" HoldInCustody "3" }
        UserRequestType { LogOnUser "1" LogOffUser "2" ChangePasswordForUser "3" RequestIndividualUserStatus "4" }
        StatusValue { Connected "1" NotConnected2 "2" NotConnected3 "3" InProcess "4" }
        NetworkRequestType { Snapshot "1" Subscribe "2" StopSubscribing "4" LevelOfDetailThenNocompidsBecomesRequired "8" }
        NetworkStatusResponseType { Full "1" IncrementalUpdate "2" }
        TrdRptStatus { Accepted "0" Rejected "1" AcceptedWithErrors "3" }
        AffirmStatus { Received "1" ConfirmRejectedIeNotAffirmed "2" Affirmed "3" }
        CollInquiryStatus { Accepted "0" AcceptedWithWarnings "1" Completed "2" CompletedWithWarnings "3" Rejected "4" }
        CollInquiryResult { Successful "0" InvalidOrUnknownInstrument "1" InvalidOrUnknownCollateralType "2" InvalidParties "3" InvalidTransportTypeRequested "4" InvalidDestinationRequested "5" NoCollateralFoundForTheTradeSpecified "6" NoCollateralFoundForTheOrderSpecified "7" CollateralInquiryTypeNotSupported "8" UnauthorizedForCollateralInquiry "9" Other "99" }
        SecurityStatus { Active "1" Inactive "2" }
        UnderlyingCashType { Fixed "FIXED" Diff "DIFF" }
        UnderlyingSettlementType { TPlus1 "2" TPlus3 "4" TPlus4 "5" }
        SecurityUpdateAction { Add "A" Delete "D" Modify "M" }
        IndividualAllocType { SubAllocate "1" ThirdPartyAllocation "2" }
        TimeUnit { Second "S" Minute "Min" Hour "H" Day "D" Week "Wk" Month "Mo" Year "Yr" }
        AllocMethod { Automatic "1" Guarantor "2" Manual "3" }
        AsOfIndicator { False "0" True "1" }
        MDBookType { TopOfBook "1" PriceDepth "2" OrderDepth "3" }
        MDOriginType { Book "0" OffBook "1" Cross "2" }
        OrderHandlingInstSource { NasdOats "1" }
        DeskType { Agency "A" Arbitrage "AR" Derivatives "D" International "IN" Institutional "IS" Other "O" PreferredTrading "PF" Proprietary "PR" ProgramTrading "PT" Sales "S" Trading "T" }
        DeskTypeSource { NasdOats "1" }
        ExecAckStatus { ReceivedNotYetProcessed "0" Accepted "1" DontKnow "2" }
        CollApplType { SpecificDeposit "0" General "1" }
        UnderlyingFXRateCalc { Multiply "M" Divide "D" }
        AllocPositionEffect { Open "O" Close "C" Rolled "R" Fifo "F" }
        MDQuoteType { Indicative "0" Tradeable "1" RestrictedTradeable "2" Counter "3" IndicativeAndTradeable "4" }
        DisplayWhen { Immediate "1" Exhaust "2" }
        PriceProtectionScope { None "0" Local "1" National "2" Global "3" }
        TriggerType { PartialExecution "1" SpecifiedTradingSession "2" NextAuction "3" PriceMovement "4" }
        TriggerAction { Activate "1" Modify "2" Cancel "3" }
        TriggerPriceType { BestOffer "1" LastTrade "2" BestBid "3" BestBidOrLastTrade "4" BestOfferOrLastTrade "5" BestMid "6" }
        TriggerPriceTypeScope { None "0" Local "1" National "2" Global "3" }
        TriggerPriceDirection { TriggerIfThePriceOfTheSpecifiedTypeGoesUpToOrThroughTheSpecifiedTriggerPrice "U" TriggerIfThePriceOfTheSpecifiedTypeGoesDownToOrThroughTheSpecifiedTriggerPrice "D" }
        TriggerOrderType { Market "1" Limit "2" }
        ExDestinationIDSource { Bic "B" GenerallyAcceptedMarketParticipantIdentifier "C" Proprietary "D" IsoCountryCode "E" Mic "G" }
    }
    fields {
        COMM_TYPE 13 CommType "CommType" Char [ "1" "PER_UNIT" "2" "PERCENT" "3" "ABSOLUTE" "4" "PERCENTAGE_WAIVED_4" "5" "PERCENTAGE_WAIVED_5" "6" "POINTS_PER_BOND_OR_CONTRACT"]
        IOI_QTY 27 IOIQty "IOIQty" String [ "0" "1000000000" "S" "SMALL" "M" "MEDIUM" "L" "LARGE" "U" "UNDISCLOSED_QUANTITY"]
        ORD_STATUS 39 OrdStatus "OrdStatus" Char [ "0" "NEW" "1" "PARTIALLY_FILLED" "2" "FILLED" "3" "DONE_FOR_DAY" "4" "CANCELED" "6" "PENDING_CANCEL" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED" "D" "ACCEPTED_FOR_BIDDING" "E" "PENDING_REPLACE" "5" "REPLACED"]
        ORD_TYPE 40 OrdType "OrdType" Char [ "1" "MARKET" "2" "LIMIT" "3" "STOP" "4" "STOP_LIMIT" "5" "MARKET_ON_CLOSE" "6" "WITH_OR_WITHOUT" "7" "LIMIT_OR_BETTER" "8" "LIMIT_WITH_OR_WITHOUT" "9" "ON_BASIS" "A" "ON_CLOSE" "B" "LIMIT_ON_CLOSE" "C" "FOREX_MARKET" "D" "PREVIOUSLY_QUOTED" "E" "PREVIOUSLY_INDICATED" "F" "FOREX_LIMIT" "G" "FOREX_SWAP" "H" "FOREX_PREVIOUSLY_QUOTED" "I" "FUNARI" "J" "MARKET_IF_TOUCHED" "K" "MARKET_WITH_LEFT_OVER_AS_LIMIT" "L" "PREVIOUS_FUND_VALUATION_POINT" "M" "NEXT_FUND_VALUATION_POINT" "P" "PEGGED" "Q" "COUNTER_ORDER_SELECTION"]
        SETTL_TYPE 63 SettlType "SettlType" String [ "0" "REGULAR" "1" "CASH" "2" "NEXT_DAY" "3" "T_PLUS_2" "4" "T_PLUS_3" "5" "T_PLUS_4" "6" "FUTURE" "7" "WHEN_AND_IF_ISSUED" "8" "SELLERS_OPTION" "9" "T_PLUS_5" "C" "FX_SPOT_NEXT_SETTLEMENT" "B" "BROKEN_DATE"]
        SYMBOL_SFX 65 SymbolSfx "SymbolSfx" String [ "CD" "EUCP_WITH_LUMP_SUM_INTEREST_RATHER_THAN_DISCOUNT_PRICE" "WI" "WHEN_ISSUED_FOR_A_SECURITY_TO_BE_REISSUED_UNDER_AN_OLD_CUSIP_OR_ISIN"]
        ALLOC_TRANS_TYPE 71 AllocTransType "AllocTransType" Char [ "0" "NEW" "1" "REPLACE" "2" "CANCEL" "3" "PRELIMINARY" "4" "CALCULATED" "5" "CALCULATED_WITHOUT_PRELIMINARY" "6" "REVERSAL"]
        ALLOC_STATUS 87 AllocStatus "AllocStatus" Int [ "0" "ACCEPTED" "1" "BLOCK_LEVEL_REJECT" "2" "ACCOUNT_LEVEL_REJECT" "3" "RECEIVED" "4" "INCOMPLETE" "5" "REJECTED_BY_INTERMEDIARY" "6" "ALLOCATION_PENDING" "7" "REVERSED"]
        DK_REASON 127 DKReason "DKReason" Char [ "A" "UNKNOWN_SYMBOL" "B" "WRONG_SIDE" "C" "QUANTITY_EXCEEDS_ORDER" "D" "NO_MATCHING_ORDER" "E" "PRICE_EXCEEDS_LIMIT" "F" "CALCULATION_DIFFERENCE" "Z" "OTHER"]
        MISC_FEE_TYPE 139 MiscFeeType "MiscFeeType" String [ "1" "REGULATORY" "10" "PER_TRANSACTION" "11" "CONVERSION" "12" "AGENT" "2" "TAX" "3" "LOCAL_COMMISSION" "4" "EXCHANGE_FEES" "5" "STAMP" "6" "LEVY" "7" "OTHER" "8" "MARKUP" "9" "CONSUMPTION_TAX" "13" "TRANSFER_FEE" "14" "SECURITY_LENDING"]
        EXEC_TYPE 150 ExecType "ExecType" Char [ "0" "NEW" "3" "DONE_FOR_DAY" "4" "CANCELED" "5" "REPLACED" "6" "PENDING_CANCEL" "7" "STOPPED" "8" "REJECTED" "9" "SUSPENDED" "A" "PENDING_NEW" "B" "CALCULATED" "C" "EXPIRED" "D" "RESTATED" "E" "PENDING_REPLACE" "F" "TRADE" "G" "TRADE_CORRECT" "H" "TRADE_CANCEL" "I" "ORDER_STATUS" "J" "TRADE_IN_A_CLEARING_HOLD" "K" "TRADE_HAS_BEEN_RELEASED_TO_CLEARING" "L" "TRIGGERED_OR_ACTIVATED_BY_SYSTEM"]
        SETTL_INST_MODE 160 SettlInstMode "SettlInstMode" Char [ "0" "DEFAULT" "1" "STANDING_INSTRUCTIONS_PROVIDED" "2" "SPECIFIC_ALLOCATION_ACCOUNT_OVERRIDING" "3" "SPECIFIC_ALLOCATION_ACCOUNT_STANDING" "4" "SPECIFIC_ORDER_FOR_A_SINGLE_ACCOUNT" "5" "REQUEST_REJECT"]
        SETTL_INST_SOURCE 165 SettlInstSource "SettlInstSource" Char [ "1" "BROKERS_INSTRUCTIONS" "2" "INSTITUTIONS_INSTRUCTIONS" "3" "INVESTOR"]
        SETTL_LOCATION 166 SettlLocation "SettlLocation" String [ "CED" "CEDEL" "DTC" "DEPOSITORY_TRUST_COMPANY" "EUR" "EURO_CLEAR" "FED" "FEDERAL_BOOK_ENTRY" "ISO_Country_Code" "LOCAL_MARKET_SETTLE_LOCATION" "PNY" "PHYSICAL" "PTC" "PARTICIPANT_TRUST_COMPANY"]
        STAND_INST_DB_TYPE 169 StandInstDbType "StandInstDbType" Int [ "0" "OTHER" "1" "DTC_SID" "2" "THOMSON_ALERT" "3" "A_GLOBAL_CUSTODIAN" "4" "ACCOUNTNET"]
        SETTL_DELIVERY_TYPE 172 SettlDeliveryType "SettlDeliveryType" Int [ "0" "VERSUS_PAYMENT_DELIVER" "1" "FREE_DELIVER" "2" "TRI_PARTY" "3" "HOLD_IN_CUSTODY"]
        ALLOC_LINK_TYPE 197 AllocLinkType "AllocLinkType" Int [ "0" "FX_NETTING" "1" "FX_SWAP"]
        YIELD_TYPE 235 YieldType "YieldType" String [ "AFTERTAX" "AFTER_TAX_YIELD" "ANNUAL" "ANNUAL_YIELD" "ATISSUE" "YIELD_AT_ISSUE" "AVGMATURITY" "YIELD_TO_AVG_MATURITY" "BOOK" "BOOK_YIELD" "CALL" "YIELD_TO_NEXT_CALL" "CHANGE" "YIELD_CHANGE_SINCE_CLOSE" "CLOSE" "CLOSING_YIELD" "COMPOUND" "COMPOUND_YIELD" "CURRENT" "CURRENT_YIELD" "GOVTEQUIV" "GVNT_EQUIVALENT_YIELD" "GROSS" "TRUE_GROSS_YIELD" "INFLATION" "YIELD_WITH_INFLATION_ASSUMPTION" "INVERSEFLOATER" "INVERSE_FLOATER_BOND_YIELD" "LASTCLOSE" "MOST_RECENT_CLOSING_YIELD" "LASTMONTH" "CLOSING_YIELD_MOST_RECENT_MONTH" "LASTQUARTER" "CLOSING_YIELD_MOST_RECENT_QUARTER" "LASTYEAR" "CLOSING_YIELD_MOST_RECENT_YEAR" "LONGAVGLIFE" "YIELD_TO_LONGEST_AVERAGE_LIFE" "MARK" "MARK_TO_MARKET_YIELD" "MATURITY" "YIELD_TO_MATURITY" "NEXTREFUND" "YIELD_TO_NEXT_REFUND" "OPENAVG" "OPEN_AVERAGE_YIELD" "PREVCLOSE" "PREVIOUS_CLOSE_YIELD" "PROCEEDS" "PROCEEDS_YIELD" "PUT" "YIELD_TO_NEXT_PUT" "SEMIANNUAL" "SEMI_ANNUAL_YIELD" "SHORTAVGLIFE" "YIELD_TO_SHORTEST_AVERAGE_LIFE" "SIMPLE" "SIMPLE_YIELD" "TAXEQUIV" "TAX_EQUIVALENT_YIELD" "TENDER" "YIELD_TO_TENDER_DATE" "TRUE" "TRUE_YIELD" "VALUE1_32" "YIELD_VALUE_OF_1_32" "WORST" "YIELD_TO_WORST"]
        MD_REQ_REJ_REASON 281 MDReqRejReason "MDReqRejReason" Char [ "0" "UNKNOWN_SYMBOL" "1" "DUPLICATE_MDREQID" "2" "INSUFFICIENT_BANDWIDTH" "3" "INSUFFICIENT_PERMISSIONS" "4" "UNSUPPORTED_SUBSCRIPTIONREQUESTTYPE" "5" "UNSUPPORTED_MARKETDEPTH" "6" "UNSUPPORTED_MDUPDATETYPE" "7" "UNSUPPORTED_AGGREGATEDBOOK" "8" "UNSUPPORTED_MDENTRYTYPE" "9" "UNSUPPORTED_TRADINGSESSIONID" "A" "UNSUPPORTED_SCOPE" "B" "UNSUPPORTED_OPENCLOSESETTLEFLAG" "C" "UNSUPPORTED_MDIMPLICITDELETE" "D" "INSUFFICIENT_CREDIT"]
        DELETE_REASON 285 DeleteReason "DeleteReason" Char [ "0" "CANCELLATION" "1" "ERROR"]
        OPEN_CLOSE_SETTL_FLAG 286 Text "OpenCloseSettlFlag" MultipleCharValue [ "0" "DAILY_OPEN" "1" "SESSION_OPEN" "2" "DELIVERY_SETTLEMENT_ENTRY" "3" "EXPECTED_ENTRY" "4" "ENTRY_FROM_PREVIOUS_BUSINESS_DAY" "5" "THEORETICAL_PRICE_VALUE"]
        FINANCIAL_STATUS 291 Text "FinancialStatus" MultipleCharValue [ "1" "BANKRUPT" "2" "PENDING_DELISTING" "3" "RESTRICTED"]
        SECURITY_RESPONSE_TYPE 323 SecurityResponseType "SecurityResponseType" Int [ "1" "ACCEPT_SECURITY_PROPOSAL_AS_IS" "2" "ACCEPT_SECURITY_PROPOSAL_WITH_REVISIONS_AS_INDICATED_IN_THE_MESSAGE" "3" "LIST_OF_SECURITY_TYPES_RETURNED_PER_REQUEST" "4" "LIST_OF_SECURITIES_RETURNED_PER_REQUEST" "5" "REJECT_SECURITY_PROPOSAL" "6" "CANNOT_MATCH_SELECTION_CRITERIA"]
        TRAD_SES_STATUS 340 TradSesStatus "TradSesStatus" Int [ "0" "UNKNOWN" "1" "HALTED" "2" "OPEN" "3" "CLOSED" "4" "PRE_OPEN" "5" "PRE_CLOSE" "6" "REQUEST_REJECTED"]
        EXEC_RESTATEMENT_REASON 378 ExecRestatementReason "ExecRestatementReason" Int [ "0" "GT_CORPORATE_ACTION" "1" "GT_RENEWAL" "10" "WAREHOUSE_RECAP" "2" "VERBAL_CHANGE" "3" "REPRICING_OF_ORDER" "4" "BROKER_OPTION" "5" "PARTIAL_DECLINE_OF_ORDERQTY" "6" "CANCEL_ON_TRADING_HALT" "7" "CANCEL_ON_SYSTEM_FAILURE" "8" "MARKET" "9" "CANCELED_NOT_BEST" "99" "OTHER" "11" "PEG_REFRESH"]
        DISCRETION_INST 388 DiscretionInst "DiscretionInst" Char [ "0" "RELATED_TO_DISPLAYED_PRICE" "1" "RELATED_TO_MARKET_PRICE" "2" "RELATED_TO_PRIMARY_PRICE" "3" "RELATED_TO_LOCAL_PRIMARY_PRICE" "4" "RELATED_TO_MIDPOINT_PRICE" "5" "RELATED_TO_LAST_TRADE_PRICE" "6" "RELATED_TO_VWAP" "7" "AVERAGE_PRICE_GUARANTEE"]
        BID_TYPE 394 BidType "BidType" Int [ "1" "NON_DISCLOSED_STYLE" "2" "DISCLOSED_SYTLE" "3" "NO_BIDDING_PROCESS"]
        SIDE_VALUE_IND 401 SideValueInd "SideValueInd" Int [ "1" "SIDE_VALUE_1" "2" "SIDE_VALUE_2"]
        PROG_RPT_REQS 414 ProgRptReqs "ProgRptReqs" Int [ "1" "BUY_SIDE_EXPLICITLY_REQUESTS_STATUS_USING_STATUE_REQUEST" "2" "SELL_SIDE_PERIODICALLY_SENDS_STATUS_USING_LIST_STATUS_PERIOD_OPTIONALLY_SPECIFIED_IN_PROGRESSPERIOD" "3" "REAL_TIME_EXECUTION_REPORTS"]
        BID_TRADE_TYPE 418 BidTradeType "BidTradeType" Char [ "A" "AGENCY" "G" "VWAP_GUARANTEE" "J" "GUARANTEED_CLOSE" "R" "RISK_TRADE"]
        BASIS_PX_TYPE 419 BasisPxType "BasisPxType" Char [ "2" "CLOSING_PRICE_AT_MORNINGN_SESSION" "3" "CLOSING_PRICE" "4" "CURRENT_PRICE" "5" "SQ" "6" "VWAP_THROUGH_A_DAY" "7" "VWAP_THROUGH_A_MORNING_SESSION" "8" "VWAP_THROUGH_AN_AFTERNOON_SESSION" "9" "VWAP_THROUGH_A_DAY_EXCEPT_YORI" "A" "VWAP_THROUGH_A_MORNING_SESSION_EXCEPT_YORI" "B" "VWAP_THROUGH_AN_AFTERNOON_SESSION_EXCEPT_YORI" "C" "STRIKE" "D" "OPEN" "Z" "OTHERS"]
        PRICE_TYPE 423 PriceType "PriceType" Int [ "1" "PERCENTAGE" "10" "FIXED_CABINET_TRADE_PRICE" "11" "VARIABLE_CABINET_TRADE_PRICE" "2" "PER_UNIT" "3" "FIXED_AMOUNT" "4" "DISCOUNT" "5" "PREMIUM" "6" "SPREAD" "7" "TED_PRICE" "8" "TED_YIELD" "9" "YIELD" "13" "PRODUCT_TICKS_IN_HALFS" "14" "PRODUCT_TICKS_IN_FOURTHS" "15" "PRODUCT_TICKS_IN_EIGHTS" "16" "PRODUCT_TICKS_IN_SIXTEENTHS" "17" "PRODUCT_TICKS_IN_THIRTY_SECONDS" "18" "PRODUCT_TICKS_IN_SIXTY_FORTHS" "19" "PRODUCT_TICKS_IN_ONE_TWENTY_EIGHTS"]
        GT_BOOKING_INST 427 GTBookingInst "GTBookingInst" Int [ "0" "BOOK_OUT_ALL_TRADES_ON_DAY_OF_EXECUTION" "1" "ACCUMULATE_EXECTUIONS_UNTIL_FORDER_IS_FILLED_OR_EXPIRES" "2" "ACCUMULATE_UNTIL_VERBALLLY_NOTIFIED_OTHERWISE"]
        LIST_STATUS_TYPE 429 ListStatusType "ListStatusType" Int [ "1" "ACK" "2" "RESPONSE" "3" "TIMED" "4" "EXEC_STARTED" "5" "ALL_DONE" "6" "ALERT"]
        LIST_ORDER_STATUS 431 ListOrderStatus "ListOrderStatus" Int [ "1" "IN_BIDDING_PROCESS" "2" "RECEIVED_FOR_EXECUTION" "3" "EXECUTING" "4" "CANCELLING" "5" "ALERT" "6" "ALL_DONE" "7" "REJECT"]
        LIST_EXEC_INST_TYPE 433 ListExecInstType "ListExecInstType" Char [ "1" "IMMEDIATE" "2" "WAIT_FOR_EXECUT_INSTRUCTION" "3" "EXCHANGE_SWITCH_CIV_ORDER_3" "4" "EXCHANGE_SWITCH_CIV_ORDER_4" "5" "EXCHANGE_SWITCH_CIV_ORDER_5"]
        PARTY_ID_SOURCE 447 PartyIDSource "PartyIDSource" Char [ "1" "KOREAN_INVESTOR_ID" "2" "TAIWANESE_QUALIFIED_FOREIGN_INVESTOR_ID_QFII_FID" "3" "TAIWANESE_TRADING_ACCT" "4" "MALAYSIAN_CENTRAL_DEPOSITORY" "5" "CHINESE_INVESTOR_ID" "6" "UK_NATIONAL_INSURANCE_OR_PENSION_NUMBER" "7" "US_SOCIAL_SECURITY_NUMBER" "8" "US_EMPLOYER_OR_TAX_ID_NUMBER" "9" "AUSTRALIAN_BUSINESS_NUMBER" "A" "AUSTRALIAN_TAX_FILE_NUMBER" "B" "BIC" "C" "GENERALLY_ACCEPTED_MARKET_PARTICIPANT_IDENTIFIER" "D" "PROPRIETARY" "E" "ISO_COUNTRY_CODE" "F" "SETTLEMENT_ENTITY_LOCATION" "G" "MIC" "H" "CSD_PARTICIPANT_MEMBER_CODE" "I" "DIRECTED_BROKER_THREE_CHARACTER_ACRONYM_AS_DEFINED_IN_ISITC_ETC_BEST_PRACTICE_GUIDELINES_DOCUMENT"]
        DISTRIB_PAYMENT_METHOD 477 DistribPaymentMethod "DistribPaymentMethod" Int [ "1" "CREST" "10" "BPAY" "11" "HIGH_VALUE_CLEARING_SYSTEM_HVACS" "12" "REINVEST_IN_FUND" "2" "NSCC" "3" "EUROCLEAR" "4" "CLEARSTREAM" "5" "CHEQUE" "6" "TELEGRAPHIC_TRANSFER" "7" "FED_WIRE" "8" "DIRECT_CREDIT" "9" "ACH_CREDIT"]
        CANCELLATION_RIGHTS 480 CancellationRights "CancellationRights" Char [ "M" "NO_M" "N" "NO_N" "O" "NO_O" "Y" "YES"]
        MONEY_LAUNDERING_STATUS 481 MoneyLaunderingStatus "MoneyLaunderingStatus" Char [ "1" "EXEMPT_1" "2" "EXEMPT_2" "3" "EXEMPT_3" "N" "NOT_CHECKED" "Y" "PASSED"]
        EXEC_PRICE_TYPE 484 ExecPriceType "ExecPriceType" Char [ "B" "BID_PRICE" "C" "CREATION_PRICE" "D" "CREATION_PRICE_PLUS_ADJUSTMENT_PERCENT" "E" "CREATION_PRICE_PLUS_ADJUSTMENT_AMOUNT" "O" "OFFER_PRICE" "P" "OFFER_PRICE_MINUS_ADJUSTMENT_PERCENT" "Q" "OFFER_PRICE_MINUS_ADJUSTMENT_AMOUNT" "S" "SINGLE_PRICE"]
        TRADE_REPORT_TRANS_TYPE 487 TradeReportTransType "TradeReportTransType" Int [ "0" "NEW" "1" "CANCEL" "2" "REPLACE" "3" "RELEASE" "4" "REVERSE" "5" "CANCEL_DUE_TO_BACK_OUT_OF_TRADE"]
        PAYMENT_METHOD 492 PaymentMethod "PaymentMethod" Int [ "1" "CREST" "10" "DIRECT_CREDIT" "11" "CREDIT_CARD" "12" "ACH_DEBIT" "13" "ACH_CREDIT" "14" "BPAY" "15" "HIGH_VALUE_CLEARING_SYSTEM" "2" "NSCC" "3" "EUROCLEAR" "4" "CLEARSTREAM" "5" "CHEQUE" "6" "TELEGRAPHIC_TRANSFER" "7" "FED_WIRE" "8" "DEBIT_CARD" "9" "DIRECT_DEBIT"]
        TAX_ADVANTAGE_TYPE 495 TaxAdvantageType "TaxAdvantageType" Int [ "0" "NONE_NOT_APPLICABLE" "1" "MAXI_ISA" "10" "EMPLOYEE_10" "11" "EMPLOYER_11" "12" "EMPLOYER_12" "13" "NON_FUND_PROTOTYPE_IRA" "14" "NON_FUND_QUALIFIED_PLAN" "15" "DEFINED_CONTRIBUTION_PLAN" "16" "INDIVIDUAL_RETIREMENT_ACCOUNT_16" "17" "INDIVIDUAL_RETIREMENT_ACCOUNT_17" "18" "KEOGH" "19" "PROFIT_SHARING_PLAN" "2" "TESSA" "20" "401" "21" "SELF_DIRECTED_IRA" "22" "403" "23" "457" "24" "ROTH_IRA_24" "25" "ROTH_IRA_25" "26" "ROTH_CONVERSION_IRA_26" "27" "ROTH_CONVERSION_IRA_27" "28" "EDUCATION_IRA_28" "29" "EDUCATION_IRA_29" "3" "MINI_CASH_ISA" "4" "MINI_STOCKS_AND_SHARES_ISA" "5" "MINI_INSURANCE_ISA" "6" "CURRENT_YEAR_PAYMENT" "7" "PRIOR_YEAR_PAYMENT" "8" "ASSET_TRANSFER" "9" "EMPLOYEE_9" "999" "OTHER"]
        REGIST_STATUS 506 RegistStatus "RegistStatus" Char [ "A" "ACCEPTED" "H" "HELD" "N" "REMINDER" "R" "REJECTED"]
        REGIST_REJ_REASON_CODE 507 RegistRejReasonCode "RegistRejReasonCode" Int [ "1" "INVALID_UNACCEPTABLE_ACCOUNT_TYPE" "10" "INVALID_UNACEEPTABLE_INVESTOR_ID_SOURCE" "11" "INVALID_UNACCEPTABLE_DATE_OF_BIRTH" "12" "INVALID_UNACCEPTABLE_INVESTOR_COUNTRY_OF_RESIDENCE" "13" "INVALID_UNACCEPTABLE_NO_DISTRIB_INSTNS" "14" "INVALID_UNACCEPTABLE_DISTRIB_PERCENTAGE" "15" "INVALID_UNACCEPTABLE_DISTRIB_PAYMENT_METHOD" "16" "INVALID_UNACCEPTABLE_CASH_DISTRIB_AGENT_ACCT_NAME" "17" "INVALID_UNACCEPTABLE_CASH_DISTRIB_AGENT_CODE" "18" "INVALID_UNACCEPTABLE_CASH_DISTRIB_AGENT_ACCT_NUM" "2" "INVALID_UNACCEPTABLE_TAX_EXEMPT_TYPE" "3" "INVALID_UNACCEPTABLE_OWNERSHIP_TYPE" "4" "INVALID_UNACCEPTABLE_NO_REG_DETAILS" "5" "INVALID_UNACCEPTABLE_REG_SEQ_NO" "6" "INVALID_UNACCEPTABLE_REG_DETAILS" "7" "INVALID_UNACCEPTABLE_MAILING_DETAILS" "8" "INVALID_UNACCEPTABLE_MAILING_INSTRUCTIONS" "9" "INVALID_UNACCEPTABLE_INVESTOR_ID" "99" "OTHER"]
        CONT_AMT_TYPE 519 ContAmtType "ContAmtType" Int [ "1" "COMMISSION_AMOUNT" "10" "EXIT_CHARGE_PERCENT" "11" "FUND_BASED_RENEWAL_COMMISSION_PERCENT" "12" "PROJECTED_FUND_VALUE" "13" "FUND_BASED_RENEWAL_COMMISSION_AMOUNT_13" "14" "FUND_BASED_RENEWAL_COMMISSION_AMOUNT_14" "15" "NET_SETTLEMENT_AMOUNT" "2" "COMMISSION_PERCENT" "3" "INITIAL_CHARGE_AMOUNT" "4" "INITIAL_CHARGE_PERCENT" "5" "DISCOUNT_AMOUNT" "6" "DISCOUNT_PERCENT" "7" "DILUTION_LEVY_AMOUNT" "8" "DILUTION_LEVY_PERCENT" "9" "EXIT_CHARGE_AMOUNT"]
        OWNER_TYPE 522 OwnerType "OwnerType" Int [ "1" "INDIVIDUAL_INVESTOR" "10" "NETWORKING_SUB_ACCOUNT" "11" "NON_PROFIT_ORGANIZATION" "12" "CORPORATE_BODY" "13" "NOMINEE" "2" "PUBLIC_COMPANY" "3" "PRIVATE_COMPANY" "4" "INDIVIDUAL_TRUSTEE" "5" "COMPANY_TRUSTEE" "6" "PENSION_PLAN" "7" "CUSTODIAN_UNDER_GIFTS_TO_MINORS_ACT" "8" "TRUSTS" "9" "FIDUCIARIES"]
        ORDER_CAPACITY 528 OrderCapacity "OrderCapacity" Char [ "A" "AGENCY" "G" "PROPRIETARY" "I" "INDIVIDUAL" "P" "PRINCIPAL" "R" "RISKLESS_PRINCIPAL" "W" "AGENT_FOR_OTHER_MEMBER"]
        QUOTE_TYPE 537 QuoteType "QuoteType" Int [ "0" "INDICATIVE" "1" "TRADEABLE" "2" "RESTRICTED_TRADEABLE" "3" "COUNTER"]
        CASH_MARGIN 544 CashMargin "CashMargin" Char [ "1" "CASH" "2" "MARGIN_OPEN" "3" "MARGIN_CLOSE"]
        SCOPE 546 Text "Scope" MultipleCharValue [ "1" "LOCAL_MARKET" "2" "NATIONAL" "3" "GLOBAL"]
        CROSS_TYPE 549 CrossType "CrossType" Int [ "1" "CROSS_AON" "2" "CROSS_IOC" "3" "CROSS_ONE_SIDE" "4" "CROSS_SAME_PRICE"]
        CROSS_PRIORITIZATION 550 CrossPrioritization "CrossPrioritization" Int [ "0" "NONE" "1" "BUY_SIDE_IS_PRIORITIZED" "2" "SELL_SIDE_IS_PRIORITIZED"]
        SECURITY_REQUEST_RESULT 560 SecurityRequestResult "SecurityRequestResult" Int [ "0" "VALID_REQUEST" "1" "INVALID_OR_UNSUPPORTED_REQUEST" "2" "NO_INSTRUMENTS_FOUND_THAT_MATCH_SELECTION_CRITERIA" "3" "NOT_AUTHORIZED_TO_RETRIEVE_INSTRUMENT_DATA" "4" "INSTRUMENT_DATA_TEMPORARILY_UNAVAILABLE" "5" "REQUEST_FOR_INSTRUMENT_DATA_NOT_SUPPORTED"]
        TRAD_SES_STATUS_REJ_REASON 567 TradSesStatusRejReason "TradSesStatusRejReason" Int [ "1" "UNKNOWN_OR_INVALID_TRADINGSESSIONID" "99" "OTHER"]
        TRADE_REQUEST_TYPE 569 TradeRequestType "TradeRequestType" Int [ "0" "ALL_TRADES" "1" "MATCHED_TRADES_MATCHING_CRITERIA_PROVIDED_ON_REQUEST" "2" "UNMATCHED_TRADES_THAT_MATCH_CRITERIA" "3" "UNREPORTED_TRADES_THAT_MATCH_CRITERIA" "4" "ADVISORIES_THAT_MATCH_CRITERIA"]
        CLEARING_INSTRUCTION 577 ClearingInstruction "ClearingInstruction" Int [ "0" "PROCESS_NORMALLY" "1" "EXCLUDE_FROM_ALL_NETTING" "10" "AUTOMATIC_GIVE_UP_MODE" "11" "QUALIFIED_SERVICE_REPRESENTATIVE_QSR" "12" "CUSTOMER_TRADE" "13" "SELF_CLEARING" "2" "BILATERAL_NETTING_ONLY" "3" "EX_CLEARING" "4" "SPECIAL_TRADE" "5" "MULTILATERAL_NETTING" "6" "CLEAR_AGAINST_CENTRAL_COUNTERPARTY" "7" "EXCLUDE_FROM_CENTRAL_COUNTERPARTY" "8" "MANUAL_MODE" "9" "AUTOMATIC_POSTING_MODE"]
        ACCOUNT_TYPE 581 AccountType "AccountType" Int [ "1" "ACCOUNT_IS_CARRIED_ON_CUSTOMER_SIDE_OF_THE_BOOKS" "2" "ACCOUNT_IS_CARRIED_ON_NON_CUSTOMER_SIDE_OF_BOOKS" "3" "HOUSE_TRADER" "4" "FLOOR_TRADER" "6" "ACCOUNT_IS_CARRIED_ON_NON_CUSTOMER_SIDE_OF_BOOKS_AND_IS_CROSS_MARGINED" "7" "ACCOUNT_IS_HOUSE_TRADER_AND_IS_CROSS_MARGINED" "8" "JOINT_BACK_OFFICE_ACCOUNT"]
        DAY_BOOKING_INST 589 DayBookingInst "DayBookingInst" Char [ "0" "CAN_TRIGGER_BOOKING_WITHOUT_REFERENCE_TO_THE_ORDER_INITIATOR" "1" "SPEAK_WITH_ORDER_INITIATOR_BEFORE_BOOKING" "2" "ACCUMULATE"]
        PREALLOC_METHOD 591 PreallocMethod "PreallocMethod" Char [ "0" "PRO_RATA" "1" "DO_NOT_PRO_RATA"]
        ALLOC_TYPE 626 AllocType "AllocType" Int [ "1" "CALCULATED" "2" "PRELIMINARY" "3" "SELLSIDE_CALCULATED_USING_PRELIMINARY" "4" "SELLSIDE_CALCULATED_WITHOUT_PRELIMINARY" "5" "READY_TO_BOOK" "6" "BUYSIDE_READY_TO_BOOK" "7" "WAREHOUSE_INSTRUCTION" "8" "REQUEST_TO_INTERMEDIARY" "9" "ACCEPT" "10" "REJECT" "11" "ACCEPT_PENDING" "12" "INCOMPLETE_GROUP" "13" "COMPLETE_GROUP" "14" "REVERSAL_PENDING"]
        CLEARING_FEE_INDICATOR 635 ClearingFeeIndicator "ClearingFeeIndicator" String [ "1" "1ST_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "2" "2ND_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "3" "3RD_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "4" "4TH_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "5" "5TH_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "9" "6TH_YEAR_DELEGATE_TRADING_FOR_OWN_ACCOUNT" "B" "CBOE_MEMBER" "C" "NON_MEMBER_AND_CUSTOMER" "E" "EQUITY_MEMBER_AND_CLEARING_MEMBER" "F" "FULL_AND_ASSOCIATE_MEMBER_TRADING_FOR_OWN_ACCOUNT_AND_AS_FLOOR_BROKERS" "H" "106H_AND_106J_FIRMS" "I" "GIM_IDEM_AND_COM_MEMBERSHIP_INTEREST_HOLDERS" "L" "LESSEE_106F_EMPLOYEES" "M" "ALL_OTHER_OWNERSHIP_TYPES"]
        SEC_DEF_STATUS 653 SecDefStatus "SecDefStatus" Int [ "0" "PENDING_APPROVAL" "1" "APPROVED" "2" "REJECTED" "3" "UNAUTHORIZED_REQUEST" "4" "INVALID_DEFINITION_REQUEST"]
        QUOTE_REQUEST_REJECT_REASON 658 QuoteRequestRejectReason "QuoteRequestRejectReason" Int [ "1" "UNKNOWN_SYMBOL" "10" "PASS" "2" "EXCHANGE" "3" "QUOTE_REQUEST_EXCEEDS_LIMIT" "4" "TOO_LATE_TO_ENTER" "5" "INVALID_PRICE" "6" "NOT_AUTHORIZED_TO_REQUEST_QUOTE" "7" "NO_MATCH_FOR_INQUIRY" "8" "NO_MARKET_FOR_INSTRUMENT" "9" "NO_INVENTORY" "99" "OTHER" "11" "INSUFFICIENT_CREDIT"]
        ACCT_ID_SOURCE 660 AcctIDSource "AcctIDSource" Int [ "1" "BIC" "2" "SID_CODE" "3" "TFM" "4" "OMGEO" "5" "DTCC_CODE" "99" "OTHER"]
        CONFIRM_STATUS 665 ConfirmStatus "ConfirmStatus" Int [ "1" "RECEIVED" "2" "MISMATCHED_ACCOUNT" "3" "MISSING_SETTLEMENT_INSTRUCTIONS" "4" "CONFIRMED" "5" "REQUEST_REJECTED"]
        DELIVERY_FORM 668 DeliveryForm "DeliveryForm" Int [ "1" "BOOK_ENTRY" "2" "BEARER"]
        LEG_SWAP_TYPE 690 LegSwapType "LegSwapType" Int [ "1" "PAR_FOR_PAR" "2" "MODIFIED_DURATION" "4" "RISK" "5" "PROCEEDS"]
        QUOTE_PRICE_TYPE 692 QuotePriceType "QuotePriceType" Int [ "1" "PERCENT" "10" "YIELD" "2" "PER_SHARE" "3" "FIXED_AMOUNT" "4" "DISCOUNT" "5" "PREMIUM" "6" "SPREAD" "7" "TED_PRICE" "8" "TED_YIELD" "9" "YIELD_SPREAD"]
        POS_TRANS_TYPE 709 PosTransType "PosTransType" Int [ "1" "EXERCISE" "2" "DO_NOT_EXERCISE" "3" "POSITION_ADJUSTMENT" "4" "POSITION_CHANGE_SUBMISSION_MARGIN_DISPOSITION" "5" "PLEDGE" "6" "LARGE_TRADER_SUBMISSION"]
        POS_MAINT_ACTION 712 PosMaintAction "PosMaintAction" Int [ "1" "NEW" "2" "REPLACE" "3" "CANCEL" "4" "REVERSE"]
        SETTL_SESS_ID 716 SettlSessID "SettlSessID" String [ "ITD" "INTRADAY" "RTH" "REGULAR_TRADING_HOURS" "ETH" "ELECTRONIC_TRADING_HOURS" "EOD" "END_OF_DAY"]
        ADJUSTMENT_TYPE 718 AdjustmentType "AdjustmentType" Int [ "0" "PROCESS_REQUEST_AS_MARGIN_DISPOSITION" "1" "DELTA_PLUS" "2" "DELTA_MINUS" "3" "FINAL"]
        POS_MAINT_STATUS 722 PosMaintStatus "PosMaintStatus" Int [ "0" "ACCEPTED" "1" "ACCEPTED_WITH_WARNINGS" "2" "REJECTED" "3" "COMPLETED" "4" "COMPLETED_WITH_WARNINGS"]
        POS_MAINT_RESULT 723 PosMaintResult "PosMaintResult" Int [ "0" "SUCCESSFUL_COMPLETION" "1" "REJECTED" "99" "OTHER"]
        RESPONSE_TRANSPORT_TYPE 725 ResponseTransportType "ResponseTransportType" Int [ "0" "INBAND" "1" "OUT_OF_BAND"]
        POS_REQ_RESULT 728 PosReqResult "PosReqResult" Int [ "0" "VALID_REQUEST" "1" "INVALID_OR_UNSUPPORTED_REQUEST" "2" "NO_POSITIONS_FOUND_THAT_MATCH_CRITERIA" "3" "NOT_AUTHORIZED_TO_REQUEST_POSITIONS" "4" "REQUEST_FOR_POSITION_NOT_SUPPORTED" "99" "OTHER"]
        POS_REQ_STATUS 729 PosReqStatus "PosReqStatus" Int [ "0" "COMPLETED" "1" "COMPLETED_WITH_WARNINGS" "2" "REJECTED"]
        ASSIGNMENT_METHOD 744 AssignmentMethod "AssignmentMethod" Char [ "P" "PRO_RATA" "R" "RANDOM"]
        TRADE_REPORT_REJECT_REASON 751 TradeReportRejectReason "TradeReportRejectReason" Int [ "0" "SUCCESSFUL" "1" "INVALID_PARTY_ONFORMATION" "2" "UNKNOWN_INSTRUMENT" "3" "UNAUTHORIZED_TO_REPORT_TRADES" "4" "INVALID_TRADE_TYPE" "99" "OTHER"]
        SIDE_MULTI_LEG_REPORTING_TYPE 752 SideMultiLegReportingType "SideMultiLegReportingType" Int [ "1" "SINGLE_SECURITY" "2" "INDIVIDUAL_LEG_OF_A_MULTILEG_SECURITY" "3" "MULTILEG_SECURITY"]
        CONFIRM_TYPE 773 ConfirmType "ConfirmType" Int [ "1" "STATUS" "2" "CONFIRMATION" "3" "CONFIRMATION_REQUEST_REJECTED"]
        CONFIRM_REJ_REASON 774 ConfirmRejReason "ConfirmRejReason" Int [ "1" "MISMATCHED_ACCOUNT" "2" "MISSING_SETTLEMENT_INSTRUCTIONS" "99" "OTHER"]
        BOOKING_TYPE 775 BookingType "BookingType" Int [ "0" "REGULAR_BOOKING" "1" "CFD" "2" "TOTAL_RETURN_SWAP"]
        ALLOC_SETTL_INST_TYPE 780 AllocSettlInstType "AllocSettlInstType" Int [ "0" "USE_DEFAULT_INSTRUCTIONS" "1" "DERIVE_FROM_PARAMETERS_PROVIDED" "2" "FULL_DETAILS_PROVIDED" "3" "SSI_DB_IDS_PROVIDED" "4" "PHONE_FOR_INSTRUCTIONS"]
        SETTL_INST_REQ_REJ_CODE 792 SettlInstReqRejCode "SettlInstReqRejCode" Int [ "0" "UNABLE_TO_PROCESS_REQUEST" "1" "UNKNOWN_ACCOUNT" "2" "NO_MATCHING_SETTLEMENT_INSTRUCTIONS_FOUND" "99" "OTHER"]
        ALLOC_REPORT_TYPE 794 AllocReportType "AllocReportType" Int [ "3" "SELLSIDE_CALCULATED_USING_PRELIMINARY" "4" "SELLSIDE_CALCULATED_WITHOUT_PRELIMINARY" "5" "WAREHOUSE_RECAP" "8" "REQUEST_TO_INTERMEDIARY" "2" "PRELIMINARY_REQUEST_TO_INTERMEDIARY" "9" "ACCEPT" "10" "REJECT" "11" "ACCEPT_PENDING" "12" "COMPLETE" "14" "REVERSE_PENDING"]
        ALLOC_CANC_REPLACE_REASON 796 AllocCancReplaceReason "AllocCancReplaceReason" Int [ "1" "ORIGINAL_DETAILS_INCOMPLETE_INCORRECT" "2" "CHANGE_IN_UNDERLYING_ORDER_DETAILS" "99" "OTHER"]
        ALLOC_ACCOUNT_TYPE 798 AllocAccountType "AllocAccountType" Int [ "1" "ACCOUNT_IS_CARRIED_PN_CUSTOMER_SIDE_OF_BOOKS" "2" "ACCOUNT_IS_CARRIED_ON_NON_CUSTOMER_SIDE_OF_BOOKS" "3" "HOUSE_TRADER" "4" "FLOOR_TRADER" "6" "ACCOUNT_IS_CARRIED_ON_NON_CUSTOMER_SIDE_OF_BOOKS_AND_IS_CROSS_MARGINED" "7" "ACCOUNT_IS_HOUSE_TRADER_AND_IS_CROSS_MARGINED" "8" "JOINT_BACK_OFFICE_ACCOUNT"]
        ALLOC_INTERMED_REQ_TYPE 808 AllocIntermedReqType "AllocIntermedReqType" Int [ "1" "PENDING_ACCEPT" "2" "PENDING_RELEASE" "3" "PENDING_REVERSAL" "4" "ACCEPT" "5" "BLOCK_LEVEL_REJECT" "6" "ACCOUNT_LEVEL_REJECT"]
        APPL_QUEUE_RESOLUTION 814 ApplQueueResolution "ApplQueueResolution" Int [ "0" "NO_ACTION_TAKEN" "1" "QUEUE_FLUSHED" "2" "OVERLAY_LAST" "3" "END_SESSION"]
        APPL_QUEUE_ACTION 815 ApplQueueAction "ApplQueueAction" Int [ "0" "NO_ACTION_TAKEN" "1" "QUEUE_FLUSHED" "2" "OVERLAY_LAST" "3" "END_SESSION"]
        AVG_PX_INDICATOR 819 AvgPxIndicator "AvgPxIndicator" Int [ "0" "NO_AVERAGE_PRICING" "1" "TRADE_IS_PART_OF_AN_AVERAGE_PRICE_GROUP_IDENTIFIED_BY_THE_TRADELINKID" "2" "LAST_TRADE_IS_THE_AVERAGE_PRICE_GROUP_IDENTIFIED_BY_THE_TRADELINKID"]
        TRADE_ALLOC_INDICATOR 826 TradeAllocIndicator "TradeAllocIndicator" Int [ "0" "ALLOCATION_NOT_REQUIRED" "1" "ALLOCATION_REQUIRED" "2" "USE_ALLOCATION_PROVIDED_WITH_THE_TRADE" "3" "ALLOCATION_GIVE_UP_EXECUTOR" "4" "ALLOCATION_FROM_EXECUTOR" "5" "ALLOCATION_TO_CLAIM_ACCOUNT"]
        PEG_OFFSET_TYPE 836 PegOffsetType "PegOffsetType" Int [ "0" "PRICE" "1" "BASIS_POINTS" "2" "TICKS" "3" "PRICE_TIER"]
        PEG_LIMIT_TYPE 837 PegLimitType "PegLimitType" Int [ "0" "OR_BETTER" "1" "STRICT" "2" "OR_WORSE"]
        PEG_ROUND_DIRECTION 838 PegRoundDirection "PegRoundDirection" Int [ "1" "MORE_AGGRESSIVE" "2" "MORE_PASSIVE"]
        DISCRETION_OFFSET_TYPE 842 DiscretionOffsetType "DiscretionOffsetType" Int [ "0" "PRICE" "1" "BASIS_POINTS" "2" "TICKS" "3" "PRICE_TIER"]
        DISCRETION_LIMIT_TYPE 843 DiscretionLimitType "DiscretionLimitType" Int [ "0" "OR_BETTER" "1" "STRICT" "2" "OR_WORSE"]
        DISCRETION_ROUND_DIRECTION 844 DiscretionRoundDirection "DiscretionRoundDirection" Int [ "1" "MORE_AGGRESSIVE" "2" "MORE_PASSIVE"]
        DISCRETION_SCOPE 846 DiscretionScope "DiscretionScope" Int [ "1" "LOCAL" "2" "NATIONAL" "3" "GLOBAL" "4" "NATIONAL_EXCLUDING_LOCAL"]
        TARGET_STRATEGY 847 TargetStrategy "TargetStrategy" Int [ "1" "VWAP" "2" "PARTICIPATE" "3" "MININIZE_MARKET_IMPACT"]
        SHORT_SALE_REASON 853 ShortSaleReason "ShortSaleReason" Int [ "0" "DEALER_SOLD_SHORT" "1" "DEALER_SOLD_SHORT_EXEMPT" "2" "SELLING_CUSTOMER_SOLD_SHORT" "3" "SELLING_CUSTOMER_SOLD_SHORT_EXEMPT" "4" "QUALIFIED_SERVICE_REPRESENTATIVE" "5" "QSR_OR_AGU_CONTRA_SIDE_SOLD_SHORT_EXEMPT"]
        QTY_TYPE 854 QtyType "QtyType" Int [ "0" "UNITS" "1" "CONTRACTS" "2" "UNITS_OF_MEASURE_PER_TIME_UNIT"]
        TRADE_REPORT_TYPE 856 TradeReportType "TradeReportType" Int [ "0" "SUBMIT" "1" "ALLEGED_1" "2" "ACCEPT" "3" "DECLINE" "4" "ADDENDUM" "5" "NO_WAS" "6" "TRADE_REPORT_CANCEL" "7" "7" "8" "DEFAULTED" "9" "INVALID_CMTA" "10" "PENDED" "11" "ALLEGED_NEW" "12" "ALLEGED_ADDENDUM" "13" "ALLEGED_NO_WAS" "14" "ALLEGED_TRADE_REPORT_CANCEL" "15" "ALLEGED_15"]
        ALLOC_NO_ORDERS_TYPE 857 AllocNoOrdersType "AllocNoOrdersType" Int [ "0" "NOT_SPECIFIED" "1" "EXPLICIT_LIST_PROVIDED"]
        CP_PROGRAM 875 CPProgram "CPProgram" Int [ "1" "3" "2" "4" "99" "OTHER"]
        MISC_FEE_BASIS 891 MiscFeeBasis "MiscFeeBasis" Int [ "0" "ABSOLUTE" "1" "PER_UNIT" "2" "PERCENTAGE"]
        COLL_ASGN_REASON 895 CollAsgnReason "CollAsgnReason" Int [ "0" "INITIAL" "1" "SCHEDULED" "2" "TIME_WARNING" "3" "MARGIN_DEFICIENCY" "4" "MARGIN_EXCESS" "5" "FORWARD_COLLATERAL_DEMAND" "6" "EVENT_OF_DEFAULT" "7" "ADVERSE_TAX_EVENT"]
        COLL_INQUIRY_QUALIFIER 896 CollInquiryQualifier "CollInquiryQualifier" Int [ "0" "TRADE_DATE" "1" "GC_INSTRUMENT" "2" "COLLATERAL_INSTRUMENT" "3" "SUBSTITUTION_ELIGIBLE" "4" "NOT_ASSIGNED" "5" "PARTIALLY_ASSIGNED" "6" "FULLY_ASSIGNED" "7" "OUTSTANDING_TRADES"]
        COLL_ASGN_REJECT_REASON 906 CollAsgnRejectReason "CollAsgnRejectReason" Int [ "0" "UNKNOWN_DEAL" "1" "UNKNOWN_OR_INVALID_INSTRUMENT" "2" "UNAUTHORIZED_TRANSACTION" "3" "INSUFFICIENT_COLLATERAL" "4" "INVALID_TYPE_OF_COLLATERAL" "5" "EXCESSIVE_SUBSTITUTION" "99" "OTHER"]
        COLL_STATUS 910 CollStatus "CollStatus" Int [ "0" "UNASSIGNED" "1" "PARTIALLY_ASSIGNED" "2" "ASSIGNMENT_PROPOSED" "3" "ASSIGNED" "4" "CHALLENGED"]
        DELIVERY_TYPE 919 DeliveryType "DeliveryType" Int [ "0" "VERSUS_PAYMENT_DELIVER" "1" "FREE_DELIVER" "2" "TRI_PARTY" "3" "HOLD_IN_CUSTODY"]
        USER_REQUEST_TYPE 924 UserRequestType "UserRequestType" Int [ "1" "LOG_ON_USER" "2" "LOG_OFF_USER" "3" "CHANGE_PASSWORD_FOR_USER" "4" "REQUEST_INDIVIDUAL_USER_STATUS"]
        STATUS_VALUE 928 StatusValue "StatusValue" Int [ "1" "CONNECTED" "2" "NOT_CONNECTED_2" "3" "NOT_CONNECTED_3" "4" "IN_PROCESS"]
        NETWORK_REQUEST_TYPE 935 NetworkRequestType "NetworkRequestType" Int [ "1" "SNAPSHOT" "2" "SUBSCRIBE" "4" "STOP_SUBSCRIBING" "8" "LEVEL_OF_DETAIL_THEN_NOCOMPIDS_BECOMES_REQUIRED"]
        NETWORK_STATUS_RESPONSE_TYPE 937 NetworkStatusResponseType "NetworkStatusResponseType" Int [ "1" "FULL" "2" "INCREMENTAL_UPDATE"]
        TRD_RPT_STATUS 939 TrdRptStatus "TrdRptStatus" Int [ "0" "ACCEPTED" "1" "REJECTED" "3" "ACCEPTED_WITH_ERRORS"]
        AFFIRM_STATUS 940 AffirmStatus "AffirmStatus" Int [ "1" "RECEIVED" "2" "CONFIRM_REJECTED_IE_NOT_AFFIRMED" "3" "AFFIRMED"]
        COLL_INQUIRY_STATUS 945 CollInquiryStatus "CollInquiryStatus" Int [ "0" "ACCEPTED" "1" "ACCEPTED_WITH_WARNINGS" "2" "COMPLETED" "3" "COMPLETED_WITH_WARNINGS" "4" "REJECTED"]
        COLL_INQUIRY_RESULT 946 CollInquiryResult "CollInquiryResult" Int [ "0" "SUCCESSFUL" "1" "INVALID_OR_UNKNOWN_INSTRUMENT" "2" "INVALID_OR_UNKNOWN_COLLATERAL_TYPE" "3" "INVALID_PARTIES" "4" "INVALID_TRANSPORT_TYPE_REQUESTED" "5" "INVALID_DESTINATION_REQUESTED" "6" "NO_COLLATERAL_FOUND_FOR_THE_TRADE_SPECIFIED" "7" "NO_COLLATERAL_FOUND_FOR_THE_ORDER_SPECIFIED" "8" "COLLATERAL_INQUIRY_TYPE_NOT_SUPPORTED" "9" "UNAUTHORIZED_FOR_COLLATERAL_INQUIRY" "99" "OTHER"]
        NO_STRATEGY_PARAMETERS 957 Int "NoStrategyParameters" NumInGroup []
        STRATEGY_PARAMETER_NAME 958 Text "StrategyParameterName" String []
        STRATEGY_PARAMETER_VALUE 960 Text "StrategyParameterValue" String []
        HOST_CROSS_ID 961 Text "HostCrossID" String []
        SIDE_TIME_IN_FORCE 962 Timestamp "SideTimeInForce" UtcTimestamp []
        MD_REPORT_ID 963 Int "MDReportID" Int []
        SECURITY_REPORT_ID 964 Int "SecurityReportID" Int []
        SECURITY_STATUS 965 SecurityStatus "SecurityStatus" String [ "1" "ACTIVE" "2" "INACTIVE"]
        SETTLE_ON_OPEN_FLAG 966 Text "SettleOnOpenFlag" String []
        STRIKE_MULTIPLIER 967 Number "StrikeMultiplier" Float []
        STRIKE_VALUE 968 Number "StrikeValue" Float []
        MIN_PRICE_INCREMENT 969 Number "MinPriceIncrement" Float []
        POSITION_LIMIT 970 Int "PositionLimit" Int []
        NT_POSITION_LIMIT 971 Int "NTPositionLimit" Int []
        UNDERLYING_ALLOCATION_PERCENT 972 Number "UnderlyingAllocationPercent" Float []
        UNDERLYING_CASH_AMOUNT 973 Number "UnderlyingCashAmount" Float []
        UNDERLYING_CASH_TYPE 974 UnderlyingCashType "UnderlyingCashType" String [ "FIXED" "FIXED" "DIFF" "DIFF"]
        UNDERLYING_SETTLEMENT_TYPE 975 UnderlyingSettlementType "UnderlyingSettlementType" Int [ "2" "T_PLUS_1" "4" "T_PLUS_3" "5" "T_PLUS_4"]
        QUANTITY_DATE 976 DateOnly "QuantityDate" DateOnly []
        CONT_INT_RPT_ID 977 Text "ContIntRptID" String []
        LATE_INDICATOR 978 Bool "LateIndicator" Boolean []
        INPUT_SOURCE 979 Text "InputSource" String []
        SECURITY_UPDATE_ACTION 980 SecurityUpdateAction "SecurityUpdateAction" Char [ "A" "ADD" "D" "DELETE" "M" "MODIFY"]
        NO_EXPIRATION 981 Int "NoExpiration" NumInGroup []
        EXP_QTY 983 Number "ExpQty" Float []
        NO_UNDERLYING_AMOUNTS 984 Int "NoUnderlyingAmounts" NumInGroup []
        UNDERLYING_PAY_AMOUNT 985 Number "UnderlyingPayAmount" Float []
        UNDERLYING_COLLECT_AMOUNT 986 Number "UnderlyingCollectAmount" Float []
        UNDERLYING_SETTLEMENT_DATE 987 DateOnly "UnderlyingSettlementDate" DateOnly []
        UNDERLYING_SETTLEMENT_STATUS 988 Text "UnderlyingSettlementStatus" String []
        SECONDARY_INDIVIDUAL_ALLOC_ID 989 Text "SecondaryIndividualAllocID" String []
        LEG_REPORT_ID 990 Text "LegReportID" String []
        RND_PX 991 Number "RndPx" Float []
        INDIVIDUAL_ALLOC_TYPE 992 IndividualAllocType "IndividualAllocType" Int [ "1" "SUB_ALLOCATE" "2" "THIRD_PARTY_ALLOCATION"]
        ALLOC_CUSTOMER_CAPACITY 993 Text "AllocCustomerCapacity" String []
        TIER_CODE 994 Text "TierCode" String []
        TIME_UNIT 997 TimeUnit "TimeUnit" String [ "S" "SECOND" "Min" "MINUTE" "H" "HOUR" "D" "DAY" "Wk" "WEEK" "Mo" "MONTH" "Yr" "YEAR"]
        UNDERLYING_UNIT_OF_MEASURE 998 Text "UnderlyingUnitOfMeasure" String []
        LEG_UNIT_OF_MEASURE 999 Text "LegUnitOfMeasure" String []
        UNDERLYING_TIME_UNIT 1000 Text "UnderlyingTimeUnit" String []
        LEG_TIME_UNIT 1001 Text "LegTimeUnit" String []
        ALLOC_METHOD 1002 AllocMethod "AllocMethod" Int [ "1" "AUTOMATIC" "2" "GUARANTOR" "3" "MANUAL"]
        TRADE_ID 1003 Text "TradeID" String []
        SIDE_TRADE_REPORT_ID 1005 Text "SideTradeReportID" String []
        SIDE_FILL_STATION_CD 1006 Text "SideFillStationCd" String []
        SIDE_REASON_CD 1007 Text "SideReasonCd" String []
        MESSAGE_EVENT_SOURCE 1011 Text "MessageEventSource" String []
        SIDE_TRD_REG_TIMESTAMP 1012 Timestamp "SideTrdRegTimestamp" UtcTimestamp []
        SIDE_TRD_REG_TIMESTAMP_TYPE 1013 Int "SideTrdRegTimestampType" Int []
        SIDE_TRD_REG_TIMESTAMP_SRC 1014 Text "SideTrdRegTimestampSrc" String []
        AS_OF_INDICATOR 1015 AsOfIndicator "AsOfIndicator" Char [ "0" "FALSE" "1" "TRUE"]
        NO_SIDE_TRD_REG_TS 1016 Int "NoSideTrdRegTS" NumInGroup []
        LEG_OPTION_RATIO 1017 Number "LegOptionRatio" Float []
        NO_INSTRUMENT_PARTIES 1018 Int "NoInstrumentParties" NumInGroup []
        INSTRUMENT_PARTY_ID 1019 Text "InstrumentPartyID" String []
        TRADE_VOLUME 1020 Number "TradeVolume" Float []
        MD_BOOK_TYPE 1021 MDBookType "MDBookType" Int [ "1" "TOP_OF_BOOK" "2" "PRICE_DEPTH" "3" "ORDER_DEPTH"]
        MD_FEED_TYPE 1022 Text "MDFeedType" String []
        MD_PRICE_LEVEL 1023 Int "MDPriceLevel" Int []
        MD_ORIGIN_TYPE 1024 MDOriginType "MDOriginType" Int [ "0" "BOOK" "1" "OFF_BOOK" "2" "CROSS"]
        FIRST_PX 1025 Number "FirstPx" Float []
        MD_ENTRY_SPOT_RATE 1026 Number "MDEntrySpotRate" Float []
        MD_ENTRY_FORWARD_POINTS 1027 Number "MDEntryForwardPoints" Float []
        MANUAL_ORDER_INDICATOR 1028 Bool "ManualOrderIndicator" Boolean []
        CUST_DIRECTED_ORDER 1029 Bool "CustDirectedOrder" Boolean []
        RECEIVED_DEPT_ID 1030 Text "ReceivedDeptID" String []
        CUST_ORDER_HANDLING_INST 1031 Text "CustOrderHandlingInst" MultipleStringValue [ "ADD" "ADD_ON_ORDER" "AON" "ALL_OR_NONE" "CNH" "CASH_NOT_HELD" "DIR" "DIRECTED_ORDER" "E.W" "EXCHANGE_FOR_PHYSICAL_TRANSACTION" "FOK" "FILL_OR_KILL" "IO" "IMBALANCE_ONLY" "IOC" "IMMEDIATE_OR_CANCEL" "LOO" "LIMIT_ON_OPEN" "LOC" "LIMIT_ON_CLOSE" "MAO" "MARKET_AT_OPEN" "MAC" "MARKET_AT_CLOSE" "MOO" "MARKET_ON_OPEN" "MOC" "MARKET_ON_CLOSE" "MQT" "MINIMUM_QUANTITY" "NH" "NOT_HELD" "OVD" "OVER_THE_DAY" "PEG" "PEGGED" "RSV" "RESERVE_SIZE_ORDER" "S.W" "STOP_STOCK_TRANSACTION" "SCL" "SCALE" "TMO" "TIME_ORDER" "TS" "TRAILING_STOP" "WRK" "WORK"]
        ORDER_HANDLING_INST_SOURCE 1032 OrderHandlingInstSource "OrderHandlingInstSource" Int [ "1" "NASD_OATS"]
        DESK_TYPE 1033 DeskType "DeskType" String [ "A" "AGENCY" "AR" "ARBITRAGE" "D" "DERIVATIVES" "IN" "INTERNATIONAL" "IS" "INSTITUTIONAL" "O" "OTHER" "PF" "PREFERRED_TRADING" "PR" "PROPRIETARY" "PT" "PROGRAM_TRADING" "S" "SALES" "T" "TRADING"]
        DESK_TYPE_SOURCE 1034 DeskTypeSource "DeskTypeSource" Int [ "1" "NASD_OATS"]
        DESK_ORDER_HANDLING_INST 1035 Text "DeskOrderHandlingInst" MultipleStringValue [ "ADD" "ADD_ON_ORDER" "AON" "ALL_OR_NONE" "CNH" "CASH_NOT_HELD" "DIR" "DIRECTED_ORDER" "E.W" "EXCHANGE_FOR_PHYSICAL_TRANSACTION" "FOK" "FILL_OR_KILL" "IO" "IMBALANCE_ONLY" "IOC" "IMMEDIATE_OR_CANCEL" "LOO" "LIMIT_ON_OPEN" "LOC" "LIMIT_ON_CLOSE" "MAO" "MARKET_AT_OPEN" "MAC" "MARKET_AT_CLOSE" "MOO" "MARKET_ON_OPEN" "MOC" "MARKET_ON_CLOSE" "MQT" "MINIMUM_QUANTITY" "NH" "NOT_HELD" "OVD" "OVER_THE_DAY" "PEG" "PEGGED" "RSV" "RESERVE_SIZE_ORDER" "S.W" "STOP_STOCK_TRANSACTION" "SCL" "SCALE" "TMO" "TIME_ORDER" "TS" "TRAILING_STOP" "WRK" "WORK"]
        EXEC_ACK_STATUS 1036 ExecAckStatus "ExecAckStatus" Char [ "0" "RECEIVED_NOT_YET_PROCESSED" "1" "ACCEPTED" "2" "DONT_KNOW"]
        UNDERLYING_DELIVERY_AMOUNT 1037 Number "UnderlyingDeliveryAmount" Float []
        UNDERLYING_CAP_VALUE 1038 Number "UnderlyingCapValue" Float []
        UNDERLYING_SETTL_METHOD 1039 Text "UnderlyingSettlMethod" String []
        SECONDARY_TRADE_ID 1040 Text "SecondaryTradeID" String []
        FIRM_TRADE_ID 1041 Text "FirmTradeID" String []
        SECONDARY_FIRM_TRADE_ID 1042 Text "SecondaryFirmTradeID" String []
        COLL_APPL_TYPE 1043 CollApplType "CollApplType" Int [ "0" "SPECIFIC_DEPOSIT" "1" "GENERAL"]
        UNDERLYING_ADJUSTED_QUANTITY 1044 Number "UnderlyingAdjustedQuantity" Float []
        UNDERLYING_FX_RATE 1045 Number "UnderlyingFXRate" Float []
        UNDERLYING_FX_RATE_CALC 1046 UnderlyingFXRateCalc "UnderlyingFXRateCalc" Char [ "M" "MULTIPLY" "D" "DIVIDE"]
        ALLOC_POSITION_EFFECT 1047 AllocPositionEffect "AllocPositionEffect" Char [ "O" "OPEN" "C" "CLOSE" "R" "ROLLED" "F" "FIFO"]
        INSTRMT_ASSIGNMENT_METHOD 1049 Char "InstrmtAssignmentMethod" Char []
        INSTRUMENT_PARTY_ID_SOURCE 1050 Char "InstrumentPartyIDSource" Char []
        INSTRUMENT_PARTY_ROLE 1051 Int "InstrumentPartyRole" Int []
        NO_INSTRUMENT_PARTY_SUB_IDS 1052 Int "NoInstrumentPartySubIDs" NumInGroup []
        INSTRUMENT_PARTY_SUB_ID 1053 Text "InstrumentPartySubID" String []
        INSTRUMENT_PARTY_SUB_ID_TYPE 1054 Int "InstrumentPartySubIDType" Int []
        POSITION_CURRENCY 1055 Text "PositionCurrency" String []
        CALCULATED_CCY_LAST_QTY 1056 Number "CalculatedCcyLastQty" Float []
        AGGRESSOR_INDICATOR 1057 Bool "AggressorIndicator" Boolean [ "Y" "YES" "N" "NO"]
        NO_UNDLY_INSTRUMENT_PARTIES 1058 Int "NoUndlyInstrumentParties" NumInGroup []
        NO_UNDLY_INSTRUMENT_PARTY_SUB_IDS 1062 Int "NoUndlyInstrumentPartySubIDs" NumInGroup []
        BID_SWAP_POINTS 1065 Number "BidSwapPoints" Float []
        OFFER_SWAP_POINTS 1066 Number "OfferSwapPoints" Float []
        LEG_BID_FORWARD_POINTS 1067 Number "LegBidForwardPoints" Float []
        LEG_OFFER_FORWARD_POINTS 1068 Number "LegOfferForwardPoints" Float []
        SWAP_POINTS 1069 Number "SwapPoints" Float []
        MD_QUOTE_TYPE 1070 MDQuoteType "MDQuoteType" Int [ "0" "INDICATIVE" "1" "TRADEABLE" "2" "RESTRICTED_TRADEABLE" "3" "COUNTER" "4" "INDICATIVE_AND_TRADEABLE"]
        LAST_SWAP_POINTS 1071 Number "LastSwapPoints" Float []
        SIDE_GROSS_TRADE_AMT 1072 Number "SideGrossTradeAmt" Float []
        LEG_LAST_FORWARD_POINTS 1073 Number "LegLastForwardPoints" Float []
        LEG_CALCULATED_CCY_LAST_QTY 1074 Number "LegCalculatedCcyLastQty" Float []
        LEG_GROSS_TRADE_AMT 1075 Number "LegGrossTradeAmt" Float []
        MATURITY_TIME 1079 TzTimeOnly "MaturityTime" TzTimeOnly []
        REF_ORDER_ID 1080 Text "RefOrderID" String []
        SECONDARY_DISPLAY_QTY 1082 Number "SecondaryDisplayQty" Float []
        DISPLAY_WHEN 1083 DisplayWhen "DisplayWhen" Char [ "1" "IMMEDIATE" "2" "EXHAUST"]
        DISPLAY_LOW_QTY 1085 Number "DisplayLowQty" Float []
        DISPLAY_HIGH_QTY 1086 Number "DisplayHighQty" Float []
        DISPLAY_MIN_INCR 1087 Number "DisplayMinIncr" Float []
        REFRESH_QTY 1088 Number "RefreshQty" Float []
        MATCH_INCREMENT 1089 Number "MatchIncrement" Float []
        MAX_PRICE_LEVELS 1090 Int "MaxPriceLevels" Int []
        PRE_TRADE_ANONYMITY 1091 Bool "PreTradeAnonymity" Boolean []
        PRICE_PROTECTION_SCOPE 1092 PriceProtectionScope "PriceProtectionScope" Char [ "0" "NONE" "1" "LOCAL" "2" "NATIONAL" "3" "GLOBAL"]
        PEGGED_REF_PRICE 1095 Number "PeggedRefPrice" Float []
        PEG_SECURITY_ID_SOURCE 1096 Text "PegSecurityIDSource" String []
        PEG_SECURITY_ID 1097 Text "PegSecurityID" String []
        PEG_SYMBOL 1098 Text "PegSymbol" String []
        PEG_SECURITY_DESC 1099 Text "PegSecurityDesc" String []
        TRIGGER_TYPE 1100 TriggerType "TriggerType" Char [ "1" "PARTIAL_EXECUTION" "2" "SPECIFIED_TRADING_SESSION" "3" "NEXT_AUCTION" "4" "PRICE_MOVEMENT"]
        TRIGGER_ACTION 1101 TriggerAction "TriggerAction" Char [ "1" "ACTIVATE" "2" "MODIFY" "3" "CANCEL"]
        TRIGGER_PRICE 1102 Number "TriggerPrice" Float []
        TRIGGER_SYMBOL 1103 Text "TriggerSymbol" String []
        TRIGGER_SECURITY_ID 1104 Text "TriggerSecurityID" String []
        TRIGGER_SECURITY_ID_SOURCE 1105 Text "TriggerSecurityIDSource" String []
        TRIGGER_SECURITY_DESC 1106 Text "TriggerSecurityDesc" String []
        TRIGGER_PRICE_TYPE 1107 TriggerPriceType "TriggerPriceType" Char [ "1" "BEST_OFFER" "2" "LAST_TRADE" "3" "BEST_BID" "4" "BEST_BID_OR_LAST_TRADE" "5" "BEST_OFFER_OR_LAST_TRADE" "6" "BEST_MID"]
        TRIGGER_PRICE_TYPE_SCOPE 1108 TriggerPriceTypeScope "TriggerPriceTypeScope" Char [ "0" "NONE" "1" "LOCAL" "2" "NATIONAL" "3" "GLOBAL"]
        TRIGGER_PRICE_DIRECTION 1109 TriggerPriceDirection "TriggerPriceDirection" Char [ "U" "TRIGGER_IF_THE_PRICE_OF_THE_SPECIFIED_TYPE_GOES_UP_TO_OR_THROUGH_THE_SPECIFIED_TRIGGER_PRICE" "D" "TRIGGER_IF_THE_PRICE_OF_THE_SPECIFIED_TYPE_GOES_DOWN_TO_OR_THROUGH_THE_SPECIFIED_TRIGGER_PRICE"]
        TRIGGER_NEW_PRICE 1110 Number "TriggerNewPrice" Float []
        TRIGGER_ORDER_TYPE 1111 TriggerOrderType "TriggerOrderType" Char [ "1" "MARKET" "2" "LIMIT"]
        TRIGGER_NEW_QTY 1112 Number "TriggerNewQty" Float []
        TRIGGER_TRADING_SESSION_ID 1113 Text "TriggerTradingSessionID" String []
        TRIGGER_TRADING_SESSION_SUB_ID 1114 Text "TriggerTradingSessionSubID" String []
        NO_ROOT_PARTY_IDS 1116 Int "NoRootPartyIDs" NumInGroup []
        ROOT_PARTY_ID 1117 Text "RootPartyID" String []
        ROOT_PARTY_ID_SOURCE 1118 Char "RootPartyIDSource" Char []
        ROOT_PARTY_ROLE 1119 Int "RootPartyRole" Int []
        NO_ROOT_PARTY_SUB_IDS 1120 Int "NoRootPartySubIDs" NumInGroup []
        ROOT_PARTY_SUB_ID 1121 Text "RootPartySubID" String []
        ROOT_PARTY_SUB_ID_TYPE 1122 Int "RootPartySubIDType" Int []
        ORIG_TRADE_HANDLING_INSTR 1124 Char "OrigTradeHandlingInstr" Char []
        ORIG_TRADE_DATE 1125 DateOnly "OrigTradeDate" DateOnly []
        ORIG_TRADE_ID 1126 Text "OrigTradeID" String []
        ORIG_SECONDARY_TRADE_ID 1127 Text "OrigSecondaryTradeID" String []
        TZ_TRANSACT_TIME 1132 TzTime "TZTransactTime" TzTimestamp []
        EX_DESTINATION_ID_SOURCE 1133 ExDestinationIDSource "ExDestinationIDSource" Char [ "B" "BIC" "C" "GENERALLY_ACCEPTED_MARKET_PARTICIPANT_IDENTIFIER" "D" "PROPRIETARY" "E" "ISO_COUNTRY_CODE" "G" "MIC"]
        REPORTED_PX_DIFF 1134 Bool "ReportedPxDiff" Boolean []
        RPT_SYS 1135 Text "RptSys" String []
        ALLOC_CLEARING_FEE_INDICATOR 1136 Text "AllocClearingFeeIndicator" String []
        DISPLAY_QTY 1138 Number "DisplayQty" Float []
        EXCHANGE_SPECIAL_INSTRUCTIONS 1139 Text "ExchangeSpecialInstructions" String []
    }
}
