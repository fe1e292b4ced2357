import Records
import Streams

/// The topologies that join streams.
extension GoldenTopologies {
    static let streamJoins: [String: Make] = [
        "stream-stream-inner": innerJoin(.difference(.seconds(10), grace: .seconds(5))),
        "stream-stream-inner-asym": innerJoin(.range(before: .seconds(2), after: .seconds(7))),
        "stream-stream-left": leftJoin(.difference(.seconds(10), grace: .seconds(5))),
        "stream-stream-left-asym": leftJoin(.range(before: .seconds(2), after: .seconds(7))),
        "stream-stream-outer": outerJoin(.difference(.seconds(10), grace: .seconds(5))),
        "stream-stream-outer-asym": outerJoin(.range(before: .seconds(2), after: .seconds(7))),
        "stream-self-join": dsl { builder in
            let stream = builder.stream("s", String.self, String.self)
            stream.join(stream, within: .difference(.seconds(10), grace: .seconds(5))) { left, right in
                "\(left)+\(right)"
            }
            .to("out")
        },
    ]

    private static func innerJoin(_ windows: JoinWindows) -> Make {
        dsl { builder in
            let left = builder.stream("l", String.self, String.self)
            let right = builder.stream("r", String.self, String.self)
            left.join(right, within: windows) { left, right in "\(left)+\(right)" }.to("out")
        }
    }

    private static func leftJoin(_ windows: JoinWindows) -> Make {
        dsl { builder in
            let left = builder.stream("l", String.self, String.self)
            let right = builder.stream("r", String.self, String.self)
            left.leftJoin(right, within: windows) { left, right in "\(left)+\(right ?? "null")" }.to("out")
        }
    }

    private static func outerJoin(_ windows: JoinWindows) -> Make {
        dsl { builder in
            let left = builder.stream("l", String.self, String.self)
            let right = builder.stream("r", String.self, String.self)
            left.outerJoin(right, within: windows) { left, right in "\(left ?? "null")+\(right ?? "null")" }.to("out")
        }
    }
}
