import ArgumentParser
import ExampleSupport
import Records
import Streams

/// The most played songs of each genre and hour, told once, when the hour is over.
@main
struct TopSongs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top-songs",
        abstract: "Find the three most played songs of each genre and hour.",
        discussion: """
            Reads plays (listener: {"genre": ..., "song": ...}) and writes to top-songs one chart for each genre and hour: when the
            hour is over and the five minutes in which late plays still count. That time passes with the plays themselves.

            Examples:
              top-songs --demo
              top-songs --bootstrap-server localhost:9092
            """
    )

    @OptionGroup var options: ExampleOptions

    func run() async throws { try await Example.topSongs().run(options) }
}

extension Example {
    static func topSongs() throws -> Example {
        func play(_ genre: String, _ song: String, _ minute: Int) throws -> Sample {
            try Sample("plays", "someone", Play(genre: genre, song: song), at: .minutes(9 * 60 + minute))
        }
        return Example(
            applicationID: "top-songs",
            topology: try topSongsTopology(),
            inputs: ["plays"],
            output: "top-songs",
            steps: [
                Step(
                    "Plays from nine to ten, and one that comes a little late. Nothing is told yet:",
                    [
                        try play("jazz", "Naima", 1), try play("jazz", "So What", 5), try play("jazz", "Naima", 12),
                        try play("jazz", "Blue in Green", 20), try play("jazz", "Take Five", 31),
                        try play("folk", "Arirang", 58), try play("jazz", "So What", 63),
                        try play("jazz", "Take Five", 59),
                    ]
                ),
                Step(
                    "A play at six minutes past ten ends the hour before: five minutes of grace are over.",
                    [try play("folk", "Arirang", 66)],
                    outputCount: 2
                ),
            ],
            partitionCount: 1
        )
    }
}
