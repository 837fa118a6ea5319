//! The one place of `unsafe` code: the memory that is shared with the kernel, behind a face that cannot be misused.
//!
//! What the proofs below rest on:
//!
//! 1. The kernel writes only to the ring itself, which the crate `io-uring` maps and unmaps, and to buffers of the
//!    [`Pool`]. No operation names other memory.
//! 2. A buffer of the pool is either the kernel's, from the moment its entry is published until the completion that
//!    names it, or a [`Received`]'s, until that is dropped, or on the list of returned ones. Each passes it on whole.
//! 3. The pool's memory is freed when nobody holds the pool: no `Received`, and no [`Ring`], which lets go of it only
//!    after every operation has told its end, behind which it touches no buffer, and the kernel has confirmed that it has
//!    forgotten them, so that no operation could choose one. Where one of the two does not come, the memory is leaked.
//! 4. After a `fork` the child has no part of the ring, and in the pool a copy of its own. What it does there changes
//!    nothing for the parent; but the ring is not mapped, and a use of the selector in the child ends it.

mod pool;
mod ring;

pub(super) use pool::{Bell, Received};
pub(super) use ring::{Completion, Ring};
