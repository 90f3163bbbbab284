//! Numbers as types: `((), X2)` is 2, and `(((), X1), X0)` is 16.
//!
//! A derive numbers the fields of a struct in this way. A constant in a type would cost the compiler as
//! much as a function for each field.

/// A number that is a type.
pub trait Number {
    /// As a number.
    const NUMBER: usize;
}

impl Number for () {
    const NUMBER: usize = 0;
}

impl<H: Number, D: Number> Number for (H, D) {
    const NUMBER: usize = H::NUMBER * 16 + D::NUMBER;
}

macro_rules! digits {
    ($($digit:ident = $number:literal)*) => {$(
        #[doc = concat!("The digit ", stringify!($number), ".")]
        pub enum $digit {}

        impl Number for $digit {
            const NUMBER: usize = $number;
        }
    )*};
}

digits! {
    X0 = 0 X1 = 1 X2 = 2 X3 = 3 X4 = 4 X5 = 5 X6 = 6 X7 = 7
    X8 = 8 X9 = 9 XA = 10 XB = 11 XC = 12 XD = 13 XE = 14 XF = 15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_of_base_16() {
        assert_eq!(<((), XF)>::NUMBER, 15);
        assert_eq!(<(((), X1), X0)>::NUMBER, 16);
        assert_eq!(<((((), X2), XA), X5)>::NUMBER, 0x2a5);
    }
}
