#![doc = include_str!("../README.md")]

pub mod ws;

pub mod service;

pub mod http;

pub mod golden;

pub mod record;

pub mod fix;
pub mod tls;

pub mod soak;

pub mod memory;
pub mod payload;

mod harness;
