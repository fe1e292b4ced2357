import ExampleSupport
import Records
import Streams

/// A song that somebody has listened to.
struct Play: JSONRecord, Hashable {
    var genre: String
    var song: String
}

/// How often each song of a genre was played in a window.
struct PlayCounts: JSONRecord, Hashable {
    var counts: [String: Int] = [:]

    func adding(_ song: String) -> PlayCounts {
        var sum = self
        sum.counts[song, default: 0] += 1
        return sum
    }

    /// The most played songs; those played equally often by their names, so that every run gives the same chart.
    func top(_ length: Int) -> Chart {
        let songs = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(length)
        return Chart(songs: songs.map { Chart.Entry(song: $0.key, plays: $0.value) })
    }
}

/// The most played songs, the first first.
struct Chart: JSONRecord, Hashable {
    struct Entry: JSONRecord, Hashable {
        var song: String
        var plays: Int
    }

    var songs: [Entry]
}

/// Plays in, one chart for each genre and hour out.
func topSongsTopology() throws -> Topology {
    let builder = StreamsBuilder()
    builder.stream("plays", String.self, Play.self)
        .groupBy { play in play.genre }
        .windowedBy(.tumbling(.seconds(3600), grace: .seconds(5 * 60)))
        .aggregate(initial: PlayCounts()) { _, play, counts in counts.adding(play.song) }
        .suppress(.untilWindowCloses())
        .mapValues { counts in counts.top(3) }
        .toStream { genre, _ in "\(genre.key)@\(genre.window.start)" }
        .to("top-songs")
    return try builder.build()
}
