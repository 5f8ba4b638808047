use super::*;

#[test]
fn bits_are_set_wherever_the_values_begin() {
    for at in 0..20 {
        for length in 0..30_usize {
            let values: Vec<usize> = (0..length).collect();
            let mut bits = vec![0_u8; 8];
            set_bits(&mut bits, at, &values, &|value| value % 3 == 0);
            let set = RoaringBitmap::from_lsb0_bytes(0, &bits);
            let expected: RoaringBitmap = values
                .iter()
                .filter(|value| *value % 3 == 0)
                .map(|v| u32::try_from(v + at).unwrap())
                .collect();
            assert_eq!(set, expected, "{length} values at {at}");
        }
    }
}
