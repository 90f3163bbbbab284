//! What the macros call: each is one step of an access.

use crate::{
    error::ReadError,
    path::Path,
    place::{Place, Pointer},
    presence::{Access, Presence},
    probe,
    read::{self, Read},
    record::CoreStruct,
    relocation,
    string::Characters,
};

type PresenceOf<L> = <<L as Place>::Path as Path>::Presence;

/// The address of the field, or `None` where the kernel does not have it.
#[inline(always)]
fn address<L: Place, T>(base: *const T, _place: &L) -> Option<*const u8> {
    if PresenceOf::<L>::OPTIONAL && !relocation::field_exists::<L::Path>() {
        return None;
    }
    Some(relocation::field_ptr::<L::Path>(base.cast()))
}

/// `,`: reads the pointer at `place`.
#[inline(always)]
pub fn follow<P: Path, T, U: CoreStruct, B>(
    base: *const B,
    place: &Pointer<P, T, U>,
) -> Result<Option<*const U>, ReadError> {
    match address(base, place) {
        Some(field) => read::plain(field).map(Some),
        None => Ok(None),
    }
}

/// What stands behind a pointer is optional when it is itself, or when the pointer is.
#[inline(always)]
pub fn behind<L: Place, Q: Presence, T>(
    _pointer: &L,
    access: Access<Q, T>,
) -> Access<<PresenceOf<L> as Presence>::And<Q>, T> {
    Access::new(access.result)
}

/// The access ends at a pointer that was absent, or could not be read.
#[inline(always)]
pub fn stopped<Q: Presence, T>(why: Option<ReadError>) -> Access<Q, T> {
    Access::new(match why {
        Some(error) => Err(error),
        None => Ok(None),
    })
}

/// The value at `place`.
#[inline(always)]
pub fn read<L: Place, T, V>(base: *const T, place: &L) -> Access<PresenceOf<L>, V>
where
    L::Type: Read<Value = V>,
{
    Access::new(match address(base, place) {
        Some(field) => <L::Type as Read>::read::<L::Path>(base.cast(), field).map(Some),
        None => Ok(None),
    })
}

/// The value at `place`, written to `dst`.
#[inline(always)]
pub fn read_into<L: Place, T, V>(
    base: *const T,
    place: &L,
    dst: &mut V,
) -> Access<PresenceOf<L>, ()>
where
    L::Type: Read<Value = V>,
{
    Access::new(match address(base, place) {
        Some(field) => <L::Type as Read>::read_into::<L::Path>(base.cast(), field, dst).map(Some),
        None => Ok(None),
    })
}

/// The string at `place`, copied to `dst`; without the NUL at its end.
#[inline(always)]
pub fn read_str<'a, L: Place, T>(
    base: *const T,
    place: &L,
    dst: &'a mut [u8],
) -> Access<PresenceOf<L>, &'a [u8]>
where
    L::Type: Characters,
{
    let Some(field) = address(base, place) else {
        return Access::new(Ok(None));
    };
    Access::new(<L::Type as Characters>::start(field).and_then(|start| {
        // SAFETY: `dst` has room for its length.
        let written = unsafe { probe::read_kernel_str(dst.as_mut_ptr(), dst.len(), start) }?;
        // The kernel counts the NUL; it writes none where there is no room at all.
        // SAFETY: the helper writes at most `dst.len()` bytes.
        Ok(Some(unsafe {
            dst.get_unchecked(..written.saturating_sub(1))
        }))
    }))
}

/// The address of `place`.
#[inline(always)]
pub fn pointer<L: Place, T>(base: *const T, place: &L) -> Access<PresenceOf<L>, *const L::Type> {
    Access::new(Ok(address(base, place).map(|field| field.cast())))
}

/// What the user gets.
#[inline(always)]
pub fn finish<Q: Presence, T>(access: Access<Q, T>) -> Result<Q::Out<T>, ReadError> {
    match access.result {
        Ok(found) => Ok(Q::out(found)),
        Err(error) => Err(error),
    }
}
