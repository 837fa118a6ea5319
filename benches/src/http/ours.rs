//! boom-http.

use boom_http::{HttpClient, HttpConfig, Method, Origin};

use super::memory::{Answer, Memory};
use crate::harness::{self, Result, Work};

pub(super) fn make(answer: Answer) -> Result<Box<dyn Work>> {
    let config = HttpConfig::new().with_connections(1);
    let origin = Origin::secure("api.example.com", 443);
    let connect = move || Ok(Memory::new(answer));
    let mut client = HttpClient::over_streams(&origin, &config, connect);
    client.poll(0, |_, _| {});
    client.poll(1, |_, _| {});
    Ok(Box::new(Ours { client, now_ns: 2 }))
}

struct Ours {
    client: HttpClient<Memory>,
    now_ns: u64,
}

impl Ours {
    fn exchange(&mut self, mut body: impl FnMut(&[u8])) -> Result<()> {
        self.now_ns += 1000;
        let request = self
            .client
            .request(Method::GET, "/api/v3/order?orderId=4711");
        let request = request.header("X-MBX-APIKEY", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv");
        request.submit(self.now_ns)?;
        let mut is_told = false;
        while !is_told {
            self.client.poll(self.now_ns, |_, outcome| {
                is_told = true;
                if let Ok(response) = outcome {
                    body(response.body());
                }
            });
        }
        Ok(())
    }
}

impl Work for Ours {
    fn answer(&mut self, messages: u64) -> Result<harness::Answer> {
        let mut answer = harness::Answer::new();
        for _ in 0..messages {
            self.exchange(|body| answer.add(body))?;
        }
        Ok(answer)
    }

    fn run(&mut self, messages: u64) -> Result<()> {
        let mut bytes = 0;
        for _ in 0..messages {
            self.exchange(|body| bytes += body.len())?;
        }
        std::hint::black_box(bytes);
        Ok(())
    }
}
