//! The buffers beside naive models: a queue of bytes.

use std::collections::VecDeque;

use boom_stream::buffer::{ReadBuffer, WriteBuffer};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Operation {
    Fill(Vec<u8>),
    Consume(usize),
    Reserve(usize),
    Compact,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..50);
    prop::collection::vec(
        prop_oneof![
            4 => bytes.prop_map(Operation::Fill),
            4 => (0usize..60).prop_map(Operation::Consume),
            2 => (0usize..200).prop_map(Operation::Reserve),
            1 => Just(Operation::Compact),
        ],
        0..60,
    )
}

const LIMIT: usize = 150;

proptest! {
    #[test]
    fn a_read_buffer_is_a_queue(operations in operations()) {
        let mut buffer = ReadBuffer::new(32, LIMIT);
        let mut model = VecDeque::new();
        for operation in operations {
            match operation {
                Operation::Fill(bytes) => match buffer.read_from(&mut bytes.as_slice()) {
                    Ok(count) => model.extend(&bytes[..count]),
                    Err(_) => prop_assert_eq!(model.len(), buffer.capacity()),
                },
                Operation::Consume(count) => {
                    let count = count.min(model.len());
                    buffer.consume(count);
                    model.drain(..count);
                }
                Operation::Reserve(needed) => {
                    let fits = buffer.reserve(needed).is_ok();
                    prop_assert!(fits == (needed <= LIMIT) || buffer.capacity() >= needed);
                    prop_assert!(!fits || buffer.len() + buffer.free_mut().len() >= needed);
                }
                Operation::Compact => buffer.compact(),
            }
            prop_assert!(buffer.capacity() <= LIMIT);
            prop_assert_eq!(buffer.filled(), &*model.make_contiguous());
        }
    }

    #[test]
    fn a_write_buffer_is_a_queue_that_takes_all_or_nothing(operations in operations()) {
        let mut buffer = WriteBuffer::new(8, LIMIT);
        let mut model = VecDeque::new();
        for operation in operations {
            match operation {
                Operation::Fill(bytes) => {
                    let fits = buffer.extend(&bytes).is_ok();
                    prop_assert_eq!(fits, model.len() + bytes.len() <= LIMIT);
                    if fits {
                        model.extend(bytes);
                    }
                }
                Operation::Consume(count) => {
                    let count = count.min(model.len());
                    buffer.consume(count);
                    model.drain(..count);
                }
                Operation::Reserve(count) => {
                    let fits = buffer.reserve(count).map(|room| room.len());
                    prop_assert_eq!(fits.ok(), (model.len() + count <= LIMIT).then_some(count));
                }
                Operation::Compact => {}
            }
            prop_assert_eq!(buffer.pending(), &*model.make_contiguous());
        }
    }
}
