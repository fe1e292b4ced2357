import Testing

@testable import protocol_generator

@Suite struct GeneratorTests {
    @Test func `a schema is read as it is written`() throws {
        let messages = try SchemaParser(file: "x").messages(
            """
            # What it does.
            api Sample 7  versions 1-4  flexible 3+

            request
                # Where it goes.
                topic: topicName?3+  v2+  = null  ignorable
                shared: [Pair]
                struct Pair
                    left: int32  = -1

            response
                one: Inner  v3+  tag 0
                    value: string
            """
        )
        #expect(messages.map(\.name) == ["SampleRequest", "SampleResponse"])
        let request = try #require(messages.first)
        #expect(request.kind == .request(api: "Sample", key: 7))
        #expect(request.documentation == ["What it does."])
        #expect(request.firstFlexible == 3)
        let topic = try #require(request.root.fields.first)
        #expect(topic.documentation == ["Where it goes."])
        #expect(topic.versions == VersionRange(first: 2, last: 4))
        #expect(topic.nullable == VersionRange(first: 3, last: 4))
        #expect(topic.isIgnorable && topic.defaultValue == "null" && topic.tag == nil)
        #expect(request.structure(named: "Pair")?.fields.first?.defaultValue == "-1")
        let inner = try #require(messages.last?.structure(named: "Inner"))
        #expect(inner.versions == VersionRange(first: 3, last: 4))
    }

    @Test(arguments: [
        ("message A  versions 0\n    x: nothing", "x:2: unknown type nothing"),
        ("message A  versions 0\n      x: int8", "x:2: indented by 6, not by fours"),
        ("message A  versions 0\n    x: int8  soon", "x:2: unknown word soon"),
        ("message A  versions 0-2\n    x: int8  v1-3", "x:2: has versions that what is around it has not"),
        ("message A  versions 0\n    x int8", "x:2: a field is written as `name: type`"),
        ("message A", "x:1: a message needs its versions"),
        ("api A 1  versions 0\n\nrequest", "x:1: an api needs a request and a response"),
    ])
    func `a mistake in a schema is named with its line`(text: String, problem: String) {
        let error = #expect(throws: SchemaError.self) { try SchemaParser(file: "x").messages(text) }
        #expect(error?.description == problem)
    }

    @Test func `the same schema gives the same Swift`() throws {
        let schema = try SchemaFolder(url: Folders.schema).load()
        #expect(GeneratedFolder.contents(of: schema) == GeneratedFolder.contents(of: schema))
    }
}
