//! Loads the shared library of libclang.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use clang_sys::SharedLibrary;

/// libclang, in the one process.
#[derive(Debug)]
pub(in crate::front::c) struct Library {
    shared: Arc<SharedLibrary>,
}

/// Why there is none, and what to do about it.
const CURE: &str = "C files are not checked: libclang is not found; install libclang-22-dev \
                    (any version from 14 on will do), or set LIBCLANG_PATH to its folder";

/// The same, where this program has libc in it.
const STATIC: &str = "C files are not checked: this is the static build, which cannot load libclang; \
                      take the one for glibc, whose archive ends with `-unknown-linux-gnu`";

static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();

thread_local! {
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

impl Library {
    /// Loads it, or says why it cannot be had.
    pub(in crate::front::c) fn get() -> Result<&'static Self, &'static str> {
        let library = LIBRARY.get_or_init(|| {
            if cfg!(target_feature = "crt-static") {
                return Err(STATIC.to_owned());
            }
            // `load_manually` looks at LIBCLANG_PATH, at llvm-config's folder and at the usual
            // ones.
            let shared = clang_sys::load_manually().map_err(|_| CURE.to_owned())?;
            if shared
                .functions
                .clang_Cursor_getVarDeclInitializer
                .is_none()
            {
                let path = shared.path().display();
                return Err(format!("{CURE}; {path} is too old"));
            }
            // libclang parses on threads of its own with 8 MB of stack, which a macro can fill.
            // Ours have more.
            // SAFETY: std's readers of the environment take std's lock, and the one reader in C,
            // libclang, is called by nobody before this cell is set.
            unsafe { std::env::set_var("LIBCLANG_NOTHREADS", "1") };
            Ok(Self {
                shared: Arc::new(shared),
            })
        });
        let library = library.as_ref().map_err(String::as_str)?;
        library.enter();
        Ok(library)
    }

    /// clang-sys keeps the library by thread.
    fn enter(&self) {
        if !ENTERED.replace(true) {
            clang_sys::set_library(Some(Arc::clone(&self.shared)));
            // SAFETY: the library was just set for this thread; the call takes a flag.
            unsafe { clang_sys::clang_toggleCrashRecovery(1) };
        }
    }

    /// Its name and version.
    pub(in crate::front::c) fn version(&self) -> String {
        // SAFETY: the library is loaded; the string is freed by `owned`.
        super::text::owned(unsafe { clang_sys::clang_getClangVersion() })
    }
}
