// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary! {
    "FIXT.1.1";
    values {
        EncryptMethod { NoneOther "0" Pkcs "1" Des "2" PkcsDes "3" PgpDes "4" PgpDesMd5 "5" PemDesMd5 "6" }
        MessageEncoding { Iso2022Jp "ISO-2022-JP" EucJp "EUC-JP" ShiftJis "SHIFT_JIS" Utf8 "UTF-8" }
        SessionRejectReason { InvalidTagNumber "0" RequiredTagMissing "1" SendingtimeAccuracyProblem "10" InvalidMsgtype "11" XmlValidationError "12" TagAppearsMoreThanOnce "13" TagSpecifiedOutOfRequiredOrder "14" RepeatingGroupFieldsOutOfOrder "15" IncorrectNumingroupCountForRepeatingGroup "16" NonDataValueIncludesFieldDelimiter "17" TagNotDefinedForThisMessageType "2" UndefinedTag "3" TagSpecifiedWithoutAValue "4" ValueIsIncorrect "5" IncorrectDataFormatForValue "6" DecryptionProblem "7" SignatureProblem "8" CompidProblem "9" Other "99" }
        MsgDirection { Receive "R" Send "S" }
        ApplVerID { Fix27 "0" Fix30 "1" Fix40 "2" Fix41 "3" Fix42 "4" Fix43 "5" Fix44 "6" Fix50 "7" Fix50sp1 "8" Fix50sp2 "9" }
    }
    fields {
        BEGIN_SEQ_NO 7 Int "BeginSeqNo" SeqNum []
        BEGIN_STRING 8 Text "BeginString" String []
        BODY_LENGTH 9 Int "BodyLength" Length []
        CHECK_SUM 10 Text "CheckSum" String []
        END_SEQ_NO 16 Int "EndSeqNo" SeqNum []
        MSG_SEQ_NUM 34 Int "MsgSeqNum" SeqNum []
        MSG_TYPE 35 Text "MsgType" String [ "0" "HEARTBEAT" "1" "TEST_REQUEST" "2" "RESEND_REQUEST" "3" "REJECT" "4" "SEQUENCE_RESET" "5" "LOGOUT" "6" "INDICATION_OF_INTEREST" "7" "ADVERTISEMENT" "8" "EXECUTION_REPORT" "9" "ORDER_CANCEL_REJECT" "A" "LOGON" "B" "NEWS" "C" "EMAIL" "D" "ORDER_SINGLE" "E" "ORDER_LIST" "F" "ORDER_CANCEL_REQUEST" "G" "ORDER_CANCEL_REPLACE_REQUEST" "H" "ORDER_STATUS_REQUEST" "J" "ALLOCATION_INSTRUCTION" "K" "LIST_CANCEL_REQUEST" "L" "LIST_EXECUTE" "M" "LIST_STATUS_REQUEST" "N" "LIST_STATUS" "P" "ALLOCATION_INSTRUCTION_ACK" "Q" "DONT_KNOW_TRADE" "R" "QUOTE_REQUEST" "S" "QUOTE" "T" "SETTLEMENT_INSTRUCTIONS" "V" "MARKET_DATA_REQUEST" "W" "MARKET_DATA_SNAPSHOT_FULL_REFRESH" "X" "MARKET_DATA_INCREMENTAL_REFRESH" "Y" "MARKET_DATA_REQUEST_REJECT" "Z" "QUOTE_CANCEL" "a" "QUOTE_STATUS_REQUEST" "b" "MASS_QUOTE_ACKNOWLEDGEMENT" "c" "SECURITY_DEFINITION_REQUEST" "d" "SECURITY_DEFINITION" "e" "SECURITY_STATUS_REQUEST" "f" "SECURITY_STATUS" "g" "TRADING_SESSION_STATUS_REQUEST" "h" "TRADING_SESSION_STATUS" "i" "MASS_QUOTE" "j" "BUSINESS_MESSAGE_REJECT" "k" "BID_REQUEST" "l" "BID_RESPONSE" "m" "LIST_STRIKE_PRICE" "n" "XML_MESSAGE" "o" "REGISTRATION_INSTRUCTIONS" "p" "REGISTRATION_INSTRUCTIONS_RESPONSE" "q" "ORDER_MASS_CANCEL_REQUEST" "r" "ORDER_MASS_CANCEL_REPORT" "s" "NEW_ORDER_CROSS" "t" "CROSS_ORDER_CANCEL_REPLACE_REQUEST" "u" "CROSS_ORDER_CANCEL_REQUEST" "v" "SECURITY_TYPE_REQUEST" "w" "SECURITY_TYPES" "x" "SECURITY_LIST_REQUEST" "y" "SECURITY_LIST" "z" "DERIVATIVE_SECURITY_LIST_REQUEST" "AA" "DERIVATIVE_SECURITY_LIST" "AB" "NEW_ORDER_MULTILEG" "AC" "MULTILEG_ORDER_CANCEL_REPLACE" "AD" "TRADE_CAPTURE_REPORT_REQUEST" "AE" "TRADE_CAPTURE_REPORT" "AF" "ORDER_MASS_STATUS_REQUEST" "AG" "QUOTE_REQUEST_REJECT" "AH" "RFQ_REQUEST" "AI" "QUOTE_STATUS_REPORT" "AJ" "QUOTE_RESPONSE" "AK" "CONFIRMATION" "AL" "POSITION_MAINTENANCE_REQUEST" "AM" "POSITION_MAINTENANCE_REPORT" "AN" "REQUEST_FOR_POSITIONS" "AO" "REQUEST_FOR_POSITIONS_ACK" "AP" "POSITION_REPORT" "AQ" "TRADE_CAPTURE_REPORT_REQUEST_ACK" "AR" "TRADE_CAPTURE_REPORT_ACK" "AS" "ALLOCATION_REPORT" "AT" "ALLOCATION_REPORT_ACK" "AU" "CONFIRMATION_ACK" "AV" "SETTLEMENT_INSTRUCTION_REQUEST" "AW" "ASSIGNMENT_REPORT" "AX" "COLLATERAL_REQUEST" "AY" "COLLATERAL_ASSIGNMENT" "AZ" "COLLATERAL_RESPONSE" "BA" "COLLATERAL_REPORT" "BB" "COLLATERAL_INQUIRY" "BC" "NETWORK_STATUS_REQUEST" "BD" "NETWORK_STATUS_RESPONSE" "BE" "USER_REQUEST" "BF" "USER_RESPONSE" "BG" "COLLATERAL_INQUIRY_ACK" "BH" "CONFIRMATION_REQUEST" "BI" "TRADING_SESSION_LIST_REQUEST" "BJ" "TRADING_SESSION_LIST" "BK" "SECURITY_LIST_UPDATE_REPORT" "BL" "ADJUSTED_POSITION_REPORT" "BM" "ALLOCATION_INSTRUCTION_ALERT" "BN" "EXECUTION_ACKNOWLEDGEMENT" "BO" "CONTRARY_INTENTION_REPORT" "BP" "SECURITY_DEFINITION_UPDATE_REPORT"]
        NEW_SEQ_NO 36 Int "NewSeqNo" SeqNum []
        POSS_DUP_FLAG 43 Bool "PossDupFlag" Boolean []
        REF_SEQ_NUM 45 Int "RefSeqNum" SeqNum []
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
        POSS_RESEND 97 Bool "PossResend" Boolean []
        ENCRYPT_METHOD 98 EncryptMethod "EncryptMethod" Int [ "0" "NONE_OTHER" "1" "PKCS" "2" "DES" "3" "PKCS_DES" "4" "PGP_DES" "5" "PGP_DES_MD5" "6" "PEM_DES_MD5"]
        HEART_BT_INT 108 Int "HeartBtInt" Int []
        TEST_REQ_ID 112 Text "TestReqID" String []
        ON_BEHALF_OF_COMP_ID 115 Text "OnBehalfOfCompID" String []
        ON_BEHALF_OF_SUB_ID 116 Text "OnBehalfOfSubID" String []
        ORIG_SENDING_TIME 122 Timestamp "OrigSendingTime" UtcTimestamp []
        GAP_FILL_FLAG 123 Bool "GapFillFlag" Boolean []
        DELIVER_TO_COMP_ID 128 Text "DeliverToCompID" String []
        DELIVER_TO_SUB_ID 129 Text "DeliverToSubID" String []
        RESET_SEQ_NUM_FLAG 141 Bool "ResetSeqNumFlag" Boolean []
        SENDER_LOCATION_ID 142 Text "SenderLocationID" String []
        TARGET_LOCATION_ID 143 Text "TargetLocationID" String []
        ON_BEHALF_OF_LOCATION_ID 144 Text "OnBehalfOfLocationID" String []
        DELIVER_TO_LOCATION_ID 145 Text "DeliverToLocationID" String []
        XML_DATA_LEN 212 Int "XmlDataLen" Length []
        XML_DATA 213 Data "XmlData" Data []
        MESSAGE_ENCODING 347 MessageEncoding "MessageEncoding" String [ "ISO-2022-JP" "ISO_2022_JP" "EUC-JP" "EUC_JP" "SHIFT_JIS" "SHIFT_JIS" "UTF-8" "UTF_8"]
        ENCODED_TEXT_LEN 354 Int "EncodedTextLen" Length []
        ENCODED_TEXT 355 Data "EncodedText" Data []
        LAST_MSG_SEQ_NUM_PROCESSED 369 Int "LastMsgSeqNumProcessed" SeqNum []
        REF_TAG_ID 371 Int "RefTagID" Int []
        REF_MSG_TYPE 372 Text "RefMsgType" String []
        SESSION_REJECT_REASON 373 SessionRejectReason "SessionRejectReason" Int [ "0" "INVALID_TAG_NUMBER" "1" "REQUIRED_TAG_MISSING" "10" "SENDINGTIME_ACCURACY_PROBLEM" "11" "INVALID_MSGTYPE" "12" "XML_VALIDATION_ERROR" "13" "TAG_APPEARS_MORE_THAN_ONCE" "14" "TAG_SPECIFIED_OUT_OF_REQUIRED_ORDER" "15" "REPEATING_GROUP_FIELDS_OUT_OF_ORDER" "16" "INCORRECT_NUMINGROUP_COUNT_FOR_REPEATING_GROUP" "17" "NON_DATA_VALUE_INCLUDES_FIELD_DELIMITER" "2" "TAG_NOT_DEFINED_FOR_THIS_MESSAGE_TYPE" "3" "UNDEFINED_TAG" "4" "TAG_SPECIFIED_WITHOUT_A_VALUE" "5" "VALUE_IS_INCORRECT" "6" "INCORRECT_DATA_FORMAT_FOR_VALUE" "7" "DECRYPTION_PROBLEM" "8" "SIGNATURE_PROBLEM" "9" "COMPID_PROBLEM" "99" "OTHER"]
        MAX_MESSAGE_SIZE 383 Int "MaxMessageSize" Length []
        NO_MSG_TYPES 384 Int "NoMsgTypes" NumInGroup []
        MSG_DIRECTION 385 MsgDirection "MsgDirection" Char [ "R" "RECEIVE" "S" "SEND"]
        TEST_MESSAGE_INDICATOR 464 Bool "TestMessageIndicator" Boolean []
        USERNAME 553 Text "Username" String []
        PASSWORD 554 Text "Password" String []
        NO_HOPS 627 Int "NoHops" NumInGroup []
        HOP_COMP_ID 628 Text "HopCompID" String []
        HOP_SENDING_TIME 629 Timestamp "HopSendingTime" UtcTimestamp []
        HOP_REF_ID 630 Int "HopRefID" SeqNum []
        NEXT_EXPECTED_MSG_SEQ_NUM 789 Int "NextExpectedMsgSeqNum" SeqNum []
        APPL_VER_ID 1128 ApplVerID "ApplVerID" String [ "0" "FIX27" "1" "FIX30" "2" "FIX40" "3" "FIX41" "4" "FIX42" "5" "FIX43" "6" "FIX44" "7" "FIX50" "8" "FIX50SP1" "9" "FIX50SP2"]
        CSTM_APPL_VER_ID 1129 Text "CstmApplVerID" String []
        REF_APPL_VER_ID 1130 Text "RefApplVerID" String []
        REF_CSTM_APPL_VER_ID 1131 Text "RefCstmApplVerID" String []
        DEFAULT_APPL_VER_ID 1137 Text "DefaultApplVerID" String []
    }
    parts {
        C_HOP_GRP [OG(627, &[O(628), O(629), O(630)])]
        C_MSG_TYPE_GRP [OG(384, &[O(372), O(385), O(1130), O(1131)])]
        HEADER [R(8), R(9), R(35), R(49), R(56), O(115), O(128), O(90), O(91), R(34), O(50), O(142), O(57), O(143), O(116), O(144), O(129), O(145), O(43), O(97), R(52), O(122), O(212), O(213), O(347), O(369), OC(&C_HOP_GRP), O(1128), O(1129)]
        TRAILER [O(93), O(89), R(10)]
        M_HEARTBEAT [O(112)]
        M_TEST_REQUEST [R(112)]
        M_RESEND_REQUEST [R(7), R(16)]
        M_REJECT [R(45), O(371), O(372), O(373), O(58), O(354), O(355)]
        M_SEQUENCE_RESET [O(123), R(36)]
        M_LOGOUT [O(58), O(354), O(355)]
        M_LOGON [R(98), R(108), O(95), O(96), O(141), O(789), O(383), O(464), O(553), O(554), R(1137), OC(&C_MSG_TYPE_GRP)]
    }
    groups {
        NO_HOPS 627 [628 629 630]
        NO_MSG_TYPES 384 [372 385 1130 1131]
    }
    messages {
        Heartbeat "0" M_HEARTBEAT []
        TestRequest "1" M_TEST_REQUEST [112]
        ResendRequest "2" M_RESEND_REQUEST [7 16]
        Reject "3" M_REJECT [45]
        SequenceReset "4" M_SEQUENCE_RESET [36]
        Logout "5" M_LOGOUT []
        Logon "A" M_LOGON [98 108 1137]
    }
}
