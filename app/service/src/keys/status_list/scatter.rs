//! Scatters the places of a list, so that neither a reader of the list nor the holder of two tokens can tell which came
//! first or how many there are.

use uuid::Uuid;

use crate::{Result, crypto::vault::Vault};

/// Number of bits in half a place number.
const HALF: u32 = 10;
/// Number of values of half a place number.
const VALUES: usize = 1 << HALF;
/// Number of places in a list.
pub(crate) const SIZE: u32 = 1 << (2 * HALF);
/// Four rounds make a strong permutation of random functions (Luby and Rackoff); twice as many for such small halves.
const ROUNDS: u8 = 8;

/// A permutation of the numbers below [`SIZE`]: a Feistel network whose round functions are tables, which look random
/// without the sealing key and differ for every list.
pub(super) struct Scatter(Vec<[u16; VALUES]>);

impl Scatter {
    pub(super) fn of(list: Uuid, vault: &Vault) -> Result<Self> {
        let rounds = (0..ROUNDS).map(|round| {
            let mut table = [0; VALUES];
            let random = vault.scatter::<{ 2 * VALUES }>(list, round)?;
            let (pairs, _) = random.as_chunks::<2>();
            for (value, pair) in table.iter_mut().zip(pairs) {
                *value = u16::from_le_bytes(*pair) % (1 << HALF);
            }
            Ok(table)
        });
        Ok(Self(rounds.collect::<Result<_>>()?))
    }

    /// Returns the place of a number. The upper bits of numbers past the end are ignored.
    pub(super) fn place(&self, number: u32) -> u32 {
        let lower = VALUES as u32 - 1;
        let (left, right) = self.0.iter().fold((number >> HALF & lower, number & lower), |(left, right), table| {
            let scattered = usize::try_from(right).ok().and_then(|right| table.get(right)).copied().unwrap_or_default();
            (right, left ^ u32::from(scattered))
        });
        left << HALF | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SealingKey;

    fn scatter(list: u128, key: &SealingKey) -> Vec<u32> {
        let scatter = Scatter::of(Uuid::from_u128(list), &Vault::new(key).unwrap()).unwrap();
        (0..SIZE).map(|number| scatter.place(number)).collect()
    }

    #[test]
    fn every_number_has_a_place_of_its_own() {
        let mut places = scatter(1, &SealingKey::generate().unwrap());
        places.sort_unstable();
        assert!(places.into_iter().eq(0..SIZE));
    }

    #[test]
    fn every_list_and_every_sealing_key_scatters_in_its_own_way_and_always_alike() {
        let (key, other) = (SealingKey::generate().unwrap(), SealingKey::generate().unwrap());
        let places = scatter(1, &key);
        assert_eq!(places, scatter(1, &key));
        for others in [scatter(2, &key), scatter(1, &other)] {
            let same = places.iter().zip(&others).filter(|(one, two)| one == two).count();
            assert!(same < 50, "{same} places are the same: by chance it is one");
        }
    }

    #[test]
    fn numbers_in_a_row_do_not_lie_in_a_row() {
        let places = scatter(1, &SealingKey::generate().unwrap());
        let near = places.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < SIZE / 100).count();
        // By chance, one pair in fifty is that close.
        assert!(near < SIZE as usize / 25, "{near} of a million neighbours stayed neighbours");
    }
}
