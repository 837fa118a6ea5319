// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
    }
    fields {
        BEGIN_SEQ_NO 7 Int "BeginSeqNo" SeqNum []
        BODY_LENGTH 9 Int "BodyLength" Length []
        END_SEQ_NO 16 Int "EndSeqNo" SeqNum []
        MSG_SEQ_NUM 34 Int "MsgSeqNum" SeqNum []
        NEW_SEQ_NO 36 Int "NewSeqNo" SeqNum []
        REF_SEQ_NUM 45 Int "RefSeqNum" SeqNum []
        LAST_MSG_SEQ_NUM_PROCESSED 369 Int "LastMsgSeqNumProcessed" SeqNum []
        MAX_MESSAGE_SIZE 383 Int "MaxMessageSize" Length []
        NO_MSG_TYPES 384 Int "NoMsgTypes" NumInGroup []
        USERNAME 553 Text "Username" String []
        PASSWORD 554 Text "Password" String []
        NO_HOPS 627 Int "NoHops" NumInGroup []
        HOP_COMP_ID 628 Text "HopCompID" String []
        HOP_SENDING_TIME 629 Timestamp "HopSendingTime" UtcTimestamp []
        HOP_REF_ID 630 Int "HopRefID" SeqNum []
    }
}
