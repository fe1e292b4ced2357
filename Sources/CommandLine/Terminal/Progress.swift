import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A line on a terminal that tells how far long work is, and is gone at its end. Nothing where standard error is no terminal,
/// so that no script sees it.
struct Progress {
    private let isShown: Bool
    private let console: Console
    private var next: ContinuousClock.Instant
    private var hasShown = false

    /// Where the answer or the input is on the same terminal, the line would be in its way.
    init(on console: Console, inputIsShown: Bool) {
        isShown = console.ownsProcess && !inputIsShown && isatty(STDERR_FILENO) == 1
        self.console = console
        next = .now + .seconds(1)
    }

    /// Shows the text, at most twice a second, and not in the first second.
    mutating func show(_ text: @autoclosure () -> String) {
        guard isShown, .now >= next else { return }
        next = .now + .milliseconds(500)
        hasShown = true
        write("\r\(text())\u{1b}[K")
    }

    /// Takes the line away.
    func end() {
        if hasShown { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { console.errors(UnsafeRawBufferPointer($0)) }
    }
}
