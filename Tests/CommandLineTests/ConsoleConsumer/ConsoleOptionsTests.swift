import Testing

@testable import CommandLine

/// Options of the console tools: Kafka's old and new names, and what does not go together.
struct ConsoleOptionsTests {
    private func consumer(_ words: [String]) throws -> ConsoleConsumerOptions {
        try ConsoleConsumerOptions(ConsoleConsumerCommand.syntax.parse(words))
    }

    private func producer(_ words: [String]) throws -> ConsoleProducerOptions {
        try ConsoleProducerOptions(ConsoleProducerCommand.syntax.parse(words))
    }

    @Test(arguments: [
        ["--property", "a=b", "--consumer-property", "c=d", "--consumer.config", "f"],
        ["--formatter-property", "a=b", "--command-property", "c=d", "--command-config", "f"],
        ["-formatter-property=a=b", "--command-prop", "c=d", "--command-c=f"],
    ])
    func `the consumer takes old and new names`(words: [String]) throws {
        let options = try consumer(words)
        #expect(options.formatterProperties == ["a=b"])
        #expect(options.consumerProperties == ["c=d"])
        #expect(options.consumerConfig == "f")
    }

    @Test(arguments: [
        ["--property", "a=b", "--producer-property", "c=d", "--producer.config", "f"],
        ["--reader-property", "a=b", "--command-property", "c=d", "--command-config", "f"],
    ])
    func `the producer takes old and new names`(words: [String]) throws {
        let options = try producer(words)
        #expect(options.readerProperties == ["a=b"])
        #expect(options.producerProperties == ["c=d"])
        #expect(options.producerConfig == "f")
    }

    @Test(arguments: [
        ("--property", "--formatter-property"), ("--consumer-property", "--command-property"),
        ("--consumer.config", "--command-config"),
    ])
    func `both names together are refused`(old: String, new: String) throws {
        #expect(throws: ToolFailure.misuse("Options \(old) and \(new) cannot be specified together.")) {
            try consumer([old, "a=b", new, "a=b"])
        }
    }

    @Test func `a codec without a name is gzip`() throws {
        #expect(try producer(["--compression-codec"]).compressionCodec == "gzip")
        #expect(try producer(["--compression-codec", "--sync"]).compressionCodec == "gzip")
        #expect(try producer(["--compression-codec", "zstd"]).compressionCodec == "zstd")
        #expect(try producer(["--sync"]).compressionCodec == nil)
    }

    @Test func `what is no number, or too large, is refused as Java does`() throws {
        let exception = "Exception in thread \"main\" joptsimple."
        for (words, sentence) in [
            (["--max-messages", "99999999999"], "Cannot parse argument '99999999999' of option max-messages"),
            (["--timeout-ms", "soon"], "Cannot parse argument 'soon' of option timeout-ms"),
        ] {
            let failure = ToolFailure.refused(exception + "OptionArgumentConversionException: " + sentence)
            #expect(throws: failure) { try consumer(words) }
        }
        let twice = "Found multiple arguments for option topic, but you asked for only one"
        #expect(throws: ToolFailure.refused(exception + "MultipleArgumentsForOptionException: " + twice)) {
            try consumer(["--topic", "a", "--topic", "b"])
        }
        #expect(throws: ToolFailure.self) { try producer(["--batch-size", "many"]) }
    }
}
