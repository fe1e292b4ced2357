import CommandLine

@main
struct Main {
    static func main() { Millrace.main() }
}
