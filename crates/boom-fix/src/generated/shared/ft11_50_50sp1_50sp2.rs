// Made by `cargo xtask fix-dictionaries` out of the dictionaries of QuickFIX; do not edit.
// This product includes software developed by quickfixengine.org (http://www.quickfixengine.org/).

boom_fix::dictionary_fields! {
    shared { }
    values {
        EncryptMethod { NoneOther "0" Pkcs "1" Des "2" PkcsDes "3" PgpDes "4" PgpDesMd5 "5" PemDesMd5 "6" }
        MessageEncoding { Iso2022Jp "ISO-2022-JP" EucJp "EUC-JP" ShiftJis "SHIFT_JIS" Utf8 "UTF-8" }
        ApplVerID { Fix27 "0" Fix30 "1" Fix40 "2" Fix41 "3" Fix42 "4" Fix43 "5" Fix44 "6" Fix50 "7" Fix50sp1 "8" Fix50sp2 "9" }
    }
    fields {
        ENCRYPT_METHOD 98 EncryptMethod "EncryptMethod" Int [ "0" "NONE_OTHER" "1" "PKCS" "2" "DES" "3" "PKCS_DES" "4" "PGP_DES" "5" "PGP_DES_MD5" "6" "PEM_DES_MD5"]
        MESSAGE_ENCODING 347 MessageEncoding "MessageEncoding" String [ "ISO-2022-JP" "ISO_2022_JP" "EUC-JP" "EUC_JP" "SHIFT_JIS" "SHIFT_JIS" "UTF-8" "UTF_8"]
        APPL_VER_ID 1128 ApplVerID "ApplVerID" String [ "0" "FIX27" "1" "FIX30" "2" "FIX40" "3" "FIX41" "4" "FIX42" "5" "FIX43" "6" "FIX44" "7" "FIX50" "8" "FIX50SP1" "9" "FIX50SP2"]
        CSTM_APPL_VER_ID 1129 Text "CstmApplVerID" String []
        REF_APPL_VER_ID 1130 Text "RefApplVerID" String []
        REF_CSTM_APPL_VER_ID 1131 Text "RefCstmApplVerID" String []
        DEFAULT_APPL_VER_ID 1137 Text "DefaultApplVerID" String []
    }
}
