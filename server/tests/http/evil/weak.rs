//! RSA with 512 bits by hand, because current libraries do not make such keys.

use aws_lc_rs::digest;

/// Little-endian.
type Big = [u64; 8];

const N: Big = [
    0xac9c_2c67_abcf_142b,
    0xb07f_41de_9179_9f70,
    0xb11f_94d8_2496_f7de,
    0xb2bf_85f4_ec83_9664,
    0xac79_72c7_0eb5_dc3e,
    0x19be_b537_1de0_240a,
    0x7014_bb10_c048_7a25,
    0xa889_690f_592c_3d63,
];
/// The private exponent. The public exponent is 65537.
const D: Big = [
    0xb37d_e016_8c66_4ec1,
    0x4417_df87_0640_0628,
    0x4b36_d842_cd6e_ca31,
    0xc749_a6c3_1adb_800e,
    0xa70b_57ca_1ef4_5f2c,
    0xf885_0727_450a_d995,
    0x8f17_9284_b1a2_adc9,
    0x32dc_952a_1e9d_2d41,
];
/// The DER prefix of a SHA-256 digest (RFC 8017 §9.2).
const PREFIX: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// A message padded for RS256, `size` bytes long.
pub(crate) fn padded(message: &[u8], size: usize) -> Vec<u8> {
    let digest = digest::digest(&digest::SHA256, message);
    let filler = size - 3 - PREFIX.len() - 32;
    [&[0, 1][..], &vec![0xff; filler], &[0], &PREFIX, digest.as_ref()].concat()
}

pub(crate) fn sign(message: &[u8]) -> Vec<u8> {
    let base = read(&padded(message, 64));
    let mut power: Big = [1, 0, 0, 0, 0, 0, 0, 0];
    for bit in (0..512).rev() {
        power = times(&power, &power);
        if has(&D, bit) {
            power = times(&power, &base);
        }
    }
    written(&power)
}

pub(crate) fn modulus() -> Vec<u8> {
    written(&N)
}

fn read(bytes: &[u8]) -> Big {
    let mut big = [0; 8];
    for (limb, eight) in big.iter_mut().zip(bytes.rchunks(8)) {
        *limb = u64::from_be_bytes(eight.try_into().unwrap());
    }
    big
}

fn written(big: &Big) -> Vec<u8> {
    big.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect()
}

fn has(big: &Big, bit: usize) -> bool {
    big[bit / 64] >> (bit % 64) & 1 == 1
}

/// `a × b mod N` by doubling and adding.
fn times(a: &Big, b: &Big) -> Big {
    let mut product = [0; 8];
    for bit in (0..512).rev() {
        product = plus(&product, &product);
        if has(b, bit) {
            product = plus(&product, a);
        }
    }
    product
}

/// `a + b mod N`, with both less than `N`.
fn plus(a: &Big, b: &Big) -> Big {
    let (mut sum, mut carry) = ([0; 8], false);
    for n in 0..8 {
        let (half, first) = a[n].overflowing_add(b[n]);
        let (whole, second) = half.overflowing_add(u64::from(carry));
        (sum[n], carry) = (whole, first || second);
    }
    if !carry && sum.iter().rev().lt(N.iter().rev()) {
        return sum;
    }
    let mut borrow = false;
    for n in 0..8 {
        let (half, first) = sum[n].overflowing_sub(N[n]);
        let (whole, second) = half.overflowing_sub(u64::from(borrow));
        (sum[n], borrow) = (whole, first || second);
    }
    sum
}
