"""Writes the logs of cilium/ebpf around the kernel's log that aya printed, as `internal/errors.go` of
cilium/ebpf does (5ba0b3b2): NAME.cilium-6.18.log as `Error()` of a collection, NAME.verbose-6.18.log as `%+v` of
its `VerifierError`."""
import glob, re

for path in sorted(glob.glob("*.aya-6.18.log")):
    text = open(path).read()
    found = re.search(r"returned (.*?) \(os error (\d+)\)\. Verifier output: (.*?)\n {4}1: ", text, re.S)
    name = re.search(r"failed to load `(\w+)`", text)
    if not found or not name:
        continue
    cause = found.group(1).lower()
    lines = [re.sub("^ {7}", "", line).rstrip() for line in found.group(3).rstrip().split("\n")]
    # aya also asks for statistics.
    lines = [line for line in lines if not line.startswith(("verification time", "stack depth"))]
    log = "\n".join(lines)[-256:]
    if "invalid func unknown#195896080" in log:
        cause = "bad CO-RE relocation"
    shown = lines[:-1] if lines[-1].startswith("processed ") else lines
    two = re.match(r"\t|R\d|invalid bpf_context access", shown[-1])
    last = shown[-2:] if two else shown[-1:]
    omitted = len(lines) - len(last)
    error = f"program {name.group(1)}: load program: {cause}: " + ": ".join(line.strip() for line in last)
    if omitted:
        error += f" ({omitted} line(s) omitted)"
    case = path.split(".")[0]
    open(f"{case}.cilium-6.18.log", "w").write(error + "\n")
    verbose = f"load program: {cause}:" + "".join(f"\n\t{line}" for line in lines)
    open(f"{case}.verbose-6.18.log", "w").write(verbose + "\n")
