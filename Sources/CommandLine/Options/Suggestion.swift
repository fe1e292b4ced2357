/// Finds the name that was meant by a mistyped one.
enum Suggestion {
    /// The nearest of `names`, of which at most a third of the letters differ. Nil where nothing comes
    /// near.
    static func nearest(to typed: String, among names: some Sequence<String>) -> String? {
        var best: (name: String, distance: Int)?
        for name in names.sorted() where name != typed {
            let distance = distance(Array(typed.utf8), Array(name.utf8))
            if distance < best?.distance ?? .max { best = (name, distance) }
        }
        guard let best, best.distance <= max(1, min(typed.utf8.count, best.name.utf8.count) / 3) else { return nil }
        return best.name
    }

    /// How many letters have to be put in, left out, changed or swapped with their neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
