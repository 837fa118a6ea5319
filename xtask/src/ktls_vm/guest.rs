//! One program in a machine of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::fetch::Home;
use crate::process::capture;
use crate::report::{Context, Failure, Outcome, Result};

/// Memory of the machine, in MiB.
const MEMORY: u32 = 512;

/// What runs in the machine.
pub(super) struct Job {
    program: PathBuf,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
}

impl Job {
    /// With the environment that we have.
    pub(super) fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        let is_name = |name: &str| {
            let mut bytes = name.bytes();
            bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| is_name(name));
        Self {
            program,
            arguments,
            environment: environment.collect(),
        }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// As the shell of the machine runs it.
    fn script(&self) -> Result<String> {
        let folder = std::env::current_dir().context("the current folder")?;
        let program = fs::canonicalize(&self.program).context(self.program.display())?;
        let mut script = String::new();
        for (name, value) in &self.environment {
            let _ = writeln!(script, "export {name}={}", quoted(value));
        }
        let _ = writeln!(script, "cd {} || exit 125", quoted_path(&folder));
        let _ = write!(script, "exec {}", quoted_path(&program));
        for argument in &self.arguments {
            let _ = write!(script, " {}", quoted(argument));
        }
        script.push('\n');
        Ok(script)
    }
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The first program of the machine: mounts what a program expects, loads the modules, runs the job.
fn init(home: &Home, work: &Path) -> String {
    let busybox = quoted_path(&work.join("busybox"));
    let modules = quoted_path(&home.folder().join("modules"));
    let (job, result) = (
        quoted_path(&work.join("job")),
        quoted_path(&work.join("rc")),
    );
    format!(
        r#"#!{shell} sh
b={busybox}
$b mkdir -p /proc /sys /dev /tmp
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
[ -c /dev/null ] || $b mount -t devtmpfs dev /dev
$b mkdir -p /dev/pts /dev/shm
$b mount -t devpts devpts /dev/pts
$b mount -t tmpfs tmpfs /dev/shm
[ -e /dev/fd ] || $b ln -s /proc/self/fd /dev/fd
while read -r m; do $b insmod {modules}/$m; done <{modules}/list
$b ip link set lo up
$b stty -F /dev/ttyS0 raw -echo
$b stty -F /dev/ttyS1 raw -echo
$b sh {job} </dev/null >/dev/ttyS0 2>/dev/ttyS1
rc=$?
$b sleep 0.1
echo $rc >{result}
$b sync
$b poweroff -f
"#,
        shell = work.join("busybox").display(),
    )
}

/// Runs the job to its end, its output going where ours goes.
pub(super) fn run(home: &Home, job: &Job, limit: Duration) -> Result<Outcome> {
    let work = Work::new()?;
    let folder = work.0.as_path();
    fs::write(folder.join("job"), job.script()?).context(folder.display())?;
    let busybox = home.folder().join("busybox");
    std::os::unix::fs::symlink(&busybox, folder.join("busybox")).context(folder.display())?;
    let first = folder.join("init");
    fs::write(&first, init(home, folder)).context(first.display())?;
    capture(Command::new("chmod").arg("+x").arg(&first))?;
    println!("    {}", job.program.display());
    let mut machine = Machine::start(home, folder)?;
    let has_ended = machine.wait(limit)?;
    drop(machine);
    let code = fs::read_to_string(folder.join("rc")).unwrap_or_default();
    match code.trim() {
        "0" => Ok(Outcome::Passed),
        "" if !has_ended => Err(Failure::new(format!("no end within {} s", limit.as_secs()))),
        "" => {
            let words = fs::read_to_string(folder.join("boot.log")).unwrap_or_default();
            let words: Vec<_> = words.lines().collect();
            let last = words.get(words.len().saturating_sub(10)..);
            let last = last.unwrap_or_default().join("\n");
            Err(Failure::new(format!("the machine did not start:\n{last}")))
        }
        code => Err(Failure::new(format!(
            "{} ended with {code}",
            job.program.display()
        ))),
    }
}

/// A folder that goes with its owner. Its path is short: the machine makes sockets in it.
struct Work(PathBuf);

impl Work {
    fn new() -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("ktls-vm-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).context(folder.display())?;
        Ok(Self(folder))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The process, and the threads that copy what it writes: it makes its own ends non-blocking, so ours are not lent to it.
struct Machine {
    child: Child,
    copies: Vec<JoinHandle<()>>,
}

impl Machine {
    fn start(home: &Home, work: &Path) -> Result<Self> {
        let mut start = Command::new("sh");
        // The program's output and the kernel's own words take different ways.
        let script = r#"exec 3>&1 4>&2 >"$0" 2>&1; exec "$@""#;
        start.args(["-c", script]).arg(work.join("boot.log"));
        // Only the kernel gets them: the shell has libraries of its own.
        start.args(["env", "-u", "LD_LIBRARY_PATH"]);
        if let Some(libraries) = home.libraries() {
            start.arg(format!("LD_LIBRARY_PATH={}", libraries.display()));
        }
        if let Some(shim) = home.shim() {
            start.arg(format!("LD_PRELOAD={}", shim.display()));
        }
        start.arg("./linux");
        start.args([
            format!("mem={MEMORY}M"),
            format!("uml_dir={}/", work.display()),
            "rootfstype=hostfs".to_owned(),
            "rootflags=/".to_owned(),
            "rw".to_owned(),
            format!("init={}/init", work.display()),
            "con=null".to_owned(),
            "con0=null,fd:1".to_owned(),
            "ssl=null".to_owned(),
            "ssl0=null,fd:3".to_owned(),
            "ssl1=null,fd:4".to_owned(),
            "quiet".to_owned(),
            "panic=-1".to_owned(),
        ]);
        start.current_dir(home.folder()).env("HOME", work);
        start.env("TMPDIR", memory_folder(work));
        start.stdin(Stdio::null());
        start.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = start
            .process_group(0)
            .spawn()
            .context("cannot start the machine")?;
        let copies = vec![
            copy(child.stdout.take(), io::stdout()),
            copy(child.stderr.take(), io::stderr()),
        ];
        Ok(Self { child, copies })
    }

    /// Returns whether it has ended by itself.
    fn wait(&mut self, limit: Duration) -> Result<bool> {
        let start = Instant::now();
        while start.elapsed() < limit {
            if self.child.try_wait().context("the machine")?.is_some() {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(false)
    }
}

impl Drop for Machine {
    /// Ends the helpers too, which are in its group.
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let mut kill = Command::new("kill");
        kill.args(["-KILL", "--", &group]);
        // Both fail only where everything has ended by itself.
        let _ = kill.stderr(Stdio::null()).status();
        let _ = self.child.kill();
        let _ = self.child.wait();
        for copy in self.copies.drain(..) {
            let _ = copy.join();
        }
    }
}

fn copy(
    from: Option<impl Read + Send + 'static>,
    mut to: impl Write + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        if let Some(mut from) = from {
            // Whoever does not take our output does not take the program's.
            let _ = io::copy(&mut from, &mut to);
        }
    })
}

/// Where the machine's memory is a file: in memory, if there is room for it.
fn memory_folder(work: &Path) -> PathBuf {
    let free = capture(Command::new("df").args(["-Pm", "/dev/shm"]));
    let free = free.unwrap_or_default();
    let free = free.lines().nth(1).and_then(|line| {
        let number = line.split_whitespace().nth(3)?;
        number.parse::<u32>().ok()
    });
    match free {
        Some(free) if free > MEMORY + 64 => PathBuf::from("/dev/shm"),
        _ => work.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_gets_what_is_meant() {
        let words = "it's $HOME `and` \"more\"";
        let mut echo = Command::new("sh");
        echo.args(["-c", &format!("printf %s {}", quoted(words))]);
        assert_eq!(capture(&mut echo).unwrap(), words);
    }

    #[test]
    fn a_job_is_a_script() {
        let mut job = Job::new("/bin/sh".into(), vec!["a b".to_owned()]);
        job.set("KTLS_VM_TEST", "a'b");
        let script = job.script().unwrap();
        assert!(
            script.contains("export KTLS_VM_TEST='a'\\''b'\n"),
            "{script}"
        );
        assert!(script.ends_with(" 'a b'\n"), "{script}");
    }
}
