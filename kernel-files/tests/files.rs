//! Every form of file that has a kernel's types, made here, and what is read from it.

use std::io::Write as _;

use bpf_core_btf::{BtfBuilder, Endian};
use std::path::Path;

use bpf_core_kernel_files::{
    Fault, KernelTypes, Modules, read, read_bytes, read_module, read_packages,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// BTF that is large enough to be a kernel's.
fn btf(endian: Endian) -> Vec<u8> {
    let mut builder = BtfBuilder::new(endian);
    for number in 0..200 {
        builder.int(&format!("type_number_{number}"), 4, 0);
    }
    builder.finish()
}

/// An unpacked kernel without sections: a banner, a configuration, BTF.
fn vmlinux(endian: Endian) -> Vec<u8> {
    let config = gzip(b"CONFIG_DEBUG_INFO_BTF=y\nCONFIG_BPF_SYSCALL=y\n");
    [
        &vec![0x90; 5000][..],
        b"Linux version %s (format)\0",
        b"Linux version 6.12.43+deb13-rt-amd64 (debian-kernel@lists.debian.org) #1 SMP\0",
        b"IKCFG_ST",
        &config,
        b"IKCFG_ED",
        // Looks like BTF, and is none.
        b"\x9f\xeb\x01\0\x18\0\0\0",
        &[0xff; 64],
        &btf(endian),
        &vec![0; 5000],
    ]
    .concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn xz(bytes: &[u8], filter: bool) -> Vec<u8> {
    let mut options = lzma_rust2::XzOptions::with_preset(1);
    if filter {
        options.prepend_pre_filter(lzma_rust2::FilterType::BcjX86, 0);
    }
    let mut out = Vec::new();
    let Ok(mut writer) = lzma_rust2::XzWriter::new(&mut out, options) else {
        panic!("the options are valid");
    };
    let done = writer
        .write_all(bytes)
        .and_then(|()| writer.finish().map(drop));
    done.unwrap_or_else(|error| panic!("{error}"));
    out
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::LzmaOptions::with_preset(1);
    let mut out = Vec::new();
    let writer = lzma_rust2::LzmaWriter::new_use_header(&mut out, &options, None);
    let Ok(mut writer) = writer else {
        panic!("the options are valid");
    };
    let done = writer
        .write_all(bytes)
        .and_then(|()| writer.finish().map(drop));
    done.unwrap_or_else(|error| panic!("{error}"));
    out
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .unwrap_or_default()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Two blocks, as the kernel's build writes them, with the size of the whole behind them.
fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x02\x21\x4c\x18".to_vec();
    for block in bytes.chunks(bytes.len() / 2 + 1) {
        let packed = lz4_flex::block::compress(block);
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend(packed);
    }
    out
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKS: [(&str, Pack); 7] = [
    ("gzip", gzip),
    ("xz", |bytes| xz(bytes, false)),
    ("xz with BCJ", |bytes| xz(bytes, true)),
    ("lzma", lzma),
    ("bzip2", bzip2),
    ("zstd", zstd),
    ("lz4", lz4),
];

/// `Documentation/arch/x86/boot.rst`: two sectors of setup, then the packed kernel.
fn bzimage(pack: Pack) -> Vec<u8> {
    let kernel = vmlinux(Endian::Little);
    // The kernel's build writes the unpacked size behind it.
    let payload = [pack(&kernel), (kernel.len() as u32).to_le_bytes().to_vec()].concat();
    let mut image = vec![0; 3 * 512 + 100];
    image[0x1f1] = 2;
    image[0x202..0x206].copy_from_slice(b"HdrS");
    image[0x248..0x24c].copy_from_slice(&100_u32.to_le_bytes());
    image[0x24c..0x250].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    image.extend(payload);
    image
}

fn check(types: &KernelTypes, what: &str) {
    assert_eq!(types.kernel.release, "6.12.43+deb13-rt-amd64", "{what}");
    assert_eq!(types.kernel.flavour, "rt", "{what}");
    assert!(types.vmlinux == btf(Endian::Little), "{what}: another BTF");
    let config = types.config.as_deref().unwrap_or_default();
    assert!(config.contains("CONFIG_BPF_SYSCALL=y"), "{what}");
}

#[test]
fn images_of_every_compression() -> Outcome {
    for (name, pack) in PACKS {
        check(&read_bytes("vmlinuz", bzimage(pack))?, name);
    }
    Ok(())
}

#[test]
fn images_of_other_architectures() -> Outcome {
    let mut raw = vmlinux(Endian::Little);
    raw[56..60].copy_from_slice(b"ARM\x64");
    let types = read_bytes("Image", raw.clone())?;
    check(&types, "raw");
    assert_eq!(types.kernel.architecture, "arm64");
    check(&read_bytes("Image.gz", gzip(&raw))?, "packed raw image");

    let payload = zstd(&raw);
    let mut zboot = vec![0; 64];
    zboot[..8].copy_from_slice(b"MZ\0\0zimg");
    zboot[8..12].copy_from_slice(&64_u32.to_le_bytes());
    zboot[12..16].copy_from_slice(&(payload.len() as u32).to_le_bytes());
    zboot.extend(payload);
    let types = read_bytes("vmlinuz", zboot)?;
    check(&types, "EFI zboot");
    assert_eq!(types.kernel.architecture, "arm64");

    // s390x: the packed kernel is somewhere inside, and its BTF is big-endian.
    let mut image = vec![0; 0x10100];
    image[0x10008..0x1000e].copy_from_slice(b"S390EP");
    image.extend(gzip(&vmlinux(Endian::Big)));
    let types = read_bytes("vmlinuz", image)?;
    assert!(types.vmlinux == btf(Endian::Big));
    Ok(())
}

/// An ELF file with these sections.
fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut object = object::write::Object::new(
        object::BinaryFormat::Elf,
        object::Architecture::X86_64,
        object::Endianness::Little,
    );
    for (name, data) in sections {
        let name = name.as_bytes().to_vec();
        let section = object.add_section(Vec::new(), name, object::SectionKind::Other);
        object.append_section_data(section, data, 1);
    }
    object.write().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn vmlinux_and_modules() -> Outcome {
    let types = read_bytes("vmlinux", elf(&[(".BTF", &btf(Endian::Little))]))?;
    assert!(types.vmlinux == btf(Endian::Little));
    assert_eq!(types.kernel.architecture, "amd64");
    let module = elf(&[(".BTF", b"types"), (".BTF.base", b"base")]);
    for (name, bytes) in [
        ("nf-nat.ko", module.clone()),
        ("kernel/net/nf_nat.ko.xz", xz(&module, true)),
        ("nf_nat.ko.zst", zstd(&module)),
        ("nf_nat.ko.gz", gzip(&module)),
    ] {
        let module = read_module(name, bytes)?;
        assert_eq!(module.name, "nf_nat");
        assert_eq!(
            (&module.btf[..], module.base.as_deref()),
            (&b"types"[..], Some(&b"base"[..]))
        );
    }
    let without = read_module("a.ko", elf(&[(".text", b"code")]));
    assert!(matches!(without, Err(Fault::NoModuleBtf)));
    Ok(())
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, data) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        let added = builder.append_data(&mut header, path, *data);
        added.unwrap_or_else(|error| panic!("{error}"));
    }
    builder.into_inner().unwrap_or_default()
}

fn deb(files: &[(&str, &[u8])], pack: Pack, ending: &str) -> Vec<u8> {
    let control = b"Package: linux-image\nVersion: 6.12.43-1~bpo12+1\nArchitecture: amd64\n\
        Maintainer: Debian Kernel Team <debian-kernel@lists.debian.org>\nDescription: x\n y: z\n";
    let parts = [
        ("debian-binary".to_owned(), b"2.0\n".to_vec()),
        (
            "control.tar.xz".to_owned(),
            xz(&tar(&[("./control", control)]), false),
        ),
        (format!("data.tar{ending}"), pack(&tar(files))),
    ];
    let mut builder = ar::Builder::new(Vec::new());
    for (name, data) in parts {
        let header = ar::Header::new(name.into_bytes(), data.len() as u64);
        let added = builder.append(&header, &data[..]);
        added.unwrap_or_else(|error| panic!("{error}"));
    }
    builder.into_inner().unwrap_or_default()
}

#[test]
fn packages_of_debian() -> Outcome {
    let image = bzimage(zstd);
    let with_btf = xz(&elf(&[(".BTF", b"types")]), false);
    let files: [(&str, &[u8]); 5] = [
        ("./boot/System.map-6.12.43", b"0 T x"),
        (
            "./boot/config-6.12.43",
            b"CONFIG_BPF_SYSCALL=y\nCONFIG_OF_THE_PACKAGE=y",
        ),
        ("./boot/vmlinuz-6.12.43+deb13-rt-amd64", &image),
        ("./usr/lib/modules/6.12.43/kernel/fs/ext4.ko.xz", &with_btf),
        ("./usr/lib/modules/6.12.43/kernel/fs/empty.ko", b"\x7fELF"),
    ];
    let packs: [(Pack, &str); 3] = [
        (|bytes| xz(bytes, false), ".xz"),
        (zstd, ".zst"),
        (<[u8]>::to_vec, ""),
    ];
    for (pack, ending) in packs {
        let types = read_bytes("linux.deb", deb(&files, pack, ending))?;
        check(&types, ending);
        assert_eq!(types.kernel.version, "6.12.43-1~bpo12+1");
        assert_eq!(types.kernel.distribution, "debian");
        assert!(
            types
                .config
                .as_deref()
                .unwrap_or_default()
                .contains("OF_THE_PACKAGE")
        );
        assert_eq!(types.modules.len(), 1);
        assert_eq!(types.modules[0].name, "ext4");
        assert_eq!(types.modules_without_btf, 1);
    }
    let meta = read_bytes(
        "meta.deb",
        deb(&[("./usr/share/doc/x", b"y")], zstd, ".zst"),
    );
    let error = meta
        .err()
        .map(|fault| fault.to_string())
        .unwrap_or_default();
    assert!(error.contains("has no kernel image"), "{error}");
    Ok(())
}

/// `docs/manual/format_v4.md` of RPM: lead, signature, header, packed archive.
fn rpm(files: &[(&str, &[u8])]) -> Vec<u8> {
    let header = |fields: &[(u32, &str)]| {
        let (mut index, mut data) = (Vec::new(), Vec::new());
        for (tag, text) in fields {
            for word in [*tag, 6, data.len() as u32, 1] {
                index.extend(word.to_be_bytes());
            }
            data.extend(text.as_bytes());
            data.push(0);
        }
        let counts = [fields.len() as u32, data.len() as u32]
            .map(u32::to_be_bytes)
            .concat();
        [&b"\x8e\xad\xe8\x01\0\0\0\0"[..], &counts, &index, &data].concat()
    };
    let mut lead = vec![0; 96];
    lead[..4].copy_from_slice(b"\xed\xab\xee\xdb");
    let mut signature = header(&[(269, "abc")]);
    signature.resize(signature.len().next_multiple_of(8), 0);
    let fields = header(&[
        (1001, "4.18.0"),
        (1002, "553.el8_10"),
        (1011, "Red Hat, Inc."),
        (1022, "x86_64"),
    ]);
    let mut archive = Vec::new();
    for (path, data) in files {
        let builder = cpio::newc::Builder::new(path).mode(0o100_644);
        let mut writer = builder.write(&mut archive, data.len() as u32);
        let done = writer
            .write_all(data)
            .and_then(|()| writer.finish().map(drop));
        done.unwrap_or_else(|error| panic!("{error}"));
    }
    cpio::newc::trailer(&mut archive).unwrap_or_else(|error| panic!("{error}"));
    [lead, signature, fields, zstd(&archive)].concat()
}

/// From 6.19 on Debian has image and modules in two packages.
#[test]
fn a_kernel_in_two_packages() -> Outcome {
    let image = bzimage(zstd);
    let module = elf(&[(".BTF", b"types")]);
    let kernel: [(&str, &[u8]); 3] = [
        ("./usr/lib/modules/6.12.43/vmlinuz", &image),
        (
            "./usr/lib/modules/6.12.43/config",
            b"CONFIG_OF_THE_PACKAGE=y",
        ),
        ("./usr/lib/modules/6.12.43/kernel/early.ko", &module),
    ];
    let modules: [(&str, &[u8]); 1] = [("./usr/lib/modules/6.12.43/kernel/ext4.ko", &module)];
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let [binary, more, other] = ["binary.deb", "modules.deb", "other"].map(path);
    std::fs::write(&binary, deb(&kernel, zstd, ".zst"))?;
    std::fs::write(&more, deb(&modules, zstd, ".zst"))?;
    std::fs::write(&other, b"no package")?;
    let names = |packages: &[&Path], modules| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let types = read_packages(packages, modules)?;
        assert!(
            types
                .config
                .is_some_and(|config| config.contains("OF_THE_PACKAGE"))
        );
        Ok(types
            .modules
            .into_iter()
            .map(|module| module.name)
            .collect())
    };
    for packages in [[binary.as_path(), &more], [&more, &binary]] {
        assert_eq!(names(&packages, Modules::Read)?, ["early", "ext4"]);
        assert_eq!(names(&packages, Modules::Skip)?, [""; 0]);
    }
    let refused = |packages: &[&Path]| {
        let read = read_packages(packages, Modules::Read);
        read.map_or_else(|error| error.to_string(), |types| types.kernel.release)
    };
    assert!(
        refused(&[&more])
            .contains("modules.deb: the package has no kernel image: it has modules only")
    );
    assert!(refused(&[&binary, &other]).contains("other: this is no kernel image"));
    Ok(())
}

#[test]
fn packages_of_rpm() -> Outcome {
    let image = bzimage(gzip);
    let module = gzip(&elf(&[(".BTF", b"types")]));
    let types = read_bytes(
        "kernel-core.rpm",
        rpm(&[
            ("./lib/modules/6.12.43/config", b"CONFIG_BPF_SYSCALL=y"),
            ("./lib/modules/6.12.43/.vmlinuz.hmac", b"00"),
            ("./lib/modules/6.12.43/vmlinuz", &image),
            ("./lib/modules/6.12.43/kernel/fs/xfs.ko.gz", &module),
        ]),
    )?;
    check(&types, "rpm");
    assert_eq!(types.kernel.version, "4.18.0-553.el8_10");
    assert_eq!(types.kernel.distribution, "rhel");
    assert_eq!(types.kernel.architecture, "amd64");
    assert_eq!(types.modules.len(), 1);
    Ok(())
}

#[test]
fn folders_of_btf() -> Outcome {
    let folder = tempfile::tempdir()?;
    let hub = folder.path().join("ubuntu/20.04/x86_64");
    std::fs::create_dir_all(&hub)?;
    let name = "5.4.0-42-generic.btf";
    let archive = xz(&tar(&[(name, &btf(Endian::Little))]), false);
    std::fs::write(hub.join("5.4.0-42-generic.btf.tar.xz"), archive)?;
    std::fs::write(hub.join("README"), "nothing")?;
    let kernels = read(folder.path())?;
    let [of_hub] = &kernels[..] else {
        return Err(format!("{} kernels", kernels.len()).into());
    };
    assert_eq!(of_hub.kernel.release, "5.4.0-42-generic");
    assert_eq!(of_hub.kernel.architecture, "amd64");
    assert_eq!(of_hub.kernel.distribution, "ubuntu");

    let sys = tempfile::tempdir()?;
    std::fs::write(sys.path().join("vmlinux"), btf(Endian::Little))?;
    std::fs::write(sys.path().join("nf_nat"), btf(Endian::Little))?;
    let kernels = read(sys.path())?;
    assert_eq!(kernels[0].modules[0].name, "nf_nat");

    let empty = tempfile::tempdir()?;
    let error = read(empty.path()).err().map(|error| error.to_string());
    assert!(error.is_some_and(|text| text.contains("the folder has no `vmlinux`")));
    Ok(())
}

#[test]
fn bad_input_is_one_clear_error() {
    let error = |name: &str, bytes: &[u8]| match read_bytes(name, bytes.to_vec()) {
        Ok(_) => panic!("{name} was read"),
        Err(fault) => fault.to_string(),
    };
    assert!(error("a", b"").contains("nothing: it is empty"));
    assert!(error("a", b"#!/bin/sh\n").contains("it begins with `23 21 2f"));
    assert!(error("vmlinux", &elf(&[(".text", b"code")])).contains("CONFIG_DEBUG_INFO_BTF"));
    let image = bzimage(zstd);
    let cut = error("vmlinuz", &image[..image.len() / 2]);
    assert!(cut.contains("behind the end of the file"), "{cut}");
    let mut broken = image;
    let middle = broken.len() - 2000;
    broken[middle..middle + 500].fill(0xaa);
    let broken = error("vmlinuz", &broken);
    assert!(broken.contains("zstd data at offset 1636"), "{broken}");
    let rpm = rpm(&[("./lib/modules/1/vmlinuz", b"x")]);
    for len in [5, 97, 120, 200, rpm.len() - 5] {
        assert!(
            error("a.rpm", &rpm[..len]).contains("package"),
            "cut to {len}"
        );
    }
    let deb = deb(&[("./boot/vmlinuz-1", b"x")], zstd, ".zst");
    for len in [9, 70, 150, deb.len() - 20] {
        error("a.deb", &deb[..len]);
    }
}
