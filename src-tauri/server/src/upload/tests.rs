use super::*;

fn read(arriving: mpsc::Receiver<io::Result<Option<Bytes>>>) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut body = Arriving {
        pieces: arriving,
        piece: Bytes::new(),
        ended: false,
    };
    body.read_to_end(&mut all).map(|_| all)
}

#[tokio::test]
async fn a_body_has_an_end_and_one_that_is_left_has_none() {
    let (pieces, arriving) = mpsc::channel(QUEUE);
    let reading = tokio::task::spawn_blocking(|| read(arriving));
    forward(Body::from("all"), pieces).await;
    assert_eq!(reading.await.unwrap().unwrap(), b"all");

    let (pieces, arriving) = mpsc::channel(QUEUE);
    let reading = tokio::task::spawn_blocking(|| read(arriving));
    let never = futures_util::stream::pending::<io::Result<Bytes>>();
    let forwarding = tokio::spawn(forward(Body::from_stream(never), pieces));
    forwarding.abort();
    assert!(reading.await.unwrap().is_err());
}
