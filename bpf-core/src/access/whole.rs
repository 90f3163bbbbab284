//! Reads of a whole struct, field by field: the derived `Read` uses this.
//!
//! The derive names the types of the fields, in lists of 16. The compiler checks that the fields can be
//! read where a program reads the whole struct, and not where the program declares it: most structs are
//! never read as a whole.

use core::marker::PhantomData;

use crate::{
    access::read::Read,
    error::Code,
    path::{Member, Path, number::*, presence::Required},
    pointer::space::Space,
    types::record::{CoreStruct, FieldOf},
};

/// Fields that are read together.
pub trait Members<S: Space> {
    /// Their values.
    type Values;

    /// The values in the record at the end of `P`, which is in the record at `base`.
    fn read<P: Path>(base: *const u8) -> Result<Self::Values, Code>;
}

/// The end of a list of lists.
#[diagnostic::do_not_recommend]
impl<S: Space> Members<S> for () {
    type Values = ();

    #[inline(always)]
    fn read<P: Path>(_base: *const u8) -> Result<(), Code> {
        Ok(())
    }
}

/// A list, and the lists behind it.
#[diagnostic::do_not_recommend]
impl<S: Space, L: Members<S>, R: Members<S>> Members<S> for (L, R) {
    type Values = (L::Values, R::Values);

    #[inline(always)]
    fn read<P: Path>(base: *const u8) -> Result<Self::Values, Code> {
        Ok((L::read::<P>(base)?, R::read::<P>(base)?))
    }
}

/// The fields of the record `R` whose numbers are `H` and one more digit, from 0 on: `L` is a list of
/// their types.
pub struct Fields<R, H, L>(PhantomData<(R, H, L)>);

macro_rules! lists {
    ($(($($ty:ident $digit:ident)*))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Space, R: CoreStruct, H: Number, $($ty: Read<S>),*> Members<S>
            for Fields<R, H, ($($ty,)*)>
        {
            type Values = ($($ty::Value,)*);

            #[inline(always)]
            fn read<P: Path>(base: *const u8) -> Result<Self::Values, Code> {
                Ok(($(
                    $ty::read::<Member<P, FieldOf<R, (H, $digit), $ty, Required>>>(base)?,
                )*))
            }
        }
    )*};
}

lists! {
    (A X0)
    (A X0 B X1)
    (A X0 B X1 C X2)
    (A X0 B X1 C X2 D X3)
    (A X0 B X1 C X2 D X3 E X4)
    (A X0 B X1 C X2 D X3 E X4 F X5)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA M XB)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA M XB N XC)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA M XB N XC O XD)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA M XB N XC O XD T XE)
    (A X0 B X1 C X2 D X3 E X4 F X5 G X6 I X7 J X8 K X9 L XA M XB N XC O XD T XE U XF)
}
