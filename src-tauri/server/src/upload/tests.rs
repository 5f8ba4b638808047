use super::*;

#[tokio::test]
async fn a_body_has_an_end_and_one_that_is_left_has_none() {
    let (pieces, mut arriving) = mpsc::channel(QUEUE);
    forward(Body::from("all"), pieces).await;
    assert_eq!(next(arriving.recv().await).unwrap().unwrap(), b"all");
    assert_eq!(next(arriving.recv().await).unwrap(), None);

    let (pieces, mut arriving) = mpsc::channel(QUEUE);
    let never = futures_util::stream::pending::<io::Result<Bytes>>();
    let forwarding = tokio::spawn(forward(Body::from_stream(never), pieces));
    forwarding.abort();
    assert!(next(arriving.recv().await).is_err());
}
