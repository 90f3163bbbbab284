//! What each macro becomes. `UPDATE_EXPECT=1 cargo test -p bpf-core-macros` writes the expansions
//! anew; the tests of `tests/ui` say where the mistakes are told.

use expect_test::{Expect, expect};

use super::Form;

fn check(form: Form, arguments: &str, expected: Expect) {
    let arguments = arguments.parse().expect("tokens");
    let expansion = form.expand(arguments);
    let file = syn::parse_quote!(fn expansion() { #expansion });
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn read_of_a_field() {
    check(
        Form::Read,
        "task, tgid",
        expect![[r#"
            fn expansion() {
                ::bpf_core::__private::result({
                    let __base = ::bpf_core::__private::base(task);
                    ::bpf_core::__private::read_field(
                        __base,
                        ::bpf_core::__private::fields_at(__base).tgid,
                    )
                })
            }
        "#]],
    );
}

#[test]
fn read_behind_a_pointer() {
    check(
        Form::Read,
        "task, real_parent, se.load[1]",
        expect![[r#"
            fn expansion() {
                ::bpf_core::__private::finish({
                    let __base = ::bpf_core::__private::base(task);
                    {
                        let __place = ::bpf_core::__private::place(
                            ::bpf_core::__private::fields_at(__base).real_parent,
                        );
                        let __place = __place.comma();
                        match ::bpf_core::__private::follow(__base, &__place) {
                            ::bpf_core::__private::Followed::To(__base) => {
                                ::bpf_core::__private::behind(
                                    &__place,
                                    {
                                        let __place = ::bpf_core::__private::place(
                                            ::bpf_core::__private::fields_at(__base).se,
                                        );
                                        let __place = __place.dot();
                                        let __field = ::bpf_core::__private::fields(&__place).load;
                                        let __place = ::bpf_core::__private::member_place(
                                            __place,
                                            __field,
                                        );
                                        let (__place, __shape) = __place.elements();
                                        let _ = || {
                                            let _ = (__shape)[::bpf_core::__private::At {
                                                index: 1,
                                            }
                                                .index];
                                        };
                                        let __place = __place.element::<{ 1 }>();
                                        let __place = &__place;
                                        ::bpf_core::__private::read(__base, __place)
                                    },
                                )
                            }
                            ::bpf_core::__private::Followed::Stopped(__why) => {
                                ::bpf_core::__private::stopped(__why)
                            }
                        }
                    }
                })
            }
        "#]],
    );
}

#[test]
fn read_into() {
    check(
        Form::ReadInto,
        "&mut pid, task, pid",
        expect![[r#"
            fn expansion() {
                ::bpf_core::__private::finish({
                    let __first: &mut _ = &mut pid;
                    let __base = ::bpf_core::__private::base(task);
                    {
                        let __place = &::bpf_core::__private::fields_at(__base).pid;
                        ::bpf_core::__private::read_into(__base, __place, __first)
                    }
                })
            }
        "#]],
    );
}

#[test]
fn read_str() {
    check(
        Form::ReadStr,
        "&mut buf, task, comm",
        expect![[r#"
            fn expansion() {
                ::bpf_core::__private::finish({
                    let __first: &mut _ = &mut buf;
                    let __base = ::bpf_core::__private::base(task);
                    {
                        let __place = &::bpf_core::__private::fields_at(__base).comm;
                        ::bpf_core::__private::read_str(__base, __place, __first)
                    }
                })
            }
        "#]],
    );
}

#[test]
fn field_ptr() {
    check(
        Form::FieldPtr,
        "task, comm",
        expect![[r#"
        fn expansion() {
            ::bpf_core::__private::finish({
                let __base = ::bpf_core::__private::base(task);
                {
                    let __place = &::bpf_core::__private::fields_at(__base).comm;
                    ::bpf_core::__private::pointer(__base, __place)
                }
            })
        }
    "#]],
    );
}

#[test]
fn write() {
    check(
        Form::Write,
        "task, scx.slice = 5",
        expect![[r#"
            fn expansion() {
                {
                    let __base = ::bpf_core::__private::base_mut(task);
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_at(__base).scx,
                    );
                    let __place = __place.dot();
                    let __field = ::bpf_core::__private::fields(&__place).slice;
                    let __place = ::bpf_core::__private::member_place(__place, __field);
                    let __place = &__place;
                    ::bpf_core::__private::write(__base, __place, 5)
                }
            }
        "#]],
    );
}

#[test]
fn field_exists() {
    check(
        Form::FieldExists,
        "*task, real_parent, pid",
        expect![[r#"
            fn expansion() {
                {
                    let __base = ::bpf_core::__private::base(task);
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_at(__base).real_parent,
                    );
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_behind(__place.comma()).pid,
                    );
                    ::bpf_core::__private::exists(&__place)
                }
            }
        "#]],
    );
}

#[test]
fn field_size() {
    check(
        Form::FieldSize,
        "task_struct, comm",
        expect![[r#"
            fn expansion() {
                {
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_of::<
                            <task_struct as ::bpf_core::CoreStruct>::Itself,
                        >()
                            .comm,
                    );
                    ::bpf_core::__private::size(&__place)
                }
            }
        "#]],
    );
}

#[test]
fn field_offset() {
    check(
        Form::FieldOffset,
        "task_struct, se.vruntime",
        expect![[r#"
            fn expansion() {
                {
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_of::<
                            <task_struct as ::bpf_core::CoreStruct>::Itself,
                        >()
                            .se,
                    );
                    let __place = __place.dot();
                    let __field = ::bpf_core::__private::fields(&__place).vruntime;
                    let __place = ::bpf_core::__private::member_place(__place, __field);
                    ::bpf_core::__private::offset(&__place)
                }
            }
        "#]],
    );
}

#[test]
fn container_of() {
    check(
        Form::ContainerOf,
        "entity, task_struct, se",
        expect![[r#"
            fn expansion() {
                {
                    let __first = entity;
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_of::<
                            <task_struct as ::bpf_core::CoreStruct>::Itself,
                        >()
                            .se,
                    );
                    ::bpf_core::__private::container_of(&__place, __first)
                }
            }
        "#]],
    );
}

#[test]
fn list_entries() {
    check(
        Form::ListEntries,
        "head, task_struct, sibling; 64",
        expect![[r#"
            fn expansion() {
                {
                    let __first = head;
                    let __place = ::bpf_core::__private::place(
                        ::bpf_core::__private::fields_of::<
                            <task_struct as ::bpf_core::CoreStruct>::Itself,
                        >()
                            .sibling,
                    );
                    ::bpf_core::__private::list(__first).linked(&__place).entries::<{ 64 }>()
                }
            }
        "#]],
    );
}
