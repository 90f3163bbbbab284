//! The steps of an access, which the macros call; a file for each thing that an access can do.
//!
//! - `read.rs`, `whole.rs`, `string.rs`: reads of a value, of a whole struct and of a string
//! - `element.rs`: elements of an array, by an index known at run time
//! - `write.rs`: writes
//! - `query.rs`: questions, which read nothing
//! - `list.rs`, `registers/`: lists and registers of the kernel, by reads of their fields
//! - `probe.rs`: reads of an address, without a path

pub(crate) mod element;
pub mod list;
pub(crate) mod probe;
pub(crate) mod query;
pub(crate) mod read;
pub mod registers;
pub(crate) mod string;
pub(crate) mod whole;
pub(crate) mod write;

use crate::{
    access::{read::Read, string::Characters},
    error::{Code, ReadError, checked},
    path::{
        Path, field_exists, field_ptr,
        number::Number,
        place::{Place, Pointer, PresenceOf},
        presence::{Access, Presence},
    },
    pointer::space::{Address, Points, Space},
    types::record::{CoreStruct, FieldOf},
};

/// What a pointer of type `T` points to, when it was found in `S`.
type Pointee<S, T, U> = Address<<T as Points>::In<S>, U>;

/// The outcome of reading a pointer on the way.
pub enum Followed<T> {
    /// The address that it holds.
    To(T),
    /// It could not be read. `None` where the kernel does not have it.
    Stopped(Option<Code>),
}

/// `,`: reads the pointer at `place`, to read behind it.
#[inline(always)]
pub fn follow<S: Space, P: Path, T: Points, U: CoreStruct, B>(
    base: Address<S, B>,
    _: &Pointer<P, T, U>,
) -> Followed<Pointee<S, T, U>> {
    follow_by::<S, P, T, U, B>(base, |pointer| match T::In::<S>::FAILS_AT_NULL {
        true => S::address(pointer),
        false => S::value::<usize>(pointer),
    })
}

/// The same, to give an address behind it: no read would fail there.
#[inline(always)]
pub fn follow_to_point<S: Space, P: Path, T: Points, U: CoreStruct, B>(
    base: Address<S, B>,
    _: &Pointer<P, T, U>,
) -> Followed<Pointee<S, T, U>> {
    follow_by::<S, P, T, U, B>(base, S::value::<usize>)
}

#[inline(always)]
fn follow_by<S: Space, P: Path, T: Points, U: CoreStruct, B>(
    base: Address<S, B>,
    read: impl FnOnce(*const u8) -> Result<usize, Code>,
) -> Followed<Pointee<S, T, U>> {
    if !P::Presence::is_there(field_exists::<P>) {
        return Followed::Stopped(None);
    }
    Followed::to(read((P::FIELD_PTR)(base.raw as *const u8)))
}

impl<S: Space, U: CoreStruct> Followed<Address<S, U>> {
    #[inline(always)]
    fn to(address: Result<usize, Code>) -> Self {
        match address {
            Ok(address) => Self::To(Address::new(address as *const U)),
            Err(error) => Self::Stopped(Some(error)),
        }
    }
}

/// The result of the whole access: a field behind a pointer is optional when the field or the pointer is.
#[inline(always)]
pub fn behind<L: Place, Q: Presence, T>(
    _: &L,
    access: Access<Q, T>,
) -> Access<<PresenceOf<L> as Presence>::And<Q>, T> {
    Access(match access.0 {
        Ok(found) => Ok(PresenceOf::<L>::behind::<Q, T>(found)),
        Err(error) => Err(error),
    })
}

/// The access ends at a pointer that was absent, or could not be read.
#[inline(always)]
pub fn stopped<Q: Presence, T>(why: Option<Code>) -> Access<Q, T> {
    Access(match why {
        Some(error) => Err(error),
        None => Ok(Q::absent()),
    })
}

/// The value at `place`.
#[inline(always)]
pub fn read<S: Space, L: Place, T, V>(base: Address<S, T>, _: &L) -> Access<PresenceOf<L>, V>
where
    L::Type: Read<S, Value = V>,
{
    PresenceOf::<L>::read::<S, L::Type, L::Path>(base.raw as *const u8)
}

/// The value of a field of the record itself. Most reads are such ones, so this has as few functions and
/// variables as can be: the compiler looks at each, for each read.
#[inline(always)]
pub fn read_field<S: Space, R: CoreStruct, N: Number, T, Q: Presence, V>(
    base: Address<S, R>,
    _: FieldOf<R, N, T, Q>,
) -> Got<Q, V>
where
    T: Read<S, Value = V>,
{
    Got(Q::read_field::<S, T, FieldOf<R, N, T, Q>>(
        base.raw as *const u8,
    ))
}

/// The result of [`read_field`].
#[must_use]
pub struct Got<Q: Presence, T>(Result<Q::Out<T>, ReadError>);

/// The result as the user gets it.
#[inline(always)]
pub fn result<Q: Presence, T>(got: Got<Q, T>) -> Result<Q::Out<T>, ReadError> {
    got.0
}

/// Calls `get` if the kernel has the field at `L`.
#[inline(always)]
fn if_there<L: Place, T>(get: impl FnOnce() -> Result<T, Code>) -> Access<PresenceOf<L>, T> {
    if !PresenceOf::<L>::is_there(field_exists::<L::Path>) {
        return Access(Ok(PresenceOf::<L>::absent()));
    }
    Access(match get() {
        Ok(found) => Ok(PresenceOf::<L>::present(found)),
        Err(code) => Err(code),
    })
}

/// The value at `place`, written to `dst`.
#[inline(always)]
pub fn read_into<S: Space, L: Place, T, V>(
    base: Address<S, T>,
    _: &L,
    dst: &mut V,
) -> Access<PresenceOf<L>, ()>
where
    L::Type: Read<S, Value = V>,
{
    if_there::<L, ()>(|| L::Type::read_into::<L::Path>(base.raw as *const u8, dst))
}

/// The string at `place`, copied to `dst`; without the NUL at its end.
#[inline(always)]
pub fn read_str<'a, S: Space, L: Place, T>(
    base: Address<S, T>,
    _: &L,
    dst: &'a mut [u8],
) -> Access<PresenceOf<L>, &'a [u8]>
where
    L::Type: Characters,
{
    if_there::<L, _>(|| {
        let start = L::Type::start::<S>(field_ptr::<L::Path>(base.raw as *const u8))?;
        string::copy::<<L::Type as Characters>::In<S>>(dst, start)
    })
}

/// The address of `place`.
#[inline(always)]
pub fn pointer<S: Space, L: Place, T>(
    base: Address<S, T>,
    _: &L,
) -> Access<PresenceOf<L>, S::Const<L::Type>> {
    if_there::<L, _>(|| Ok(S::pointer(field_ptr::<L::Path>(base.raw as *const u8))))
}

/// The result as the user gets it.
#[inline(always)]
pub fn finish<Q: Presence, T>(access: Access<Q, T>) -> Result<Q::Out<T>, ReadError> {
    checked(access.0)
}
