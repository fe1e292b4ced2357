/// The release, as every tool's `--version` prints it.
let millraceVersion = "0.1.0"
