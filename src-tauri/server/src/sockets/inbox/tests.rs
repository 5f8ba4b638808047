use super::*;

fn open() -> (watch::Sender<bool>, watch::Receiver<bool>) {
    watch::channel(false)
}

#[tokio::test]
async fn what_came_is_given_in_its_order_and_forgotten_when_done_with() {
    let (_port, closing) = open();
    let mut inbox = Inbox::new(Room::default(), closing);
    let mut stream = &b"abcdef"[..];
    assert_eq!(inbox.receive(&mut stream).await.unwrap(), Received::More);
    inbox.done(2);
    assert_eq!(inbox.bytes(), b"cdef");
    assert_eq!(inbox.receive(&mut stream).await.unwrap(), Received::End);
    inbox.done(4);
    assert!(inbox.bytes().is_empty());
}

#[tokio::test]
async fn connections_share_their_room_and_give_it_back() {
    let (_port, closing) = open();
    let room = Room::default();
    let all = vec![7; STEPS * READ];
    let mut greedy = Inbox::new(room.clone(), closing.clone());
    let mut stream = all.as_slice();
    while greedy.receive(&mut stream).await.unwrap() == Received::More {}
    assert!(greedy.bytes().len() > READ * STEPS / 4);
    let mut other = Inbox::new(room.clone(), closing.clone());
    // A little is always there.
    let mut little = &b"abc"[..];
    assert_eq!(other.receive(&mut little).await.unwrap(), Received::More);
    greedy.done(usize::MAX);
    assert_eq!(room.0.available_permits(), STEPS);
    drop(other);
    drop(greedy);
}

#[tokio::test]
async fn nothing_is_waited_for_once_the_port_closes() {
    let (port, closing) = open();
    let mut inbox = Inbox::new(Room::default(), closing);
    let (_client, mut stream) = tokio::io::duplex(8);
    port.send(true).unwrap();
    assert_eq!(inbox.receive(&mut stream).await.unwrap(), Received::Closing);
}
