import Records
import Testing

/// A short seeded run of the fuzzer's targets; `make fuzz` is the long one.
@Suite struct FuzzTargetTests {
    private static let count = 2_000

    @Test(arguments: FuzzTarget.allCases) func `every input of the corpus is survived`(_ target: FuzzTarget) throws {
        let corpus = try PackedCorpus.inputs(of: target)
        #expect(corpus.count > 10)
        for input in corpus { check(target, input) }
    }

    @Test(arguments: FuzzTarget.allCases) func `mutated inputs are survived`(_ target: FuzzTarget) throws {
        let corpus = try PackedCorpus.inputs(of: target)
        var seeds = SeededGenerator.announced("fuzz \(target.rawValue)")
        var mutator = Mutator(seed: seeds.next())
        for _ in 0..<FuzzTargetTests.count { check(target, mutator.mutated(corpus)) }
    }

    private func check(_ target: FuzzTarget, _ input: Bytes) {
        do throws(BrokenPromise) { try target.run(input) } catch {
            Issue.record("\(target.rawValue): \(error); the input is \(Array(input))")
        }
    }
}
