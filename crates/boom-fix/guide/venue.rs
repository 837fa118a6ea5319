boom_fix::dictionary! {
    "FIX.4.4";
    values {
        Side { Buy "1" Sell "2" }
        VenueLoad { Low "L" High "H" }
    }
    fields {
        CHECK_SUM 10 Text "CheckSum" String []
        CL_ORD_ID 11 Text "ClOrdID" String []
        MSG_TYPE 35 Text "MsgType" String []
        SIDE 54 Side "Side" Char [ "1" "BUY" "2" "SELL"]
        PARTY_ID 448 Text "PartyID" String []
        PARTY_ROLE 452 Int "PartyRole" Int []
        NO_PARTY_IDS 453 Int "NoPartyIDs" NumInGroup []
        VENUE_LOAD 5100 VenueLoad "VenueLoad" Char [ "L" "LOW" "H" "HIGH"]
        NO_VENUE_HINTS 5101 Int "NoVenueHints" NumInGroup []
        VENUE_HINT 5102 Text "VenueHint" String []
    }
    parts {
        C_PARTIES [OG(453, &[O(448), O(452)])]
        HEADER [R(35)]
        TRAILER [R(10)]
        M_NEW_ORDER_SINGLE [R(11), R(54), OC(&C_PARTIES), O(5100), OG(5101, &[R(5102)])]
        M_VENUE_STATUS [R(5100)]
    }
    groups {
        NO_PARTY_IDS 453 [448 452]
        NO_VENUE_HINTS 5101 [5102]
    }
    messages {
        NewOrderSingle "D" M_NEW_ORDER_SINGLE [11 54]
        VenueStatus "U1" M_VENUE_STATUS [5100]
    }
}
