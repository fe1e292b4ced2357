import CFuzzer
import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// usage: FUZZ_TARGET=<target> fuzz [libFuzzer's arguments]
// The target is no argument, because libFuzzer starts the program anew with those that it knows.

guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
    print("set FUZZ_TARGET to one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(2)
}

/// libFuzzer's callback is a C function, which carries no context.
private let chosen = target

private func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let input = Bytes(copying: UnsafeRawBufferPointer(start: data, count: size))
    do throws(BrokenPromise) { try chosen.run(input) } catch {
        print("broken promise: \(error)")
        abort()
    }
    return 0
}

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
