// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        HandlInst { AutomatedExecutionOrderPrivateNoBrokerIntervention "1" AutomatedExecutionOrderPublicBrokerInterventionOk "2" ManualOrderBestExecution "3" }
        EmailType { New "0" Reply "1" AdminReply "2" }
        RoutingType { TargetFirm "1" TargetList "2" BlockFirm "3" BlockList "4" }
        MDUpdateType { FullRefresh "0" IncrementalRefresh "1" }
        TickDirection { PlusTick "0" ZeroPlusTick "1" MinusTick "2" ZeroMinusTick "3" }
    }
    fields {
        HANDL_INST 21 HandlInst "HandlInst" Char [ "1" "AUTOMATED_EXECUTION_ORDER_PRIVATE_NO_BROKER_INTERVENTION" "2" "AUTOMATED_EXECUTION_ORDER_PUBLIC_BROKER_INTERVENTION_OK" "3" "MANUAL_ORDER_BEST_EXECUTION"]
        EMAIL_TYPE 94 EmailType "EmailType" Char [ "0" "NEW" "1" "REPLY" "2" "ADMIN_REPLY"]
        ROUTING_TYPE 216 RoutingType "RoutingType" Int [ "1" "TARGET_FIRM" "2" "TARGET_LIST" "3" "BLOCK_FIRM" "4" "BLOCK_LIST"]
        MD_UPDATE_TYPE 265 MDUpdateType "MDUpdateType" Int [ "0" "FULL_REFRESH" "1" "INCREMENTAL_REFRESH"]
        TICK_DIRECTION 274 TickDirection "TickDirection" Char [ "0" "PLUS_TICK" "1" "ZERO_PLUS_TICK" "2" "MINUS_TICK" "3" "ZERO_MINUS_TICK"]
    }
}
