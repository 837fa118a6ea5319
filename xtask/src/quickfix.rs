//! QuickFIX in C++, the peer in the bench of FIX that cargo does not build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fix_dictionaries;
use crate::interop::unpack_debian_package;
use crate::process::{find, run};
use crate::report::{Context, Failure, Result};
use crate::workspace::Workspace;

const PACKAGE: &str = "libquickfix-dev";
const SOURCE: &str = "benches/src/fix/peers/quickfix.cpp";

/// Compiles the program and tells `bench` where it is. Without it the bench says that it is missing.
pub(crate) fn provide(workspace: &Workspace, bench: &mut Command) -> Result<()> {
    if find("c++").is_none() {
        return Err(Failure::new(
            "a C++ compiler is missing: install it, for example `apt-get install g++`",
        ));
    }
    let folder = workspace.target().join("quickfix");
    let source = workspace.root().join(SOURCE);
    let program = folder.join("quickfix");
    fs::create_dir_all(&folder).context(folder.display())?;
    compile(&source, &program, &folder)?;
    let dictionary = fix_dictionaries::source(workspace)?.join("spec/FIX44.xml");
    bench
        .env("QUICKFIX_PROGRAM", program)
        .env("QUICKFIX_DICTIONARY", dictionary);
    Ok(())
}

fn compile(source: &Path, program: &Path, folder: &Path) -> Result<()> {
    let mut compiler = Command::new("c++");
    // Its headers have exception specifications, which C++17 has no more.
    compiler.args(["-std=c++14", "-O2", "-w"]);
    let root = headers(folder)?;
    let include = root.join("usr/include");
    compiler
        .arg("-I")
        .arg(&include)
        .arg("-I")
        .arg(include.join("quickfix"));
    compiler.arg(source).arg("-o").arg(program);
    for library in libraries(&root) {
        compiler.arg("-L").arg(&library);
        compiler.arg(format!("-Wl,-rpath,{}", library.display()));
    }
    run(compiler.args(["-lquickfix", "-lpthread"]))
}

/// The system, where it has the package, or the folder that the package is unpacked in.
fn headers(folder: &Path) -> Result<PathBuf> {
    let has_headers = |root: &Path| root.join("usr/include/quickfix/Message.h").is_file();
    let unpacked = folder.join("package");
    if has_headers(Path::new("/")) {
        return Ok(PathBuf::from("/"));
    }
    if !has_headers(&unpacked) {
        unpack_debian_package(PACKAGE, &unpacked)?;
    }
    Ok(unpacked)
}

/// `usr/lib` has a folder for each kind of machine.
fn libraries(root: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(root.join("usr/lib")).into_iter().flatten();
    let folders = folders.flatten().map(|entry| entry.path());
    folders
        .filter(|folder| folder.join("libquickfix.so").is_file())
        .collect()
}
