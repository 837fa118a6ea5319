//! Connections with kernel TLS where the kernel has it, and in user space where it does not: the same tests in both.
#![cfg(any(feature = "rustls", feature = "openssl"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod closing;
mod cost;
mod full;
mod handover;
mod key_update;
mod matrix;
#[cfg(feature = "rustls")]
mod nonce;
mod peer;
mod policy;
mod servers;
mod support;

#[global_allocator]
static ALLOCATOR: boom_testkit::alloc::CountingAllocator = boom_testkit::alloc::CountingAllocator;

/// A module with all the tests of every backend, for one of them.
macro_rules! backend_tests {
    ($name:ident, $backend:ty: $($module:ident :: { $($test:ident)+ })+) => {
        mod $name {
            $($(
                #[test]
                fn $test() {
                    let _alone = crate::support::alone();
                    crate::$module::$test::<$backend>();
                }
            )+)+
        }
    };
    ($name:ident, $backend:ty) => {
        backend_tests!($name, $backend:
            matrix::{
                tls_1_2_by_aes_128_gcm
                tls_1_2_by_aes_256_gcm
                tls_1_2_by_chacha20_poly1305
                tls_1_3_by_aes_128_gcm
                tls_1_3_by_aes_256_gcm
                tls_1_3_by_chacha20_poly1305
            }
            handover::{
                data_right_behind_the_handshake_is_not_lost
                a_vectored_write_and_a_file_arrive
                both_directions_at_once
                what_was_agreed_on_can_be_asked_for
            }
            closing::{
                both_sides_say_that_they_are_done
                the_end_does_not_pass_what_a_full_socket_holds
                poll_close_waits_for_the_peer_and_for_the_reader
                an_end_without_close_notify_is_told
                an_end_amid_a_record_is_told
                a_reset_amid_a_record_is_told
                a_record_that_was_changed_is_told
                an_alert_of_the_peer_is_told
            }
            full::{
                the_end_comes_behind_a_record_that_was_sent_in_part
                new_keys_come_behind_a_record_that_was_sent_in_part
                the_end_comes_behind_a_file
                new_keys_come_behind_a_file
            }
            key_update::{
                the_peer_renews_its_keys_amid_the_data
                this_side_renews_its_keys_amid_the_data
                keys_that_are_used_up_are_renewed_or_end_the_writing
            }
            policy::{
                what_is_required_and_not_there_is_an_error
                a_socket_that_receives_ahead_is_read_in_user_space
                a_host_that_is_none_is_told_by_the_first_read
                a_handshake_that_takes_too_long_ends
            }
            cost::{
                messages_by_the_kernel_allocate_nothing
            }
            servers::{
                s_server_is_understood
                nginx_is_understood
            }
        );
    };
}

#[cfg(feature = "rustls")]
backend_tests!(rustls_backend, boom_tls::rustls::Backend);
#[cfg(feature = "rustls")]
backend_tests!(rustls_alone, boom_tls::rustls::Backend:
    handover::{
        the_last_words_of_a_peer_that_has_hung_up_are_read
    }
    closing::{
        what_is_no_record_is_told_a_reader_with_little_room
        a_reset_is_told_a_reader_with_little_room
        poll_close_tells_what_is_no_record
        poll_close_tells_a_reset
        a_reset_that_a_write_was_told_is_told_the_reader_too
        what_is_no_record_is_told_a_write_as_tls_has_it
        a_file_that_cannot_be_sent_leaves_the_connection
        who_closes_amid_the_handshake_can_still_read
    }
    key_update::{
        a_limit_without_room_for_data_is_raised
    }
    policy::{
        keys_that_are_withheld_stay_in_user_space
    }
    servers::{
        s_server_answers_new_keys_again_and_again
    }
);
#[cfg(feature = "openssl")]
backend_tests!(openssl_backend, boom_tls::openssl::Backend);
#[cfg(all(feature = "openssl", feature = "rustls"))]
backend_tests!(openssl_alone, boom_tls::openssl::Backend:
    closing::{
        what_is_no_record_is_told_a_reader_with_little_room
        a_reset_is_told_a_reader_with_little_room
        poll_close_tells_what_is_no_record
        poll_close_tells_a_reset
        a_reset_that_a_write_was_told_is_told_the_reader_too
        what_is_no_record_is_told_a_write_as_tls_has_it
        a_file_that_cannot_be_sent_leaves_the_connection
        who_closes_amid_the_handshake_can_still_read
    }
    key_update::{
        a_limit_without_room_for_data_is_raised
    }
    servers::{
        s_server_answers_new_keys_again_and_again
    }
);

/// Where the tests are run for the sake of a kernel, it does all that it is known to do: what the other tests expect they ask
/// the probe for.
#[test]
fn the_kernel_does_what_is_expected_of_it() {
    use boom_tls::{CipherSuite, TlsVersion};

    let Some(kernel) = std::env::var_os("BOOM_KTLS_KERNEL") else {
        return;
    };
    let support = boom_ktls::Offload::probe();
    assert!(support.is_there(), "{support:?}");
    for (version, suites) in [
        (
            TlsVersion::Tls12,
            [
                CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            ],
        ),
        (
            TlsVersion::Tls13,
            [
                CipherSuite::TLS_AES_128_GCM_SHA256,
                CipherSuite::TLS_AES_256_GCM_SHA384,
                CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
            ],
        ),
    ] {
        for suite in suites {
            let offload = support.offload(version, suite);
            assert_eq!(offload, boom_ktls::Offload::BOTH, "{version} {suite}");
        }
    }
    match kernel.to_str() {
        Some("stable") => assert!(!support.can_renew_keys()),
        Some("testing") => assert!(support.can_renew_keys()),
        other => panic!("no kernel {other:?}"),
    }
}
