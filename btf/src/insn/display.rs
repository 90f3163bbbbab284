//! Instructions as `llvm-objdump --no-print-imm-hex` writes them.

use core::fmt;

use super::{AluOp, AtomicOp, Callee, Insn, JumpOp, Op, Source};

impl fmt::Display for Insn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Self { dst, src, imm, .. } = self;
        match self.op() {
            Op::Alu { op, source, wide } => self.write_alu(f, op, source, register(wide)),
            Op::Load { size, signed } => {
                let sign = if signed { 's' } else { 'u' };
                let name = register(signed || size == 8);
                let place = self.place(src);
                write!(f, "{name}{dst} = *({sign}{} *)({place})", bits(size))
            }
            Op::Store { size, source } => {
                write!(f, "*(u{} *)({}) = ", bits(size), self.place(dst))?;
                self.write_source(f, source, register(size == 8))
            }
            Op::Atomic { op, size } => self.write_atomic(f, op, size),
            Op::LoadImm64(_) => write!(f, "r{dst} = {imm} ll"),
            Op::LoadPacket { size, indirect } => {
                write!(f, "r0 = *(u{} *)skb[", bits(size))?;
                if indirect {
                    write!(f, "r{src}]")
                } else {
                    write!(f, "{imm}]")
                }
            }
            Op::Jump {
                op,
                source,
                wide,
                distance,
            } => {
                let name = register(wide);
                write!(f, "if {name}{dst} {} ", jump(op))?;
                self.write_source(f, source, name)?;
                write!(f, " goto {distance:+}")
            }
            Op::Goto { distance } => {
                // Only the 32-bit class has the long form.
                let name = if self.code & 0x07 == 6 {
                    "gotol"
                } else {
                    "goto"
                };
                write!(f, "{name} {distance:+}")
            }
            Op::MayGoto { distance } => write!(f, "may_goto {distance:+}"),
            Op::Call(Callee::Register) => write!(f, "callx r{dst}"),
            Op::Call(_) => write!(f, "call {imm}"),
            Op::Exit => f.write_str("exit"),
            Op::Unknown => f.write_str("<unknown>"),
        }
    }
}

impl Insn {
    /// `r2 + 8`
    fn place(&self, base: u8) -> String {
        let sign = if self.off < 0 { '-' } else { '+' };
        format!("r{base} {sign} {}", self.off.unsigned_abs())
    }

    fn write_source(&self, f: &mut fmt::Formatter<'_>, source: Source, name: char) -> fmt::Result {
        match source {
            Source::Imm => write!(f, "{}", self.imm),
            Source::Register => write!(f, "{name}{}", self.src),
        }
    }

    fn write_alu(
        &self,
        f: &mut fmt::Formatter<'_>,
        op: AluOp,
        source: Source,
        name: char,
    ) -> fmt::Result {
        let &Self { dst, src, imm, .. } = self;
        let operator = match op {
            AluOp::Neg => return write!(f, "{name}{dst} = -{name}{dst}"),
            AluOp::MovSx(bits) => return write!(f, "{name}{dst} = (s{bits}){name}{src}"),
            AluOp::ToLe(bits) => return write!(f, "r{dst} = le{bits} r{dst}"),
            AluOp::ToBe(bits) => return write!(f, "r{dst} = be{bits} r{dst}"),
            AluOp::Bswap(bits) => return write!(f, "r{dst} = bswap{bits} r{dst}"),
            AluOp::AddrSpaceCast => {
                let (to, from) = ((imm >> 16) & 0xffff, imm & 0xffff);
                return write!(f, "r{dst} = addr_space_cast(r{src}, {to}, {from})");
            }
            AluOp::Mov => "=",
            AluOp::Add => "+=",
            AluOp::Sub => "-=",
            AluOp::Mul => "*=",
            AluOp::Div => "/=",
            AluOp::SDiv => "s/=",
            AluOp::Mod => "%=",
            AluOp::SMod => "s%=",
            AluOp::Or => "|=",
            AluOp::And => "&=",
            AluOp::Xor => "^=",
            AluOp::Lsh => "<<=",
            AluOp::Rsh => ">>=",
            AluOp::Arsh => "s>>=",
        };
        write!(f, "{name}{dst} {operator} ")?;
        self.write_source(f, source, name)
    }

    fn write_atomic(&self, f: &mut fmt::Formatter<'_>, op: AtomicOp, size: u8) -> fmt::Result {
        let &Self { dst, src, .. } = self;
        let (bits, name) = (bits(size), register(size == 8));
        // In the names of the 32-bit forms the size stands twice.
        let exchange = if size == 8 { "_64" } else { "32_32" };
        let memory = self.place(dst);
        let lock = |operator| format!("lock *(u{bits} *)({memory}) {operator} {name}{src}");
        let fetch =
            |what| format!("{name}{src} = atomic_fetch_{what}((u{bits} *)({memory}), {name}{src})");
        f.write_str(&match op {
            AtomicOp::Add => lock("+="),
            AtomicOp::Or => lock("|="),
            AtomicOp::And => lock("&="),
            AtomicOp::Xor => lock("^="),
            AtomicOp::FetchAdd => fetch("add"),
            AtomicOp::FetchOr => fetch("or"),
            AtomicOp::FetchAnd => fetch("and"),
            AtomicOp::FetchXor => fetch("xor"),
            AtomicOp::Xchg => format!("{name}{src} = xchg{exchange}({memory}, {name}{src})"),
            AtomicOp::Cmpxchg => {
                format!("{name}0 = cmpxchg{exchange}({memory}, {name}0, {name}{src})")
            }
            AtomicOp::LoadAcquire => {
                let memory = self.place(src);
                format!("{name}{dst} = load_acquire((u{bits} *)({memory}))")
            }
            AtomicOp::StoreRelease => {
                format!("store_release((u{bits} *)({memory}), {name}{src})")
            }
        })
    }
}

fn register(wide: bool) -> char {
    if wide { 'r' } else { 'w' }
}

fn bits(size: u8) -> u32 {
    u32::from(size) * 8
}

fn jump(op: JumpOp) -> &'static str {
    match op {
        JumpOp::Eq => "==",
        JumpOp::Ne => "!=",
        JumpOp::Gt => ">",
        JumpOp::Ge => ">=",
        JumpOp::Lt => "<",
        JumpOp::Le => "<=",
        JumpOp::Set => "&",
        JumpOp::Sgt => "s>",
        JumpOp::Sge => "s>=",
        JumpOp::Slt => "s<",
        JumpOp::Sle => "s<=",
    }
}
