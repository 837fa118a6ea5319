//! The targets, as functions of their input, and what they share: cutting input at chosen places, and readers of the
//! RFCs' words, slow and plain, to compare with.

pub mod fix_message;
pub mod fix_session;
pub mod fix_store;
pub mod fix_stream;
pub mod fix_validate;
pub mod http_chunked;
pub mod http_client;
pub mod http_response;
pub mod replay_file;
pub mod tls_stream;
pub mod ws_connection;
pub mod ws_deflate;
pub mod ws_differential;
pub mod ws_frames;
pub mod ws_handshake;

pub mod compressed;
pub mod drive;
pub mod faulty;
#[path = "../../crates/boom-fix/tests/naive/mod.rs"]
mod fix_naive;
pub mod handshake;
pub mod naive;
pub mod naive_http;

/// For the targets that bound what is allocated.
#[global_allocator]
static ALLOCATOR: boom_testkit::alloc::CountingAllocator = boom_testkit::alloc::CountingAllocator;
