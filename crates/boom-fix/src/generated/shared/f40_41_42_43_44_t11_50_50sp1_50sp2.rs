// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
    }
    fields {
        BEGIN_STRING 8 Text "BeginString" String []
        CHECK_SUM 10 Text "CheckSum" String []
        SENDER_COMP_ID 49 Text "SenderCompID" String []
        SENDER_SUB_ID 50 Text "SenderSubID" String []
        SENDING_TIME 52 Timestamp "SendingTime" UtcTimestamp []
        TARGET_COMP_ID 56 Text "TargetCompID" String []
        TARGET_SUB_ID 57 Text "TargetSubID" String []
        TEXT 58 Text "Text" String []
        SIGNATURE 89 Data "Signature" Data []
        SECURE_DATA_LEN 90 Int "SecureDataLen" Length []
        SECURE_DATA 91 Data "SecureData" Data []
        SIGNATURE_LENGTH 93 Int "SignatureLength" Length []
        RAW_DATA_LENGTH 95 Int "RawDataLength" Length []
        RAW_DATA 96 Data "RawData" Data []
        HEART_BT_INT 108 Int "HeartBtInt" Int []
        TEST_REQ_ID 112 Text "TestReqID" String []
        ON_BEHALF_OF_COMP_ID 115 Text "OnBehalfOfCompID" String []
        ON_BEHALF_OF_SUB_ID 116 Text "OnBehalfOfSubID" String []
        ORIG_SENDING_TIME 122 Timestamp "OrigSendingTime" UtcTimestamp []
        DELIVER_TO_COMP_ID 128 Text "DeliverToCompID" String []
        DELIVER_TO_SUB_ID 129 Text "DeliverToSubID" String []
    }
}
