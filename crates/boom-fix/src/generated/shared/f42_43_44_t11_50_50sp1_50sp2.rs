// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
    }
    fields {
        XML_DATA_LEN 212 Int "XmlDataLen" Length []
        XML_DATA 213 Data "XmlData" Data []
        ENCODED_TEXT_LEN 354 Int "EncodedTextLen" Length []
        ENCODED_TEXT 355 Data "EncodedText" Data []
        REF_TAG_ID 371 Int "RefTagID" Int []
        REF_MSG_TYPE 372 Text "RefMsgType" String []
    }
}
