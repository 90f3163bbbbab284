//! The kernel's linked lists (`include/linux/list.h`): their heads and nodes, and
//! [`Entries`], which [`core_list_entries!`](crate::core_list_entries) gives.
#![allow(non_camel_case_types)]

use core::{iter::FusedIterator, marker::PhantomData};

use crate::{
    CoreStruct, core_field_offset, core_read,
    error::ReadError,
    path::{
        place::{Place, PresenceOf},
        presence::{Presence, if_there},
    },
    pointer::container::{RootOf, around},
    sealed::Sealed,
};

/// A list that goes round: its head, and what links an entry to the next. The last one points
/// to the head again, as the head of an empty list does.
#[derive(CoreStruct)]
pub struct list_head {
    /// The next entry's.
    pub next: *const list_head,
    /// That of the entry before.
    pub prev: *const list_head,
}

/// The head of a list that ends in null.
#[derive(CoreStruct)]
pub struct hlist_head {
    /// The first entry's; null for an empty list.
    pub first: *const hlist_node,
}

/// What links an entry to the next, in a list that ends in null.
#[derive(CoreStruct)]
pub struct hlist_node {
    /// The next entry's; null in the last one.
    pub next: *const hlist_node,
}

/// The head of a list.
pub trait Head: Sealed {
    /// What links its entries.
    type Node: Node;

    /// The node whose `next` is what the head leads to.
    #[doc(hidden)]
    fn before(head: *const Self) -> *const Self::Node;

    /// What follows the last node.
    #[doc(hidden)]
    fn end(head: *const Self) -> *const Self::Node;
}

/// What links an entry to the next.
pub trait Node: Sealed {
    #[doc(hidden)]
    fn next(node: *const Self) -> Result<*const Self, ReadError>;
}

impl Sealed for list_head {}
impl Sealed for hlist_head {}
impl Sealed for hlist_node {}

impl Head for list_head {
    type Node = Self;

    #[inline(always)]
    fn before(head: *const Self) -> *const Self {
        head
    }

    #[inline(always)]
    fn end(head: *const Self) -> *const Self {
        head
    }
}

impl Node for list_head {
    #[inline(always)]
    fn next(node: *const Self) -> Result<*const Self, ReadError> {
        core_read!(node, next)
    }
}

impl Head for hlist_head {
    type Node = hlist_node;

    // The head is smaller than a node: of this node, only `next` is there.
    #[inline(always)]
    fn before(head: *const Self) -> *const hlist_node {
        let first = head.wrapping_byte_add(core_field_offset!(hlist_head, first));
        first
            .wrapping_byte_sub(core_field_offset!(hlist_node, next))
            .cast()
    }

    #[inline(always)]
    fn end(_: *const Self) -> *const hlist_node {
        core::ptr::null()
    }
}

impl Node for hlist_node {
    #[inline(always)]
    fn next(node: *const Self) -> Result<*const Self, ReadError> {
        core_read!(node, next)
    }
}

/// A pointer to the head of a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pointer to the head of a list",
    label = "not the head of a list",
    note = "use a `*const` or `*mut` to the `list_head` or `hlist_head` of `bpf_core::list`, as \
            `core_field_ptr!(task, children)?` gives it"
)]
pub trait ToHead: Sealed {
    /// The head.
    type Head: Head;

    /// Its address.
    fn head(self) -> *const Self::Head;
}

macro_rules! heads {
    ($($pointer:ty => $head:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToHead for $pointer {
            type Head = $head;

            #[inline(always)]
            fn head(self) -> *const $head {
                self
            }
        }
    )*};
}

heads! {
    *const list_head => list_head;
    *mut list_head => list_head;
    *const hlist_head => hlist_head;
    *mut hlist_head => hlist_head;
}

/// What an entry has to be in a list with the head `H`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` links no entries of a list with a `{H}`",
    label = "this field is of type `{Self}`",
    note = "name the `list_head` that stands in each entry, or the `hlist_node` where the head is a \
            `hlist_head`"
)]
pub trait Links<H>: Sealed {}

#[diagnostic::do_not_recommend]
impl Links<list_head> for list_head {}
#[diagnostic::do_not_recommend]
impl Links<hlist_head> for hlist_node {}

/// The entries of a list, at most `MAX`: pointers to the struct that each is.
///
/// Each step is a checked read. A step that fails is an `Err`, and so is an entry more than
/// `MAX` (`E2BIG`, 7); after an `Err` there is nothing. So `None` alone means that the list was
/// seen to its end. The list is not locked: an entry may be taken out of it while it is walked.
#[must_use = "a list is walked by iterating over its entries"]
pub struct Entries<H: Head, L, const MAX: usize> {
    head: *const H,
    /// The node before the next entry's. It is read when that entry is asked for: what is read ahead takes
    /// registers in the loop of the program.
    at: *const H::Node,
    left: usize,
    done: bool,
    place: PhantomData<fn() -> L>,
}

impl<H: Head, L: Place, const MAX: usize> Iterator for Entries<H, L, MAX> {
    type Item = Result<*const RootOf<L>, ReadError>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let why = match H::Node::next(self.at) {
            Ok(node) if node == H::end(self.head) => None,
            Ok(node) if self.left > 0 => {
                self.at = node;
                self.left -= 1;
                return Some(Ok(around::<L, _>(node.cast::<()>())));
            }
            Ok(_) => Some(Err(ReadError::TOO_LONG)),
            Err(error) => Some(Err(error)),
        };
        self.done = true;
        why
    }
}

impl<H: Head, L: Place, const MAX: usize> FusedIterator for Entries<H, L, MAX> {}

/// A list, of which the head is known.
pub struct List<H>(*const H);

/// A list, of which it is known too what links its entries.
pub struct Linked<H, L>(*const H, PhantomData<L>);

/// The list at `head`.
#[inline(always)]
pub fn list<B: ToHead<Head = H>, H>(head: B) -> List<H> {
    List(head.head())
}

impl<H: Head> List<H> {
    /// Says that the field at `place` links the entries.
    #[inline(always)]
    pub fn linked<L: Place<Type = F>, F: Links<H>>(self, _place: &L) -> Linked<H, L> {
        Linked(self.0, PhantomData)
    }
}

impl<H: Head, L: Place> Linked<H, L> {
    /// The entries, if the kernel's have the field.
    #[inline(always)]
    pub fn entries<const MAX: usize>(self) -> <PresenceOf<L> as Presence>::Out<Entries<H, L, MAX>> {
        if_there::<L::Path, _>(|| Entries {
            head: self.0,
            at: H::before(self.0),
            left: MAX,
            done: false,
            place: PhantomData,
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::*;
    use crate::{
        path::{number::X0, presence::Required},
        types::record::FieldOf,
    };

    /// A list in the memory of the test; a null is a read that fails.
    #[derive(CoreStruct)]
    struct node {
        next: *const node,
    }

    type Next = FieldOf<node, ((), X0), *const node, Required>;

    impl Sealed for node {}

    impl Node for node {
        fn next(of: *const Self) -> Result<*const Self, ReadError> {
            // SAFETY: the test made it.
            let next = unsafe { (*of).next };
            match next.is_null() {
                true => Err(ReadError::from_errno(14)),
                false => Ok(next),
            }
        }
    }

    impl Head for node {
        type Node = Self;

        fn before(head: *const Self) -> *const Self {
            head
        }

        fn end(head: *const Self) -> *const Self {
            head
        }
    }

    /// How many entries come, and the error behind them, of a list with a head and `entries`,
    /// whose last node leads to node `to`.
    fn walked<const MAX: usize>(entries: usize, to: Option<usize>) -> (usize, Option<i32>) {
        let mut nodes: Vec<node> = (0..=entries)
            .map(|_| node {
                next: core::ptr::null(),
            })
            .collect();
        let first = nodes.as_mut_ptr();
        // SAFETY: no more than `entries` is ever added, and there is one more node.
        let at = |number| unsafe { first.add(number) };
        for number in 0..=entries {
            let next = match number < entries {
                true => Some(number + 1),
                false => to,
            };
            // SAFETY: the node is there.
            unsafe { (*at(number)).next = next.map_or(core::ptr::null(), |next| at(next)) };
        }
        let mut list = Linked::<node, Next>(first, PhantomData).entries::<MAX>();
        let come = list.by_ref().take_while(Result::is_ok).count();
        assert!(list.next().is_none(), "something follows the end");
        let mut list = Linked::<node, Next>(first, PhantomData).entries::<MAX>();
        let error = list.find_map(Result::err).map(ReadError::errno);
        (come, error)
    }

    #[test]
    fn a_list_within_the_bound_is_walked_to_its_end() {
        assert_eq!(walked::<3>(0, Some(0)), (0, None));
        assert_eq!(walked::<3>(2, Some(0)), (2, None));
        assert_eq!(walked::<3>(3, Some(0)), (3, None));
        assert_eq!(walked::<0>(0, Some(0)), (0, None));
    }

    #[test]
    fn a_longer_list_is_told() {
        assert_eq!(walked::<3>(4, Some(0)), (3, Some(7)));
        assert_eq!(walked::<0>(1, Some(0)), (0, Some(7)));
        // Round in itself, never again at the head.
        assert_eq!(walked::<9>(4, Some(2)), (9, Some(7)));
    }

    #[test]
    fn a_read_that_fails_is_no_end() {
        assert_eq!(walked::<3>(0, None), (0, Some(14)));
        assert_eq!(walked::<3>(2, None), (2, Some(14)));
        assert_eq!(walked::<3>(3, None), (3, Some(14)));
    }
}
