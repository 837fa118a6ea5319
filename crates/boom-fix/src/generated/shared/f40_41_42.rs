// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        IOIShares { Large "L" Medium "M" Small "S" }
        AllocStatus { Accepted "0" Rejected "1" PartialAccept "2" Received "3" }
        AllocRejCode { UnknownAccount "0" IncorrectQuantity "1" IncorrectAveragePrice "2" UnknownExecutingBrokerMnemonic "3" CommissionDifference "4" UnknownOrderid "5" UnknownListid "6" Other "7" }
        EncryptMethod { None "0" Pkcs "1" Des "2" PkcsDes "3" PgpDes "4" PgpDesMd5 "5" PemDesMd5 "6" }
    }
    fields {
        BEGIN_SEQ_NO 7 Int "BeginSeqNo" Int []
        BODY_LENGTH 9 Int "BodyLength" Int []
        END_SEQ_NO 16 Int "EndSeqNo" Int []
        IOI_SHARES 27 IOIShares "IOIShares" String [ "L" "LARGE" "M" "MEDIUM" "S" "SMALL"]
        LINES_OF_TEXT 33 Int "LinesOfText" Int []
        MSG_SEQ_NUM 34 Int "MsgSeqNum" Int []
        NEW_SEQ_NO 36 Int "NewSeqNo" Int []
        REF_SEQ_NUM 45 Int "RefSeqNum" Int []
        NO_ORDERS 73 Int "NoOrders" Int []
        NO_ALLOCS 78 Int "NoAllocs" Int []
        ALLOC_STATUS 87 AllocStatus "AllocStatus" Int [ "0" "ACCEPTED" "1" "REJECTED" "2" "PARTIAL_ACCEPT" "3" "RECEIVED"]
        ALLOC_REJ_CODE 88 AllocRejCode "AllocRejCode" Int [ "0" "UNKNOWN_ACCOUNT" "1" "INCORRECT_QUANTITY" "2" "INCORRECT_AVERAGE_PRICE" "3" "UNKNOWN_EXECUTING_BROKER_MNEMONIC" "4" "COMMISSION_DIFFERENCE" "5" "UNKNOWN_ORDERID" "6" "UNKNOWN_LISTID" "7" "OTHER"]
        ENCRYPT_METHOD 98 EncryptMethod "EncryptMethod" Int [ "0" "NONE" "1" "PKCS" "2" "DES" "3" "PKCS_DES" "4" "PGP_DES" "5" "PGP_DES_MD5" "6" "PEM_DES_MD5"]
        NO_EXECS 124 Int "NoExecs" Int []
        NO_MISC_FEES 136 Int "NoMiscFees" Int []
    }
}
