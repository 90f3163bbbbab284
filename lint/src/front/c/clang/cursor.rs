//! The nodes of libclang's tree, with their places in the source.

use std::marker::PhantomData;
use std::ops::Range;
use std::ptr;

use clang_sys::{
    CXChildVisit_Continue, CXChildVisitResult, CXClientData, CXCursor, CXCursorKind,
    CXSourceLocation, CXSourceRange,
};

use super::text::owned;
use super::ty::Type;
use super::unit::{FileId, Unit};

/// A node. It borrows from its unit.
#[derive(Clone, Copy)]
pub(in crate::front::c) struct Cursor<'u> {
    raw: CXCursor,
    unit: PhantomData<&'u Unit>,
}

/// A byte of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::front::c) struct Location {
    /// The file.
    pub(in crate::front::c) file: FileId,
    /// Counted from 0.
    pub(in crate::front::c) offset: usize,
}

/// Which of a macro's places is meant.
#[derive(Clone, Copy)]
enum Place {
    /// Where the macro is used, or where its argument is written.
    File,
    /// Where the macro is used.
    Expansion,
}

impl<'u> Cursor<'u> {
    /// The root of the tree.
    pub(in crate::front::c) fn root(unit: &'u Unit) -> Self {
        // SAFETY: the unit is alive, and the cursor borrows it.
        Self::new(unsafe { clang_sys::clang_getTranslationUnitCursor(unit.unit) })
    }

    /// The declaration of a type.
    pub(in crate::front::c) fn declaring(ty: Type<'u>) -> Self {
        // SAFETY: the unit is alive, as the type borrows it.
        Self::new(unsafe { clang_sys::clang_getTypeDeclaration(ty.raw) })
    }

    pub(super) fn new(raw: CXCursor) -> Self {
        Self {
            raw,
            unit: PhantomData,
        }
    }

    fn some(raw: CXCursor) -> Option<Self> {
        // SAFETY: any cursor may be asked.
        let null = unsafe { clang_sys::clang_Cursor_isNull(raw) } != 0;
        (!null).then(|| Self::new(raw))
    }

    /// What it is.
    pub(in crate::front::c) fn kind(self) -> CXCursorKind {
        self.raw.kind
    }

    /// Its name. Empty for a declaration without one: libclang then gives the place, with the path of
    /// the header.
    pub(in crate::front::c) fn name(self) -> String {
        // SAFETY: the unit is alive (`'u`); so it is in all functions below.
        let name = owned(unsafe { clang_sys::clang_getCursorSpelling(self.raw) });
        if name.contains(['(', ' ']) {
            return String::new();
        }
        name
    }

    /// Its type.
    pub(in crate::front::c) fn ty(self) -> Type<'u> {
        // SAFETY: see `name`.
        Type::new(unsafe { clang_sys::clang_getCursorType(self.raw) })
    }

    /// The type that an enumeration is stored as.
    pub(in crate::front::c) fn parent(self) -> Option<Self> {
        // SAFETY: see `name`.
        Self::some(unsafe { clang_sys::clang_getCursorSemanticParent(self.raw) })
    }

    /// The declaration that it names.
    pub(in crate::front::c) fn target(self) -> Option<Self> {
        // SAFETY: see `name`.
        Self::some(unsafe { clang_sys::clang_getCursorReferenced(self.raw) })
    }

    /// The definition of what it declares.
    pub(in crate::front::c) fn definition(self) -> Option<Self> {
        // SAFETY: see `name`.
        Self::some(unsafe { clang_sys::clang_getCursorDefinition(self.raw) })
    }

    /// A number that two cursors share if they are of one declaration.
    pub(in crate::front::c) fn identity(self) -> usize {
        // SAFETY: see `name`.
        let canonical = unsafe { clang_sys::clang_getCanonicalCursor(self.raw) };
        canonical.data[0] as usize
    }

    /// The nodes right below.
    pub(in crate::front::c) fn children(self) -> Vec<Self> {
        let mut found: Vec<CXCursor> = Vec::new();
        // SAFETY: see `name`. `collect` gets the pointer to `found`, which outlives the call, and
        // nobody else has one meanwhile.
        unsafe {
            clang_sys::clang_visitChildren(self.raw, collect, (&raw mut found).cast());
        }
        found.into_iter().map(Self::new).collect()
    }

    /// Where it starts, in the text that a reader sees: macros where they are used, their
    /// arguments where they are written.
    pub(in crate::front::c) fn start(self) -> Option<Location> {
        locate(self.ends().0, Place::File)
    }

    /// Its bytes in one file. Empty if it starts and ends in different ones.
    pub(in crate::front::c) fn range(self) -> Option<(FileId, Range<usize>)> {
        let (start, end) = self.ends();
        let first = locate(start, Place::File)?;
        match locate(end, Place::File) {
            Some(last) if last.file == first.file && last.offset >= first.offset => {
                Some((first.file, first.offset..last.offset))
            }
            // One end is in an argument, the other in the macro: the use of the macro is meant.
            _ => {
                let first = locate(start, Place::Expansion)?;
                let last = locate(end, Place::Expansion)?;
                let end = last.offset.max(first.offset);
                Some((first.file, first.offset..end))
            }
        }
    }

    /// Where the macro is used that it starts in; where it starts itself if in none.
    pub(in crate::front::c) fn expansion(self) -> Option<Location> {
        locate(self.ends().0, Place::Expansion)
    }

    /// Where the first token's letters are: inside of the definition of a macro.
    pub(in crate::front::c) fn spelling(self, unit: &'u Unit) -> Option<Location> {
        let start = self.ends().0;
        // libclang's own function for it gives the place of use; tokens know better.
        tokens(unit, range(start, start), |tokens| Some(tokens.first()?.1))
    }

    /// The texts of its tokens, as far as it is written in one place.
    pub(in crate::front::c) fn tokens(self, unit: &'u Unit) -> Vec<String> {
        // SAFETY: see `name`.
        let range = unsafe { clang_sys::clang_getCursorExtent(self.raw) };
        tokens(unit, range, |tokens| {
            Some(tokens.iter().map(|one| one.0.clone()).collect())
        })
        .unwrap_or_default()
    }

    fn ends(self) -> (CXSourceLocation, CXSourceLocation) {
        // SAFETY: see `name`.
        unsafe {
            let range = clang_sys::clang_getCursorExtent(self.raw);
            (
                clang_sys::clang_getRangeStart(range),
                clang_sys::clang_getRangeEnd(range),
            )
        }
    }

    /// The operator of a unary or binary expression, as it is written. Empty if unknown.
    pub(in crate::front::c) fn operator(self, unit: &'u Unit) -> String {
        use clang_sys as c;
        if c::clang_getCursorBinaryOperatorKind::is_loaded() {
            // SAFETY: see `name`; the functions are there.
            return unsafe {
                match self.kind() {
                    c::CXCursor_UnaryOperator => owned(c::clang_getUnaryOperatorKindSpelling(
                        c::clang_getCursorUnaryOperatorKind(self.raw),
                    )),
                    _ => owned(c::clang_getBinaryOperatorKindSpelling(
                        c::clang_getCursorBinaryOperatorKind(self.raw),
                    )),
                }
            };
        }
        self.written_operator(unit).unwrap_or_default()
    }

    /// For libclang before 17: what stands between the operands, or before the only one.
    fn written_operator(self, unit: &'u Unit) -> Option<String> {
        let children = self.children();
        let word = |tokens: &[(String, Location)]| {
            let mut words = tokens.iter().map(|one| one.0.as_str());
            words
                .find(|word| !matches!(*word, "(" | ")"))
                .map(str::to_owned)
        };
        let (start, end) = match children[..] {
            [_] => {
                // One token, also where a macro has it.
                let first = tokens(unit, range(self.ends().0, self.ends().0), word);
                let is_prefix = |word: &String| {
                    matches!(
                        word.as_str(),
                        "&" | "*" | "!" | "~" | "-" | "+" | "++" | "--"
                    )
                };
                // Behind the operand there is only one kind.
                return first.filter(is_prefix).or_else(|| Some("++".to_owned()));
            }
            [left, right] => (left.ends().1, right.ends().0),
            _ => return None,
        };
        tokens(unit, range(start, end), word).or_else(|| {
            // One operand is a macro's: the text between where they are used.
            let (start, end) = (locate(start, Place::File)?, locate(end, Place::Expansion)?);
            let text = unit.text_of(start.file).get(start.offset..end.offset)?;
            let is_sign = |byte: &u8| b"=+-*/%<>!&|^,".contains(byte);
            let text: Vec<u8> = text.iter().copied().filter(is_sign).collect();
            String::from_utf8(text)
                .ok()
                .filter(|_| start.file == end.file)
        })
    }

    /// The integer that a constant expression comes to.
    pub(in crate::front::c) fn evaluate(self) -> Option<i64> {
        // SAFETY: see `name`; the result is disposed of after its last use.
        unsafe {
            let result = clang_sys::clang_Cursor_Evaluate(self.raw);
            if result.is_null() {
                return None;
            }
            let kind = clang_sys::clang_EvalResult_getKind(result);
            let value = (kind == clang_sys::CXEval_Int)
                .then(|| clang_sys::clang_EvalResult_getAsLongLong(result));
            clang_sys::clang_EvalResult_dispose(result);
            value
        }
    }

    /// An enumerator's value.
    pub(in crate::front::c) fn enumerator_value(self) -> i64 {
        // SAFETY: see `name`; other cursors give the least value.
        unsafe { clang_sys::clang_getEnumConstantDeclValue(self.raw) }
    }

    /// What a variable starts with.
    pub(in crate::front::c) fn initializer(self) -> Option<Self> {
        // SAFETY: see `name`.
        Self::some(unsafe { clang_sys::clang_Cursor_getVarDeclInitializer(self.raw) })
    }

    /// Whether a field is a bit-field.
    pub(in crate::front::c) fn is_bit_field(self) -> bool {
        // SAFETY: see `name`.
        unsafe { clang_sys::clang_Cursor_isBitField(self.raw) != 0 }
    }

    /// The byte that a member begins at. `None` where its struct has no layout, and within bytes.
    pub(in crate::front::c) fn place(self) -> Option<u32> {
        // SAFETY: see `name`.
        let bits = unsafe { clang_sys::clang_Cursor_getOffsetOfField(self.raw) };
        let bits = u32::try_from(bits).ok()?;
        bits.is_multiple_of(8).then_some(bits / 8)
    }

    /// Whether a record has no name of its own.
    pub(in crate::front::c) fn is_anonymous(self) -> bool {
        // SAFETY: see `name`.
        unsafe { clang_sys::clang_Cursor_isAnonymous(self.raw) != 0 }
    }

    /// A declaration as the compiler understood it: attributes with their arguments expanded.
    pub(in crate::front::c) fn head(self) -> String {
        // SAFETY: see `name`; the policy is disposed of after its last use.
        unsafe {
            let policy = clang_sys::clang_getCursorPrintingPolicy(self.raw);
            clang_sys::clang_PrintingPolicy_setProperty(
                policy,
                clang_sys::CXPrintingPolicy_TerseOutput,
                1,
            );
            let text = owned(clang_sys::clang_getCursorPrettyPrinted(self.raw, policy));
            clang_sys::clang_PrintingPolicy_dispose(policy);
            text
        }
    }
}

/// Adds a child to the list behind `data`, and goes on with the next.
extern "C" fn collect(cursor: CXCursor, _: CXCursor, data: CXClientData) -> CXChildVisitResult {
    // SAFETY: `children` passes a pointer to its list, and waits.
    let found = unsafe { &mut *data.cast::<Vec<CXCursor>>() };
    found.push(cursor);
    CXChildVisit_Continue
}

fn range(start: CXSourceLocation, end: CXSourceLocation) -> CXSourceRange {
    // SAFETY: both are locations of a unit that is alive; the range borrows nothing.
    unsafe { clang_sys::clang_getRange(start, end) }
}

fn locate(location: CXSourceLocation, place: Place) -> Option<Location> {
    let (mut file, mut offset) = (ptr::null_mut(), 0);
    let unwanted = ptr::null_mut();
    // SAFETY: the location is of a unit that is alive; null pointers are for what is not wanted.
    unsafe {
        let ask = match place {
            Place::File => clang_sys::clang_getFileLocation,
            Place::Expansion => clang_sys::clang_getExpansionLocation,
        };
        ask(location, &raw mut file, unwanted, unwanted, &raw mut offset);
    }
    (!file.is_null()).then_some(Location {
        file: FileId(file),
        offset: offset as usize,
    })
}

fn tokens<T>(
    unit: &Unit,
    range: CXSourceRange,
    read: impl FnOnce(&[(String, Location)]) -> Option<T>,
) -> Option<T> {
    let (mut tokens, mut count) = (ptr::null_mut(), 0);
    // SAFETY: the range is of this unit. The tokens are an array of `count`, copied before they
    // are disposed of.
    let found: Vec<(String, Location)> = unsafe {
        clang_sys::clang_tokenize(unit.handle(), range, &raw mut tokens, &raw mut count);
        if tokens.is_null() {
            return None;
        }
        let found = std::slice::from_raw_parts(tokens, count as usize)
            .iter()
            .filter_map(|&token| {
                let text = owned(clang_sys::clang_getTokenSpelling(unit.handle(), token));
                let at = clang_sys::clang_getTokenLocation(unit.handle(), token);
                Some((text, locate(at, Place::File)?))
            })
            .collect();
        clang_sys::clang_disposeTokens(unit.handle(), tokens, count);
        found
    };
    read(&found)
}
