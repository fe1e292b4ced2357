import ExampleSupport
import Records
import Streams

/// A page that a user has looked at.
struct PageView: JSONRecord, Hashable {
    var page: String
}

/// The views of a user with no pause between them that is longer than the gap.
struct Visit: JSONRecord, Hashable {
    var views = 0
    var pages: [String] = []
    var seconds: Int64 = 0

    func adding(_ view: PageView) -> Visit {
        Visit(views: views + 1, pages: pages.contains(view.page) ? pages : pages + [view.page])
    }

    /// Two visits that a view between them has made one; this is the earlier.
    func followed(by later: Visit) -> Visit {
        Visit(views: views + later.views, pages: pages + later.pages.filter { !pages.contains($0) })
    }
}

/// Page views in, visits out.
func visitsTopology() throws -> Topology {
    let builder = StreamsBuilder()
    builder.stream("page-views", String.self, PageView.self)
        .groupByKey()
        .windowedBy(.session(gap: .seconds(30 * 60), grace: .seconds(5 * 60)))
        .aggregate(initial: Visit(), merge: { _, earlier, later in earlier.followed(by: later) }) { _, view, visit in
            visit.adding(view)
        }
        // How long a visit took is not known from its views but from its window.
        .mapValues { user, visit in
            let milliseconds = user.window.end.rawValue - user.window.start.rawValue
            return Visit(views: visit.views, pages: visit.pages, seconds: milliseconds / 1000)
        }
        .toStream { user, _ in "\(user.key)@\(user.window.start)" }
        .to("visits")
    return try builder.build()
}
